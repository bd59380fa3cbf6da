"""Whose seal it is by what it says: a party's, nobody's of the two, or not to be told."""

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

from domain.field import TextField
from extractors.text import fold

STRANGER = "other"  # the seal of one that is no party
BESIDE = " / "  # between the texts of two seals whose ink touches, from left to right or from top to bottom
_LEGIBLE = 6  # characters of the ring
# Likeness in percent; 40 seals read, all were at least 83 like their owner's name, five of six others < 70.
_SAME, _APART, _UNLIKE = 80.0, 15.0, 70.0


def ring_text(text: str) -> str:
    """What stands on the ring, without the level line below the star; empty where too little of it is legible."""
    ring = fold(text.split(" ")[0])
    return ring if len(re.findall(r"[一-鿿]", ring)) >= _LEGIBLE else ""


def owner_by_text(text: str, names: Mapping[str, TextField]) -> tuple[str | None, str | None]:
    """The party whose name the seal says, or `other`, and the doubt about it; None where only its place can tell."""
    ring = ring_text(text)
    if not ring or any(not name.value for name in names.values()):
        return None, None
    likeness = {side: fuzz.partial_ratio(ring, fold(name.value or "")) for side, name in names.items()}
    best, other = sorted(likeness, key=lambda side: -likeness[side])
    if likeness[best] >= _SAME:
        return (best, None) if likeness[best] - likeness[other] >= _APART else (None, None)
    if likeness[best] < _UNLIKE and all(name.certain for name in names.values()):
        return STRANGER, None
    return None, f"印章文字“{ring}”与双方名称都不相符"
