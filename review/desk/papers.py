"""The documents of a case laid out for reading: every field with its name, where it stands, and what a person reads."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.decision import Place
from domain.document import Version
from domain.field import Field, Status
from domain.finding import Evidence
from domain.page import Frozen
from domain.quantity import Metal, Unit
from review.desk.masking import is_account
from review.desk.words import dictionary
from review.typing_in import show
from validators.wording import LABELS, METALS, title

_OWN = ("type", "version", "pages", "fields")
_PARTS = {"totals": ("limits", ("annual[0]",)), "net_new": ("rows", ("this_project", "replaced"))}
_ATTRIBUTES = {"copy": "copy_mark"}  # keys of the JSON contract that are called otherwise inside
_ROWS = {
    "limits": "限值",
    "subtotals": "小计",
    "items": "标的",
    "rows": "行",
    "other_metals": "其他金属",
    "seals": "印章",
}
_KILOGRAMS = re.compile(r"(permit_before|permit_after|base|reduction|inventory|task|surplus|offered|totals|net_new|"
                        r"new_emission|demand|(items\[\d+\]\.)?quantity)\b")  # fmt: skip


class Spot(Frozen):
    """A field where it stands. `key` names it within its case's page; `document` counts the case's documents from 0."""

    key: str
    document: int
    place: Place
    paper: str
    label: str
    field: Field[Any]

    @property
    def is_account(self) -> bool:
        return is_account(self.place.path)

    @property
    def value(self) -> str:
        """The value as text, a quantity in kg/a."""
        return "" if self.field.value is None else str(self.field.value)

    @property
    def is_sum(self) -> bool:
        """Whether it was added up from other fields: those can be corrected, it follows."""
        return self.place.path.partition(".")[0] in _PARTS

    @property
    def text(self) -> str:
        """What the field says as a person would type it; what was read where that is no value."""
        return show(self.field) or self.field.raw

    @property
    def unit(self) -> str:
        """What the value counts: t/a in a permit's rows, kg/a in any other quantity of metal."""
        if ".annual[" in self.place.path:
            return Unit.TONNE
        return Unit.KG if _KILOGRAMS.match(self.place.path) and "unit" not in self.place.path else ""


class Paper(Frozen):
    """A document of the case with its fields, those that were never found left out."""

    position: int
    type: str
    version: Version | None
    title: str
    pages: tuple[int, ...]
    spots: tuple[Spot, ...]

    @property
    def shaky(self) -> int:
        """How many of its fields were read, but not for certain."""
        return sum(spot.field.status is Status.UNSURE for spot in self.spots)


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
    return next((spot for paper in alike[:1] for spot in paper.spots if spot.place.path == evidence.field), None)


def find_parts(papers: Sequence[Paper], total: Spot) -> tuple[Spot, ...]:
    """What a sum of a permit's or an EIA's rows was added up from; nothing where the field is no such sum."""
    kind, _, metal = total.place.path.partition(".")
    if kind not in _PARTS:
        return ()
    table, parts = _PARTS[kind]
    own = {spot.place.path: spot for spot in papers[total.document].spots}
    rows = [path.removesuffix(".metal") for path, spot in own.items() if _is_counted(path, spot, table, metal, own)]
    found = [own.get(f"{row}.{part}") for row in rows for part in parts]
    return tuple(spot for spot in found if spot and spot.field.raw and spot.field.page)


def _is_counted(path: str, metal: Spot, table: str, wanted: str, own: Mapping[str, Spot]) -> bool:
    """Whether a path names the metal of a row that counts: one of 一般排放口 does not."""
    if not re.fullmatch(rf"{table}\[\d+\]\.metal", path):
        return False
    kind = own.get(path.replace(".metal", ".outlet_kind"))
    in_doubt = metal.field.value is None and not metal.field.certain
    return (metal.value == wanted or in_doubt) and (kind is None or kind.value != "general")


def label_path(path: str, document: str = "") -> str:
    """What people call a field: `offered.Pb` → 拟出让量（铅）, `limits[3].annual[2]` → 限值第4行·年许可排放量第3年."""
    parts = [_label_part(part, document) for part in path.split(".")]
    metals = [part for part in parts if part in METALS.values()]
    return "·".join(part for part in parts if part not in metals) + "".join(f"（{metal}）" for metal in metals)


def _label_part(part: str, document: str) -> str:
    key, _, number = part.rstrip("]").partition("[")
    if key in set(Metal):
        return METALS[Metal(key)]
    if number and key in _ROWS:
        return f"{_ROWS[key]}{int(number) + 1}"
    names = dictionary()["names"]["field"]
    told = names.get(f"{document}.{key}") or names.get(key) or LABELS.get(key, key)
    return f"{told}第{int(number) + 1}年" if number else str(told)


def walk_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field of a document as its JSON has it, by the path that `domain.document.values` gives it."""
    tables = {key: part for key, part in document.items() if key not in _OWN}
    yield from _walk({**document["fields"], **tables})


def _walk(thing: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(thing, Mapping) and {"status", "readers"} <= thing.keys():
        yield path, thing
    elif isinstance(thing, Mapping):
        for key, part in thing.items():
            name = str(_ATTRIBUTES.get(key, key))
            yield from _walk(part, f"{path}.{name}" if path else name)
    elif isinstance(thing, list | tuple):
        for index, part in enumerate(thing):
            yield from _walk(part, f"{path}[{index}]")


def _lay(position: int, document: Mapping[str, Any], ordinal: int) -> Paper:
    own, version = document["type"], document["version"] and Version(document["version"])
    name = title(own, version) + (f"（{ordinal}）" if ordinal > 1 else "")
    spots = [
        Spot(
            key=f"{position}:{path}",
            document=position,
            place=Place(document=own, version=version, ordinal=ordinal, path=path),
            paper=name,
            label=label_path(path, own),
            field=Field[Any].model_validate(field),
        )
        for path, field in walk_fields(document)
    ]
    return Paper(position=position, type=own, version=version, title=name, pages=document["pages"], spots=tuple(spots))
