"""Label → value on a page: in the cell beside or under its label, else behind it on the line."""

import re
from collections.abc import Iterator, Mapping, Sequence

from domain.page import Cell, Grid, ReadPage
from extractors.layout import Span, labelled, lines, print_in, span_of, text_in

Place = tuple[Span | None, int]


def find_values(
    pages: Sequence[ReadPage], labels: Mapping[str, str], multiline: frozenset[str] = frozenset()
) -> dict[str, Place]:
    """The first value of each label, with its page; (None, first page) where no page has it."""
    found: dict[str, Place] = {}
    for page in pages:
        for key, span in _on_page(page, labels, multiline):
            found.setdefault(key, (span, page.number))
    return {key: found.get(key, (None, pages[0].number)) for key in labels}


def _on_page(page: ReadPage, labels: Mapping[str, str], multiline: frozenset[str]) -> Iterator[tuple[str, Span]]:
    for grid in page.reading.grids:
        yield from in_cells(grid, labels)
    rows = lines(page.words)
    for key, spans in labelled(rows, labels, multiline).items():
        yield from ((key, span) for span in spans)


def in_cells(grid: Grid, labels: Mapping[str, str]) -> Iterator[tuple[str, Span]]:
    """The values of a table's labels, in the order of its cells."""
    for cell in grid.cells:
        key = _label(cell, labels)
        value = _value_cell(grid, cell, labels) if key else None
        span = span_of(print_in(value)) if value else None
        if key and span:
            yield key, span


def _label(cell: Cell, labels: Mapping[str, str]) -> str | None:
    text = text_in(cell).rstrip(":")
    return next((key for key, pattern in labels.items() if re.fullmatch(pattern, text)), None)


def _value_cell(grid: Grid, label: Cell, labels: Mapping[str, str]) -> Cell | None:
    """The cell to the right; where that is a label itself (labels above their values), the one below."""
    beside = grid.at(label.row, label.col_end)
    if beside is not None and beside.words and not _label(beside, labels):
        return beside
    below = grid.at(label.row_end, label.col)
    return below if below is not None and below.words and not _label(below, labels) else None
