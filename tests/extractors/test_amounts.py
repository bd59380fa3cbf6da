from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.amounts import money, money_in_words

DIGITS = "零壹贰叁肆伍陆柒捌玖"
TRADITIONAL = str.maketrans("贰叁陆万亿元", "貳參陸萬億圓")


def section(number):
    """Four digits in words, 零 where digits are left out in between."""
    text, gap = "", False
    for place, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
        gap = (gap and not digit) or not digit
    return text


def in_words(fen):
    yuan, cents = divmod(fen, 100)
    text = ""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part = yuan // size % 10**4
        if part:
            text += ("零" if text and part < 1000 else "") + section(part) + name
        elif text and size == 10**4 and yuan % 10**4 >= 1000:
            text += "零"
    text = f"{text or '零'}元" if text or not cents else ""
    jiao, rest = divmod(cents, 10)
    if not cents:
        return text + "整"
    text += (DIGITS[jiao] + "角" if jiao else "零" if text else "") + (DIGITS[rest] + "分" if rest else "整")
    return text


@given(st.just(0) | st.integers(100, 10**14 - 1))
def test_what_is_written_in_words_is_read_back_for_sure(fen):
    read = money_in_words(in_words(fen))
    assert read.value == Decimal(fen) / 100 and read.doubt is None, in_words(fen)


@given(st.integers(100, 10**14 - 1))
def test_traditional_characters_say_the_same(fen):
    assert money_in_words(in_words(fen).translate(TRADITIONAL)) == money_in_words(in_words(fen))


@given(st.integers(1, 10**12 - 1), st.data())
def test_a_lost_character_never_gives_another_amount_for_sure_unless_it_is_a_whole_other_amount(fen, data):
    """What is left of an amount is doubt, nothing, or the correct writing of the amount it gives."""
    words = in_words(fen)
    at = data.draw(st.integers(0, len(words) - 1))
    left = words[:at] + words[at + 1 :]
    read = money_in_words(left)
    if read is not None and read.doubt is None and read.value != Decimal(fen) / 100:
        assert in_words(int(read.value * 100)).replace("零", "") == left.replace("零", "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("叁仟伍佰伍拾圆零柒角整", "3550.7"),
        ("玖仟捌佰零贰圆伍角整", "9802.5"),
        ("壹万陆仟肆佰零玖元零贰分", "16409.02"),
        ("叁佰贰拾伍元零肆分", "325.04"),
        ("人民币伍拾肆万元整", "540000"),
        ("人民币（大写）：伍拾肆万圆正", "540000"),
        ("大写：人民币 壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元整", "1234567890"),
        ("貳拾陸萬參仟億圓整", "26300000000000"),
        ("貳佰陸拾億參仟萬圓整", "26030000000"),
        ("壹拾万柒仟元零伍角叁分", "107000.53"),
        ("壹拾万零柒仟元伍角叁分", "107000.53"),
        ("壹仟陆佰捌拾元叁角贰分", "1680.32"),
        ("零元整", "0"),
        ("壹万零仟零佰零拾零元零角零分", "10000"),
    ],
)
def test_bills_write_amounts_in_many_ways(text, value):
    read = money_in_words(text)
    assert (read and (read.value, read.doubt)) == (value and (Decimal(value), None))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("五十四万元整", "540000"),
        ("伍拾肆万园整", "540000"),
        ("叄仟元整", "3000"),
        ("弍仟元整", "2000"),
        ("任拾肆万元整", "540000"),
        ("叁仟伍元整", "3005"),
        ("拾万元整", "100000"),
        ("伍拾肆万元", "540000"),
        ("叁佰元柒角", "300.7"),
        ("伍分", "0.05"),
        ("柒角整", "0.7"),
        ("伍拾肆万整", "540000"),
        ("叁仟零伍佰元整", "3500"),
    ],
)
def test_what_may_be_a_slip_of_the_pen_or_of_reading_leaves_doubt(text, value):
    read = money_in_words(text)
    assert read.value == Decimal(value) and read.doubt


@pytest.mark.parametrize(
    "text",
    [
        "伍拾■万元整",
        "伍肆万元整",
        "万元整",
        "伍拾肆佰元整",
        "",
        "整",
        "元整",
        "540000",
        "叁佰伍仟元整",
        "伍万万元整",
    ],
)
def test_what_cannot_be_read_gives_no_amount(text):
    assert money_in_words(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("540,000.00", "540000"),
        ("540000．00", "540000"),
        ("￥540,000.00元", "540000"),
        ("人民币540,000.00元整", "540000"),
        ("54万元", "540000"),
        ("1.2365万元", "12365"),
        ("CNY12,345.60", "12345.6"),
        ("CNT100000.00", "100000"),
        ("RMB 12", "12"),
    ],
)
def test_figures_of_money_are_read_with_their_marks_and_scale(text, value):
    read = money(text)
    assert read.value == Decimal(value) and read.doubt is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("540.000.00", "540000"), ("540,000,00", "540000"), ("540,00O.00", "540000"), ("540,00000", "540000")],
)
def test_damaged_separators_and_digits_leave_doubt(text, value):
    read = money(text)
    assert read is None or (read.value == Decimal(value) and read.doubt)


@pytest.mark.parametrize("text", ["12.000", "五百元", "", "¥", "540,00.0", "1.2.3", "540000.00元/千克"])
def test_figures_that_could_mean_two_things_are_not_read(text):
    assert money(text) is None
