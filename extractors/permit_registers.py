"""Permit registers: a spreadsheet as the public platform prints permits becomes rows, or a list of what is wrong."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from stdnum.cn import uscc

from domain.errors import IntakeError
from domain.quantity import Metal
from domain.reconciling import PermitRow
from extractors.permit_columns import WANTED, find_permit_columns
from extractors.register_columns import Columns, fold
from extractors.register_rows import (
    EMPTY,
    Bad,
    RegisterFile,
    Table,
    Trouble,
    cell,
    data_rows,
    describe,
    find_tables,
    heading,
    ignored,
    read_name,
    read_quantity,
    told,
)
from extractors.spreadsheets import Row

_NUMBER = re.compile(r"([0-9A-Z]{18})\d{3}[A-Z]")  # HJ 608-2017
_CODELESS = re.compile(r"H9\d{6}[0-9A-Z]{10}")  # a unit without 统一社会信用代码, domain 2.3
_DAY = re.compile(r"((?:19|20)\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})日?(?:T?00:00:00)?")
_STANDING = re.compile(r"(?:已|被)?(正常|注销|撤销|吊销|遗失)(?:[(:,;](.*?)\)?)?")
_MANAGEMENT = re.compile(r"(重点|简化|登记)(?:管理)?")

Period = tuple[date | None, date | None]


class PermitFile(RegisterFile):
    """What a file of permits says."""

    rows: tuple[PermitRow, ...]


def read_permits(path: Path) -> PermitFile:
    """All rows of the file, or all troubles; raises IntakeError where it is no such table at all."""
    sheets, tables = find_tables(path, find_permit_columns, WANTED)
    rows: list[tuple[Table, int, PermitRow]] = []
    troubles: list[Trouble] = []
    for table in tables:
        for number, row in data_rows(table, "number"):
            found = _read_row(table, number, row)
            if isinstance(found, PermitRow):
                rows.append((table, number, found))
            else:
                troubles += [table.trouble(number, bad) for bad in found]
    troubles += _contradictions(rows)
    if not rows and not troubles:
        raise IntakeError("EMPTY_REGISTER", "表头之下没有排污许可证的数据行。")
    told = describe(path, troubles, ignored(sheets, tables))
    return PermitFile(rows=tuple(row for _, _, row in rows), **told)


def _read_row(table: Table, number: int, row: Row) -> PermitRow | list[Bad]:
    columns = table.columns
    name, permit, issued = read_name(row, columns), _permit(row, columns), _day(row, columns, "issued_on")
    standing, management = _standing(row, columns), _management(row, columns)
    code = _code(row, columns, permit) if isinstance(permit, str) else ""
    valid, limits = _validity(row, columns, standing), _limits(row, columns)
    industry = _plain(row, columns, "industry")
    parts = (permit, code, name, industry, valid, issued, management, standing, limits)
    bad = [one for one in parts if isinstance(one, Bad)]
    if bad:
        return bad
    return PermitRow(
        uscc=str(code),
        name=str(name),
        number=str(permit),
        valid_from=valid[0],
        valid_until=valid[1],
        standing=standing or None,
        limits=limits,
        industry=industry or None,
        issued_on=issued,
        management=management or None,
        place=table.place(number),
    )


def _permit(row: Row, columns: Columns) -> str | Bad:
    printed = told(row, columns, "number")
    number = fold(printed).upper()
    if not number:
        return Bad(heading(columns, "number"), "缺少排污许可证编号（合并的单元格须取消合并，逐行填写）")
    if not _NUMBER.fullmatch(number):
        return Bad(heading(columns, "number"), f"“{printed}”不是22位的排污许可证编号（18位代码＋3位顺序码＋1位字母）")
    return number


def _code(row: Row, columns: Columns, permit: str) -> str | Bad:
    """The company's code is the number's beginning; what a column of its own says must be the same.

    Real codes may fail their check character: one that is printed twice alike is taken as it is.
    """
    own, printed = permit[:18], told(row, columns, "uscc")
    if fold(printed) not in EMPTY:
        same = fold(printed).upper() == own
        return own if same else Bad(heading(columns, "uscc"), f"“{printed}”与许可证编号{permit}的前18位不一致")
    if uscc.is_valid(own) or _CODELESS.fullmatch(own):
        return own
    return Bad(heading(columns, "number"), f"“{permit}”的前18位不是有效的统一社会信用代码，另列代码一栏可以确认")


def _plain(row: Row, columns: Columns, what: str) -> str | Bad:
    text = told(row, columns, what)
    return Bad(heading(columns, what), f"单元格是公式：{text}，请改为文字") if text.startswith("=") else text


def _standing(row: Row, columns: Columns) -> str | Bad:
    printed = told(row, columns, "standing")
    if fold(printed) in EMPTY:
        return ""
    found = _STANDING.fullmatch(fold(printed))
    if found is None:
        return Bad(heading(columns, "standing"), f"“{printed}”不是许可证状态（正常、注销、撤销、吊销、遗失）")
    return found[1] + (f"（{found[2]}）" if found[2] else "")


def _management(row: Row, columns: Columns) -> str | Bad:
    printed = told(row, columns, "management")
    if fold(printed) in EMPTY:
        return ""
    found = _MANAGEMENT.fullmatch(fold(printed))
    return f"{found[1]}管理" if found else Bad(heading(columns, "management"), f"“{printed}”不是重点、简化或登记管理")


def _validity(row: Row, columns: Columns, standing: str | Bad) -> Period | Bad:
    """From and until; only a permit that is not 正常 may leave it empty."""
    column = "valid" if "valid" in columns.places else "valid_until"
    found = _period(row, columns) if column == "valid" else _ends(row, columns)
    if isinstance(found, Bad):
        return found
    if found[1] is None and standing in ("", "正常"):
        return Bad(heading(columns, column), "缺少有效期限")
    if found[0] and found[1] and found[0] > found[1]:
        return Bad(heading(columns, column), f"有效期限的起始日{found[0]}晚于截止日{found[1]}")
    return found


def _ends(row: Row, columns: Columns) -> Period | Bad:
    """Of two columns."""
    first, last = _day(row, columns, "valid_from"), _day(row, columns, "valid_until")
    if isinstance(first, Bad):
        return first
    return last if isinstance(last, Bad) else (first, last)


def _period(row: Row, columns: Columns) -> Period | Bad:
    """Of one column."""
    printed = told(row, columns, "valid")
    text = fold(printed)
    if text in EMPTY:
        return None, None
    told_days = _DAY.findall(text)
    rest = re.sub(r"[自从至到止起~～\-—–]", "", _DAY.sub("", text))
    days = [_make(*one) for one in told_days]
    if rest or not 0 < len(days) < 3 or None in days:
        return Bad(heading(columns, "valid"), f"“{printed}”不是有效期限（如 2024-09-10至2029-09-09）")
    return (days[0], days[1]) if len(days) == 2 else (None, days[0])


def _day(row: Row, columns: Columns, what: str) -> date | Bad | None:
    printed = told(row, columns, what)
    text = fold(printed)
    if text in EMPTY:
        return None
    found = _DAY.fullmatch(text)
    day = _make(found[1], found[2], found[3]) if found else None
    return day or Bad(heading(columns, what), f"“{printed}”不是日期（如 2024-09-10）")


def _make(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _limits(row: Row, columns: Columns) -> dict[Metal, Decimal] | Bad:
    """Those that are printed, in kg/a."""
    found: dict[Metal, Decimal] = {}
    for figure in columns.figures:
        if fold(cell(row, figure.at)) in EMPTY or figure.metal is None:
            continue
        quantity = read_quantity(row, columns, figure, "许可排放量")
        if isinstance(quantity, Bad):
            return quantity
        found[figure.metal] = quantity
    return found


def _contradictions(rows: Sequence[tuple[Table, int, PermitRow]]) -> Iterator[Trouble]:
    """A permit twice, a code of two companies."""
    numbers: dict[str, PermitRow] = {}
    names: dict[str, PermitRow] = {}
    for table, number, row in rows:
        first, other = numbers.setdefault(row.number, row), names.setdefault(row.uscc, row)
        if first is not row:
            bad = Bad(heading(table.columns, "number"), f"许可证{row.number}重复，已见于{first.place}")
            yield table.trouble(number, bad)
        if fold(other.name) != fold(row.name):
            why = f"代码{row.uscc}有两个单位名称：“{other.name}”（{other.place}）与“{row.name}”"
            yield table.trouble(number, Bad(heading(table.columns, "name"), why))
