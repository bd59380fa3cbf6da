"""Account numbers in texts and JSON, and which other numbers stay."""

import pytest

from review.masking import PLAIN_SIGHT, UNKNOWN, Mask, cover, hide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("账号：6222 0212 3456 7890 123。", "账号：•••• 0123。"),
        ("转入6222-0212-3456-7890", "转入•••• 7890"),
        ("１２３４５６７８９０１２３４５６", "•••• ３４５６"),
        ("next=%2Fqueue%3Ftext%3D4218792949986252203", "next=%2Fqueue%3Ftext%3D•••• 2203"),
    ],
)
def test_a_long_run_of_digits_is_hidden_though_nobody_knows_it(text: str, shown: str) -> None:
    assert UNKNOWN(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "915206039291122200",  # its check character holds
        "91522702163931002D001P",
        "HY-2026-000003-01",
        "2026-11-24 101530 材料",
        "2026 2027 2028",
        "0851-36521478",
        "0.022499123456789",
        "123456789012.50 元",
        "1 2 3 4 5 6 7 8 9 10 11 12",
    ],
)
def test_codes_dates_telephones_and_figures_stay(text: str) -> None:
    assert UNKNOWN(text) == text


def test_a_known_account_is_hidden_however_short_and_wherever() -> None:
    mask = Mask(["12345678"])
    assert mask("A12 34-5678B 与 １２３４５６７８") == "A•••• 5678B 与 •••• ５６７８"
    assert PLAIN_SIGHT("12345678") == "12345678"


def test_what_a_field_is_known_to_hold_stays_unless_it_is_an_account() -> None:
    assert Mask([], ["20260726536843388400"])("流水号 20260726536843388400") == "流水号 20260726536843388400"
    assert Mask(["6222021234567890"], ["6222021234567890"])("6222021234567890") == "•••• 7890"


def test_what_somebody_typed_themselves_comes_back_to_them() -> None:
    mask = Mask(["6222021234567890"]).but("应为 6222021234567891")
    assert mask("6222021234567891 6222021234567890") == "6222021234567891 •••• 7890"


def test_nothing_is_asked_for_before_a_text_has_digits_enough() -> None:
    def refuse():
        raise AssertionError
        yield

    assert Mask(refuse(), refuse())("第 3 页，25.253 kg/a") == "第 3 页，25.253 kg/a"


def test_an_accounts_field_is_hidden_in_json_whatever_it_holds() -> None:
    field = {"value": "12345", "raw": "账号12345", "readers": {"rapidocr": "1234S"}}
    shown = cover({"payer_account": field, "place": None}, UNKNOWN)
    assert shown["payer_account"] == {"value": "•••• 2345", "raw": "•••• 2345", "readers": {"rapidocr": "•••• 234S"}}
    decision = {"place": {"path": "transferor.account"}, "before": "12345", "after": "54321", "reason": "误读"}
    assert cover(decision, UNKNOWN) == decision | {"before": "•••• 2345", "after": "•••• 4321"}
    assert hide("12") == "••••"
