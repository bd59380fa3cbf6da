from decimal import Decimal

from domain.page import Box, Cell, Grid, Word
from extractors.deal_items import HEADERS, read_items
from extractors.item_tables import lay_anew
from tests.extractors.readings import page

# Columns as they were cut: the leading zeros, and the last three digits of the amounts, in columns of their own.
CUT = [
    [("种类", 0.15, 0.3), None, ("转让数量", 0.39, 0.47), ("单价(元/千克)", 0.56, 0.69), ("小计", 0.76, 0.808), ("(元)", 0.81, 0.85)],
    [("铅", 0.18, 0.26), ("0", 0.367, 0.38), ("009000吨/年", 0.389, 0.498), ("29,000", 0.6, 0.66), ("261", 0.77, 0.808), (",000", 0.81, 0.85)],
    [("砷", 0.18, 0.26), ("0", 0.367, 0.38), ("008200吨/年", 0.389, 0.498), ("13,300", 0.6, 0.66), ("109", 0.77, 0.808), (",060", 0.81, 0.85)],
]  # fmt: skip
EDGES = [0.14, 0.34, 0.385, 0.53, 0.73, 0.809, 0.86]


def table(rows=CUT, edges=EDGES, ruled=False):
    cells = []
    for r, row in enumerate(rows):
        for c, told in enumerate(row):
            box = Box(edges[c], 0.69 + 0.03 * r, edges[c + 1], 0.72 + 0.03 * r)
            words = ()
            if told:
                words = (
                    Word(text=told[0], box=Box(told[1], box.y0 + 0.005, told[2], box.y0 + 0.022), confidence=0.99),
                )
            cells.append(Cell(row=r, row_end=r + 1, col=c, col_end=c + 1, box=box, words=words, inked=bool(told)))
    whole = Box(edges[0], 0.69, edges[-1], 0.69 + 0.03 * len(rows))
    return Grid(box=whole, rows=len(rows), cols=len(edges) - 1, cells=tuple(cells), ruled=ruled)


def laid(grid):
    words = [word for cell in grid.cells for word in cell.words]
    new = lay_anew([page(words, 1, [grid])], HEADERS)[0].reading.grids[0]
    return [[new.at(row, col).text for col in range(new.cols)] for row in range(new.rows)]


def test_columns_that_cut_through_figures_are_laid_anew_by_their_print():
    assert laid(table()) == [
        ["种类", "转让数量", "单价(元/千克)", "小计(元)"],
        ["铅", "0009000吨/年", "29,000", "261,000"],
        ["砷", "0008200吨/年", "13,300", "109,060"],
    ]


def test_a_heading_in_two_parts_of_which_the_second_stands_over_the_figures_is_one():
    rows = [
        [("序号", 0.13, 0.19), ("种类", 0.192, 0.3), ("转让量", 0.348, 0.409), ("(公斤/年)", 0.411, 0.5), ("单价", 0.57, 0.7)],
        [("1", 0.146, 0.164), ("铅", 0.24, 0.27), None, ("78.7", 0.411, 0.459), ("23350.00", 0.6, 0.69)],
    ]  # fmt: skip
    found = laid(table(rows, [0.12, 0.191, 0.33, 0.41, 0.53, 0.72]))
    assert found == [["序号", "种类", "转让量(公斤/年)", "单价"], ["1", "铅", "78.7", "23350.00"]]


def test_a_table_whose_columns_have_their_headings_and_one_with_lines_stay_as_they_are():
    whole = table([[r[0], r[2], r[3], r[4]] for r in CUT], [0.14, 0.34, 0.53, 0.73, 0.86])
    ruled = table(ruled=True)
    for grid in (whole, ruled):
        made = page([], 1, [grid])
        assert lay_anew([made], HEADERS)[0] is made


def test_a_table_that_would_still_have_a_column_without_a_heading_stays_as_it_is():
    rows = [[*CUT[0][:3], None, *CUT[0][4:]], *CUT[1:]]
    made = page([], 1, [table(rows)])
    assert lay_anew([made], HEADERS)[0] is made


def test_ink_that_was_not_read_is_told_of_the_column_where_it_is():
    grid = table()
    cells = [c.model_copy(update={"words": (), "inked": True}) if (c.row, c.col) == (1, 3) else c for c in grid.cells]
    new = lay_anew([page([], 1, [grid.model_copy(update={"cells": tuple(cells)})])], HEADERS)[0].reading.grids[0]
    assert new.at(1, 2).inked and not new.at(1, 2).words


def test_the_figures_of_a_table_laid_anew_are_read_whole():
    pages = lay_anew([page([], 1, [table()])], HEADERS)
    assert [item.amount.value for item in read_items(pages, [])] == [Decimal("261000"), Decimal("109060")]


def test_headings_whose_names_were_damaged_are_known_by_their_units():
    rows = [
        [("污染物种类", 0.156, 0.259), ("数", 0.324, 0.336), ("收量", 0.338, 0.361), ("(千克/年)", 0.363, 0.47), ("单", 0.553, 0.58), ("(元/kg)", 0.59, 0.671), ("小计", 0.74, 0.83)],
        [("铅", 0.192, 0.223), None, None, ("20.360", 0.37, 0.436), None, ("7280", 0.593, 0.643), ("148220.80", 0.746, 0.838)],
    ]  # fmt: skip
    found = laid(table(rows, [0.14, 0.3, 0.337, 0.362, 0.5, 0.585, 0.7, 0.86]))
    assert found == [["污染物种类", "数收量(千克/年)", "单(元/kg)", "小计"], ["铅", "20.360", "7280", "148220.80"]]
