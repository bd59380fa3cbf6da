"""全口径清单: a spreadsheet of companies' emissions becomes rows in kg/a, or a list of all that is wrong with it."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from stdnum.cn import uscc

from domain.books import InventoryRow
from domain.errors import IntakeError
from domain.page import Frozen
from domain.quantity import Metal, Unit, plain
from extractors.register_columns import WANTED, Columns, Figure, find_columns, fold, unit_of
from extractors.spreadsheets import Row, Sheet, read_sheets
from reference.metals import is_other, metal_of

_NUMBER = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,2})?)(\D*)")
_EMPTY = frozenset({"", "/", "-", "--", "—", "——", "无"})
# Nothing else: a company may be called 合计有色冶炼有限公司.
_TOTAL = re.compile(r"[\d年度]*(?:合计|总计|小计|共计)(?:[\d年度:]|家(?:企业|单位)?|\([^()]*\))*")
_NOTE = re.compile(r"(?:注|备注|说明|填表|制表|审核|联系|填报).*")
_LARGEST, _FINEST = Decimal(10) ** 9, -12  # kg/a and decimals beyond which a figure is a slip of the keyboard


class Trouble(Frozen):
    """Why a row cannot be loaded; `row` is its 1-based number in the file, `column` the heading."""

    sheet: str
    row: int
    column: str
    message: str


class Inventory(Frozen):
    """What a file says. Nothing of it may be used while there are troubles.

    `foreign` counts figures of pollutants other than the five metals, `ignored` are sheets without a table.
    """

    source: str
    sha256: str
    rows: tuple[InventoryRow, ...]
    troubles: tuple[Trouble, ...] = ()
    foreign: int = 0
    ignored: tuple[str, ...] = ()


class _Bad(NamedTuple):
    column: str
    message: str


class _Table(NamedTuple):
    source: str
    sheet: str
    columns: Columns
    rows: tuple[Row, ...]


class _Foreign(NamedTuple):
    name: str


def read_inventory(path: Path) -> Inventory:
    """All rows of the file, or all troubles; raises IntakeError where it is no such table at all."""
    sheets, tables = _find_tables(path)
    rows: list[tuple[_Table, int, InventoryRow]] = []
    troubles: list[Trouble] = []
    foreign = 0
    for table in tables:
        for number, found in _read_table(table):
            if isinstance(found, InventoryRow):
                rows.append((table, number, found))
            elif isinstance(found, _Bad):
                troubles.append(Trouble(sheet=table.sheet, row=number, column=found.column, message=found.message))
            else:
                foreign += 1
    troubles += _contradictions(rows)
    if not rows and not troubles:
        raise IntakeError("EMPTY_REGISTER", "表头之下没有铅、汞、镉、铬、砷的数据行。")
    return Inventory(
        source=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        rows=tuple(row for _, _, row in rows),
        troubles=tuple(sorted(troubles, key=lambda one: (one.sheet, one.row))),
        foreign=foreign,
        ignored=tuple(sheet.name for sheet in sheets if sheet.name not in {table.sheet for table in tables}),
    )


def _find_tables(path: Path) -> tuple[list[Sheet], list[_Table]]:
    for sheets in read_sheets(path):
        found = [(sheet, find_columns(sheet.rows)) for sheet in sheets]
        tables = [_Table(path.name, sheet.name, columns, sheet.rows) for sheet, columns in found if columns]
        if tables:
            return [sheet for sheet in sheets if sheet.rows], tables
    raise IntakeError("NO_HEADING", f"没有找到表头。需要这些列：{WANTED}。")


def _read_table(table: _Table) -> Iterator[tuple[int, InventoryRow | _Bad | _Foreign]]:
    for number, row in enumerate(table.rows[table.columns.first :], start=table.columns.first + 1):
        if not _is_remark(row, table.columns):
            yield from ((number, found) for found in _read_row(table, number, row))


def _is_remark(row: Row, columns: Columns) -> bool:
    """A blank row, a sum, a note below the table; they have no code."""
    first = next((fold(cell) for cell in row if cell), "")
    if _cell(row, columns.places["uscc"]):
        return False
    figures = any(_cell(row, figure.at) for figure in columns.figures)
    return not first or bool(_TOTAL.fullmatch(first)) or (not figures and bool(_NOTE.fullmatch(first)))


def _cell(row: Row, at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""


def _read_row(table: _Table, number: int, row: Row) -> Iterator[InventoryRow | _Bad | _Foreign]:
    columns = table.columns
    name, code = _name(row, columns), _code(row, columns)
    yield from (one for one in (name, code) if isinstance(one, _Bad))
    seen: set[_Bad] = set()
    for figure in columns.figures:
        metal = _metal(row, columns, figure)
        if isinstance(metal, _Foreign):
            yield metal
            continue
        if figure.metal and fold(_cell(row, figure.at)) in _EMPTY:  # a metal that the company does not emit
            continue
        year, quantity = _year(row, columns, figure), _quantity(row, columns, figure)
        bad = {one for one in (metal, year, quantity) if isinstance(one, _Bad)} - seen
        yield from bad
        seen |= bad
        place = f"{table.source}{f' {table.sheet}' if table.sheet else ''} 第{number}行"
        match name, code, metal, year, quantity:
            case str(), str(), Metal(), int(), Decimal():
                yield InventoryRow(uscc=code, name=name, metal=metal, year=year, quantity=quantity, place=place)


def _heading(columns: Columns, what: str) -> str:
    return columns.headings[columns.places[what]]


def _name(row: Row, columns: Columns) -> str | _Bad:
    name = _cell(row, columns.places["name"])
    if not name or name.startswith("="):
        return _Bad(_heading(columns, "name"), f"单元格是公式：{name}，请改为数值或文字" if name else "缺少企业名称")
    return name


def _code(row: Row, columns: Columns) -> str | _Bad:
    heading, printed = _heading(columns, "uscc"), _cell(row, columns.places["uscc"])
    code = fold(printed).upper()
    if not code:
        return _Bad(heading, "缺少统一社会信用代码（合并的单元格须取消合并，逐行填写）")
    if re.fullmatch(r"[\d.]+E\+\d+|\d{15}000", code):
        return _Bad(heading, f"“{printed}”已被表格软件当作数字截断，请把该列设为文本后重新填写")
    if not uscc.is_valid(code):
        return _Bad(heading, f"“{printed}”不是有效的统一社会信用代码（18位，末位为校验码）")
    return code


def _metal(row: Row, columns: Columns, figure: Figure) -> Metal | _Bad | _Foreign:
    if figure.metal is not None:
        return figure.metal
    printed = _cell(row, columns.places["metal"])
    name = fold(printed)
    found = metal_of(name)
    if found is not None and found.certain:
        return found.metal
    if is_other(name):
        return _Foreign(name)
    return _Bad(_heading(columns, "metal"), f"“{printed}”不是可以确认的重金属名称" if name else "缺少重金属名称")


def _year(row: Row, columns: Columns, figure: Figure) -> int | _Bad:
    if figure.year is not None:
        return figure.year
    printed = fold(_cell(row, columns.places.get("year")))
    told = re.fullmatch(r"(20\d\d)年?度?", printed)
    if told:
        return int(told[1])
    if printed:
        return _Bad(_heading(columns, "year"), f"“{printed}”不是年份")
    return columns.year or _Bad("年份", "缺少年份（可设“年份”列，或在标题、表头中写明）")


def _quantity(row: Row, columns: Columns, figure: Figure) -> Decimal | _Bad:
    """In kg/a."""
    printed = _cell(row, figure.at)
    text = fold(printed)
    if text in _EMPTY:
        return _Bad(figure.heading, "缺少排放量")
    if text.startswith("="):
        return _Bad(figure.heading, f"单元格是公式：{printed}，请粘贴为数值")
    number = _NUMBER.fullmatch(text)
    if number is None:
        return _Bad(figure.heading, f"“{printed}”不是数字")
    unit = _unit(number[2], row, columns, figure)
    return unit if isinstance(unit, _Bad) else _checked(Decimal(number[1].replace(",", "")), unit, figure)


def _checked(value: Decimal, unit: Unit, figure: Figure) -> Decimal | _Bad:
    quantity = value * unit.kilograms
    if value < 0:
        return _Bad(figure.heading, f"排放量为负数：{plain(value)}")
    exponent = quantity.normalize().as_tuple().exponent
    if quantity > _LARGEST or not isinstance(exponent, int) or exponent < _FINEST:
        return _Bad(figure.heading, f"排放量{plain(value)}{unit}超出合理范围")
    return quantity


def _unit(after: str, row: Row, columns: Columns, figure: Figure) -> Unit | _Bad:
    """The unit behind the figure, in the row, the heading or above, which must not contradict each other."""
    own = _cell(row, columns.places.get("unit"))
    for printed, column in ((after, figure.heading), (own, "单位")):
        if printed and unit_of(printed) is None:
            return _Bad(column, f"“{printed}”不是认识的单位（千克、吨、克）")
    told = {unit for unit in (unit_of(after), unit_of(own), figure.unit, columns.unit) if unit}
    if len(told) > 1:
        return _Bad("单位", f"单位前后不一致：{'、'.join(sorted(told))}")
    return told.pop() if told else _Bad(figure.heading, "没有注明单位（千克、吨）")


def _contradictions(rows: Sequence[tuple[_Table, int, InventoryRow]]) -> Iterator[Trouble]:
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
            yield Trouble(sheet=table.sheet, row=number, column=bad.column, message=bad.message)


def _twice(row: InventoryRow, first: InventoryRow) -> _Bad | None:
    if first is row:
        return None
    figures = f"{plain(first.quantity)}千克与{plain(row.quantity)}千克"
    return _Bad("企业", f"{row.name}{row.year}年的{row.metal}重复：{figures}，已见于{first.place}")


def _renamed(row: InventoryRow, first: InventoryRow) -> _Bad | None:
    if fold(row.name) == fold(first.name):
        return None
    return _Bad("企业名称", f"代码{row.uscc}有两个企业名称：“{first.name}”（{first.place}）与“{row.name}”")


def _recoded(row: InventoryRow, first: InventoryRow) -> _Bad | None:
    if row.uscc == first.uscc:
        return None
    return _Bad("统一社会信用代码", f"{row.name}有两个代码：{first.uscc}（{first.place}）与{row.uscc}")
