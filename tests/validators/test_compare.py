"""The pure pieces that rules compare with."""

from datetime import date

import pytest

from domain.field import Doubt
from validators.compare import check_character, decide, fold_code, fold_name, kinship, last_days
from validators.registry import Problem

# Real and computed codes of domain 3.2.
GOLDEN = (
    "91130200699229617X 91451200791318129Y 913307847125248658 91321000552508646B 913600007363561816 "
    "91360000X12430120H 91320592551155199K 91110108MA01EBFH9B 91110108700338416R 911302307808371268 "
    "9131000063159284XQ 91522200MA6HFAKE4P 91520500MA6JDEM04B 91522700MA6KDEM13Y 91520200MA6LDEM22W"
).split()


@pytest.mark.parametrize("code", GOLDEN)
def test_golden_codes_have_the_right_check_character(code: str) -> None:
    assert check_character(code) == code[-1]


@pytest.mark.parametrize(
    ("code", "right"), [("91350100M000100Y4Z", "3"), ("91350211M0000XUF46", "R"), ("91350100M0001TGQXM", "1")]
)
def test_bad_codes_have_another(code: str, right: str) -> None:
    assert check_character(code) == right


@pytest.mark.parametrize("code", ["", "91522200MA6HFAKE4", "91522200MA6HFAKE4PP", "9152220OMA6HFAKE4P"])
def test_what_cannot_be_a_code_has_none(code: str) -> None:
    assert check_character(code) is None


def test_registers_other_than_the_market_office_have_check_characters_too() -> None:
    assert check_character("N2522200MA6HFAKE4P") is not None


def test_codes_are_folded_without_touching_their_case() -> None:
    assert fold_code("９１52 2200-MA6HFAKE4P") == "91522200MA6HFAKE4P"
    assert fold_code("H952a") == "H952a"


@pytest.mark.parametrize(
    "name",
    ["甲（贵州）锌业有限公司", "甲(贵州)锌业有限公司", "甲〔贵州〕锌业 有限公司", "甲\u200b（贵州）锌业有限公司"],
)
def test_names_are_folded_in_width_brackets_and_spaces(name: str) -> None:
    assert fold_name(name) == "甲(贵州)锌业有限公司"


def test_names_are_never_matched_by_their_parts() -> None:
    assert fold_name("江西铜业铜材有限公司") != fold_name("江西铜业集团铜材有限公司")
    assert "集团" in kinship("江西铜业铜材有限公司", "江西铜业集团铜材有限公司")
    assert kinship("甲公司", "乙公司") == ""


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2024, 9, 10), 5, date(2029, 9, 9)),
        (date(2020, 8, 13), 3, date(2023, 8, 12)),
        (date(2020, 2, 29), 5, date(2025, 2, 28)),
        (date(2020, 3, 1), 5, date(2025, 2, 28)),
        (date(2021, 1, 1), 3, date(2023, 12, 31)),
    ],
)
def test_a_term_ends_the_day_before_its_anniversary(start: date, years: int, end: date) -> None:
    assert end in last_days(start, years)


def test_a_sure_problem_comes_before_any_doubt() -> None:
    problem = Problem("不一致")

    def doubt() -> None:
        raise Doubt(why="看不清")

    assert decide(doubt, lambda: problem) is problem
    assert decide(lambda: None) is None
    with pytest.raises(Doubt, match="看不清"):
        decide(lambda: None, doubt)
