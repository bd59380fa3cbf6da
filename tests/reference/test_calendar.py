"""The last day of a public notice."""

from datetime import date

import pytest

from reference.calendar import DAY, KNOWN_YEARS, Pause, is_weekday, is_working_day, notice_ends


@pytest.mark.parametrize(
    ("opened", "calendar", "working"),
    [
        (date(2024, 1, 19), date(2024, 2, 8), date(2024, 2, 16)),
        (date(2024, 1, 22), date(2024, 2, 11), date(2024, 2, 19)),
        (date(2025, 1, 9), date(2025, 1, 29), date(2025, 2, 6)),
    ],
)
def test_the_worked_examples_hold_by_weekdays_alone(opened: date, calendar: date, working: date) -> None:
    ends = notice_ends(opened, 20, works=is_weekday)
    assert (ends.calendar, ends.working, ends.known) == (calendar, working, True)


def test_a_last_day_in_the_spring_festival_moves_behind_it() -> None:
    # 2024: rest 2-10…2-17, work on Sundays 2-04 and 2-18. Day 20 after 1-22 is Sunday 2-11; the next working day 2-18.
    # Working days after 1-22: 1-23…26 (4), 1-29…2-02 (9), 2-04 (10), 2-05…09 (15), 2-18 (16), 2-19…22 (20).
    ends = notice_ends(date(2024, 1, 22), 20)
    assert (ends.calendar, ends.moved, ends.working) == (date(2024, 2, 11), date(2024, 2, 18), date(2024, 2, 22))
    assert (ends.earliest, ends.latest, ends.known) == (date(2024, 2, 11), date(2024, 2, 22), True)


def test_a_last_day_that_is_worked_stays() -> None:
    # Day 20 after 2024-01-19 is Thursday 2-08. Working days: 1-22…26 (5), 1-29…2-02 (10), 2-04 (11), 2-05…09 (16),
    # 2-18 (17), 2-19…21 (20).
    ends = notice_ends(date(2024, 1, 19), 20)
    assert (ends.calendar, ends.moved, ends.working) == (date(2024, 2, 8), date(2024, 2, 8), date(2024, 2, 21))


def test_the_national_days_are_skipped_and_worked_sundays_counted() -> None:
    # 2024: rest 10-01…10-07, work on Sunday 9-29 and Saturday 10-12. Day 20 after 9-12 is 10-02; the next worked 10-08.
    # Mid-autumn rest 9-15…17, work on Saturday 9-14. Working days: 9-13, 14 (2), 9-18…20 (5), 9-23…27 (10), 9-29, 30
    # (12), 10-08…12 (17), 10-14…16 (20).
    ends = notice_ends(date(2024, 9, 12), 20)
    assert (ends.calendar, ends.moved, ends.working) == (date(2024, 10, 2), date(2024, 10, 8), date(2024, 10, 16))


def test_a_year_without_holiday_notice_is_counted_by_weekdays_and_says_so() -> None:
    unknown = KNOWN_YEARS.stop
    ends = notice_ends(date(unknown, 1, 4), 20)
    assert not ends.known
    assert ends == notice_ends(date(unknown, 1, 4), 20, works=is_weekday)._replace(known=False)


def test_a_notice_that_runs_into_an_unknown_year_says_so() -> None:
    last = KNOWN_YEARS[-1]
    assert not notice_ends(date(last, 12, 20), 20).known
    assert notice_ends(date(last, 11, 2), 20).known


def test_a_sunday_may_be_worked() -> None:
    assert is_working_day(date(2024, 2, 4))
    assert not is_working_day(date(2024, 2, 12))


def test_days_on_which_a_notice_stands_still_are_counted_by_no_reading() -> None:
    # Uploaded on Monday 4 March 2024; an objection of Monday the 11th is settled on Friday the 15th.
    plain = notice_ends(date(2024, 3, 4), 20, is_weekday)
    ends = notice_ends(date(2024, 3, 4), 20, is_weekday, [Pause(date(2024, 3, 11), date(2024, 3, 15))])

    assert ends.calendar == plain.calendar + 5 * DAY
    assert ends.working == plain.working + 7 * DAY  # five working days, and the weekend that comes between
