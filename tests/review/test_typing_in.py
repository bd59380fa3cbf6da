"""What people type as standing on the paper, by the kind of the field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.field import Field
from domain.quantity import Amount, Metal, Printed, Unit
from review.typing_in import Unreadable, parse, show

IN_TONNES = Field[Amount](printed=Printed(number="1", unit=Unit.TONNE, half_step=Decimal(500)))
BARE = Field[Any]()


@pytest.mark.parametrize(
    ("typed", "kind", "path", "value"),
    [
        ("132.5千克/年", Decimal, "offered.Pb", Decimal("132.5")),
        ("0.1325 t/a", Decimal, "offered.Pb", Decimal("132.5")),
        ("５克／年", Decimal, "offered.Pb", Decimal("0.005")),
        ("/", Decimal, "task.Pb", None),
        ("0.0052", Decimal, "limits[0].annual[2]", Decimal("0.0052")),
        ("0.0052吨/年", Decimal, "limits[0].annual[2]", Decimal("0.0052")),
        ("¥540,000.00", Decimal, "total", Decimal("540000")),
        ("54万元", Decimal, "items[0].amount", Decimal("540000")),
        ("伍拾肆万元整", Decimal, "total_in_words", Decimal("540000")),
        ("540000.00", Decimal, "amount_in_words", Decimal("540000")),
        ("五年", Decimal, "items[0].years", Decimal(5)),
        ("1.2∶1", Decimal, "ratio", Decimal("1.2")),
        ("2026年7月29日", date, "valid_to", date(2026, 7, 29)),
        ("2026-7-29", date, "issued_on", date(2026, 7, 29)),
        ("二〇二六年七月二十九日", date, "signed_on", date(2026, 7, 29)),
        ("长期", date, "valid_to", None),
        ("总铅", Metal, "limits[0].metal", Metal.PB),
        ("As", Metal, "limits[0].metal", Metal.AS),
        ("其他", Metal, "limits[0].metal", None),
        ("是", bool, "reprint", True),
        ("91520000ma6hfake4p", str, "uscc", "91520000MA6HFAKE4P"),
        ("DA001", str, "limits[0].outlet_code", "DA001"),
        ("废气", str, "limits[0].medium", "air"),
        ("贵州某某有限公司", str, "name", "贵州某某有限公司"),
        ("/", str, "phone", None),
    ],
)
def test_what_is_printed_becomes_a_value(typed: str, kind: Any, path: str, value: Any) -> None:
    assert parse(typed, kind, "supply_form", path, BARE).value == value


@pytest.mark.parametrize(
    ("typed", "kind", "path"),
    [
        ("132.5", Decimal, "offered.Pb"),  # nobody knows in which unit
        ("132.5千克/月", Decimal, "offered.Pb"),
        ("132.5千克/年 3", Decimal, "offered.Pb"),
        ("0860 千克/年", Decimal, "offered.Pb"),
        ("伍拾肆万", Decimal, "total"),
        ("伍拾四万元整", Decimal, "total_in_words"),
        ("2026-02-30", date, "issued_on"),
        ("2026年7月", date, "issued_on"),
        ("长期", date, "issued_on"),
        ("锌", Metal, "limits[0].metal"),
        ("也许", bool, "reprint"),
        ("9152", str, "uscc"),
        ("DB001", str, "limits[0].outlet_code"),
        ("废渣", str, "limits[0].medium"),
    ],
)
def test_what_cannot_be_the_value_is_told(typed: str, kind: Any, path: str) -> None:
    with pytest.raises(Unreadable) as raised:
        parse(typed, kind, "permit_copy", path, BARE)
    assert raised.value.message


def test_a_bare_number_has_the_unit_of_the_reading_before_it() -> None:
    typed = parse("0.13", Decimal, "supply_form", "offered.Pb", IN_TONNES)
    assert (typed.value, typed.printed and typed.printed.half_step) == (Decimal(130), Decimal(5))


def test_values_are_shown_as_they_are_printed() -> None:
    assert show(IN_TONNES) == "1 t/a"
    assert [show(Field[Any](value=it)) for it in (Decimal("5.00"), True, None, "甲", date(2026, 1, 2))] == [
        "5",
        "是",
        "",
        "甲",
        "2026-01-02",
    ]
