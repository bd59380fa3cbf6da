"""The documents of a case laid out for reading: every field with its name, where it stands, and what a person reads."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from domain.decision import Place
from domain.document import Version
from domain.field import Field, Status
from domain.finding import Evidence
from domain.quantity import Unit
from review.desk.labels import label_path, name_rows, row_of
from review.fields import walk_fields
from review.masking import is_account
from review.typing_in import show
from validators.wording import title

_PARTS = {"totals": ("limits", ("annual[0]",)), "net_new": ("rows", ("this_project", "replaced"))}
_KILOGRAMS = re.compile(r"(permit_before|permit_after|base|reduction|inventory|task|surplus|offered|totals|net_new|"
                        r"new_emission|demand|(items\[\d+\]\.)?quantity)\b")  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A field where it stands: `path` within its document, which counts as `document` among the case's from 0.

    A permit copy has thousands of them: what costs time is made only where it is asked for.
    """

    document: int
    path: str
    json: Mapping[str, Any]
    of: "_Sheet"

    @property
    def key(self) -> str:
        """What names it on the case's pages and in their addresses."""
        return f"{self.document}:{self.path}"

    @cached_property
    def field(self) -> Field[Any]:
        return Field[Any].model_validate(self.json)

    @property
    def place(self) -> Place:
        return Place(document=self.of.type, version=self.of.version, ordinal=self.of.ordinal, path=self.path)

    @property
    def paper(self) -> str:
        """What its document is called."""
        return self.of.title

    @property
    def label(self) -> str:
        return label_path(self.path, self.of.type, self.of.rows.get(row_of(self.path), ""))

    @property
    def row(self) -> str:
        """The row of a table that it is in, as people call it; empty outside of tables."""
        path = row_of(self.path)
        return label_path(path, self.of.type, self.of.rows.get(path, "")) if path else ""

    @property
    def column(self) -> str:
        """What it is called within its row."""
        return label_path(self.path.removeprefix(row_of(self.path)).lstrip(".") or self.path, self.of.type)

    @property
    def page(self) -> int | None:
        found: int | None = self.json["page"]
        return found

    @property
    def raw(self) -> str:
        return str(self.json["raw"])

    @property
    def is_account(self) -> bool:
        return is_account(self.path)

    @property
    def value(self) -> str:
        """The value as text, a quantity in kg/a."""
        return "" if self.json["value"] is None else str(self.json["value"])

    @property
    def is_sum(self) -> bool:
        """Whether it was added up from other fields: those can be corrected, it follows."""
        return self.path.partition(".")[0] in _PARTS

    @property
    def text(self) -> str:
        """What the field says as a person would type it; what was read where that is no value."""
        return show(self.field) or self.raw

    @property
    def unit(self) -> str:
        """What the value counts: t/a in a permit's rows, kg/a in any other quantity of metal."""
        if ".annual[" in self.path:
            return Unit.TONNE
        return Unit.KG if _KILOGRAMS.match(self.path) and "unit" not in self.path else ""


@dataclass(frozen=True)
class _Sheet:
    """What all fields of a document share; `rows` are the names of its tables' rows by their paths."""

    type: str
    version: Version | None
    ordinal: int
    title: str
    rows: Mapping[str, str]


@dataclass(frozen=True)
class Paper:
    """A document of the case with its fields."""

    position: int
    type: str
    version: Version | None
    title: str
    pages: tuple[int, ...]
    spots: tuple[Spot, ...]

    @property
    def shaky(self) -> int:
        """How many of its fields were read, but not for certain."""
        return sum(spot.json["status"] == Status.UNSURE for spot in self.spots)


def lay_papers(documents: Sequence[Mapping[str, Any]]) -> tuple[Paper, ...]:
    """All documents of a case, as `domain.document.present` gives them."""
    seen: Counter[tuple[str, str | None]] = Counter()
    papers = []
    for position, document in enumerate(documents):
        seen[document["type"], document["version"]] += 1
        papers.append(_lay(position, document, seen[document["type"], document["version"]]))
    return tuple(papers)


def find_spot(papers: Sequence[Paper], evidence: Evidence) -> Spot | None:
    """The field that a finding's evidence speaks of; among documents alike the one that has the page."""
    alike = [paper for paper in papers if (paper.type, paper.version) == (evidence.document, evidence.version)]
    alike.sort(key=lambda paper: evidence.page not in paper.pages)
    return next((spot for paper in alike[:1] for spot in paper.spots if spot.path == evidence.field), None)


def find_parts(papers: Sequence[Paper], total: Spot) -> tuple[Spot, ...]:
    """What a sum of a permit's or an EIA's rows was added up from; nothing where the field is no such sum."""
    kind, _, metal = total.path.partition(".")
    if kind not in _PARTS:
        return ()
    table, parts = _PARTS[kind]
    own = {spot.path: spot for spot in papers[total.document].spots}
    rows = [path.removesuffix(".metal") for path, spot in own.items() if _is_counted(path, spot, table, metal, own)]
    found = [own.get(f"{row}.{part}") for row in rows for part in parts]
    return tuple(spot for spot in found if spot and spot.raw and spot.page)


def _is_counted(path: str, metal: Spot, table: str, wanted: str, own: Mapping[str, Spot]) -> bool:
    """Whether a path names the metal of a row that counts: one of 一般排放口 does not."""
    if not re.fullmatch(rf"{table}\[\d+\]\.metal", path):
        return False
    kind = own.get(path.replace(".metal", ".outlet_kind"))
    in_doubt = not metal.value and metal.json["status"] != Status.CERTAIN
    return (metal.value == wanted or in_doubt) and (kind is None or kind.value != "general")


def _lay(position: int, document: Mapping[str, Any], ordinal: int) -> Paper:
    own, version = document["type"], document["version"] and Version(document["version"])
    name = title(own, version) + (f"（{ordinal}）" if ordinal > 1 else "")
    sheet = _Sheet(own, version, ordinal, name, name_rows(document))
    spots = tuple(Spot(position, path, field, sheet) for path, field in walk_fields(document))
    return Paper(position, own, version, name, tuple(document["pages"]), spots)
