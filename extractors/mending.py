"""Grids put right where borders between rows were not seen, or a letter's stroke was taken for a border."""

from collections.abc import Iterable, Sequence

from domain.page import Cell, Grid, ReadPage, Word
from extractors.layout import text_in
from extractors.text import is_empty, measure
from reference.metals import metal_of

_CLOSE = 0.45  # of the letters' height: nearer than this two words are one


def mend(pages: Sequence[ReadPage]) -> list[ReadPage]:
    """The pages with cells cut in two joined again, and figures of several rows that ran together set apart."""
    return [_mend(page) for page in pages]


def join_strokes(pages: Sequence[ReadPage]) -> list[ReadPage]:
    """The pages with cells cut in two by a letter's stroke joined again."""
    return [
        _with_grids(page, [join_cut(g, page.page.width / page.page.height) for g in page.reading.grids])
        for page in pages
    ]


def _with_grids(page: ReadPage, grids: Sequence[Grid]) -> ReadPage:
    return page.model_copy(update={"reading": page.reading.model_copy(update={"grids": tuple(grids)})})


def _mend(page: ReadPage) -> ReadPage:
    shape = page.page.width / page.page.height
    return _with_grids(page, [split_rows(join_cut(grid, shape)) for grid in page.reading.grids])


# ---- a letter's stroke -----------------------------------------------------------------------------------------


def join_cut(grid: Grid, shape: float) -> Grid:
    """Neighbours in a row whose words go on over a stray border; `shape` is the page's width by its height."""
    cells = list(grid.cells)
    for right in grid.cells:
        left = next((c for c in cells if _is_left_of(c, right)), None)
        stray = left is not None and (_alone(grid, right) or _is_rest(left, right) or _closes(left, right))
        if left and stray and _goes_on(left.words, right.words, shape):
            cells[cells.index(left)] = _joined(left, right)
            cells.remove(right)
    return grid if len(cells) == len(grid.cells) else grid.model_copy(update={"cells": tuple(cells)})


def _is_left_of(left: Cell, right: Cell) -> bool:
    return (left.row, left.row_end, left.col_end) == (right.row, right.row_end, right.col)


def _alone(grid: Grid, right: Cell) -> bool:
    """Whether its left border stands in its own rows only."""
    others = (cell for cell in grid.cells if not right.row <= cell.row < right.row_end)
    return not any(right.col in (cell.col, cell.col_end) for cell in others)


def _is_rest(left: Cell, right: Cell) -> bool:
    """One last character of a longer text."""
    last = text_in(right)
    return len(last) == 1 and "一" < last <= "鿿" and metal_of(last) is None and len(text_in(left)) >= 4


def _closes(left: Cell, right: Cell) -> bool:
    """A bracket that opens in one cell closes at the beginning of the next: its stroke was taken for a border."""
    before, after = text_in(left), text_in(right)
    return after.startswith(")") and before.count("(") > before.count(")")


def _goes_on(left: Sequence[Word], right: Sequence[Word], shape: float) -> bool:
    pairs = ((a.box, b.box) for a in left for b in right)
    return any(abs(a.cy - b.cy) < 0.5 * a.height and (b.x0 - a.x1) * shape < _CLOSE * a.height for a, b in pairs)


def _joined(left: Cell, right: Cell) -> Cell:
    words = left.words + right.words
    told = {"col_end": right.col_end, "box": left.box.join(right.box), "words": words}
    return left.model_copy(update=told | {"inked": left.inked or right.inked})


# ---- borders that were not seen --------------------------------------------------------------------------------


def split_rows(grid: Grid) -> Grid:
    """Cells over several rows in which figures or blank signs of several rows stand, set apart."""
    tops = {cell.row: cell.box.y0 for cell in grid.cells} | {cell.row_end: cell.box.y1 for cell in grid.cells}
    cells = [part for cell in grid.cells for part in _split(cell, tops)]
    return grid if len(cells) == len(grid.cells) else grid.model_copy(update={"cells": tuple(cells)})


def _split(cell: Cell, tops: dict[int, float]) -> Iterable[Cell]:
    rows = range(cell.row, cell.row_end)
    if len(rows) < 2 or not all(row in tops and row + 1 in tops for row in rows):
        return [cell]
    parts = [_part(cell, row, tops) for row in rows]
    figures = [_is_figure(text_in(part)) for part in parts]
    below_heading = figures == [False, True] and len(text_in(parts[0])) >= 3
    return parts if sum(figures) >= 2 or below_heading else [cell]


def _part(cell: Cell, row: int, tops: dict[int, float]) -> Cell:
    """What stands in one row; nobody knows whether one without words is blank, so it stays inked."""
    box = cell.box._replace(y0=tops[row], y1=tops[row + 1])
    words = tuple(word for word in cell.words if box.y0 <= word.box.cy < box.y1)
    return cell.model_copy(update={"row": row, "row_end": row + 1, "box": box, "words": words})


def _is_figure(text: str) -> bool:
    return bool(text) and (is_empty(text) or measure(text) is not None)
