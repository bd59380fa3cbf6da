"""Columns of a continued table that ran together where nothing is printed in one of them, set apart again."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from domain.page import Box, Cell, Grid, Word


def set_apart(grid: Grid, middles: Sequence[float], borders: Sequence[float]) -> Grid:
    """The grid with each of its columns that holds several of the table's columns cut at their borders.

    `middles` and `borders` (one between any two middles) are those of the table's columns where it began, as fractions
    of its width, from left to right. Print that lies over such a border leaves the grid as it is: nobody knows then.
    """
    if grid.ruled or len(borders) != len(middles) - 1:
        return grid
    cuts = [x for x, (left, right) in zip(borders, pairwise(middles), strict=True) if _in_one(grid, left, right)]
    places = [grid.box.x0 + x * grid.box.width for x in cuts]
    words = [word for cell in grid.cells if cell.col_end - cell.col == 1 for word in cell.words]
    if not places or any(word.box.x0 < x < word.box.x1 for word in words for x in places):
        return grid
    for x in places:
        grid = _cut(grid, x)
    return grid


def cut_at(grid: Grid, borders: Sequence[float]) -> Grid:
    """The grid with other borders from the first of these (fractions of its width) to the last: those of the table that
    goes on in it, where its own were told from the little that is printed in a few rows.

    Ink that lies over a border, gives no word or reaches over rows leaves the grid as it is: nobody knows then.
    """
    edges = [grid.box.x0 + x * grid.box.width for x in borders]
    first, last = edges[0], edges[-1]
    there = [cell for cell in grid.cells if cell.box.x0 < last and cell.box.x1 > first]
    words = [word for cell in there for word in cell.words]
    unknown = any((cell.inked and not cell.words) or cell.row_end - cell.row > 1 for cell in there)
    if grid.ruled or unknown or any(word.box.x0 < edge < word.box.x1 for word in words for edge in edges):
        return grid
    parts = [(cell, *ends) for cell in there for ends in _between(cell, edges)]
    rows = {cell.row: cell for cell in there}
    parts += [(cell, a, b) for cell in rows.values() for a, b in pairwise(edges)]
    return _regrid(grid, [cell for cell in grid.cells if cell not in there], parts, words)


def _between(cell: Cell, edges: Sequence[float]) -> Iterable[tuple[float, float]]:
    """What of a cell lies before the first border and behind the last."""
    if cell.box.x0 < edges[0]:
        yield cell.box.x0, edges[0]
    if cell.box.x1 > edges[-1]:
        yield edges[-1], cell.box.x1


def _regrid(
    grid: Grid, kept: Sequence[Cell], parts: Sequence[tuple[Cell, float, float]], words: Sequence[Word]
) -> Grid:
    ends = sorted({x for cell in kept for x in (cell.box.x0, cell.box.x1)} | {x for _, *ends in parts for x in ends})
    at = {x: n for n, x in enumerate(ends)}
    moved = [c.model_copy(update={"col": at[c.box.x0], "col_end": at[c.box.x1]}) for c in kept]
    cut = []
    for cell, x0, x1 in parts:
        own = tuple(w for w in words if x0 <= w.box.cx < x1 and cell.box.y0 <= w.box.cy < cell.box.y1)
        box = cell.box._replace(x0=x0, x1=x1)
        changed = {"col": at[x0], "col_end": at[x1], "box": box, "words": own, "inked": bool(own)}
        cut.append(cell.model_copy(update=changed))
    cells = sorted([*moved, *cut], key=lambda cell: (cell.row, cell.col))
    return grid.model_copy(update={"cells": tuple(cells), "cols": len(ends) - 1})


def _in_one(grid: Grid, left: float, right: float) -> bool:
    """Whether two of the table's columns lie in one of the grid's."""
    return not any(left < edge < right for edge in _edges(grid))


def _edges(grid: Grid) -> set[float]:
    single = [cell for cell in grid.cells if cell.col_end - cell.col == 1]
    ends = {side for cell in single for side in (cell.box.x0, cell.box.x1)}
    return {(side - grid.box.x0) / grid.box.width for side in ends}


def _cut(grid: Grid, x: float) -> Grid:
    """The grid with one more column, which begins at x."""
    col = next((c.col for c in grid.cells if c.col_end - c.col == 1 and c.box.x0 < x < c.box.x1), None)
    if col is None:
        return grid
    cells = tuple(part for cell in grid.cells for part in _parts(cell, col, x))
    return grid.model_copy(update={"cells": cells, "cols": grid.cols + 1})


def _parts(cell: Cell, col: int, x: float) -> Iterable[Cell]:
    """The cell as it is, moved or widened by the new column, or cut in two; ink unread may be in either."""
    if cell.col > col:
        return [cell.model_copy(update={"col": cell.col + 1, "col_end": cell.col_end + 1})]
    if cell.col_end <= col:
        return [cell]
    if cell.col_end - cell.col > 1:
        return [cell.model_copy(update={"col_end": cell.col_end + 1})]
    left, right = cell.box._replace(x1=x), cell.box._replace(x0=x)
    return [_part(cell, col, left), _part(cell, col + 1, right)]


def _part(cell: Cell, col: int, box: Box) -> Cell:
    words: tuple[Word, ...] = tuple(word for word in cell.words if box.x0 <= word.box.cx < box.x1)
    inked = bool(words) if cell.words else cell.inked
    return cell.model_copy(update={"col": col, "col_end": col + 1, "box": box, "words": words, "inked": inked})
