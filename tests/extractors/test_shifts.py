"""A lost sign, a blank cell or a melted border never moves a figure into another column, and never changes one."""

import gzip
import json
from pathlib import Path

import pytest

from domain.page import Cell, Grid, ReadPage
from extractors.documents.permit_copy import HEADERS, YEARS
from extractors.documents.permit_copy import read as read_copy
from extractors.layout import text_in
from extractors.records import Record, records
from extractors.text import is_empty

SCANS = Path(__file__).parents[2] / "fixtures" / "scans"
RECORDED = ("s072-002.pdf", "s320-000.pdf")


def limit_pages(name: str) -> list[ReadPage]:
    """The recorded pages of a package that hold limit tables."""
    kept = json.loads(gzip.decompress((SCANS / f"{name}.readings.json.gz").read_bytes()))
    pages = [ReadPage.model_validate(page) for page in (kept if isinstance(kept, list) else kept["pages"])]
    return [page for page in pages if any("第一年" in text_in(cell) for g in page.reading.grids for cell in g.cells)][
        :1
    ]


PAGES = [page for name in RECORDED for page in limit_pages(name)]


def with_cell(page: ReadPage, number: int, old: Cell, new: Cell) -> ReadPage:
    """The page with one cell of one grid changed."""
    grids = list(page.reading.grids)
    cells = tuple(new if cell is old else cell for cell in grids[number].cells)
    grids[number] = grids[number].model_copy(update={"cells": cells})
    return page.model_copy(update={"reading": page.reading.model_copy(update={"grids": tuple(grids)})})


def annual(page: ReadPage) -> list[list[tuple[object, bool]]]:
    """Value and certainty of each row's years."""
    rows = read_copy([page]).limits
    return [[(field.value, field.certain) for field in row.annual] for row in rows]


def year_cells(page: ReadPage) -> list[tuple[int, Cell]]:
    """The cells of the years' columns with the number of their grid."""
    rows = [item for item in records([page], HEADERS, "pollutant", YEARS) if isinstance(item, Record)]
    wanted = {id(row.cells[key]) for row in rows for key in YEARS if key in row.cells}
    return [(n, cell) for n, grid in enumerate(page.reading.grids) for cell in grid.cells if id(cell) in wanted]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.page.sha256[:8])
def test_a_blank_or_lost_year_changes_no_other_figure(page: ReadPage) -> None:
    before = annual(page)
    assert any(value is not None for row in before for value, _ in row)
    for number, cell in year_cells(page):
        for inked in (True, False):
            after = annual(with_cell(page, number, cell, cell.model_copy(update={"words": (), "inked": inked})))
            changed = [(a, b) for one, two in zip(before, after, strict=True) for a, b in zip(one, two, strict=True)]
            # a stroke without a value may be told as a blank by its row's other years: no figure is changed by that
            changed = [(a, b) for a, b in changed if a != b and (a[0], b[0]) != (None, None)]
            assert len(changed) <= 1
            assert all(b[0] is None for _, b in changed)
            assert not (inked and any(b[1] for _, b in changed)), "ink that was not read is doubt"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.page.sha256[:8])
def test_two_years_whose_border_melted_are_doubt_in_both(page: ReadPage) -> None:
    before = annual(page)
    for number, cell in year_cells(page)[:40]:
        grid = page.reading.grids[number]
        right = next(
            (c for c in grid.cells if (c.row, c.row_end, c.col) == (cell.row, cell.row_end, cell.col_end)), None
        )
        if right is None or (is_empty(text_in(cell)) and is_empty(text_in(right))):
            continue
        after = annual(melted(page, number, grid, cell, right))
        pairs = [(a, b) for one, two in zip(before, after, strict=True) for a, b in zip(one, two, strict=True)]
        assert all(b == a or not b[1] for a, b in pairs)


def melted(page: ReadPage, number: int, grid: Grid, left: Cell, right: Cell) -> ReadPage:
    """The page with two neighbouring cells as one."""
    told = {"col_end": right.col_end, "box": left.box.join(right.box), "words": left.words + right.words}
    cells = tuple(left.model_copy(update=told) if c is left else c for c in grid.cells if c is not right)
    grids = list(page.reading.grids)
    grids[number] = grid.model_copy(update={"cells": cells})
    return page.model_copy(update={"reading": page.reading.model_copy(update={"grids": tuple(grids)})})
