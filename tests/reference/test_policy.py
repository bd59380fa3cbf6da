"""Settings that officers change."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from reference.policy import POLICY, NoticeReading, Tolerance, policy, ratio_of


def test_every_setting_has_a_value_a_provision_and_a_day() -> None:
    settings = policy()
    assert settings.permit_years.value == (3, 5)
    assert (settings.notice_days.value, settings.notice_reading.value) == (20, NoticeReading.CALENDAR)
    assert all(setting.provision and setting.since for _, setting in settings)


def test_what_no_source_settles_is_marked_as_an_open_question() -> None:
    settings = policy()
    assert "示例" in settings.county_ratio.question
    assert all(it.question for it in (settings.notice_reading, settings.same_metal, settings.payment_days))


@pytest.mark.parametrize(
    ("place", "ratio"),
    [
        ("万山区", "1.2"),
        ("贵州省铜仁市松桃苗族自治县世昌乡", "1.2"),
        ("独山", "1.2"),
        ("赫章县", "1.2"),
        ("播州区", "1.0"),
    ],
)
def test_a_county_has_its_own_ratio_or_the_default(place: str, ratio: str) -> None:
    assert ratio_of(place) == Decimal(ratio)


@pytest.mark.parametrize("place", ["", "—", "贵阳市", "云南省昆明市", "碧江区与万山区交界"])
def test_an_unknown_place_has_no_ratio(place: str) -> None:
    assert ratio_of(place) is None


def test_two_counties_with_the_same_ratio_leave_no_doubt() -> None:
    assert ratio_of("南明区、云岩区") == Decimal("1.0")


def test_the_larger_of_both_tolerances_counts() -> None:
    tolerance = Tolerance(relative=Decimal("0.05"), kg=Decimal("0.5"))
    assert tolerance.of(Decimal(4)) == Decimal("0.5")
    assert tolerance.of(Decimal(-100)) == Decimal("5.00")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("[permit_years]\nvalue = [3, 5]", "[unknown]\nvalue = 1"),
        ("[permit_years]\nvalue = [3, 5]", "[permit_years]\nvalue = 5"),
        ('[notice_reading]\nvalue = "calendar"', '[notice_reading]\nvalue = "lunar"'),
        ('"万山区" = "1.2"', '"万山县" = "1.2"'),
    ],
)
def test_a_policy_that_is_not_understood_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    text = POLICY.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "policy.toml").write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ValidationError):
        policy(tmp_path / "policy.toml")
