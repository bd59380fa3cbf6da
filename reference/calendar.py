"""Working days of the State Council's yearly holiday notices, and the last day of a public notice."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta, timezone
from typing import NamedTuple

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays

DAY = timedelta(days=1)
CHINA = timezone(timedelta(hours=8))  # one zone and no summer time
KNOWN_YEARS = range(min(holidays).year, max(holidays).year + 1)  # chinesecalendar (MIT): 2004 up to its own release


class Pause(NamedTuple):
    """Days on which a notice stands still, the first and the last included: an objection is being settled."""

    first: date
    last: date


class NoticeEnd(NamedTuple):
    """The last day of a notice by each reading; a contract is surely late enough only after `latest`.

    `calendar` counts all days, `moved` is that day put off to the next working day where it is none (民法典 203),
    `working` counts working days only. `known` is False where a year is missing in the holiday source and Monday to
    Friday stood for its working days.
    """

    calendar: date
    moved: date
    working: date
    known: bool = True

    @property
    def earliest(self) -> date:
        """The end by the reading that is kindest to the parties."""
        return min(self[:3])

    @property
    def latest(self) -> date:
        """The end by the strictest reading."""
        return max(self[:3])


def is_weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def is_working_day(day: date) -> bool:
    """By the holiday notices, which also make working days of some Sundays; Monday to Friday in unknown years."""
    return bool(is_workday(day)) if day.year in KNOWN_YEARS else is_weekday(day)


def notice_ends(
    opened: date, days: int, works: Callable[[date], bool] = is_working_day, paused: Sequence[Pause] = ()
) -> NoticeEnd:
    """The last day of a notice of `days` days uploaded on `opened`, which itself is not counted (民法典 201).

    Days in `paused` are counted by no reading.
    """

    def runs(day: date) -> bool:
        return not any(pause.first <= day <= pause.last for pause in paused)

    calendar = working_day_after(opened, days, runs)
    moved = calendar if works(calendar) else working_day_after(calendar, 1, works)
    working = working_day_after(opened, days, lambda day: runs(day) and works(day))
    known = works is not is_working_day or all(day.year in KNOWN_YEARS for day in (opened, moved, working))
    return NoticeEnd(calendar, moved, working, known)


def working_day_after(start: date, count: int, works: Callable[[date], bool] = is_working_day) -> date:
    """The `count`-th day after a day that counts, by default as a working day."""
    day = start
    while count:
        day += DAY
        count -= works(day)
    return day
