"""Whether a reading is beyond doubt: what both readers and both pictures gave, weighed as measured."""

from enum import StrEnum
from typing import NamedTuple

SURE = 0.60  # of the least sure character, where nobody read it again
SURE_SEALED = 0.90
SURE_UNDER_SEAL = 0.95  # where the colour image could not be read at all
SURE_AGREED = 0.30


class Second(StrEnum):
    """What became of the second reading."""

    NONE = "none"  # there was none
    SILENT = "silent"  # nothing that could be such a value
    AGREES = "agrees"
    DIFFERS = "differs"


class Colour(StrEnum):
    """What the untouched colour picture gave where seal ink lies over the value."""

    CLEAR = "clear"  # there is no ink
    SILENT = "silent"
    SAME = "same"
    DIFFERS = "differs"


class Evidence(NamedTuple):
    """What speaks for a reading; `confidence` is that of its least sure character."""

    confidence: float
    second: Second = Second.NONE
    colour: Colour = Colour.CLEAR
    words: bool = False  # free text, of which the second reader is a poor judge


def weigh(evidence: Evidence) -> str | None:
    """Why the reading is in doubt, None where it is certain."""
    if evidence.second is Second.AGREES and evidence.confidence >= SURE_AGREED:
        return None
    if evidence.second is Second.DIFFERS and not evidence.words:
        return "两个识读引擎结果不一致"
    if evidence.colour is Colour.DIFFERS:
        return "印章下的文字两次识读不一致"
    return f"识读置信度低（{evidence.confidence:.2f}）" if evidence.confidence < _least(evidence.colour) else None


def _least(colour: Colour) -> float:
    return {Colour.CLEAR: SURE, Colour.SILENT: SURE_UNDER_SEAL}.get(colour, SURE_SEALED)
