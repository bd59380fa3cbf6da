"""Second readings laid beside the words in which they stand, so that fields find them while they are read."""

from domain.page import Cell, Grid, ReadPage, SecondReading, Word

_INSIDE = 0.5  # of either box


def hear(page: ReadPage) -> ReadPage:
    """The page with its second readings on its words, in and outside of tables."""
    reading = page.reading
    if not reading.second:
        return page
    words = tuple(_beside(word, reading.second) for word in reading.words)
    grids = tuple(_grid(grid, reading.second) for grid in reading.grids)
    return page.model_copy(update={"reading": reading.model_copy(update={"words": words, "grids": grids})})


def _grid(grid: Grid, second: tuple[SecondReading, ...]) -> Grid:
    return grid.model_copy(update={"cells": tuple(_cell(cell, second) for cell in grid.cells)})


def _cell(cell: Cell, second: tuple[SecondReading, ...]) -> Cell:
    return (
        cell.model_copy(update={"words": tuple(_beside(word, second) for word in cell.words)}) if cell.words else cell
    )


def _beside(word: Word, second: tuple[SecondReading, ...]) -> Word:
    own = tuple(s for s in second if s.box.overlap(word.box) > _INSIDE or word.box.overlap(s.box) > _INSIDE)
    return word.model_copy(update={"second": own}) if own else word
