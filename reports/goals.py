"""What the project promised of its readings, beside what was measured."""

from domain.page import Frozen
from reports.accuracy import Accuracy, by_class, sum_up


class Goal(Frozen):
    """One promise: a share (0–1) that must be at least or at most `limit`; `measured` is None where nothing was there
    to measure it on, `of` tells on how many things it was measured."""

    name: str
    limit: float
    at_least: bool
    measured: float | None = None
    of: int = 0

    @property
    def met(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def goals(accuracy: Accuracy) -> list[Goal]:
    """The promises of issue 4. A critical field is right where its value is the paper's, whether or not a person is
    asked to look; clean packages are those whose truth says that nothing is wrong with them. Whose a seal is counts on
    scans up to the standard: those below it (`poor`) are sent back by IMG-005, their own column tells what they give.
    """
    classes = by_class(accuracy)
    office, rough = classes.get("office"), classes.get("rough")
    standard = sum_up([package for package in accuracy.packages if package.grade != "poor"])
    return [
        _goal("silent_error_share", 0.0002, False, accuracy, "silent_error_share", "critical_fields"),
        _goal("critical_right_office", 0.995, True, office, "critical_value_right", "critical_fields"),
        _goal("critical_right_rough", 0.98, True, rough, "critical_value_right", "critical_fields"),
        _goal("straight_through_office", 0.80, True, office, "straight_through", "clean_packages"),
        _goal("clean_with_false_finding", 0.03, False, accuracy, "clean_with_false_finding", "clean_packages"),
        _goal("seals_right", 0.99, True, accuracy, "seals_right", "seals"),
        _goal("seal_owner_right_standard", 0.95, True, standard, "seal_owner_right", "legible_seals"),
    ]


def _goal(name: str, limit: float, at_least: bool, part: Accuracy | None, figure: str, of: str) -> Goal:
    number = int(part.headline[of]) if part else 0
    measured = part.headline[figure] if part and number else None
    return Goal(name=name, limit=limit, at_least=at_least, measured=measured, of=number)
