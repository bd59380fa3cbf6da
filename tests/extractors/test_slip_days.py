"""The day on which a bank booked a payment, and what else on the slip tells it."""

from datetime import date

import pytest

from domain.field import Field, Status, TextField
from domain.page import Box, SecondReading, Word
from extractors.layout import Line, span_of
from extractors.slip_days import read_day

DAY = date(2026, 6, 1)


def printed(text: str, heard: str | None = None, confidence: float = 0.99, y: float = 0.1, **more):
    """What stands behind a label, and what the second reader read there."""
    box = Box(0.1, y, 0.3, y + 0.01)
    told = SecondReading(reader="tesseract-5", kind="date", box=box, text=heard or "", confidence=0.9)
    word = Word(text=text, box=box, confidence=confidence, second=() if heard is None else (told,), **more)
    return span_of([word]), 1


def day(serial: TextField | None = None, **found) -> Field[date]:
    places = {key: found.get(key, (None, 1)) for key in ("booked", "stamp", "time", "day")}
    return read_day(places, [], serial or TextField())


def number(value: str, status: Status = Status.CERTAIN) -> TextField:
    return TextField(value=value, raw=value, status=status, page=1)


def test_a_number_of_the_bank_that_begins_with_the_day_chooses_between_two_readings() -> None:
    read = day(number("20260601222452533998"), booked=printed("2026-06-01", "2020-06-01"))
    assert (read.value, read.certain) == (DAY, True)


@pytest.mark.parametrize(
    "serial",
    [
        TextField(),
        number("20260601222452533998", Status.UNSURE),  # nobody is sure of it
        number("20200601222452533998"),  # says the other day
        number("20260601"),  # a day and no number
        number("5264347260601576874192"),
    ],
)
def test_without_such_a_number_readers_that_differ_leave_doubt(serial: TextField) -> None:
    assert day(serial, booked=printed("2026-06-01", "2020-06-01")).status is Status.UNSURE


def test_evidence_never_replaces_a_day_that_was_read() -> None:
    read = day(number("20260601222452533998"), booked=printed("2026-06-07", "2026-06-01"))
    assert (read.value, read.certain) == (date(2026, 6, 7), False)


def test_the_same_day_under_another_label_settles_one_that_one_reader_alone_read() -> None:
    stamp = printed("2026-06-01-09.50.57.499013", y=0.3)
    assert day(booked=printed("2026-06-01", "——"), stamp=stamp).certain
    assert not day(booked=printed("2026-06-01", "2020-06-01"), stamp=stamp).certain
    assert not day(booked=printed("2026-06-01", "——"), stamp=printed("2026-06-07-09.50", y=0.3)).certain
    assert not day(booked=printed("2026-06-01", "——")).certain


def test_what_stands_before_a_day_in_its_word_does_not_make_it_doubtful() -> None:
    surely = (0.3, 0.4, *[0.99] * 10)
    assert day(booked=printed("#+2026-06-01", "3:2026-06-01", 0.3, confidences=surely)).certain
    assert not day(booked=printed("#+2026-06-01", "3:2026-06-01", 0.3, confidences=(*[0.99] * 11, 0.3))).certain


def test_a_day_without_any_label_is_in_doubt() -> None:
    rows = [(1, Line([printed("2026-06-01")[0].words[0]]))]
    places = dict.fromkeys(("booked", "stamp", "time", "day"), (None, 1))
    assert read_day(places, rows, TextField()).why == "未标明是交易日期"
