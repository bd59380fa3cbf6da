"""The text of several pages as paragraphs that run on over the page end, each character with its page."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.page import ReadPage
from extractors.layout import Glyph, Line, Span, lines, print_in, span_of
from extractors.text import fold

_ENDS = re.compile(r"[。；;：:！?？]$")
_SHORT, _VERY_SHORT = 0.05, 0.12  # of the page's width: how far a last line, or any line, stops before the margin
_FOOT = 0.8  # of the page's height: only text that goes down so far goes on over the page
_MARGIN = re.compile(r"[-—]?第?\d{1,3}页?[-—]?|第\d{1,3}页[,/]?共\d{1,3}页|\d{1,3}/\d{1,3}")


class Place(NamedTuple):
    """A stretch of text and the page where it begins."""

    span: Span | None
    page: int


class Paragraph:
    """Text that belongs together: a paragraph outside of tables, or a table's row."""

    def __init__(self, parts: Sequence[tuple[int, Span]]) -> None:
        self.glyphs: list[Glyph] = [glyph for _, span in parts for glyph in span.glyphs]
        self.pages = [page for page, span in parts for _ in span.glyphs]
        self.text = "".join(glyph.folded for glyph in self.glyphs)
        self.raw = "".join(glyph.read for glyph in self.glyphs)

    def cut(self, start: int, end: int) -> Place:
        """The characters from `start` to `end` of the folded text."""
        glyphs = self.glyphs[start:end]
        return Place(Span(glyphs) if glyphs else None, self.pages[min(start, len(self.pages) - 1)])

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Where its sentences begin and end; a full stop counts only where 。 was read, not a decimal point."""
        start = 0
        for match in re.finditer("[。；]", self.raw):
            yield start, match.end()
            start = match.end()
        if start < len(self.raw):
            yield start, len(self.raw)


def unroll(pages: Sequence[ReadPage]) -> list[Paragraph]:
    """The paragraphs of some pages in their order, then the rows of their tables."""
    return paragraphs(pages) + [Paragraph(row) for row in _table_rows(pages)]


def paragraphs(pages: Sequence[ReadPage]) -> list[Paragraph]:
    """The paragraphs outside of tables."""
    return [Paragraph(part) for part in _paragraphs(pages)]


def _table_rows(pages: Sequence[ReadPage]) -> Iterator[list[tuple[int, Span]]]:
    """The cells of each row, a cell over several rows in the first of them."""
    for page in pages:
        for grid in page.reading.grids:
            for number in range(grid.rows):
                cells = (span_of(print_in(cell)) for cell in grid.cells if cell.row == number)
                row = [(page.number, span) for span in cells if span]
                if row:
                    yield row


def _paragraphs(pages: Sequence[ReadPage]) -> Iterator[list[tuple[int, Span]]]:
    """Lines up to one that stops short of the right margin; what is open at a page's end goes on."""
    paragraph: list[tuple[int, Span]] = []
    for page in pages:
        rows = body_lines(page)
        margin = max((row.box.x1 for row in rows), default=1.0)
        for row, follower in zip(rows, [*rows[1:], None], strict=False):
            paragraph.append((page.number, row))
            room = margin - row.box.x1 - (_first_token(follower) if follower else 0.0)
            if room > (_SHORT if _ENDS.search(row.raw) else _VERY_SHORT) and row.text[-1] not in ",、(":
                yield paragraph
                paragraph = []
        if paragraph and rows and (rows[-1].box.cy < _FOOT or _ENDS.search(paragraph[-1][1].raw)):
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _first_token(row: Line) -> float:
    """How wide the code or number is that a line begins with: it may not have fitted the line before."""
    token = row.find(r"^[(]?[¥￥]?[0-9A-Za-z][0-9A-Za-z.,/-]{3,}")
    return token.box.width if token else 0.0


def body_lines(page: ReadPage) -> list[Line]:
    """The lines of a page outside of its tables, without page numbers and what stands in the very margins."""
    outside = [w for w in page.words if not any(w.box.overlap(grid.box) > 0.5 for grid in page.reading.grids)]
    rows = lines(outside)
    return [row for row in rows if 0.05 < row.box.cy < 0.95 and not _MARGIN.fullmatch(fold(row.text))]
