"""Which of several readings counts, and what independent evidence may choose from."""

from datetime import date
from decimal import Decimal

import pytest

from domain.field import Status
from domain.page import Box, SecondReading, Source, Word
from domain.quantity import Unit
from extractors.choosing import figure_in
from extractors.comparing import name_sources
from extractors.documents.other import Other
from extractors.fields import PARTED, code_field, date_field, quantity_field, text_field, tonnes_field
from extractors.layout import span_of
from extractors.other_readings import borne_out
from extractors.row_years import settle_years
from extractors.text import UnitRead
from tests.extractors.readings import page

BOX = Box(0.1, 0.1, 0.3, 0.12)
TONNES = UnitRead(Unit.TONNE, True)


def sealed(
    text: str, colour: str | None, heard: str | None = None, red: str | None = None, kind: str = "digits", **more
):
    """A word under a seal as the first reader, the colour picture and the second reader on both pictures gave it."""
    told = (("tesseract-5.3.0", heard), ("tesseract_red-5.3.0", red))
    second = tuple(SecondReading(reader=name, kind=kind, box=BOX, text=said) for name, said in told if said is not None)
    word = {"text": text, "box": BOX, "confidence": 0.7, "under_seal": colour is not None, "colour_text": colour} | more
    return span_of([Word(**word, second=second)])


def test_two_other_readings_that_agree_count_more_than_a_first_one_alone():
    field = tonnes_field(sealed("12.20", "42.20", "42.20"), 1)
    assert (field.value, field.raw, field.second) == (Decimal("42.20"), "12.20", "outvotes")
    assert field.readers == {"rapidocr": "12.20", "rapidocr_colour": "42.20", "tesseract": "42.20"}
    assert "12.20" in field.why


def test_one_other_reading_is_not_enough_against_a_figure_and_none_where_the_first_is_borne_out():
    assert tonnes_field(sealed("7.0651", "0.0651", "9.0651"), 1).value == Decimal("7.0651")
    assert tonnes_field(sealed("25.29", "5.29", "25.29", "5.29"), 1).value == Decimal("25.29")


@pytest.mark.parametrize(("colour", "heard"), [("0.00361", None), ("0.00361", "0.00361"), ("", "0.00361")])
def test_a_broken_first_reading_gives_way_to_what_the_others_read_and_is_never_certain_by_one(colour, heard):
    field = quantity_field(sealed("(.00361", colour, heard), 1, TONNES)
    assert field.value == Decimal("3.61") and field.status is Status.UNSURE


def test_readings_that_contradict_each_other_give_no_value():
    assert tonnes_field(sealed("0.005+;", "0.0056", "0.0058"), 1).value is None


def test_strokes_that_may_be_a_blank_sign_become_no_figure():
    assert tonnes_field(sealed("/7", "77"), 1).value is None
    assert quantity_field(sealed("(", "0"), 1, TONNES).value is None
    assert quantity_field(sealed(".583", "8.583", "583", "583"), 1, UnitRead(Unit.KG, True)).value == Decimal("8.583")


def test_a_date_and_a_code_that_were_damaged_are_taken_from_another_reading():
    assert date_field(sealed("2024年10月92日", None, "2024年10月02日", kind="date"), 1).value == date(2024, 10, 2)
    field = code_field(sealed("91522324423545618H", "91522324423545619H", kind="code"), 1)
    assert (field.value, field.status) == ("91522324423545619H", Status.UNSURE)


def test_a_figure_with_a_letter_in_it_is_told_as_such_where_the_unit_is_known():
    assert quantity_field(sealed("0.0i1", None), 1, TONNES).why == "数值的字符存疑"
    assert quantity_field(sealed("0.011", None), 1, None).why == "未找到计量单位"


@pytest.mark.parametrize(
    ("said", "around", "figure"),
    [
        ("新增排放量：0.05745吨/年", "新增排放量：0.05745吨/年", "0.05745"),
        ("1:1.2 37千克/年", "37千克/年", None),
        ("0.10", "", "0.10"),
    ],
)
def test_a_label_beside_a_figure_makes_no_other_figure_of_it(said, around, figure):
    found = figure_in(said, around)
    assert (found.printed if found else None) == figure


