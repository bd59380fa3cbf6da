"""A paper's tables as CSV: UTF-8 with a mark at the beginning, by which spreadsheet programs know it."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.quantity import plain
from reports.outgoing.cells import guard
from reports.outgoing.layout import Cell, Sheet, Table


def write_csv(sheet: Sheet) -> bytes:
    """All rows of all tables, one head for all: `table` tells which one a row is of."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(_keys(sheet))), restval="")
    writer.writeheader()
    writer.writerows(_rows(sheet))
    return out.getvalue().encode("utf-8-sig")


def _keys(sheet: Sheet) -> Iterator[str]:
    yield "table"
    for table in sheet.tables:
        yield from (column.key for column in table.columns)


def _rows(sheet: Sheet) -> Iterator[dict[str, str]]:
    for table in sheet.tables:
        for row in table.rows:
            yield {"table": table.name} | _tell(table, row)


def _tell(table: Table, row: tuple[Cell, ...]) -> dict[str, str]:
    return {column.key: tell(cell) for column, cell in zip(table.columns, row, strict=True)}


def tell(cell: Cell) -> str:
    """A cell as programs read it: figures without separators, days as 2026-11-30."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return plain(cell)
    return cell.isoformat() if isinstance(cell, date) else guard(cell) if isinstance(cell, str) else str(cell)
