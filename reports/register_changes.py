"""What changed between two versions of a register, as a file for spreadsheets."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

HEADINGS = (
    "变化",
    "企业名称",
    "统一社会信用代码",
    "条目",
    "栏目",
    "原版本",
    "新版本",
    "原位置",
    "新位置",
    "已核验案件",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheet programs run


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """With a mark by which spreadsheet programs know the encoding; nothing in it is run by them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows([_quiet(cell) for cell in row] for row in rows)


def write_xlsx(path: Path, rows: Iterable[Sequence[str]], title: str) -> None:
    """One sheet; every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJ", (10, 34, 22, 26, 20, 26, 26, 26, 26, 26), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in (HEADINGS, *rows):
        sheet.append([_text(sheet, cell) for cell in row])
    book.save(path)


def _text(sheet: object, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


def _quiet(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
