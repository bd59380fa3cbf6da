"""What each part of the reading brings: the same packages judged with that part left out."""

from collections.abc import Callable, Mapping

from domain.page import Frozen
from extractors.parts import WHOLE, Part
from reports.accuracy import Accuracy

FIGURES = (
    *("critical_value_right", "critical_certain_right", "critical_unsure", "silent_errors", "straight_through"),
    *("planted_fault_recall", "clean_with_false_finding", "seal_owner_right"),
)


class Without(Frozen):
    """The figures with one part left out, with nothing left out where `part` is None."""

    part: Part | None
    figures: Mapping[str, float | int]


def ablate(whole: Accuracy, judge: Callable[[frozenset[Part]], Accuracy]) -> list[Without]:
    """The whole first, then each part left out in turn; `judge` judges the same readings without some parts."""
    parts = [(part, judge(WHOLE | {part})) for part in Part]
    return [_figures(part, accuracy) for part, accuracy in ((None, whole), *parts)]


def _figures(part: Part | None, accuracy: Accuracy) -> Without:
    headline = accuracy.headline
    return Without(part=part, figures={name: headline[name] for name in FIGURES})
