"""Rows of a table that stand outside of every table: print that was not tied to columns must leave doubt."""

import re
from collections.abc import Iterator

from domain.page import ReadPage
from extractors.layout import Line, Span, lines
from extractors.text import fold, is_empty
from reference.metals import metal_of

_OUTLET = re.compile(r"^(?:\d{1,2})?D[AW]\d{3}")
_ALONE = re.compile(r"[-+]?\d[\d.,]*(?:t|kg|g|吨|千克|公斤|克)?(?:[/每]?[年a])?")
_RUN = re.compile(r"(?:\d+\.\d+|[/—])")  # figures of several columns that were read as one word
_METAL_FIRST = re.compile(r"^(?:\d{1,2})?((?:总|类金属)?[一-鿿]{1,2}(?:及其化合物)?(?:\([^()]{1,12}\))?)")


def outside(page: ReadPage) -> Iterator[Line]:
    """The lines of a page that stand in none of its tables."""
    grids = page.reading.grids
    yield from lines([w for w in page.words if not any(w.box.overlap(grid.box) > 0.5 for grid in grids)])


def is_limit_row(line: Line) -> bool:
    """An outlet's code with figures or blanks of several columns behind it."""
    return bool(_OUTLET.search(line.text)) and count_figures(line) >= 4


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
