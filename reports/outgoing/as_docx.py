"""A paper as a Word document, set as Chinese official papers are."""

from typing import Any

from domain.printing import ordinal
from reports.official import CENTRE, HEAD, LEFT, RIGHT, add, add_table, add_title, close_paper, open_paper, sign
from reports.outgoing.layout import Column, Sheet, Sort, Table, show

ALIGNS = {Sort.QUANTITY: RIGHT, Sort.MONEY: RIGHT, Sort.COUNT: CENTRE, Sort.DAY: CENTRE}


def write_docx(sheet: Sheet) -> bytes:
    """The paper as .docx."""
    paper: Any = open_paper(turned=sheet.turned)
    add_title(paper, sheet.title)
    for line in sheet.head:
        add(paper, line, align=CENTRE)
    if sheet.to:
        add(paper, f"{sheet.to}：")
    for line in sheet.opening:
        add(paper, line, indent=True)
    _add_tables(paper, sheet)
    for line in sheet.below:
        add(paper, line, indent=True).paragraph_format.keep_with_next = line == sheet.below[-1]
    sign(paper, sheet.signed, sheet.on)
    return close_paper(paper, title=sheet.title, subject=sheet.file, author=sheet.signed, on=sheet.on)


def _add_tables(paper: Any, sheet: Sheet) -> None:
    if not sheet.tables and sheet.empty:
        add(paper, sheet.empty, indent=True)
    headed = [table for table in sheet.tables if table.heading]
    for table in sheet.tables:
        number = f"{ordinal(headed.index(table) + 1)}、" if len(headed) > 1 else ""
        _add_table(paper, table, f"{number}{table.heading}" if table.heading else "")


def _add_table(paper: Any, table: Table, heading: str) -> None:
    if heading:
        add(paper, heading, HEAD, indent=True).paragraph_format.keep_with_next = True
    kept = [n for n, column in enumerate(table.columns) if column.width]
    columns = [table.columns[n] for n in kept]
    rows = [[show(row[n], table.columns[n].sort) for n in kept] for row in table.rows]
    aligns = [_align(column) for column in columns]
    heads = [column.title for column in columns] if table.headed else []
    add_table(paper, heads, rows, [column.width for column in columns], aligns)


def _align(column: Column) -> Any:
    return ALIGNS.get(column.sort, LEFT)
