"""What a person types as standing on the paper, turned into the field's value; refused with a sentence that helps."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from domain.document import key_of
from domain.errors import ExitCode, HeyanError
from domain.field import Field
from domain.quantity import Metal, Printed, Unit, half_step, plain
from extractors import text
from extractors.amounts import money, money_in_words
from extractors.deal_terms import years_in
from reference.metals import metal_of

_MONEY = frozenset({"total", "unit_price", "amount"})
_IN_WORDS = frozenset({"total_in_words", "amount_in_words"})
_CODES = {"uscc": text.credit_code, "number": text.permit_number, "outlet_code": text.outlet_code}
_MOST, _MOST_FIGURE = 1000, 40  # characters
_PERMITS = frozenset({"permit_certificate", "permit_copy"})
_ENDLESS = frozenset({"长期", "无固定期限", "永久", "不约定期限"})
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "kind": {"付款": "payment", "退款": "refund", "手续费": "fee", "申请书": "application"},
    "medium": {"废水": "water", "废气": "air"},
    "outlet_kind": {"主要排放口": "main", "一般排放口": "general", "车间": "workshop", "全厂": "all"},
    "form": {"报告书": "report", "报告表": "form"},
}


class Unreadable(HeyanError):
    """What was typed cannot be the value of this field; the message says what is expected."""

    exit_code = ExitCode.USAGE


class Typed(NamedTuple):
    """A value with how it is printed, where it is an amount of a metal."""

    value: Any
    printed: Printed | None = None


def parse(typed: str, kind: Any, document: str, path: str, now: Field[Any]) -> Typed:
    """The value that a text states for a field of this kind (date, Decimal, Metal, bool, str); raises Unreadable.

    `now` is what the field says so far: a bare number of a metal has its unit.
    """
    typed = typed.strip()
    if len(typed) > (_MOST if kind is str else _MOST_FIGURE) or not typed.isprintable():
        raise Unreadable("UNREADABLE", "内容过长，或含有纸面上不会有的字符")
    key = key_of(path).rpartition(".")[2]
    if kind is Metal:
        return Typed(_metal(typed))
    if text.is_empty(typed) and kind in (Decimal, date):
        return Typed(None)
    if kind is Decimal:
        return _number(typed, key, now)
    if kind is date:
        return Typed(_day(typed, key))
    if kind is bool:
        return Typed(_yes(typed))
    return Typed(_words(typed, key, document))


def show(field: Field[Any]) -> str:
    """What a field says, for people: its number as printed with the unit, a plain amount, a text."""
    if field.printed is not None and field.printed.unit is not None:
        return f"{field.printed.number} {field.printed.unit}"
    if isinstance(field.value, Decimal):
        return plain(field.value)
    if isinstance(field.value, bool):
        return "是" if field.value else "否"
    return "" if field.value is None else str(field.value)


def _number(typed: str, key: str, now: Field[Any]) -> Typed:
    if key in _MONEY:
        return Typed(_amount(typed, money, "金额应为阿拉伯数字，如 540,000.00 或 54万元"))
    if key in _IN_WORDS:
        return Typed(_amount(typed, _worded, "金额应为大写，如 伍拾肆万元整；也可填写其阿拉伯数字"))
    if key == "years":
        return Typed(_amount(typed, years_in, "年限应为年数，如 5 或 五年"))
    if key == "ratio":
        return Typed(_ratio(typed))
    return _quantity(typed, key, now)


def _amount(typed: str, read: Callable[[str], tuple[Decimal, str | None] | None], expected: str) -> Decimal:
    found = read(typed)
    if found is None or found[1] is not None:
        raise Unreadable("UNREADABLE", f"“{typed}”无法作为金额或数值：{found[1] if found else ''}{expected}")
    return found[0]


def _worded(typed: str) -> tuple[Decimal, str | None] | None:
    return money_in_words(typed) or money(typed)


def _ratio(typed: str) -> Decimal:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(?::1(?:\.0+)?)?", text.fold(typed))
    if match is None:
        raise Unreadable("UNREADABLE", f"“{typed}”不是替代比例：应如 1.2 或 1.2:1")
    return Decimal(match[1])


def _quantity(typed: str, key: str, now: Field[Any]) -> Typed:
    """Mass per year with its unit as printed; a permit's annual limits are tonnes, as its tables say."""
    read = text.measure(typed)
    if read is None or not read.figure.clean:
        raise Unreadable("UNREADABLE", f"“{typed}”无法作为数量：应为数字加计量单位，如 132.5 千克/年；空值请填“/”")
    unit = Unit.TONNE if key == "annual" and not read.rest else _unit(typed, read.rest, now)
    value = read.figure.value if key == "annual" else read.figure.value * unit.kilograms
    if key == "annual" and unit is not Unit.TONNE:
        raise Unreadable("UNREADABLE", "排污许可证副本限值表的年许可排放量以吨/年计，请按纸面所印填写")
    number = read.figure.printed
    return Typed(value, Printed(number=number, unit=unit, half_step=half_step(number, unit)))


