"""Two readings of one value: what counts as the same."""

from datetime import date

import pytest

from extractors.agreement import same_code, same_day, same_digits, same_words


@pytest.mark.parametrize(
    ("heard", "printed", "same"),
    [
        ("0.0860", "0.0860", True),
        ("0.0860.", "0.0860", True),
        ("540,000.00", "540000.00", True),
        ("1,09", "1.09", True),
        ("1,234.5", "1234.5", True),
        ("5,400", "5,400", True),
        ("5,400", "5400", None),
        ("12345", "12,345", None),
        ("12,345.", "12345", None),
        ("12,346", "12345", False),
        ("12,345", "12.345", False),
        ("00860", "0.0860", False),
        ("0.086", "0.0860", False),
        ("3.09", "13.09", False),
        ("", "0.1", None),
        (".,", "0.1", None),
    ],
)
def test_figures_are_the_same_digit_by_digit_and_a_lost_point_or_lone_comma_is_not(
    heard: str, printed: str, same: bool | None
):
    assert same_digits(heard, printed) is same


@pytest.mark.parametrize(
    ("heard", "code", "same"),
    [
        ("DWO01", "DW001", True),
        ("91522200MA6HFAKE4P001P", "91522200MA6HFAKE4P001P", True),
        ("7084 7725", "7084-7725", True),
        ("DA002", "DA001", False),
        ("9", "DA001", None),
        ("DA0O1A", "DA001", False),
        ("A002", "DA002", True),
        ("A003", "DA002", False),
        ("9152220OMA6HFAKE4P", "91522200MA6HFAKE4P", True),
        ("9152220OMA6HFAKE4P0O1P", "91522200MA6HFAKE4P001P", True),
        ("91522200MA6HFAKE4P0010", "91522200MA6HFAKE4P001O", False),
        ("91522200MA6HFAKE4R", "91522200MA6HFAKE4P", False),
        ("91522702112848372VV", "91522702112848372W", None),
        ("58012", "5B01Z", False),
        ("HT2025-010", "HT2025-01O", False),
        ("2O25O1OI", "20250101", False),
        ("9152220OMA6HFAKE4Q", "91522200MA6HFAKE4Q", False),
    ],
)
def test_codes_are_the_same_where_only_signs_differ_that_the_code_itself_decides(
    heard: str, code: str, same: bool | None
):
    assert same_code(heard, code) is same


def test_words_are_compared_without_brackets_and_blanks():
    assert same_words("岩拓锑品冶炼(贵州)有限公司", "岩拓锑品冶炼（贵州）有限公司") is True
    assert same_words("岩拓锁品冶炼(贵州)有限公司", "岩拓锑品冶炼（贵州）有限公司") is False
    assert same_words("、", "铅") is None


@pytest.mark.parametrize(
    ("heard", "same"),
    [
        ("2026:07-02", True),
        ("026年07月02日", True),
        ("2026年07月0", False),
        ("2025:07-02", False),
        ("26年07月02日", False),
        ("20260702", False),
        ("12026:07-02", False),
        ("", False),
    ],
)
def test_a_reading_that_is_no_date_says_the_same_day_where_all_digits_that_tell_it_are_there(
    heard: str, same: bool
) -> None:
    assert same_day(heard, date(2026, 7, 2)) is same
