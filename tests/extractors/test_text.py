from datetime import date
from decimal import Decimal

import pytest

from domain.quantity import Unit
from extractors.deal_items import mass_unit
from extractors.text import (
    check_character_holds,
    credit_code,
    dates,
    dates_in_place,
    figure,
    fold,
    is_empty,
    loose_date,
    measure,
    permit_number,
    unit_in,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年1月19日", date(2024, 1, 19)),
        ("2024年01月19日", date(2024, 1, 19)),
        ("2024-01-19", date(2024, 1, 19)),
        ("2024.1.19", date(2024, 1, 19)),
        ("２０２４年１月１９日", date(2024, 1, 19)),
        ("二〇二四年一月十九日", date(2024, 1, 19)),
        ("二零二四年十二月三十一日", date(2024, 12, 31)),
        ("二○二四年十月二十日", date(2024, 10, 20)),
    ],
)
def test_dates_are_read_in_every_spelling(text, expected):
    assert dates(text) == (expected,)


def test_a_validity_gives_both_dates_in_order():
    assert dates("自2020年08月13日至2023年08月12日止") == (date(2020, 8, 13), date(2023, 8, 12))


def test_impossible_dates_are_left_out():
    assert dates("2024年02月30日") == ()


def test_a_date_line_without_its_preprinted_signs_is_still_a_date():
    assert loose_date("2019 03 19") == date(2019, 3, 19)


@pytest.mark.parametrize("text", ["/", "—", "", "／", "--", " "])
def test_blank_signs_are_no_value(text):
    assert is_empty(text)


@pytest.mark.parametrize("text", ["0", "0.0", "1", "0.0860"])
def test_a_zero_is_a_value(text):
    assert not is_empty(text)


@pytest.mark.parametrize(
    ("text", "value", "clean"),
    [
        ("0.0860", "0.0860", True),
        ("0．0860", "0.0860", True),
        ("1,325.0", "1325.0", True),
        ("-3.5", "-3.5", True),
        ("0860", "860", False),
        ("0,0860", "0.0860", False),
        ("O.0860", "0.0860", False),
        ("l2.5", "12.5", False),
    ],
)
def test_figures_tell_whether_their_characters_leave_doubt(text, value, clean):
    read = figure(text)
    assert read is not None and read.value == Decimal(value) and read.clean is clean


@pytest.mark.parametrize("text", ["0.086O.0340", "20mg/Nm3", "12.5kg", "铅"])
def test_anything_beside_one_number_is_no_figure(text):
    assert figure(text) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("千克／年", Unit.KG),
        ("kg/a", Unit.KG),
        ("公斤/年", Unit.KG),
        ("吨/年", Unit.TONNE),
        ("许可年排放量限值(t/a)", Unit.TONNE),
        ("（t/a）", Unit.TONNE),
        ("克/年", Unit.GRAM),
        ("g/a", Unit.GRAM),
    ],
)
def test_units_are_read_in_every_spelling(text, unit):
    read = unit_in(text)
    assert read is not None and read.unit is unit and read.certain


@pytest.mark.parametrize("text", ["mg/Nm3", "mg/L", "元/千克", "kg/h", "吨"])
def test_other_units_are_not_yearly_masses(text):
    assert unit_in(text) is None


@pytest.mark.parametrize(("text", "unit"), [("kgla", Unit.KG), ("Va", Unit.TONNE)])
def test_damaged_units_are_probable_not_certain(text, unit):
    read = unit_in(text)
    assert read is not None and read.unit is unit and not read.certain


def test_a_number_is_told_from_the_unit_behind_it():
    read = measure("132.5 千克／年")
    assert read is not None and read.figure.value == Decimal("132.5") and read.rest == "千克/年"


GOOD = [
    "91130200699229617X",
    "91451200791318129Y",
    "913307847125248658",
    "91321000552508646B",
    "91360000X12430120H",
    "9131000063159284XQ",
    "91522200MA6HFAKE4P",
    "91520500MA6JDEM04B",
]


@pytest.mark.parametrize("code", GOOD)
def test_valid_check_characters_hold(code):
    assert check_character_holds(code)


@pytest.mark.parametrize("code", ["91350100M000100Y4Z", "91350211M0000XUF46", "91350100M0001TGQXM"])
def test_the_circulating_wrong_examples_fail(code):
    assert not check_character_holds(code)


