"""Blank signs of a form's table that wear or a stain made unreadable."""

import pytest

from domain.quantity import Metal
from extractors.documents.supply_form import read
from tests.extractors.readings import grid, page, words_of

HEAD = [
    "重金属种类",
    "变更前排污许可总量",
    "变更后排污许可总量",
    "基础排放量（kg/a）",
    "工程削减量",
    "减排任务",
    "富余排放量",
    "拟出让量",
]
LEAD = ["铅", "227.4kg/a", "134.3kg/a", "188.7", "93.1kg/a", "0.0kg/a", "93.1kg/a", "93.1kg/a"]


def form(*rows, unread):
    """The form with ink that gave no word in one cell, given by row and column."""
    made = grid([HEAD, LEAD, *rows])
    cells = tuple(
        cell.model_copy(update={"words": (), "inked": True}) if (cell.row, cell.col) == unread else cell
        for cell in made.cells
    )
    made = made.model_copy(update={"cells": cells})
    return read([page(words_of(made), 1, [made])])


def test_an_unread_sign_of_a_metal_whose_other_figures_are_blank_is_blank():
    assert set(form(["镉", *["/"] * 7], unread=(2, 3)).base) == {Metal.PB}


@pytest.mark.parametrize("beside", ["19.8kg/a", "2P"])
def test_an_unread_cell_of_a_metal_with_a_figure_stays_in_doubt(beside):
    assert not form(["镉", beside, *["/"] * 6], unread=(2, 3)).base[Metal.CD].certain


def sealed_form(read_as, in_colour, beside="/"):
    """The form with one sign of a metal that has none else, but for one cell `beside`, under a seal, as read without the
    ink and with it."""
    made = grid([HEAD, LEAD, ["镉", beside, *["/"] * 5, read_as]])
    seen = {"under_seal": True, "colour_text": in_colour}
    cells = tuple(
        cell.model_copy(update={"words": tuple(word.model_copy(update=seen) for word in cell.words)})
        if (cell.row, cell.col) == (2, 7)
        else cell
        for cell in made.cells
    )
    made = made.model_copy(update={"cells": cells})
    return read([page(words_of(made), 1, [made])])


@pytest.mark.parametrize("in_colour", ["/", "V"])
def test_a_stroke_that_one_reader_took_for_a_figure_and_one_for_another_sign_is_blank_where_all_else_is(in_colour):
    assert set(sealed_form("1", in_colour).offered) == {Metal.PB}


@pytest.mark.parametrize(("beside", "blank"), [("/", True), ("19.8kg/a", False)])
def test_a_sign_beside_a_seal_s_own_figures_is_one_where_all_else_is_blank(beside, blank):
    """In colour 5206032795106 runs through the dash of the cell."""
    offered = sealed_form("—", "—520603279", beside).offered
    assert (Metal.CD not in offered) is blank
    assert blank or not offered[Metal.CD].certain


@pytest.mark.parametrize(("read_as", "in_colour"), [("1", "1"), ("1", "4"), ("2", "/"), ("1.5", "/")])
def test_what_no_reader_took_for_a_blank_sign_or_any_for_a_figure_stays(read_as, in_colour):
    assert Metal.CD in sealed_form(read_as, in_colour).offered


NAMES = ["项目", "铅", "汞", "镉", "铬", "砷"]
BASE, OFFERED = ["基础排放量", "158.2", "6.8", "13.1", "", ""], ["拟出让量", "49.8", "2.2", "4.6", "", ""]


def split_form(*rows, row, col, at):
    """The form with metals beside, one cell of which a stroke cut in two, so that its column has two in the grid.

    `at` tells in which of the two its print stands.
    """
    made = grid([NAMES, *rows])
    cells = []
    for cell in made.cells:
        shift = {"col": cell.col + (cell.col > col), "col_end": cell.col_end + (cell.col >= col)}
        if (cell.row, cell.col) != (row, col):
            cells.append(cell.model_copy(update=shift))
            continue
        for part in (0, 1):
            words = cell.words if part in at else ()
            new = {"col": col + part, "col_end": col + part + 1, "words": words, "inked": bool(words)}
            cells.append(cell.model_copy(update=new))
    made = made.model_copy(update={"cells": tuple(cells), "cols": made.cols + 1})
    return read([page(words_of(made), 1, [made])])


def test_a_stroke_that_cuts_a_blank_cell_puts_no_doubt_on_its_column():
    assert set(split_form(BASE, OFFERED, row=1, col=4, at=()).offered) == {Metal.PB, Metal.HG, Metal.CD}


def test_a_stroke_beside_a_figure_leaves_the_figure_and_one_through_it_is_doubt():
    assert str(split_form(BASE, OFFERED, row=1, col=1, at=(0,)).base[Metal.PB].value) == "158.2"
    assert str(split_form(BASE, OFFERED, row=1, col=1, at=(1,)).base[Metal.PB].value) == "158.2"
    assert split_form(BASE, OFFERED, row=1, col=1, at=(0, 1)).base[Metal.PB].value is None
    assert str(split_form(BASE, OFFERED, row=1, col=1, at=(0, 1)).offered[Metal.PB].value) == "49.8"
