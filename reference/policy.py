"""Settings that officers change (`policy.toml`), each with its provision and the day it was set."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator

from reference.counties import COUNTIES, counties_in

T = TypeVar("T")
Share = Annotated[Decimal, Field(ge=0, le=1)]
POLICY = Path(__file__).with_name("policy.toml")


class Setting(BaseModel, Generic[T]):
    """A value in force since a day, the provision it rests on, and the open question it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: T
    provision: str
    since: date
    question: str = ""


class NoticeReading(StrEnum):
    """How the days of a public notice are counted."""

    CALENDAR = "calendar"
    WORKING = "working"


class CountyRatio(BaseModel):
    """Replacement ratio (1.2 for 1.2∶1) of the counties named, and of all the others of Guizhou."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Decimal
    counties: dict[str, Decimal]

    @field_validator("counties")
    @classmethod
    def _known(cls, counties: dict[str, Decimal]) -> dict[str, Decimal]:
        """A misspelt county would silently get the default ratio."""
        if unknown := sorted(counties.keys() - COUNTIES.keys()):
            raise ValueError(f"不是贵州省县级行政区的全称：{'、'.join(unknown)}")
        return counties


class Tolerance(BaseModel):
    """How far two figures may lie apart: a share of the figure, or kilograms, whichever is more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relative: Decimal
    kg: Decimal

    def of(self, quantity: Decimal) -> Decimal:
        """The distance in kg/a that is let pass at a quantity in kg/a."""
        return max(self.kg, abs(quantity) * self.relative)


class Legibility(BaseModel):
    """The least resolution of a page, and the least sharpness, contrast and share of words read (0–1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dpi: PositiveInt
    sharpness: Decimal
    contrast: Decimal
    legible: Decimal


class Reconciliation(BaseModel):
    """The nightly run: when it starts (five fields of cron, time of Guizhou), how many stored originals it reads again,
    and how far two figures that should be one may lie apart in kg/a and in 元."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cron: str
    originals: PositiveInt
    kg: Decimal
    yuan: Decimal


class Policy(BaseModel):
    """All settings; `extra_tolerance_kg` in kg/a, beside the printed precision; `contract_seals` as seals print it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permit_years: Setting[tuple[int, ...]]
    extra_tolerance_kg: Setting[Decimal]
    blank_task_is_zero: Setting[bool]
    notice_days: Setting[PositiveInt]
    notice_reading: Setting[NoticeReading]
    county_ratio: Setting[CountyRatio]
    same_metal: Setting[bool]
    inventory_tolerance: Setting[Tolerance]
    contract_seals: Setting[tuple[str, ...]]
    payment_days: Setting[PositiveInt]
    reconciliation: Setting[Reconciliation]
    legibility: Setting[Legibility]
    certainty_target: Setting[Decimal]
    two_person_waivers: Setting[bool]
    two_person_verify: Setting[bool]
    second_review_share: Setting[Share]
    second_review_seed: Setting[str]
    lease_minutes: Setting[PositiveInt]
    review_days: Setting[PositiveInt]


_tried: ContextVar[Policy | None] = ContextVar("tried", default=None)


def policy(path: Path | None = None) -> Policy:
    """The settings in force, or those of a file.

    pydantic's ValidationError where one is missing, unknown or of the wrong type; TOMLDecodeError, OSError.
    """
    tried = _tried.get()
    return tried if path is None and tried is not None else _read(path or POLICY)


@contextmanager
def trying(other: Policy) -> Iterator[None]:
    """What runs inside, in this thread, goes by other settings than those in force."""
    before = _tried.set(other)
    try:
        yield
    finally:
        _tried.reset(before)


def differing(one: Policy, other: Policy) -> tuple[str, ...]:
    """The names of the settings whose values differ."""
    return tuple(name for name, it in one if it.value != getattr(other, name).value)


@cache
def _read(path: Path) -> Policy:
    return Policy.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def ratio_of(county: str) -> Decimal | None:
    """The replacement ratio that holds at a printed place (`万山区`, `贵州省铜仁市松桃苗族自治县…`).

    None where no county of Guizhou is named, or several with different ratios: nobody may then guess 1∶1.
    """
    table = policy().county_ratio.value
    found = {table.counties.get(name, table.default) for name in counties_in(county)}
    return found.pop() if len(found) == 1 else None