def test_an_illegal_letter_is_put_right_only_when_the_check_then_holds():
    read = credit_code("9152220OMA6HFAKE4P")
    assert read is not None and read.value == "91522200MA6HFAKE4P" and read.checked
    doubtful = credit_code("9152220OMA6HFAKE4Q")
    assert doubtful is not None and not doubtful.checked


def test_every_single_substitution_in_a_code_is_noticed():
    code, alphabet = "91522200MA6HFAKE4P", "0123456789ABCDEFGHJKLMNPQRTUWXY"
    others = [code[:i] + c + code[i + 1 :] for i in range(18) for c in alphabet if c != code[i]]
    assert len(others) == 540 and not any(check_character_holds(other) for other in others)


@pytest.mark.parametrize("letter", "PQRU")
def test_a_permit_number_may_end_with_any_letter(letter):
    read = permit_number(f"证书编号：91522200MA6HFAKE4P001{letter}")
    assert read is not None and read.value == f"91522200MA6HFAKE4P001{letter}" and read.checked


def test_folding_keeps_superscripts_and_circled_digits_apart_from_digits():
    assert fold("⑦＝③－④　m²") == "⑦=③-④m²"


def test_an_impossible_date_keeps_its_place():
    assert dates_in_place("自2024年13月10日至2029年09月09日") == (None, date(2029, 9, 9))


@pytest.mark.parametrize("text", ["10t/a", "单位:10kg/a", "(100吨/年)", "10³kg/a", "10^3千克/年"])
@pytest.mark.parametrize("tell", [unit_in, mass_unit])
def test_a_unit_behind_a_power_of_ten_may_be_that_many_of_it(text, tell):
    read = tell(text)
    assert read is not None and not read.certain


@pytest.mark.parametrize("text", ["12.5t/a", "2.10t/a", "铅110kg/a", "(kg/a)"])
def test_a_unit_behind_a_figure_is_certain(text):
    assert unit_in(text).certain


@pytest.mark.parametrize("text", ["毫克/年", "微克/年", "万吨/年"])
def test_units_that_are_not_ours_are_none(text):
    assert unit_in(text) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *((damaged, Unit.KG) for damaged in ("kgla", "kg1a", "kg|a", "kq/a", "k9/a", "ka/a", "(kgla)", "12.5kgla")),
        *((damaged, Unit.KG) for damaged in ("千克1年", "千克/平", "干克/年", "于免/年", "十克/年", "公斥/年")),
        *((damaged, Unit.TONNE) for damaged in ("tla", "t1a", "ta", "Va", "Ua", "(Va)", "(v/a)", "12.5Va")),
        *((damaged, Unit.TONNE) for damaged in ("吨1年", "吨/平", "屯/年", "许可年排放量限值(Va)")),
        *((damaged, Unit.GRAM) for damaged in ("(q/a)", "(e/a)", "免/年")),
    ],
)
def test_every_damage_of_a_unit_is_probable(text, unit):
    read = unit_in(text)
    assert read is not None and read.unit is unit and not read.certain


@pytest.mark.parametrize("text", ["干克/年", "于克/年", "十克/年", "lg/a", "hg/a", "Ig/a", "(1g/a)", "铅克/年"])
def test_what_may_be_kilograms_is_never_surely_grams(text):
    read = unit_in(text)
    assert read is not None and (read.unit is Unit.KG or not read.certain)


@pytest.mark.parametrize(
    "text", ["方吨/年", "元/吨.年", "元/干克.年", "kg/d", "t/d", "VOCs", "data", "总氮(以N计)", "2021年"]
)
def test_no_other_word_becomes_a_damaged_unit(text):
    assert unit_in(text) is None


@pytest.mark.parametrize("wrong", "abdeloqsuyz0123456789|!.;'")
def test_no_single_wrong_character_gives_another_unit_beyond_doubt(wrong):
    for unit, spellings in (
        (Unit.KG, ("kg/a", "千克/年", "(kg/a)")),
        (Unit.TONNE, ("t/a", "吨/年", "(t/a)")),
        (Unit.GRAM, ("(g/a)", "(克/年)")),
    ):
        for right in spellings:
            for i in range(len(right)):
                read = unit_in(right[:i] + wrong + right[i + 1 :])
                assert read is None or not read.certain or read.unit is unit, right[:i] + wrong + right[i + 1 :]


def test_traditional_names_of_metals_and_units_fold_to_the_usual_ones():
    assert fold("總鉛、鎘及其化合物、鉻（噸／年）") == "总铅、镉及其化合物、铬(吨/年)"
