"""全口径清单: a spreadsheet of companies' emissions becomes rows in kg/a, or a list of all that is wrong with it."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from stdnum.cn import uscc

from domain.books import InventoryRow
from domain.errors import IntakeError
from domain.quantity import Metal, plain
from extractors.register_columns import WANTED, Columns, Figure, find_columns, fold
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
)
from extractors.spreadsheets import Row
from reference.metals import is_other, metal_of


class Inventory(RegisterFile):
    """What a file of emissions says; `foreign` counts figures of pollutants other than the five metals."""

    rows: tuple[InventoryRow, ...]
    foreign: int = 0


class _Foreign(NamedTuple):
    name: str


def read_inventory(path: Path) -> Inventory:
    """All rows of the file, or all troubles; raises IntakeError where it is no such table at all."""
    sheets, tables = find_tables(path, find_columns, WANTED)
    rows: list[tuple[Table, int, InventoryRow]] = []
    troubles: list[Trouble] = []
    foreign = 0
    for table in tables:
        for number, found in ((n, it) for n, row in data_rows(table, "uscc") for it in _read_row(table, n, row)):
            if isinstance(found, InventoryRow):
                rows.append((table, number, found))
            elif isinstance(found, Bad):
                troubles.append(table.trouble(number, found))
            else:
                foreign += 1
    troubles += _contradictions(rows)
    if not rows and not troubles:
        raise IntakeError("EMPTY_REGISTER", "表头之下没有铅、汞、镉、铬、砷的数据行。")
    told = describe(path, troubles, ignored(sheets, tables))
    return Inventory(rows=tuple(row for _, _, row in rows), foreign=foreign, **told)


def _read_row(table: Table, number: int, row: Row) -> Iterator[InventoryRow | Bad | _Foreign]:
    columns = table.columns
    name, code = read_name(row, columns), _code(row, columns)
    yield from (one for one in (name, code) if isinstance(one, Bad))
    seen: set[Bad] = set()
    for figure in columns.figures:
        metal = _metal(row, columns, figure)
        if isinstance(metal, _Foreign):
            yield metal
            continue
        if figure.metal and fold(cell(row, figure.at)) in EMPTY:  # a metal that the company does not emit
            continue
        year, quantity = _year(row, columns, figure), read_quantity(row, columns, figure)
        bad = {one for one in (metal, year, quantity) if isinstance(one, Bad)} - seen
        yield from bad
        seen |= bad
        place = table.place(number)
        match name, code, metal, year, quantity:
            case str(), str(), Metal(), int(), Decimal():
                yield InventoryRow(uscc=code, name=name, metal=metal, year=year, quantity=quantity, place=place)


def _code(row: Row, columns: Columns) -> str | Bad:
    column, printed = heading(columns, "uscc"), cell(row, columns.places["uscc"])
    code = fold(printed).upper()
    if not code:
        return Bad(column, "缺少统一社会信用代码（合并的单元格须取消合并，逐行填写）")
    if re.fullmatch(r"[\d.]+E\+\d+|\d{15}000", code):
        return Bad(column, f"“{printed}”已被表格软件当作数字截断，请把该列设为文本后重新填写")
    if not uscc.is_valid(code):
        return Bad(column, f"“{printed}”不是有效的统一社会信用代码（18位，末位为校验码）")
    return code


def _metal(row: Row, columns: Columns, figure: Figure) -> Metal | Bad | _Foreign:
    if figure.metal is not None:
        return figure.metal
    printed = cell(row, columns.places["metal"])
    name = fold(printed)
    found = metal_of(name)
    if found is not None and found.certain:
        return found.metal
    if is_other(name):
        return _Foreign(name)
    return Bad(heading(columns, "metal"), f"“{printed}”不是可以确认的重金属名称" if name else "缺少重金属名称")


def _year(row: Row, columns: Columns, figure: Figure) -> int | Bad:
    if figure.year is not None:
        return figure.year
    printed = fold(cell(row, columns.places.get("year")))
    told = re.fullmatch(r"(20\d\d)年?度?", printed)
    if told:
        return int(told[1])
    if printed:
        return Bad(heading(columns, "year"), f"“{printed}”不是年份")
    return columns.year or Bad("年份", "缺少年份（可设“年份”列，或在标题、表头中写明）")


def _contradictions(rows: Sequence[tuple[Table, int, InventoryRow]]) -> Iterator[Trouble]:
    """A company's metal twice in a year, a code of two companies, a company with two codes."""
    figures: dict[tuple[str, Metal, int], InventoryRow] = {}
    names: dict[str, InventoryRow] = {}
    codes: dict[str, InventoryRow] = {}
    for table, number, row in rows:
        told = [
            _twice(row, figures.setdefault((row.uscc, row.metal, row.year), row)),
            _renamed(row, names.setdefault(row.uscc, row)),
            _recoded(row, codes.setdefault(fold(row.name), row)),
        ]
        for bad in (one for one in told if one):
            yield table.trouble(number, bad)


def _twice(row: InventoryRow, first: InventoryRow) -> Bad | None:
    if first is row:
        return None
    figures = f"{plain(first.quantity)}千克与{plain(row.quantity)}千克"
    return Bad("企业", f"{row.name}{row.year}年的{row.metal}重复：{figures}，已见于{first.place}")


def _renamed(row: InventoryRow, first: InventoryRow) -> Bad | None:
    if fold(row.name) == fold(first.name):
        return None
    return Bad("企业名称", f"代码{row.uscc}有两个企业名称：“{first.name}”（{first.place}）与“{row.name}”")


def _recoded(row: InventoryRow, first: InventoryRow) -> Bad | None:
    if row.uscc == first.uscc:
        return None
    return Bad("统一社会信用代码", f"{row.name}有两个代码：{first.uscc}（{first.place}）与{row.uscc}")