def _unit(typed: str, rest: str, now: Field[Any]) -> Unit:
    if not rest:
        if now.printed is None or now.printed.unit is None:
            raise Unreadable("NO_UNIT", f"请在“{typed}”后写明纸面所印的计量单位（千克/年、吨/年或克/年）")
        return now.printed.unit
    found = text.unit_in(rest)
    if found is None or not found.certain or not text.is_only_unit(rest):
        raise Unreadable("NO_UNIT", f"计量单位“{rest}”无法识别：应为千克/年（kg/a）、吨/年（t/a）或克/年（g/a）")
    return found.unit


def _day(typed: str, key: str) -> date | None:
    if key == "valid_to" and text.fold(typed) in _ENDLESS:
        return None
    days = text.dates_in_place(typed)
    loose = text.loose_date(typed) if not days else None
    if len(days) > 1 or not (day := days[0] if days else loose):
        raise Unreadable("UNREADABLE", f"“{typed}”不是一个有效日期：应如 2026-07-29 或 2026年7月29日")
    return day


def _metal(typed: str) -> Metal | None:
    found = metal_of(typed)
    if found is None and typed in set(Metal):
        return Metal(typed)
    if found is None and not text.is_empty(typed) and "非" not in typed and "其他" not in typed:
        raise Unreadable("UNREADABLE", f"“{typed}”不是铅、汞、镉、铬、砷之一；确为其他污染物的请填“其他”")
    return found.metal if found else None


def _yes(typed: str) -> bool:
    if typed not in ("是", "否"):
        raise Unreadable("UNREADABLE", f"“{typed}”应为“是”或“否”")
    return typed == "是"


def _words(typed: str, key: str, document: str) -> str | None:
    if key in _CHOICES:
        return _choose(typed, _CHOICES[key])
    if key == "uscc" or key == "outlet_code" or (key == "number" and document in _PERMITS):
        return _code(typed, key)
    return None if text.is_empty(typed) else typed


def _choose(typed: str, choices: Mapping[str, str]) -> str:
    if typed in choices.values():
        return typed
    if typed not in choices:
        raise Unreadable("UNREADABLE", f"“{typed}”应为其中之一：{'、'.join(choices)}")
    return choices[typed]


def _code(typed: str, key: str) -> str:
    """A code exactly as typed, its check character kept wrong where the paper has it wrong: the rules tell that."""
    folded = text.fold(typed).upper()
    shapes = {"uscc": r"[0-9A-Z]{18}", "number": r"[0-9A-Z]{18}\d{3}[A-Z]", "outlet_code": r"D[AW]\d{3}"}
    if not re.fullmatch(shapes[key], folded):
        told = {
            "uscc": "18 位数字或大写字母",
            "number": "22 位：18 位代码、3 位数字、1 位字母",
            "outlet_code": "如 DA001",
        }
        raise Unreadable("UNREADABLE", f"“{typed}”位数或字符不符：应为{told.get(key, '如 DA001')}")
    return folded
