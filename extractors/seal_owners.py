"""Whose seal it is by what it says: a party's, nobody's of the two, or not to be told."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from rapidfuzz import fuzz

from domain.field import TextField
from extractors.text import fold

STRANGER = "other"  # the seal of one that is no party
BESIDE = " / "  # between the texts of two seals whose ink touches, from left to right or from top to bottom
ILLEGIBLE = "〓"  # stands for a level line that is there but could not be read
_LEGIBLE = 6  # characters of the ring
# Likeness in percent; 40 seals read, all were at least 83 like their owner's name, five of six others < 70.
_SAME, _APART, _UNLIKE = 80.0, 15.0, 70.0
_BRANCH = re.compile("分公司|分厂|办事处|分部")
_USE = re.compile("(?:合同|财务|公|行政|业务)?专?用?章")  # what a seal is for, where it was read as one with the ring


def ring_text(text: str) -> str:
    """What stands on the ring, without the level line below the star; empty where too little of it is legible."""
    ring = fold(text.split(" ")[0])
    return ring if len(re.findall(r"[一-鿿]", ring)) >= _LEGIBLE else ""


class Said(NamedTuple):
    """Whose a seal is by its text: surely the `owner`'s, perhaps the one's it is `like`, or why that is in doubt."""

    owner: str | None = None
    like: str | None = None
    doubt: str | None = None


def owner_by_text(text: str, names: Mapping[str, TextField]) -> Said:
    """The party whose very name the seal says, or `other`; a name that is only alike needs its place to agree."""
    ring = ring_text(text)
    if not ring or any(not name.value for name in names.values()):
        return Said()
    told = {side: fold(name.value or "") for side, name in names.items()}
    likeness = {side: fuzz.partial_ratio(ring, name) for side, name in told.items()}
    best, other = sorted(likeness, key=lambda side: -likeness[side])
    if ring in told.values():
        return Said(owner=best if ring == told[best] else other)
    if likeness[best] >= _SAME:
        return _alike(ring, told, best, likeness[best] - likeness[other])
    if likeness[best] < _UNLIKE and all(name.certain for name in names.values()):
        return Said(owner=STRANGER)
    return Said(doubt=f"印章文字“{ring}”与双方名称都不相符")


def _alike(ring: str, told: Mapping[str, str], best: str, apart: float) -> Said:
    more = ring.replace(told[best], "")
    branch = _BRANCH.search(ring) and not _BRANCH.search(told[best])
    if branch or (more != ring and len(re.findall("[一-鿿]", _USE.sub("", more))) > 1):
        return Said(doubt=f"印章文字“{ring}”比单位名称多出文字")
    return Said(like=best) if apart >= _APART else Said()