def test_independent_evidence_chooses_what_another_reader_read_and_nothing_else():
    field = tonnes_field(sealed("7.0651", "0.0651", "9.0651"), 1)
    settled = borne_out(field, Decimal("0.0651"), "同一行其他年度")
    assert (settled.value, settled.status) == (Decimal("0.0651"), Status.CERTAIN)
    assert borne_out(field, Decimal("0.0652"), "同一行其他年度") is None


def test_a_first_reading_that_is_sure_or_borne_out_gives_way_to_two_others_only():
    sure = tonnes_field(sealed("7.0651", "0.0651", "9.0651", confidence=0.99), 1)
    backed = tonnes_field(sealed("7.0651", "0.0651", "7.0651"), 1)
    both = tonnes_field(sealed("7.0651", "0.0651", "7.0651", "0.0651"), 1)
    assert borne_out(sure, Decimal("0.0651"), "") is borne_out(backed, Decimal("0.0651"), "") is None
    assert borne_out(both, Decimal("0.0651"), "").value == Decimal("0.0651")


def test_print_that_ran_together_with_a_figure_is_no_sure_reading_of_it():
    """A watermark's stroke left of 51.495 was read as 95, a gap between them."""
    other = SecondReading(reader="tesseract-5.3.0", kind="digits", box=BOX, text="51.495")
    parted = Word(text="95 51.495", box=BOX, confidence=1.0, second=(other,))
    field = quantity_field(span_of([parted]), 1, UnitRead(Unit.KG, True))
    assert field.why == PARTED
    assert borne_out(field, Decimal("51.495"), "与环评净新增排放量").value == Decimal("51.495")


def years(*read):
    """The years of a row; a string both engines read, a tuple is what `sealed` takes."""
    return [tonnes_field(sealed(one, None, one) if isinstance(one, str) else sealed(*one), 1) for one in read]


def test_a_year_under_a_seal_is_what_the_others_say_if_any_reader_of_its_place_read_so():
    unread, alone = ('0.06",!', "0.0651", "0.065"), ("7.0651", "0.0651", "9.0651")
    settled = settle_years(years("0.0651", "0.0651", unread, alone, "0.0651"))
    assert [field.value for field in settled] == [Decimal("0.0651")] * 5
    assert all(field.certain for field in settled)


def test_a_year_that_no_reader_of_its_place_read_like_the_others_stays_as_it_was_read():
    settled = settle_years(years("46.64", "46.64", ("16.64", "46264", "16.64"), "46.64"))
    assert (settled[2].value, settled[2].status) == (Decimal("16.64"), Status.UNSURE)


def test_years_that_really_differ_are_not_made_alike():
    settled = settle_years(years("46.64", "46.64", ("40.10", "40.10", "40.10", "40.10"), ("40.10", "46.64", "40.10")))
    assert [field.value for field in settled[2:]] == [Decimal("40.10")] * 2
    assert settled[3].status is Status.UNSURE


def test_what_a_text_layer_says_is_named_as_such():
    read = page([])
    layer = read.model_copy(update={"reading": read.reading.model_copy(update={"source": Source.TEXT_LAYER})})
    paper = Other(pages=(1,), title=text_field(sealed("独山远砾锑业有限公司", None), 1))
    assert set(name_sources(paper, [layer]).title.readers) == {"text_layer"}
    assert set(name_sources(paper, [read]).title.readers) == {"rapidocr"}


def test_print_that_went_with_the_ink_is_taken_from_the_pictures_that_have_it_and_left_in_doubt():
    field = tonnes_field(sealed("0.0", "0.0052", "0.0", "0.0052"), 1)
    assert (field.value, field.status, field.second) == (Decimal("0.0052"), Status.UNSURE, "differs")
    assert tonnes_field(sealed("17.87", "1787", "17.87", "1787"), 1).value == Decimal("17.87")
    assert tonnes_field(sealed("42.2", "42.20", "42.2", "42.20"), 1).second != "differs"


def test_a_tonnage_without_its_point_is_no_reading_to_go_by():
    assert tonnes_field(sealed("809", "0.0809", "00809"), 1).value == Decimal("0.0809")
    assert tonnes_field(sealed("14,48", None, "14,48"), 1).value == Decimal("14.48")
