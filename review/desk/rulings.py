"""Findings as the desk shows them: what the rule is called, what it rests on, and every place with its picture."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlencode

from domain.document import Version
from domain.finding import Evidence, Finding
from domain.page import Box
from domain.quantity import Unit, plain
from extractors.views import plan_clip
from reference.provisions import GUIDE
from review.desk.files import CaseFile
from review.desk.labels import label_path
from review.desk.papers import Spot, find_parts, find_spot
from validators.reconciling.checking import Check
from validators.registry import Rule, catalogued
from validators.wording import title


class Cut(NamedTuple):
    """A cut from a page: its address, its size in pixels, and where the place lies on it, in the same pixels."""

    address: str
    width: int
    height: int
    frame: Box


class Exhibit(NamedTuple):
    """One place that a finding rests on; `spot` is the field that stands there, where there is one.

    `part` tells that it is one of the figures that a sum before it was added up from; `before` what the finding knew
    where the field was corrected since.
    """

    paper: str
    label: str
    page: int | None
    text: str
    value: str
    unit: str
    spot: Spot | None
    cut: Cut | None
    link: str
    part: bool = False
    before: str = ""

    @property
    def in_doubt(self) -> bool:
        return self.spot is not None and not self.spot.field.certain


def exhibit(file: CaseFile, finding: Finding) -> tuple[Exhibit, ...]:
    """Every place that a finding rests on, those in doubt first, sums with what they were added up from; each once."""
    shown = [_exhibit(file, evidence) for evidence in dict.fromkeys(finding.evidence)]
    shown.sort(key=lambda it: not it.in_doubt)
    known = {it.spot.key for it in shown if it.spot}
    return tuple(chain.from_iterable(_with_parts(file, it, known) for it in shown))


def gather(shown: Sequence[Exhibit]) -> list[list[Exhibit]]:
    """Each place by itself, a sum together with what it was added up from."""
    gathered: list[list[Exhibit]] = []
    for one in shown:
        if one.part:
            gathered[-1].append(one)
        else:
            gathered.append([one])
    return gathered


def hear(file: CaseFile, shown: Exhibit) -> tuple[list[str], dict[str, str]]:
    """The readers that read a place as it is shown, and what each of the others read."""
    readers = shown.spot.field.readers if shown.spot else {}
    said = {reader: file.read(shown.spot, text) for reader, text in readers.items()} if shown.spot else {}
    return [it for it in said if said[it] == shown.text], {it: text for it, text in said.items() if text != shown.text}


def _with_parts(file: CaseFile, sum_: Exhibit, known: set[str]) -> Iterator[Exhibit]:
    """A sum has no place of its own on the paper: its parts show where it comes from."""
    parts = find_parts(file.papers, sum_.spot) if sum_.spot else ()
    yield sum_._replace(cut=None) if parts else sum_
    for spot in parts:
        if spot.key not in known:
            known.add(spot.key)
            yield _show(file, spot)._replace(part=True)


def cut_of(file: CaseFile, page: int | None, box: Box | None) -> Cut | None:
    """The cut around a place; None where it is on no page."""
    record = file.pages.get(page or 0)
    if record is None or box is None:
        return None
    room, frame = plan_clip(record.width, record.height, box)
    asked = urlencode({"box": ",".join(f"{edge:.5f}" for edge in box)})
    wide, high = room.size
    scaled = Box(frame.x0 * wide, frame.y0 * high, frame.x1 * wide, frame.y1 * high)
    return Cut(f"/cases/{file.number}/v{file.version}/pages/{page}/cut.jpg?{asked}", wide, high, scaled)


@cache
def find_rule(code: str) -> Rule | Check | None:
    """The rule of this code; None where it is none of today's."""
    return next((rule for rule in catalogued() if rule.code == code), None)


def rule_names(code: str) -> Mapping[str, str]:
    """What a rule is called in Chinese, what it says in English, and the heading of what it rests on."""
    rule = find_rule(code)
    if rule is None:
        return {"zh": code, "en": code, "cites": ""}
    cites = "；".join(one.text.replace(GUIDE, "指南").partition("：")[0] for one in rule.cites)
    return {"zh": rule.name, "en": rule.title, "cites": cites}


def place_link(file: CaseFile, spot: Spot) -> str:
    """The page on which a field stands, with the field chosen; the case itself where it stands on none."""
    return _link(file, spot.field.page, spot.field.box, spot) or f"/cases/{file.number}"


def _exhibit(file: CaseFile, evidence: Evidence) -> Exhibit:
    spot = find_spot(file.papers, evidence)
    if spot is not None:
        shown = _show(file, spot)._replace(text=file.read(spot, evidence.text))
        known, unit = _weigh(evidence.value or "", evidence.unit or "")
        known, shown = file.read(spot, known), shown._replace(unit=unit)
        if spot.field.corrected_by is None or known == shown.value:
            return shown._replace(value=known)
        return shown._replace(before=known)
    return Exhibit(
        paper=_title(evidence),
        label=label_path(evidence.field or "", evidence.document),
        page=evidence.page,
        text=file.mask(evidence.text),
        value=file.mask(evidence.value),
        unit=evidence.unit or "",
        spot=None,
        cut=cut_of(file, evidence.page, evidence.box),
        link=_link(file, evidence.page, evidence.box, None),
    )


def _show(file: CaseFile, spot: Spot) -> Exhibit:
    field = spot.field
    value, unit = _weigh(spot.value, spot.unit)
    return Exhibit(
        paper=spot.paper,
        label=spot.label,
        page=field.page,
        text=file.read(spot, field.raw),
        value=file.read(spot, value),
        unit=unit,
        spot=spot,
        cut=cut_of(file, field.page, field.box),
        link=_link(file, field.page, field.box, spot),
    )


def _weigh(value: str, unit: str) -> tuple[str, str]:
    """A quantity in kilograms a year, as all others stand beside it; anything else as it is."""
    if unit != Unit.TONNE or not value:
        return value, unit
    return plain(Decimal(value) * Unit.TONNE.kilograms), str(Unit.KG)


def _title(evidence: Evidence) -> str:
    return title(evidence.document, Version(evidence.version) if evidence.version else None)


def _link(file: CaseFile, page: int | None, box: Box | None, spot: Spot | None) -> str:
    if page is None:
        return ""
    place = {"field": spot.key} if spot else {"box": ",".join(f"{edge:.5f}" for edge in box)} if box else {}
    return f"/cases/{file.number}/v{file.version}/pages/{page}?{urlencode(place)}"
