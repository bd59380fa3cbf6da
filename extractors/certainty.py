"""Whether a reading is beyond doubt: what both readers and both pictures gave, weighed as measured."""

from enum import StrEnum
from typing import NamedTuple

from reference.certainty import NEVER, least_confidence


class Second(StrEnum):
    """What became of the second reading."""

    NONE = "none"  # there was none
    SILENT = "silent"  # nothing that could be such a value
    AGREES = "agrees"
    DIFFERS = "differs"
    AGREES_TWICE = "agrees_twice"  # on the seal-free picture and on the one in red light
    OUTVOTES = "outvotes"  # agrees with the colour picture on what the first reading does not say

    @property
    def bears_out(self) -> bool:
        """Whether two engines say the same."""
        return self in (Second.AGREES, Second.AGREES_TWICE, Second.OUTVOTES)


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
    words: bool = False  # Chinese text, of which the second reader is a poor judge


def weigh(evidence: Evidence) -> str | None:
    """Why the reading is in doubt, None where it is certain (`reference/certainty.toml`)."""
    least = least_confidence(evidence.words, evidence.second, evidence.colour)
    if evidence.second is Second.AGREES_TWICE:
        least = min(least, least_confidence(evidence.words, Second.AGREES, evidence.colour))
    return None if evidence.confidence >= least else _why(evidence, least)


def _why(evidence: Evidence, least: float) -> str:
    if evidence.second is Second.DIFFERS:
        return "两个识读引擎结果不一致"
    if evidence.colour is Colour.DIFFERS:
        return "印章下的文字两次识读不一致"
    if evidence.second is Second.SILENT and least >= NEVER:
        return "第二识读引擎未能读出，只有一次识读"
    if least >= NEVER:
        return "印章下的文字在彩色图上未能识读"
    return f"识读置信度低（{evidence.confidence:.2f}）"
