"""Rows of a register's file: which are data, and what their cells say, or why a cell cannot be taken."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from domain.errors import IntakeError
from domain.page import Frozen
from domain.quantity import Unit, plain
from extractors.register_columns import Columns, Figure, fold, unit_of
from extractors.spreadsheets import Row, Sheet, read_sheets

EMPTY = frozenset({"", "/", "-", "--", "—", "——", "无"})
_NUMBER = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,2})?)(\D*)")
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


class RegisterFile(Frozen):
    """What a file says; nothing of it may be used while there are troubles. `ignored` are sheets without a table."""

    source: str
    sha256: str
    troubles: tuple[Trouble, ...] = ()
    ignored: tuple[str, ...] = ()


class Bad(NamedTuple):
    """What is wrong with a cell under a heading."""

    column: str
    message: str


class Table(NamedTuple):
    """A sheet with headings that were understood."""

    source: str
    sheet: str
    columns: Columns
    rows: tuple[Row, ...]

    def place(self, number: int) -> str:
        """A row's place, for people."""
        return f"{self.source}{f' {self.sheet}' if self.sheet else ''} 第{number}行"

    def trouble(self, number: int, bad: Bad) -> Trouble:
        return Trouble(sheet=self.sheet, row=number, column=bad.column, message=bad.message)


def describe(path: Path, troubles: Iterable[Trouble], without: tuple[str, ...]) -> dict[str, Any]:
    """What a `RegisterFile` says of the file itself; troubles stand in the order of its rows."""
    ordered = tuple(sorted(troubles, key=lambda one: (one.sheet, one.row)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"source": path.name, "sha256": digest, "troubles": ordered, "ignored": without}


def find_tables(
    path: Path, find: Callable[[Sequence[Row]], Columns | None], wanted: str
) -> tuple[list[Sheet], list[Table]]:
    """The sheets that hold anything, and those with the headings; raises IntakeError NO_HEADING and more."""
    for sheets in read_sheets(path):
        found = [(sheet, find(sheet.rows)) for sheet in sheets]
        tables = [Table(path.name, sheet.name, columns, sheet.rows) for sheet, columns in found if columns]
        if tables:
            return [sheet for sheet in sheets if sheet.rows], tables
    raise IntakeError("NO_HEADING", f"没有找到表头。需要这些列：{wanted}。")


def data_rows(table: Table, by: str) -> Iterator[tuple[int, Row]]:
    """The rows of a table with their numbers, without blank ones, sums and notes: these have nothing in column `by`."""
    for number, row in enumerate(table.rows[table.columns.first :], start=table.columns.first + 1):
        if not _is_remark(row, table.columns, by):
            yield number, row


def ignored(sheets: Iterable[Sheet], tables: Iterable[Table]) -> tuple[str, ...]:
    """The names of sheets without a table."""
    used = {table.sheet for table in tables}
    return tuple(sheet.name for sheet in sheets if sheet.name not in used)


def cell(row: Row, at: int | None) -> str:
    """A cell's text; empty where the row or the table has none."""
    return row[at] if at is not None and at < len(row) else ""


def told(row: Row, columns: Columns, what: str) -> str:
    """What a row says in a column that the table may not have."""
    return cell(row, columns.places.get(what))


def heading(columns: Columns, what: str) -> str:
    """The heading of a column as it is printed."""
    return columns.headings[columns.places[what]]


def read_name(row: Row, columns: Columns) -> str | Bad:
    name = told(row, columns, "name")
    if not name or name.startswith("="):
        why = f"单元格是公式：{name}，请改为数值或文字" if name else "缺少企业名称"
        return Bad(heading(columns, "name"), why)
    return name


def read_quantity(row: Row, columns: Columns, figure: Figure, what: str = "排放量") -> Decimal | Bad:
    """In kg/a."""
    printed = cell(row, figure.at)
    text = fold(printed)
    if text in EMPTY:
        return Bad(figure.heading, f"缺少{what}")
    if text.startswith("="):
        return Bad(figure.heading, f"单元格是公式：{printed}，请粘贴为数值")
    number = _NUMBER.fullmatch(text)
    if number is None:
        return Bad(figure.heading, f"“{printed}”不是数字")
    unit = _unit(number[2], row, columns, figure)
    return unit if isinstance(unit, Bad) else _checked(Decimal(number[1].replace(",", "")), unit, figure, what)


def _is_remark(row: Row, columns: Columns, by: str) -> bool:
    first = next((fold(one) for one in row if one), "")
    if cell(row, columns.places[by]):
        return False
    figures = any(cell(row, figure.at) for figure in columns.figures)
    return not first or bool(_TOTAL.fullmatch(first)) or (not figures and bool(_NOTE.fullmatch(first)))


def _checked(value: Decimal, unit: Unit, figure: Figure, what: str) -> Decimal | Bad:
    quantity = value * unit.kilograms
    if value < 0:
        return Bad(figure.heading, f"{what}为负数：{plain(value)}")
    exponent = quantity.normalize().as_tuple().exponent
    if quantity > _LARGEST or not isinstance(exponent, int) or exponent < _FINEST:
        return Bad(figure.heading, f"{what}{plain(value)}{unit}超出合理范围")
    return quantity


def _unit(after: str, row: Row, columns: Columns, figure: Figure) -> Unit | Bad:
    """The unit behind the figure, in the row, the heading or above, which must not contradict each other."""
    own = told(row, columns, "unit")
    for printed, column in ((after, figure.heading), (own, "单位")):
        if printed and unit_of(printed) is None:
            return Bad(column, f"“{printed}”不是认识的单位（千克、吨、克）")
    units = {unit for unit in (unit_of(after), unit_of(own), figure.unit, columns.unit) if unit}
    if len(units) > 1:
        return Bad("单位", f"单位前后不一致：{'、'.join(sorted(units))}")
    return units.pop() if units else Bad(figure.heading, "没有注明单位（千克、吨）")
