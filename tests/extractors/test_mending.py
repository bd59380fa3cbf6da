from domain.page import Word
from extractors.layout import text_in
from extractors.mending import join_cut, mend
from tests.extractors.readings import grid, page, word


def mended(made):
    (read,) = mend([page([], 1, [made])])
    return read.reading.grids[0]


def at(made, row, col):
    cell = made.at(row, col)
    return text_in(cell) if cell else None


def put(made, row, col, *words: Word):
    cells = tuple(c.model_copy(update={"words": words}) if (c.row, c.col) == (row, col) else c for c in made.cells)
    return made.model_copy(update={"cells": cells})


def test_figures_of_several_rows_that_ran_together_are_set_apart():
    made = grid([["污染物", "预测"], ["铅", "^"], ["汞", "^"], ["镉", "^"]])
    words = [word("预测排放量", 0.5, 0.205), word("0.0375", 0.5, 0.225), word("/", 0.5, 0.265)]
    split = mended(put(made, 0, 1, *words))
    assert [at(split, row, 1) for row in range(4)] == ["预测排放量", "0.0375", "", "/"]
    assert split.at(2, 1).inked  # nobody saw that it is blank


def test_one_figure_over_several_rows_stays_one_cell():
    made = grid([["铅", "0.0375"], ["汞", "^"]])
    assert mended(made) == made


def test_a_section_s_letters_below_each_other_stay_one_cell():
    made = grid([["废", "铅"], ["^", "汞"]])
    made = put(made, 0, 0, word("废", 0.2, 0.205), word("水", 0.2, 0.225))
    assert mended(made) == made


def test_a_text_that_goes_on_over_a_stray_border_is_joined():
    made = grid([["项目名称", "年产3万吨电铅改建项", "目"], ["建设地点", "赫章县", "改建"]])
    edge = made.at(0, 2).box.x0
    last = word("目", edge + 0.001, 0.205)
    first = made.at(0, 1).words[0]
    first = first.model_copy(update={"box": first.box._replace(x1=edge - 0.001)})
    joined = mended(put(put(made, 0, 1, first), 0, 2, last))
    assert at(joined, 0, 1) == "年产3万吨电铅改建项目" and at(joined, 1, 2) == "改建"


def test_neighbours_with_room_between_their_texts_stay_apart():
    made = grid([["建设性质", "改建", "省"], ["建设地点", "赫章县", "市"]])
    assert mended(made) == made


def test_a_bracket_taken_for_a_border_joins_its_cells_though_the_table_has_a_border_there():
    table = grid(
        [["项目名称", "锦源化工（贵州", "）有限公司改建项目", ""], ["联系人", "刘朝阳", "电话", "1"]],
        left=0.1,
        right=0.5,
    )
    left, right = table.cells[1], table.cells[2]
    edge = left.words[0].box.x1
    near = right.words[0].model_copy(update={"box": right.words[0].box._replace(x0=edge + 0.001)})
    cells = tuple(cell.model_copy(update={"words": (near,)}) if cell is right else cell for cell in table.cells)
    joined = join_cut(table.model_copy(update={"cells": cells}), 0.7)
    assert joined.at(0, 1).text == "锦源化工（贵州）有限公司改建项目"
