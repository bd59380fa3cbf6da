"""The table of what a deal sells where it has no lines: columns cut through print, or not found, are laid anew."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from domain.page import Box, Cell, Grid, ReadPage, Word
from extractors.layout import lines
from extractors.text import fold

_RUNS_ON = 0.55  # of the letters' height: less lies between the parts of one value, a lost point's place included
_FIGURE = re.compile(r"[¥￥]?[\d.,]*\d")
_LEAST = 3


def lay_anew(pages: Sequence[ReadPage], headings: Mapping[str, str]) -> list[ReadPage]:
    """The pages with every unruled table whose columns have not each a heading (key → pattern) laid by its print.

    A table is laid anew only where then each of its columns has a heading of its own; any other stays as it is.
    """
    return [_laid(page, headings) for page in pages]


def _laid(page: ReadPage, headings: Mapping[str, str]) -> ReadPage:
    shape = page.page.height / page.page.width
    grids = tuple(_best(grid, headings, shape) for grid in page.reading.grids)
    if grids == page.reading.grids:
        return page
    return page.model_copy(update={"reading": page.reading.model_copy(update={"grids": grids})})


def _best(grid: Grid, headings: Mapping[str, str], shape: float) -> Grid:
    if grid.ruled or _is_headed(grid, headings):
        return grid
    new = _by_print(grid, shape)
    return new if new is not None and new.cols >= _LEAST and _is_headed(new, headings) else grid


def _is_headed(grid: Grid, headings: Mapping[str, str]) -> bool:
    """Whether each column has one known heading, and no two the same."""
    tops = [cell for cell in grid.cells if cell.row == 0]
    told = [_heading(cell, headings) for cell in tops if cell.col_end - cell.col == 1]
    return len(told) == grid.cols and None not in told and len(set(told)) == len(told)


def _heading(cell: Cell, headings: Mapping[str, str]) -> str | None:
    text = fold("".join(word.text for word in cell.words))
    return next((key for key, pattern in headings.items() if re.search(pattern, text)), None)


# ---- columns out of print --------------------------------------------------------------------------------------

Reach = tuple[float, float]


def _by_print(grid: Grid, shape: float) -> Grid | None:
    """The table with a column for all print that stands above one another; None where it has no head or no rows."""
    rows = _rows(grid)
    if len(rows) < 2:
        return None
    columns = _joined(_columns([word for row in rows for word in row]), rows, shape)
    gaps = [(left[1] + right[0]) / 2 for left, right in pairwise(columns)]
    edges = [grid.box.x0, *gaps, grid.box.x1]
    cells = [
        _cell(grid, row, (number, col), (edges[col], edges[col + 1]))
        for number, row in enumerate(rows)
        for col in range(len(columns))
    ]
    return Grid(box=grid.box, rows=len(rows), cols=len(columns), cells=tuple(cells), ruled=False)


def _rows(grid: Grid) -> list[list[Word]]:
    """The words of each row that has any; the head's lines are one row."""
    told = [[w for cell in grid.cells if cell.row == row for w in cell.words] for row in range(grid.rows)]
    filled = [row for row in told if row]
    end = next((n for n, row in enumerate(filled) if any(_FIGURE.match(fold(word.text)) for word in row)), 0)
    return [[word for row in filled[:end] for word in row], *filled[end:]] if end else []


def _columns(words: Sequence[Word]) -> list[Reach]:
    """Where print stands, as stretches of the width that nothing crosses."""
    found: list[Reach] = []
    for word in sorted(words, key=lambda word: word.box.x0):
        if found and word.box.x0 < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], word.box.x1))
        else:
            found.append((word.box.x0, word.box.x1))
    return found


def _joined(columns: Sequence[Reach], rows: Sequence[Sequence[Word]], shape: float) -> list[Reach]:
    """The columns, neighbours as one where print runs on from one to the other in every row that has both."""
    joined = [columns[0]]
    for right in columns[1:]:
        if _run_on(joined[-1], right, rows, shape):
            joined[-1] = (joined[-1][0], right[1])
        else:
            joined.append(right)
    return joined


def _run_on(left: Reach, right: Reach, rows: Sequence[Sequence[Word]], shape: float) -> bool:
    gaps = []
    for row in rows:
        before, after = _within(row, left), _within(row, right)
        if before and after:
            nearest = min(after, key=lambda word: word.box.x0)
            gap = nearest.box.x0 - max(word.box.x1 for word in before)
            gaps.append(gap / (nearest.box.height * shape))
    return bool(gaps) and max(gaps) < _RUNS_ON


def _within(row: Sequence[Word], reach: Reach) -> list[Word]:
    return [word for word in row if reach[0] <= word.box.cx <= reach[1]]


def _cell(grid: Grid, row: Sequence[Word], at: tuple[int, int], reach: Reach) -> Cell:
    """What stands in a row between two edges; ink that was not read stays told."""
    top, bottom = min(word.box.y0 for word in row), max(word.box.y1 for word in row)
    words = [word for line in lines(_within(row, reach)) for word in line.words]
    unread = [cell for cell in grid.cells if cell.inked and not cell.words and top <= cell.box.cy <= bottom]
    inked = bool(words) or any(reach[0] <= cell.box.cx <= reach[1] for cell in unread)
    box = Box(reach[0], top, reach[1], bottom)
    number, col = at
    return Cell(row=number, row_end=number + 1, col=col, col_end=col + 1, box=box, words=tuple(words), inked=inked)
