"""The columns of a table as its header tells them, or the header that stands alone on the page before."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from domain.page import Cell, Grid
from extractors.layout import text_in
from extractors.lone_heads import reaches
from extractors.text import fold


class Column(NamedTuple):
    """Where a column stands, as fractions of the table's width, so that it fits the continued table too."""

    key: str
    x0: float
    x1: float


def header_columns(grid: Grid, headers: Mapping[str, str], series: Sequence[str]) -> tuple[int, tuple[Column, ...]]:
    """The first body row and the columns, from the top rows that carry at least three known headings."""
    cells = [(key, cell) for cell in grid.cells if cell.row < 4 and (key := _heading(cell, headers))]
    if len({key for key, _ in cells}) < 3:
        return 0, ()
    end = max(cell.row_end for _, cell in cells)
    told = {key: cell for key, cell in reversed(cells) if key in series}
    known = [(key, cell) for key, cell in cells if key not in series or _is_alone(cell, told.values())]
    columns = tuple(Column(key, *reach(grid, cell)) for key, cell in known)
    return end, columns + tuple(_between(grid, columns, series))


def _is_alone(cell: Cell, others: Collection[Cell]) -> bool:
    """A heading cell over several columns where its fellows cover one each has melted together with others; one as wide
    as its fellows lies over a border that some row alone has."""
    fewest = min(other.col_end - other.col for other in others)
    return cell.col_end - cell.col <= fewest or cell.box.width < _AS_WIDE * min(other.box.width for other in others)


_AS_WIDE = 1.3  # of the narrowest of its fellows: less is one column


def _between(grid: Grid, columns: Sequence[Column], series: Sequence[str]) -> Iterator[Column]:
    """The columns of a series that lost their headings, where as many columns of the table lie between their like."""
    at = {column.key: column for column in columns}
    known = [key for key in series if key in at]
    for left, right in pairwise(known):
        lost = series[series.index(left) + 1 : series.index(right)]
        edges = _edges(grid, at[left].x1, at[right].x0)
        if lost and len(edges) == len(lost) + 1:
            yield from (Column(key, *ends) for key, ends in zip(lost, pairwise(edges), strict=True))


_TWICE = 0.012  # as a fraction of the table's width: less than a digit and its margins


def _edges(grid: Grid, start: float, end: float) -> list[float]:
    """Where the table's columns have their borders from one place to another, both included.

    A border found twice makes a column too narrow for print: that is none.
    """
    borders = {cell.col: reach(grid, cell)[0] for cell in grid.cells}
    single = [cell for cell in grid.cells if cell.col_end - cell.col == 1]
    wide = {cell.col for cell in single if cell.inked or cell.box.width > _TWICE * grid.box.width}
    borders = {col: x for col, x in borders.items() if col in wide or not any(cell.col == col for cell in single)}
    return sorted(x for x in borders.values() if start - 0.005 <= x <= end + 0.005)


def _heading(cell: Cell, headers: Mapping[str, str]) -> str | None:
    """The heading of a cell; a short one, which must stand for itself, is told even where a stain stands beside it."""
    text = text_in(cell)
    if len(text) >= 30:
        return None
    told = key_of(text, headers)
    beside = [fold(word.text) for word in cell.words] if len(cell.words) > 1 else []
    alone = (key for one in beside for key, pattern in headers.items() if _stands_alone(pattern, one))
    return told or next(alone, None)


def key_of(text: str, headers: Mapping[str, str]) -> str | None:
    """The key of the first heading that a folded text holds."""
    return next((key for key, pattern in headers.items() if re.search(pattern, text)), None)


def _stands_alone(pattern: str, text: str) -> bool:
    return pattern.startswith("^") and pattern.endswith("$") and re.search(pattern, text) is not None


def reach(grid: Grid, cell: Cell) -> tuple[float, float]:
    """A cell's left and right border, as fractions of the table's width."""
    return (cell.box.x0 - grid.box.x0) / grid.box.width, (cell.box.x1 - grid.box.x0) / grid.box.width


def columns_under(grid: Grid, head: Mapping[str, float]) -> tuple[Column, ...]:
    """The columns of a table whose head stands alone on the page before."""
    box = grid.box
    found = reaches(grid, head)
    return tuple(Column(key, (x0 - box.x0) / box.width, (x1 - box.x0) / box.width) for key, (x0, x1) in found.items())
