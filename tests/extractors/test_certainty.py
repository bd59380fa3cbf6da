"""When a reading is certain: two readers, two pictures, the least sure character."""

from decimal import Decimal

import pytest

from domain.field import Field, Status
from domain.page import Box, SecondReading, Word
from domain.quantity import Unit
from extractors.amounts import money, money_in_words
from extractors.certainty import Colour, Evidence, Second, weigh
from extractors.fields import code_field, date_field, parsed_field, quantity_field, text_field, tonnes_field
from extractors.layout import span_of
from extractors.text import UnitRead, outlet_code, permit_number

BOX = Box(0.1, 0.1, 0.3, 0.12)


def span(text: str, heard: str | None, confidence: float = 0.99):
    second = () if heard is None else (SecondReading(reader="tesseract-5.3.0", kind="digits", box=BOX, text=heard),)
    return span_of([Word(text=text, box=BOX, confidence=confidence, second=second)])


def test_a_figure_that_both_readers_read_alike_is_certain_even_where_one_was_not_sure():
    field = tonnes_field(span("0.0860", "0.0860", 0.55), 1)
    assert field.status is Status.CERTAIN
    assert field.readers == {"rapidocr": "0.0860", "tesseract": "0.0860"}


def test_a_figure_on_which_the_readers_differ_is_unsure_and_keeps_both():
    field = tonnes_field(span("0.0860", "00860"), 1)
    assert (field.status, field.why) == (Status.UNSURE, "两个识读引擎结果不一致")
    assert field.readers == {"rapidocr": "0.0860", "tesseract": "00860"}


def test_a_second_reader_that_found_nothing_settles_nothing():
    alone = tonnes_field(span("0.0860", ""), 1)
    assert (alone.status, alone.why) == (Status.UNSURE, "第二识读引擎未能读出，只有一次识读")


def test_agreement_never_settles_a_missing_unit_or_point():
    assert quantity_field(span("46.4", "46.4"), 1, None).status is Status.UNSURE
    assert tonnes_field(span("860", "860"), 1).status is Status.UNSURE


def test_a_permit_allows_nothing_negative_so_a_stroke_before_a_figure_is_in_doubt():
    assert tonnes_field(span("-0.0053", "-0.0053"), 1).why == "数值前的短横可能是污渍，不是负号"


def test_codes_and_dates_are_compared_as_what_they_are():
    assert code_field(span("DA001", "DAO01"), 1, outlet_code).status is Status.CERTAIN
    assert code_field(span("DA001", "DA007"), 1, outlet_code).status is Status.UNSURE
    assert date_field(span("2024年1月19日", "2024年1月19日:"), 1).status is Status.CERTAIN
    assert date_field(span("2024年1月19日", "2024年1月10日"), 1).status is Status.UNSURE


@pytest.mark.parametrize(
    ("freed", "red", "status"),
    [
        ("941763", "68941763", Status.CERTAIN),  # taking the ink off took two digits with it
        ("68941764", "68941763", Status.UNSURE),
        ("941763", "88941763", Status.UNSURE),
        ("63", "68941763", Status.UNSURE),
    ],
)
def test_a_reading_that_lost_one_end_with_the_ink_says_nothing_against_one_that_did_not(freed, red, status):
    told = (("tesseract-5.3.0", freed), ("tesseract_red-5.3.0", red))
    second = tuple(SecondReading(reader=name, kind="code", box=BOX, text=said) for name, said in told)
    seen = {"under_seal": True, "colour_text": "68941763", "second": second}
    field = text_field(span_of([Word(text="68941763", box=BOX, confidence=1.0, **seen)]), 1)
    assert field.status is status


def test_a_name_is_not_doubted_for_what_the_second_reader_makes_of_rare_characters():
    assert text_field(span("独山远砾锑业有限公司", "独山远砾锁业有限公司"), 1).status is Status.CERTAIN


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("second", list(Second))
def test_more_confidence_never_makes_a_reading_less_certain(second: Second, colour: Colour):
    steps = [weigh(Evidence(n / 20, second, colour)) is None for n in range(21)]
    assert steps == sorted(steps)


def sealed(text: str, colour: str, part: str | None = None):
    """A span, or a part of one, under a seal, with what the colour picture gave for the whole of it."""
    whole = span_of([Word(text=text, box=BOX, confidence=0.93, under_seal=True, colour_text=colour)])
    return whole.find(part) if part else whole


@pytest.mark.parametrize(
    ("read", "colour", "status"),
    [
        ("25000.00元", "25000.00元", Status.CERTAIN),
        ("25000.00元", "金额:25000.00元,", Status.CERTAIN),
        ("25000元", "25000元整", Status.CERTAIN),
        ("￥25,000.00", "￥25000.00", Status.CERTAIN),
        ("25000.00元", "125000.00元", Status.UNSURE),
        ("25000.0", "25000.05", Status.UNSURE),
        ("5000.00", "12,5000.00", Status.UNSURE),
        ("25000", "25000.50", Status.UNSURE),
        ("54", "54万元", Status.UNSURE),
        ("25000.00元", "26000.00元", Status.UNSURE),
    ],
)
def test_money_under_a_seal_is_the_same_only_where_the_colour_picture_shows_no_more_of_it(read, colour, status):
    assert parsed_field(Field[Decimal], sealed(read, colour), 1, money, "金额无法识读").status is status


def test_an_amount_in_words_is_not_the_same_as_the_end_of_a_longer_one():
    field = parsed_field(Field[Decimal], sealed("伍万元整", "贰拾伍万元整"), 1, money_in_words, "大写金额无法识读")
    assert field.status is Status.UNSURE


