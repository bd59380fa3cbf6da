"""Where a value stands on the papers: what messages name, what evidence shows, and what a rule looked at."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from domain.document import Document, Row
from domain.field import Doubt, Field, QuantityField, Status
from domain.finding import Evidence
from domain.quantity import Metal, Unit, plain
from validators.wording import label, pages, title

T = TypeVar("T")
_seen: ContextVar[dict[Evidence, None]] = ContextVar("seen")


@contextmanager
def looking() -> Iterator[Iterable[Evidence]]:
    """Collects the evidence of every place that is looked at inside the block."""
    seen: dict[Evidence, None] = {}  # a set that keeps its order
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def look(evidence: Evidence) -> Evidence:
    """Notes that a rule looked here; outside of a run nothing is kept."""
    _seen.get({})[evidence] = None
    return evidence


@dataclass(frozen=True)
class Place(Generic[T]):
    """One field of one document: `path` within it (`offered.Pb`), `label` as the paper prints it."""

    document: Document
    path: str
    label: str
    field: Field[T]
    unit: str | None = None

    @property
    def known(self) -> T:
        """The value; raises Doubt with the reason where it cannot be relied on."""
        if self.field.status is not Status.CERTAIN or self.field.value is None:
            raise Doubt(self.field, why=self.doubt)
        return self.field.value

    @property
    def missing(self) -> bool:
        return self.field.status is Status.MISSING

    @property
    def blank(self) -> bool:
        """Printed for certain as `/`, `长期` or nothing: a certain None."""
        return self.field.certain and self.field.value is None

    @property
    def stands(self) -> str:
        return f"{title(self.document.type, self.document.version)}{_page(self)}“{self.label}”"

    @property
    def says(self) -> str:
        """Where it stands and what is printed there: 供需信息表第1页“拟出让量（铅）”为45 kg/a."""
        return f"{self.stands}为{self.shown}"

    @property
    def shown(self) -> str:
        return shown(self.field.value, self.unit) + _original(self)

    @property
    def doubt(self) -> str:
        """Why the value cannot be relied on, as a sentence."""
        if self.missing:
            return f"{title(self.document.type, self.document.version)}未读到“{self.label}”"
        if self.field.certain:
            return f"{self.stands}未填写"
        return f"{self.stands}读数不确定" + (f"（{self.field.why}）" if self.field.why else "")

    @property
    def evidence(self) -> Evidence:
        value = self.field.value
        return Evidence(
            document=self.document.type,
            version=self.document.version,
            field=self.path,
            page=self.field.page,
            box=self.field.box,
            text=self.field.raw,
            value=None if value is None else plain(value) if isinstance(value, Decimal) else str(value),
            unit=self.unit,
        )


def shown(value: object, unit: str | None) -> str:
    """A value as a sentence quotes it."""
    if isinstance(value, Decimal):
        return f"{plain(value)} {unit or ''}".rstrip()
    return value.isoformat() if isinstance(value, date) else f"“{value}”"


def place(
    document: Document, path: str, words: str, field: Field[T], unit: str | None = None
) -> Place[T]:  # fmt: skip
    """A place that counts as looked at."""
    found = Place(document, path, words, field, unit)
    look(found.evidence)
    return found


def text(document: Document, key: str) -> Place[str]:
    """A text field of a document by its catalogue key; missing where the document has no such field."""
    return place(document, key, label(document, key), getattr(document, key, Field[str]()))


def day(document: Document, key: str) -> Place[date]:
    """A date field of a document by its catalogue key."""
    return place(document, key, label(document, key), getattr(document, key, Field[date]()))


def amount(document: Document, key: str, metal: Metal) -> Place[Decimal]:
    """A metal's quantity in kg/a by its catalogue key; missing where the document gives none."""
    figures: Mapping[Metal, QuantityField] = getattr(document, key)
    field = figures.get(metal, QuantityField())
    return place(document, f"{key}.{metal}", label(document, key, metal), field, Unit.KG)


def cell(document: Document, path: str, row: Row, key: str, words: str, unit: str | None = None) -> Place[Any]:
    """A field of a table's row, `path` naming the row (`limits[3]`)."""
    return place(document, f"{path}.{key}", words, getattr(row, key), unit)


def whole(document: Document, number: int | None = None, words: str = "") -> Evidence:
    """A document, or one page of it, as a place that was looked at."""
    page = number if number is not None else next(iter(document.pages), None)
    return look(Evidence(document=document.type, version=document.version, page=page, text=words))


def named(document: Document) -> str:
    """A document and its pages: 变更前排污许可证副本（第4、5页）."""
    return title(document.type, document.version) + (f"（{pages(document.pages)}）" if document.pages else "")


def _page(it: Place[Any]) -> str:
    page = it.field.page or next(iter(it.document.pages), None)
    return f"第{page}页" if page else ""


def _original(it: Place[Any]) -> str:
    """How a quantity is printed where that is in another unit; a sum over rows has no printed form of its own."""
    printed = it.field.printed
    if it.path.startswith(("totals", "net_new")) or printed is None or printed.unit in (None, it.unit):
        return ""
    return f"（原文{printed.number} {printed.unit}）"
