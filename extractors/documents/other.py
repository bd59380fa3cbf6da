"""Pages that are none of the known papers: kept, shown, counted, never forced into a type."""

import re
from collections.abc import Sequence
from typing import ClassVar, Literal

from domain.document import Document
from domain.field import TextField
from domain.page import ReadPage
from extractors.fields import text_field
from extractors.layout import Line, lines
from extractors.recognition import Marks

MARKS = Marks()  # recognised by the absence of all others

_LABELS = (
    ("registration_receipt", ("登记回执", "排污登记表", "登记编号")),
    ("other_licence", ("经营许可证", "生产许可证", "安全生产许可", "采矿许可", "取水许可", "开户许可")),
    ("approval", ("批复", "审批意见")),
    ("notice", ("转让的公示", "公示时间", "公示期限", "公示期间如有异议")),
    ("cover", ("目录", "材料清单", "资料清单", "封面", "档案袋")),
)
_EXTRACT = ("cover", "环境影响报告")  # a page of few lines that names a report is its cover
_FEW = 12


class Other(Document):
    """`label` says what the page looks like: `registration_receipt` (登记回执), `other_licence` (another kind of
    licence), `approval` (批复), `notice` (公示), `cover`, `blank`, or `unknown`; `title` is its heading as read."""

    TITLE: ClassVar[str] = "其他页"
    type: Literal["other"] = "other"
    label: str = "unknown"
    title: TextField = TextField()


def read(pages: Sequence[ReadPage]) -> Other:
    """One page set aside, with its heading and what it seems to be."""
    page = pages[0]
    rows = lines(page.words)
    heading = _heading(rows)
    span = heading.cut(0, len(heading.text)) if heading else None
    return Other(pages=tuple(p.number for p in pages), label=_label(page, rows), title=text_field(span, page.number))


def _heading(rows: Sequence[Line]) -> Line | None:
    """The line with the largest characters in the upper half of the page."""
    upper = [row for row in rows if row.box.cy < 0.6]
    return max(upper, key=lambda row: row.box.height, default=None)


def _label(page: ReadPage, rows: Sequence[Line]) -> str:
    if page.page.blank or not rows:
        return "blank"
    whole = "".join(row.text for row in rows)
    found = next((label for label, marks in _LABELS if any(mark in whole for mark in marks)), "unknown")
    label, mark = _EXTRACT
    is_extract = found == "unknown" and len(rows) < _FEW and re.search(rf"{mark}[书表]", whole)
    return label if is_extract else found
