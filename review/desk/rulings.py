"""Findings as the desk shows them: what the rule is called, what it rests on, and every place with its picture."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

from domain.document import Version
from domain.finding import Evidence, Finding
from domain.page import Box
from extractors.views import plan_clip
from reference.provisions import GUIDE
from review.desk.files import CaseFile
from review.desk.papers import Spot, find_spot, label_path
from validators.registry import Rule, rules
from validators.wording import title


class Cut(NamedTuple):
    """A cut from a page: its address, its size in pixels, and where the place lies on it, in the same pixels."""

    address: str
    width: int
    height: int
    frame: Box


class Exhibit(NamedTuple):
    """One place that a finding rests on; `spot` is the field that stands there, where there is one."""

    number: int
    paper: str
    label: str
    page: int | None
    text: str
    value: str
    unit: str
    spot: Spot | None
    cut: Cut | None
    link: str


def exhibit(file: CaseFile, finding: Finding) -> tuple[Exhibit, ...]:
    """Every place that a finding rests on, those first that are in doubt; the same place only once."""
    shown = dict.fromkeys(finding.evidence)
    made = [_exhibit(file, number, evidence) for number, evidence in enumerate(shown, start=1)]
    return tuple(sorted(made, key=lambda it: (it.spot is None or it.spot.field.certain, it.number)))


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
def find_rule(code: str) -> Rule | None:
    """The rule of this code; None where it is none of today's."""
    return next((rule for rule in rules() if rule.code == code), None)


def rule_names(code: str) -> Mapping[str, str]:
    """What a rule is called in Chinese, what it says in English, and the heading of what it rests on."""
    rule = find_rule(code)
    if rule is None:
        return {"zh": code, "en": code, "cites": ""}
    cites = "；".join(one.text.replace(GUIDE, "指南").partition("：")[0] for one in rule.cites)
    return {"zh": rule.name, "en": rule.title, "cites": cites}


def _exhibit(file: CaseFile, number: int, evidence: Evidence) -> Exhibit:
    spot = find_spot(file.papers, evidence)
    box = evidence.box or (spot.field.box if spot else None)
    page = evidence.page or (spot.field.page if spot else None)
    hide = (lambda text: file.read(spot, text)) if spot else file.mask
    return Exhibit(
        number=number,
        paper=spot.paper if spot else _title(evidence),
        label=spot.label if spot else label_path(evidence.field or "", evidence.document),
        page=page,
        text=hide(evidence.text),
        value=hide(evidence.value or ""),
        unit=evidence.unit or "",
        spot=spot,
        cut=cut_of(file, page, box),
        link=_link(file, page, box, spot),
    )


def _title(evidence: Evidence) -> str:
    return title(evidence.document, Version(evidence.version) if evidence.version else None)


def _link(file: CaseFile, page: int | None, box: Box | None, spot: Spot | None) -> str:
    if page is None:
        return ""
    place = {"field": spot.key} if spot else {"box": ",".join(f"{edge:.5f}" for edge in box)} if box else {}
    return f"/cases/{file.number}/v{file.version}/pages/{page}?{urlencode(place)}"
