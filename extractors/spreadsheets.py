"""Spreadsheets (XLSX and CSV in their usual encodings) as rows of text; nothing in them is ever computed or run."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import IntakeError
from domain.page import Frozen
from extractors.archives import check_entries
from extractors.limits import Limits

Row = tuple[str, ...]
LIMITS = Limits(max_bytes=256 * 2**20)  # unpacked XML of one sheet
MAX_BYTES, MAX_ROWS, MAX_COLUMNS = 50 * 2**20, 200_000, 200
DELIMITERS = ",\t;，"
_MARKS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
# openpyxl lets through whatever its parsing stumbles over.
_BROKEN: tuple[type[Exception], ...] = (InvalidFileException, ParseError, zipfile.BadZipFile, zlib.error)
_BROKEN += (LookupError, ValueError, TypeError, AttributeError, EOFError, OSError, RuntimeError)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Sheet(Frozen):
    """A sheet's rows from its first on, blank ones too, so that a row's place is its number in the file.

    A formula stands as it was typed (`=A1+B1`). A figure of an XLSX has the 15 digits with which the program that
    wrote it computes and shows: what lies behind them is the binary form, not the figure.
    """

    name: str
    rows: tuple[Row, ...]


def read_sheets(path: Path) -> tuple[list[Sheet], ...]:
    """The sheets of a file in each way in which it can be cut into columns: an XLSX in one, a CSV by each delimiter.

    Raises IntakeError: NO_SUCH_FILE, TOO_LARGE, UNSUPPORTED_TYPE, BROKEN_FILE, ZIP_BOMB, ENCRYPTED_ZIP.
    """
    if not path.is_file():
        raise IntakeError("NO_SUCH_FILE", f"找不到文件：{path}")
    if path.stat().st_size > MAX_BYTES:
        raise IntakeError("TOO_LARGE", f"文件超过 {MAX_BYTES // 2**20} MB，不像是清单。")
    start = path.read_bytes()[:4]
    if start == _OLD_EXCEL:
        raise IntakeError(
            "UNSUPPORTED_TYPE", "这是旧版 Excel（.xls）或加密的文件，请另存为不加密的 .xlsx 或 CSV 再载入。"
        )
    if start == b"PK\x03\x04":
        return (_read_workbook(path),)
    text = _decode(path.read_bytes())
    return tuple(
        [Sheet(name="", rows=_limited(_cut(text, delimiter)))] for delimiter in DELIMITERS if delimiter in text
    )


def _decode(body: bytes) -> str:
    encodings = [name for name, mark in _MARKS if body.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise IntakeError("UNSUPPORTED_TYPE", "既不是 XLSX，也不是 UTF-8 或 GB18030 编码的 CSV 文本。")


def _cut(text: str, delimiter: str) -> Iterator[Row]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield tuple(row)
    except csv.Error as error:
        raise IntakeError("BROKEN_FILE", f"CSV 无法解析（{error}）。") from error


def _limited(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows up to the last that holds anything; raises TOO_LARGE past the limit."""
    kept: list[Row] = []
    blank = 0
    for row in rows:
        if not any(cell.strip() for cell in row):
            blank += 1
            continue
        kept += [()] * blank
        kept.append(tuple(cell.strip() for cell in row[:MAX_COLUMNS]))
        blank = 0
        if len(kept) > MAX_ROWS:
            raise IntakeError("TOO_LARGE", f"超过 {MAX_ROWS} 行，请分成几个文件。")
    return tuple(kept)


def _read_workbook(path: Path) -> list[Sheet]:
    try:
        with zipfile.ZipFile(path) as packed:
            check_entries(packed.infolist(), LIMITS, LIMITS.max_unpacked_bytes)
        book: Any = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            return [_read_sheet(sheet) for sheet in book.worksheets]
        finally:
            book.close()
    except _BROKEN as error:
        raise IntakeError("BROKEN_FILE", f"XLSX 已损坏或不是表格（{type(error).__name__}）。") from error


def _read_sheet(sheet: Any) -> Sheet:
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    rows = (tuple(_text(cell.value) for cell in row[:MAX_COLUMNS]) for row in sheet.iter_rows())
    return Sheet(name=sheet.title, rows=_limited(rows))


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "ref"):  # an array formula or data table
        return f"={getattr(value, 'text', '')}".replace("==", "=")
    return "" if value is None else str(value)