@pytest.mark.parametrize(
    ("read", "colour", "part", "status"),
    [
        ("锦泰矿业有限公司", "锦泰矿业有限公司", None, Status.CERTAIN),
        ("锦泰矿业有限公司", "贵州锦泰矿业有限公司", None, Status.UNSURE),
        ("名称锦泰矿业有限公司印", "名称锦泰矿业有限公司印", "锦泰矿业有限公司", Status.CERTAIN),
        ("名称:锦泰矿业有限公司", "名林:锦泰矿业有限公司", "锦泰矿业有限公司", Status.CERTAIN),
        ("名称锦泰矿业有限公司", "名称新锦泰矿业有限公司", "锦泰矿业有限公司", Status.UNSURE),
        ("2025030177", "12025030177", None, Status.UNSURE),
    ],
)
def test_words_under_a_seal_are_the_same_only_between_what_stands_beside_them_in_both(read, colour, part, status):
    assert text_field(sealed(read, colour, part), 1).status is status


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (("132.5",), Status.CERTAIN),
        (("132 5",), Status.UNSURE),
        (("132", "5"), Status.UNSURE),
        (("0.0 860",), Status.UNSURE),
        (("132. 5",), Status.CERTAIN),
        (("132.5 kg/a",), Status.CERTAIN),
    ],
)
def test_a_gap_between_two_digits_may_be_a_lost_point(texts: tuple[str, ...], status: Status):
    words = [
        Word(text=text, box=Box(0.1 + 0.1 * n, 0.1, 0.19 + 0.1 * n, 0.12), confidence=0.99)
        for n, text in enumerate(texts)
    ]
    assert quantity_field(span_of(words), 1, UnitRead(Unit.KG, True)).status is status


def test_a_gap_between_digits_leaves_doubt_in_money_but_none_in_a_number():
    parted = span("256 080", None)
    assert parsed_field(Field[Decimal], parted, 1, money, "金额无法识读").status is Status.UNSURE
    assert text_field(span("6222 0801", None), 1).status is Status.CERTAIN


def test_a_figure_that_goes_on_below_has_no_gap():
    words = [
        Word(text=text, box=Box(0.1, 0.1 + 0.02 * n, 0.15, 0.115 + 0.02 * n), confidence=0.99)
        for n, text in enumerate(("0.08", "60"))
    ]
    assert tonnes_field(span_of(words), 1).status is Status.CERTAIN


@pytest.mark.parametrize(
    ("colour", "status"),
    [
        ("/", Status.CERTAIN),
        ("1", Status.CERTAIN),
        ("86", Status.UNSURE),
        ("0860", Status.UNSURE),
        ("0.0860", Status.UNSURE),
        ("5.", Status.UNSURE),
        ("8 6千克", Status.UNSURE),
    ],
)
def test_a_sign_for_nothing_is_in_doubt_where_the_colour_picture_shows_a_figure(colour: str, status: Status):
    field = quantity_field(sealed("/", colour), 1, UnitRead(Unit.KG, True))
    assert (field.value, field.status) == (None, status)


@pytest.mark.parametrize(
    ("read", "heard", "status"),
    [
        ("91522200MA6HFAKE4P", None, Status.CERTAIN),
        ("91522200MA6HFAKE4P", "9152220OMA6HFAKE4P", Status.CERTAIN),
        ("91522200MA6HFAKE4P", "91522200MA6HFAKE4R", Status.UNSURE),
        ("191522200MA6HFAKE4P", None, Status.UNSURE),
        ("代码:91522200MA6HFAKE4P(1-1)", None, Status.CERTAIN),
    ],
)
def test_a_check_character_settles_only_18_characters_that_no_reader_read_otherwise(read, heard, status):
    field = code_field(span(read, heard), 1)
    assert (field.value, field.status) == ("91522200MA6HFAKE4P", status)


@pytest.mark.parametrize("read", ["91522200MA6HFAKE4P0011P", "91522200MA6HFAKE4P01P", "1391522200MA6HFAKE4P001P"])
def test_a_permit_number_of_other_than_22_characters_is_in_doubt(read: str):
    assert code_field(span(read, None), 1, permit_number).status is Status.UNSURE


@pytest.mark.parametrize("kinds", [("code", "digits"), ("digits", "code")])
def test_of_two_second_readings_of_one_place_the_one_that_looked_for_such_a_value_counts(kinds: tuple[str, str]):
    heard = {"code": "X2024", "digits": "0.0860"}
    second = tuple(SecondReading(reader="tesseract-5.3.0", kind=kind, box=BOX, text=heard[kind]) for kind in kinds)
    field = tonnes_field(span_of([Word(text="0.0860", box=BOX, confidence=0.55, second=second)]), 1)
    assert (field.status, field.readers["tesseract"]) == (Status.CERTAIN, "0.0860")


def test_of_two_second_readings_of_one_kind_the_last_counts():
    second = tuple(SecondReading(reader="tesseract-5", kind="digits", box=BOX, text=text) for text in ("86", "0.0860"))
    field = tonnes_field(span_of([Word(text="0.0860", box=BOX, confidence=0.55, second=second)]), 1)
    assert field.status is Status.CERTAIN


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("泽垣矿冶(贵州)有限公司收件2026.04.02", "泽垣矿冶（贵州）有限公司"),
        ("工业园区146号2026.4.2", "工业园区146号"),
        ("已受理2026.04.02", "已受理2026.04.02"),
        ("年产2026.04万吨", "年产2026.04万吨"),
    ],
)
def test_a_day_stamped_behind_words_is_none_of_theirs(read: str, value: str) -> None:
    assert text_field(span(read, None), 1).value == value
