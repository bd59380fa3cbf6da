"""A paper as one HTML page for printing (A4), complete in itself."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.printing import ordinal, printable, spell
from reports.charts import draw_all
from reports.outgoing.layout import Cell, Sheet, Table, show

_HERE = Path(__file__).parent


def write_html(sheet: Sheet) -> bytes:
    """The page."""
    headed = [table for table in sheet.tables if table.heading]
    tables = [
        (_head(table, headed), _columns(table), _rows(table), _charts(table), table.headed) for table in sheet.tables
    ]
    page: str = _template().render(sheet=sheet, tables=tables, spelled=spell(sheet.on), widths=_widths)
    return page.encode()


def _head(table: Table, headed: list[Table]) -> str:
    number = f"{ordinal(headed.index(table) + 1)}、" if table in headed and len(headed) > 1 else ""
    return f"{number}{table.heading}" if table.heading else ""


def _columns(table: Table) -> list[Any]:
    return [column for column in table.columns if column.width]


def _widths(columns: list[Any]) -> int:
    return sum(column.width for column in columns)


def _rows(table: Table) -> list[list[tuple[str, str]]]:
    return [[_cell(table, row, n) for n, column in enumerate(table.columns) if column.width] for row in table.rows]


def _cell(table: Table, row: tuple[Cell, ...], number: int) -> tuple[str, str]:
    sort = table.columns[number].sort
    return show(row[number], sort), sort.value


def _charts(table: Table) -> list[Markup]:
    return [Markup(drawn) for drawn in draw_all(table.charts)]


@cache
def _template() -> Any:
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda it: printable(it) if type(it) is str else it,
    )
    return made.get_template("sheet.html")
