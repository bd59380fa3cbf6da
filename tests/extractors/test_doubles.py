from domain.page import Box, Cell, Grid, Word
from extractors.doubles import read_once
from tests.extractors.readings import page

NAME, ACCOUNT = "万山某电源科技有限责任公司", "1307018194920833634"


def at(text, x0, x1, y=0.2, confidence=0.99):
    return Word(text=text, box=Box(x0, y, x1, y + 0.015), confidence=confidence)


def texts(made):
    return [word.text for word in made.words]


def test_what_a_longer_word_says_again_is_counted_once_and_the_rest_of_it_stays_at_its_place():
    once = read_once([page([at(NAME, 0.64, 0.87), at("户名" + NAME, 0.56, 0.87)])])[0]
    assert texts(once) == [NAME, "户名"]
    label = once.words[1].box
    assert 0.55 < label.x0 < label.x1 < 0.65


def test_a_head_that_was_read_as_one_line_and_by_its_words_keeps_what_only_the_line_says():
    inner = [at("种类", 0.24, 0.29), at("数量(吨/年)", 0.37, 0.49), at("单价(元/千克)", 0.56, 0.69)]
    once = read_once([page([at("序号种类数量 (吨/年)单价(元/千克)", 0.12, 0.695), *inner])])[0]
    assert texts(once) == ["序号", "种类", "数量(吨/年)", "单价(元/千克)"]


def test_cells_hold_what_is_left_in_the_order_in_which_it_is_printed():
    words = (
        at(NAME, 0.64, 0.87),
        at("户名" + NAME, 0.56, 0.87),
        at("账号", 0.57, 0.62, 0.23),
        at(ACCOUNT, 0.64, 0.8, 0.23),
    )
    box = Box(0.55, 0.19, 0.9, 0.25)
    cell = Cell(row=0, row_end=2, col=0, col_end=1, box=box, words=words, inked=True)
    once = read_once([page(words, 1, [Grid(box=box, rows=2, cols=1, cells=(cell,))])])[0]
    assert [word.text for word in once.reading.grids[0].cells[0].words] == ["户名", NAME, "账号", ACCOUNT]


def test_scraps_of_a_line_s_own_print_are_dropped_and_a_grid_of_nothing_else_with_them():
    line = at("（1）种类：铅；数量：21.80千克/年；单价：17680.00元", 0.13, 0.9, confidence=0.95)
    scraps = [at(text, 0.2 + 0.05 * n, 0.22 + 0.05 * n, 0.203, 0.4) for n, text in enumerate("3审/介身")]
    cells = tuple(
        Cell(row=0, row_end=1, col=n, col_end=n + 1, box=word.box, words=(word,), inked=True)
        for n, word in enumerate(scraps)
    )
    table = Grid(box=Box(0.13, 0.19, 0.9, 0.23), rows=1, cols=5, cells=cells, ruled=False)
    once = read_once([page([line, *scraps], 1, [table])])[0]
    assert once.words == (line,) and once.reading.grids == ()


def test_words_that_only_lie_near_each_other_stay():
    words = [at("户名", 0.56, 0.63), at(NAME, 0.64, 0.87), at("复核无误", 0.6, 0.8, 0.21)]
    made = page(words)
    assert read_once([made])[0] is made
