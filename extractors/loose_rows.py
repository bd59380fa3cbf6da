"""Rows of a table that stand outside of every table: print that was not tied to columns must leave doubt."""

import re
from collections.abc import Iterator, Mapping, Sequence

from domain.page import Box, Cell, ReadPage
from extractors.layout import Line, Span, lines
from extractors.text import fold, is_empty
from reference.metals import metal_of

_OUTLET = re.compile(r"^(?:\d{1,2})?D[AW]\d{3}")
_CONCENTRATION = re.compile(r"mg/(?:N?m|L)", re.IGNORECASE)
_ALONE = re.compile(r"[-+]?\d[\d.,]*(?:t|kg|g|吨|千克|公斤|克)?(?:[/每]?[年a])?")
_RUN = re.compile(r"(?:\d+\.\d+|[/—])")  # figures of several columns that were read as one word
_METAL_FIRST = re.compile(r"^(?:\d{1,2})?((?:总|类金属)?[一-鿿]{1,2}(?:及其化合物)?(?:\([^()]{1,12}\))?)")


def outside(page: ReadPage) -> Iterator[Line]:
    """The lines of a page that stand in none of its tables."""
    grids = page.reading.grids
    yield from lines([w for w in page.words if not any(w.box.overlap(grid.box) > 0.5 for grid in grids)])


def is_limit_row(line: Line) -> bool:
    """An outlet's code with figures or blanks of several columns behind it, or a limit where those were not read."""
    return bool(_OUTLET.search(line.text)) and (count_figures(line) >= 4 or bool(_CONCENTRATION.search(line.text)))


_OVER = 0.1  # of a column's width: print reaches no further over its border


def lay_under(line: Line, columns: Sequence[tuple[str, float, float]]) -> Mapping[str, Cell] | None:
    """A line's words as the cells of a row: each in one of the columns (key, left and right border on the page), and
    each column with one of them. None where any is over a border, or any column without print: nobody knows then."""
    ordered = sorted(columns, key=lambda column: column[1])
    words = sorted(line.words, key=lambda word: word.box.x0)
    if len(words) != len(ordered):
        return None
    cells = {}
    for number, (word, (key, x0, x1)) in enumerate(zip(words, ordered, strict=True)):
        slack = _OVER * (x1 - x0)
        if word.box.x0 < x0 - slack or word.box.x1 > x1 + slack:
            return None
        box = Box(x0, line.box.y0, x1, line.box.y1)
        cells[key] = Cell(row=0, row_end=1, col=number, col_end=number + 1, box=box, words=(word,), inked=True)
    return cells


def metal_row(line: Line, least: int) -> Span | None:
    """The name of a metal that begins a line with at least so many figures or blanks, and nothing else, behind it."""
    match = _METAL_FIRST.search(line.text)
    if match is None or metal_of(match[1]) is None or count_figures(line) < least:
        return None
    rest = re.sub(r"[-\d.,/—_一]|kg|t/a|[a吨年克千公斤]", "", line.text[match.end() :])
    return line.cut(*match.span(1)) if not rest else None


def count_figures(line: Line) -> int:
    """How many figures or blank signs stand on a line."""
    texts = [fold(word.text) for word in line.words]
    single = sum(bool(_ALONE.fullmatch(text)) or is_empty(text) for text in texts)
    return single + sum(len(_RUN.findall(text)) for text in texts if not (_ALONE.fullmatch(text) or is_empty(text)))
