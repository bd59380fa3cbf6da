"""A value read from paper, with everything a reviewer needs to judge it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Meta

from domain.page import Box
from domain.quantity import Amount, Metal, Printed

T = TypeVar("T")


class Status(StrEnum):
    """How far a value can be trusted: only `certain` decides a rule by itself."""

    CERTAIN = "certain"
    UNSURE = "unsure"
    MISSING = "missing"


class Field(BaseModel, Generic[T]):
    """A value as `catalog.md` describes it; `value` is None where nothing was printed or nothing could be read.

    A paper that prints `/` or leaves a cell blank gives a *certain* None with the raw text; a label or a figure that
    was not found is `missing`. `why` says in one Chinese phrase what the doubt is. `figure` is where the digits of an
    amount stand, without unit or sign; `second` whether the second reader `agrees`
    (`agrees_twice`: on both pictures of a place under a seal), `outvotes` the first one together with the colour
    picture, `differs` or is `silent`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: T | None = None
    raw: str = ""
    page: int | None = None
    box: Box | None = None
    figure: Box | None = None
    confidence: float = 0.0
    status: Status = Status.MISSING
    readers: Mapping[str, str] = Meta(default_factory=dict)
    second: str | None = None
    under_seal: bool = False
    corrected_by: str | None = None
    printed: Printed | None = None
    why: str | None = None

    @property
    def certain(self) -> bool:
        return self.status is Status.CERTAIN

    @property
    def known(self) -> T:
        """The value, for a rule to compare; raises Doubt where it is not certain or stands empty."""
        if self.status is not Status.CERTAIN or self.value is None:
            raise Doubt(self)
        return self.value


QuantityField = Field[Amount]
TextField = Field[str]
PerMetal = dict[Metal, QuantityField]


class Doubt(Exception):
    """A rule met a field that is missing or not certain; the runner makes the outcome `unsure`."""

    def __init__(self, *fields: Field[Any], why: str | None = None) -> None:
        super().__init__(why or "字段缺失或不确定")
        self.fields = fields
        self.why = why
