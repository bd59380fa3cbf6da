"""A paper's tables as a workbook: figures as figures, names always as texts, charts that the program draws itself."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from domain.printing import printable
from reports.charts import COLOURS
from reports.outgoing.cells import cell_text, is_formula
from reports.outgoing.layout import Cell, Chart, Column, Sheet, Sort, Table

FORMATS = {Sort.QUANTITY: "General", Sort.MONEY: "#,##0.00", Sort.COUNT: "#,##0", Sort.DAY: "yyyy-mm-dd"}
WIDTHS = {Sort.TEXT: 26, Sort.KEY: 22, Sort.QUANTITY: 14, Sort.MONEY: 18, Sort.COUNT: 8, Sort.DAY: 13}
FACE = "宋体"
_WIDEST = 64
_LINE = Side(style="thin", color="FF9AA5AE")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="FFE3EFF1")
_ACROSS, _HIGH = 19, 10.5  # cm of a chart
_ROWS_OF_CHART = 22


def write_xlsx(sheet: Sheet) -> bytes:
    """A sheet a table; charts stand on a sheet of their own with the figures that they show."""
    book: Any = Workbook()
    book.remove(book.active)
    for table in sheet.tables or (_say(sheet),):
        _add_table(book.create_sheet(_name(table.name)), sheet, table)
    charts = [chart for table in sheet.tables for chart in table.charts]
    if charts:
        _add_charts(book, charts)
    told = book.properties
    told.title, told.creator = printable(sheet.title), printable(sheet.signed)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _say(sheet: Sheet) -> Table:
    return Table(name="说明", columns=(Column("note", "说明"),), rows=((sheet.empty,),))


def _name(name: str) -> str:
    return "".join("_" if char in "[]:*?/\\'" else char for char in printable(name))[:31]


def _add_table(page: Any, sheet: Sheet, table: Table) -> None:
    _put(page.cell(1, 1), sheet.title, Sort.TEXT)
    page.cell(1, 1).font = Font(name=FACE, size=16, bold=True)
    _put(page.cell(2, 1), f"{sheet.signed}　{sheet.on.isoformat()}", Sort.TEXT)
    page.cell(1, 1).alignment = page.cell(2, 1).alignment = Alignment(vertical="center")
    for number, column in enumerate(table.columns, start=1):
        head = page.cell(3, number)
        _put(head, column.title, Sort.TEXT)
        head.font, head.fill, head.border = Font(name=FACE, size=11, bold=True), _HEAD, _GRID
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(number)].width = _width(table, number - 1)
    for at, row in enumerate(table.rows, start=4):
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True), start=1):
            _put(page.cell(at, number), cell, column.sort)
            page.cell(at, number).border = _GRID
    _set_page(page, table)


def _width(table: Table, number: int) -> int:
    """Wide enough for the longest text of a column, within reason; a Chinese character takes two."""
    texts = (row[number] for row in table.rows)
    longest = max((len(it.encode("gbk", "replace")) for it in texts if isinstance(it, str)), default=0)
    return min(_WIDEST, max(WIDTHS[table.columns[number].sort], longest + 2))


def _set_page(page: Any, table: Table) -> None:
    page.freeze_panes = "A4"
    if table.rows:
        page.auto_filter.ref = f"A3:{get_column_letter(len(table.columns))}{3 + len(table.rows)}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "3:3"


def _put(place: Any, cell: Cell, sort: Sort) -> None:
    """A figure as a figure, a text as a text whatever it looks like."""
    place.font, place.alignment = Font(name=FACE, size=11), Alignment(vertical="center", wrap_text=sort is Sort.TEXT)
    if isinstance(cell, str):
        place.value = cell_text(cell)
        place.data_type, place.quotePrefix = "s", is_formula(cell)
    else:
        place.value = cell
        place.number_format = _format(cell, sort)


def _format(cell: Cell, sort: Sort) -> str:
    return FORMATS.get(sort, "General") if isinstance(cell, int | Decimal | date) else "General"


def _add_charts(book: Any, charts: list[Chart]) -> None:
    """Charts in two columns on the first sheet; the figures that they show lie on the last."""
    page, data = book.create_sheet("图表", 0), book.create_sheet("图表数据")
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    first = 1
    for number, chart in enumerate(charts):
        _put_row(data, first, ("", *(name for name, _ in chart.series)))
        for at, group in enumerate(chart.groups):
            _put_row(data, first + 1 + at, (group, *(series[at] for _, series in chart.series)))
        page.add_chart(_draw(data, chart, first), f"{'AL'[number % 2]}{1 + number // 2 * _ROWS_OF_CHART}")
        first += len(chart.groups) + 2


def _put_row(page: Any, at: int, cells: tuple[Cell, ...]) -> None:
    for number, cell in enumerate(cells, start=1):
        _put(page.cell(at, number), cell, Sort.TEXT if isinstance(cell, str) else Sort.QUANTITY)


def _draw(data: Any, chart: Chart, first: int) -> Any:
    drawn: Any = BarChart()
    drawn.type, drawn.gapWidth = "col", 60
    drawn.grouping, drawn.overlap = ("percentStacked", 100) if chart.shares else ("clustered", 0)
    drawn.title, drawn.y_axis.title = chart.title, chart.unit
    drawn.width, drawn.height, drawn.legend.position = _ACROSS, _HIGH, "b"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    last = first + len(chart.groups)
    figures = Reference(data, min_col=2, max_col=1 + len(chart.series), min_row=first, max_row=last)
    drawn.add_data(figures, titles_from_data=True)
    drawn.set_categories(Reference(data, min_col=1, min_row=first + 1, max_row=last))
    for number, series in enumerate(drawn.series):
        series.graphicalProperties.solidFill = COLOURS[number % len(COLOURS)].lstrip("#")
    return drawn
