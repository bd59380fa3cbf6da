"""Writes a paper in any of its formats, all from one layout."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from domain.page import Frozen
from reports.outgoing.as_csv import write_csv
from reports.outgoing.as_docx import write_docx
from reports.outgoing.as_html import write_html
from reports.outgoing.as_json import write_json
from reports.outgoing.as_xlsx import write_xlsx
from reports.outgoing.layout import Sheet


class Format(StrEnum):
    """Formats, by the ending of their files."""

    DOCX = "docx"
    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


MEDIA: Mapping[Format, str] = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.HTML: "text/html; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
}
_WRITERS: Mapping[Format, Callable[[Sheet], bytes]] = {
    Format.DOCX: write_docx,
    Format.HTML: write_html,
    Format.XLSX: write_xlsx,
    Format.CSV: write_csv,
}


class Outgoing(NamedTuple):
    """A paper: its plain value, which JSON is written from, and its layout, which all else is."""

    paper: str
    value: Frozen
    sheet: Sheet


def write(outgoing: Outgoing, into: Format) -> bytes:
    """The file."""
    if into is Format.JSON:
        return write_json(outgoing.paper, outgoing.value)
    return _WRITERS[into](outgoing.sheet)
