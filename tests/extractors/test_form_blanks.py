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
