"""When a reading is certain: two readers, two pictures, the least sure character."""

import pytest

from domain.field import Status
from domain.page import Box, SecondReading, Word
from extractors.certainty import Colour, Evidence, Second, weigh
from extractors.fields import code_field, date_field, quantity_field, text_field, tonnes_field
from extractors.layout import span_of
from extractors.text import outlet_code

BOX = Box(0.1, 0.1, 0.3, 0.12)


def span(text: str, heard: str | None, confidence: float = 0.99):
    second = () if heard is None else (SecondReading(reader="tesseract-5.3.0", kind="digits", box=BOX, text=heard),)
    return span_of([Word(text=text, box=BOX, confidence=confidence, second=second)])


def test_a_figure_that_both_readers_read_alike_is_certain_even_where_one_was_not_sure():
    field = tonnes_field(span("0.0860", "0.0860", 0.45), 1)
    assert field.status is Status.CERTAIN
    assert field.readers == {"rapidocr": "0.0860", "tesseract": "0.0860"}


def test_a_figure_on_which_the_readers_differ_is_unsure_and_keeps_both():
    field = tonnes_field(span("0.0860", "00860"), 1)
    assert (field.status, field.why) == (Status.UNSURE, "两个识读引擎结果不一致")
    assert field.readers == {"rapidocr": "0.0860", "tesseract": "00860"}


def test_a_second_reader_that_found_nothing_settles_nothing():
    assert tonnes_field(span("0.0860", "", 0.45), 1).status is Status.UNSURE
    assert tonnes_field(span("0.0860", ""), 1).status is Status.CERTAIN


def test_agreement_never_settles_a_missing_unit_or_point():
    assert quantity_field(span("46.4", "46.4"), 1, None).status is Status.UNSURE
    assert tonnes_field(span("860", "860"), 1).status is Status.UNSURE


def test_codes_and_dates_are_compared_as_what_they_are():
    assert code_field(span("DA001", "DAO01"), 1, outlet_code).status is Status.CERTAIN
    assert code_field(span("DA001", "DA007"), 1, outlet_code).status is Status.UNSURE
    assert date_field(span("2024年1月19日", "2024年1月19日:"), 1).status is Status.CERTAIN
    assert date_field(span("2024年1月19日", "2024年1月10日"), 1).status is Status.UNSURE


def test_a_name_is_not_doubted_for_what_the_second_reader_makes_of_rare_characters():
    assert text_field(span("独山远砾锑业有限公司", "独山远砾锁业有限公司"), 1).status is Status.CERTAIN


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("second", list(Second))
def test_more_confidence_never_makes_a_reading_less_certain(second: Second, colour: Colour):
    steps = [weigh(Evidence(n / 20, second, colour)) is None for n in range(21)]
    assert steps == sorted(steps)
