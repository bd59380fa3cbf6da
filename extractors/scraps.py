"""Columns of a table without lines that cut through print, joined again with the column that the print belongs to."""

import re
from collections.abc import Iterator

from domain.page import Box, Cell, Grid, Word
from extractors.layout import lines, text_in

# What is left of a unit where its brackets, its stroke or all of it stands apart: `t/a`, `(t/`, `kg/a)`.
_UNIT_SCRAP = re.compile(r"\(?(?:kg|t|g|千克|公斤|吨|克)/?(?:[a年]\)?)?|[a年]\)|\([a年]\)")
_FEW = 2  # characters: more are a word of their own
_RUNS_ON = 0.4  # of a character's width: less lies between the characters of one word


def rejoin(grid: Grid) -> Grid:
    """The grid without columns that hold nothing but a unit's scraps, or the first characters of their neighbours.

    A ruled table's columns stand as they are. Where the cells of two columns do not stand side by side, nobody knows.
    """
    if grid.ruled:
        return grid
    for col in range(grid.cols - 2, -1, -1):
        if _is_torn(grid, col):
            grid = _joined(grid, col) or grid
    return grid


def _is_torn(grid: Grid, col: int) -> bool:
    """Whether a column and the next are one."""
    right = [text for cell in _column(grid, col + 1) if (text := text_in(cell))]
    return _are_scraps(right) or _begins_the_next(grid, col)


def _are_scraps(texts: list[str]) -> bool:
    return bool(texts) and all(_UNIT_SCRAP.fullmatch(text) for text in texts)


def _begins_the_next(grid: Grid, col: int) -> bool:
    """Whether all print of a column is a character or two that run on in the next (变 | 更前许可总量)."""
    filled = [cell for cell in _column(grid, col) if cell.words]
    beside = {(cell.row, cell.row_end): cell for cell in _column(grid, col + 1)}
    return bool(filled) and all(_runs_on(cell, beside.get((cell.row, cell.row_end))) for cell in filled)


def _runs_on(cell: Cell, beside: Cell | None) -> bool:
    if beside is None or not beside.words or not re.fullmatch(rf"[一-鿿]{{1,{_FEW}}}", text_in(cell)):
        return False
    last, first = max(cell.words, key=lambda word: word.box.x1), min(beside.words, key=lambda word: word.box.x0)
    width = first.box.width / max(1, len(first.text))
    if not re.match("[一-鿿]", first.text):
        return False
    return abs(last.box.cy - first.box.cy) < 0.5 * first.box.height and first.box.x0 - last.box.x1 < _RUNS_ON * width


def _column(grid: Grid, col: int) -> list[Cell]:
    return [cell for cell in grid.cells if cell.col == col and cell.col_end == col + 1]


def _joined(grid: Grid, col: int) -> Grid | None:
    """The grid with a column and the next as one; None where their cells do not stand side by side."""
    left = {(cell.row, cell.row_end): cell for cell in _column(grid, col)}
    right = {(cell.row, cell.row_end): cell for cell in _column(grid, col + 1)}
    ends = any(cell.col_end == col + 1 and cell.col < col for cell in grid.cells)
    begins = any(cell.col == col + 1 and cell.col_end > col + 2 for cell in grid.cells)
    if left.keys() != right.keys() or ends or begins:
        return None
    cells = tuple(_cells(grid, col, right))
    return grid.model_copy(update={"cells": cells, "cols": grid.cols - 1})


def _cells(grid: Grid, col: int, right: dict[tuple[int, int], Cell]) -> Iterator[Cell]:
    for cell in grid.cells:
        if cell.col == col and cell.col_end == col + 1:
            yield _one(cell, right[(cell.row, cell.row_end)])
        elif cell.col_end <= col + 1:
            yield cell
        elif cell.col != col + 1:
            shift = {"col": cell.col - (cell.col > col), "col_end": cell.col_end - 1}
            yield cell.model_copy(update=shift)


def _one(left: Cell, right: Cell) -> Cell:
    box: Box = left.box.join(right.box)
    words: tuple[Word, ...] = tuple(word for line in lines((*left.words, *right.words)) for word in line.words)
    return left.model_copy(update={"box": box, "words": words, "inked": left.inked or right.inked})
