from decimal import Decimal

import pytest

from domain.field import Status
from domain.page import Cell, Word
from domain.quantity import Metal
from extractors.documents.permit_copy import read as read_copy
from extractors.layout import text_in
from extractors.quantities import read_quantities
from extractors.recognition import recognise
from reference.labels import QUANTITIES
from tests.extractors.readings import grid, page, word, words_of

HEAD = [
    [
        "序号",
        "排放口编号",
        "排放口名称",
        "污染物种类",
        "许可排放浓度限值(mg/m³)",
        "许可排放速率限值(kg/h)",
        "许可年排放量限值(t/a)",
        None,
        None,
        None,
        None,
        "其它信息",
    ],
    ["^", "^", "^", "^", "^", "^", "第一年", "第二年", "第三年", "第四年", "第五年", "^"],
]
WATER_HEADS = ["序号", "排放口编号", "污染物种类", "浓度限值", "第一年", "第二年", "第三年", "第四年", "第五年"]
SECTION = ["主要排放口"] + [None] * 11


def limit(number, code, pollutant, *years, name="排气筒", other="/"):
    return [str(number), code, name, pollutant, "0.5", "/", *years, other]


def copy_of(*pages):
    return read_copy([page([word(f"第{n}页", 0.5, 0.95), *words_of(g)], n, [g]) for n, g in enumerate(pages, 1)])


def test_totals_add_main_and_workshop_rows_of_water_and_air_in_kilograms():
    five = ["0.0860"] * 5
    table = grid(
        [*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *five), limit(2, "DA002", "铅及其化合物", *["0.0340"] * 5)]
    )
    read = copy_of(table)
    assert read.totals[Metal.PB].value == Decimal("120.0") and read.totals[Metal.PB].certain
    assert read.totals[Metal.PB].printed.half_step == Decimal("0.10")


def test_hexavalent_chromium_is_listed_but_never_added():
    table = grid(
        [*HEAD, SECTION, limit(1, "DW001", "总铬", *["0.0100"] * 5), limit(2, "DW001", "六价铬", *["0.0020"] * 5)]
    )
    read = copy_of(table)
    assert read.totals[Metal.CR].value == Decimal("10") and len(read.limits) == 2


def test_blank_signs_are_none_and_never_zero():
    table = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", "0.0860", "/", "—", "", "/")])
    annual = copy_of(table).limits[0].annual
    assert [field.value for field in annual] == [Decimal("0.0860"), None, None, None, None]
    assert all(field.certain for field in annual)


def test_a_table_goes_on_over_the_page_without_its_header():
    first = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    second = grid(
        [limit(2, "DA002", "铅及其化合物", *["0.0200"] * 5), limit(3, "DA003", "铅及其化合物", *["0.0300"] * 5)]
    )
    read = copy_of(first, second)
    assert (
        read.totals[Metal.PB].value == Decimal("60") and [row.outlet_kind.value for row in read.limits] == ["main"] * 3
    )


def head_and_rows(beside=0.0, heads=WATER_HEADS):
    """The head of an unruled table at the foot of a page, and its rows alone, so far aside, on the next."""
    left, wide = 0.1, 0.8 / len(WATER_HEADS)
    middles = [left + wide * (n + 0.5) for n in range(len(WATER_HEADS))]
    words = [
        word(line, x - 0.007 * len(line), 0.8 + 0.012 * n)
        for x, head in zip(middles, heads, strict=True)
        for n, line in enumerate(head.split())
    ]
    rows = [[str(n), "DW001", name, "0.5", *["0.0100"] * 5] for n, name in ((1, "总铅"), (2, "总铬"))]
    table = grid(rows, left=left + beside, right=left + beside + 0.8)
    cells = tuple(
        c.model_copy(update={"words": tuple(w.model_copy(update={"box": at_middle(w, c)}) for w in c.words)})
        for c in table.cells
    )
    table = table.model_copy(update={"ruled": False, "cells": cells})
    above = word("表2 水污染物排放许可限值", 0.1, 0.76)
    return read_copy([page([above, *words], 1), page([w for c in cells for w in c.words], 2, [table])])


def at_middle(one, cell):
    return one.box._replace(x0=cell.box.cx - one.box.width / 2, x1=cell.box.cx + one.box.width / 2)


def test_rows_are_read_under_a_head_that_stands_alone_on_the_page_before():
    read = head_and_rows()
    assert [row.pollutant.value for row in read.limits] == ["总铅", "总铬"]
    assert all(year.certain and year.value == Decimal("0.01") for row in read.limits for year in row.annual)


def test_a_heading_of_two_lines_and_two_headings_read_as_one_word_are_told_too():
    heads = ["序号", "排放口编号", "污染物种类", "许可排放浓度 限值(mg/L)", *WATER_HEADS[4:]]
    assert head_and_rows(heads=heads).limits[0].concentration_limit.value == "0.5"


def test_rows_that_stand_beside_such_a_head_leave_doubt():
    assert not any(year.certain for row in head_and_rows(beside=0.05).limits for year in row.annual)


def test_borders_of_a_table_without_lines_that_goes_on_may_lie_anywhere_between_its_print():
    off = 0.03
    first = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    second = grid([limit(2, "DA002", "铅及其化合物", *["0.0200"] * 5)])
    x = next(c.box.x0 for c in second.cells if c.col == 7)
    cells = tuple(
        c.model_copy(update={"box": c.box._replace(x1=x + off)})
        if c.col == 6
        else c.model_copy(update={"box": c.box._replace(x0=x + off)})
        if c.col == 7
        else c
        for c in second.cells
    )
    second = second.model_copy(update={"cells": cells, "ruled": False})
    assert all(year.certain for year in copy_of(first, second).limits[1].annual)


def test_a_page_with_one_row_of_an_outlet_s_table_is_one_of_the_permit_copy():
    row = grid([["8", "DW002", "车间排口", "总铊", "0.005", *["0.00082"] * 5, "/"]])
    found = recognise(page([*words_of(row), word("第 3 页", 0.5, 0.95)], 8, [row]))
    assert (found.type, found.starts) == ("permit_copy", False)


def test_a_table_of_something_else_is_no_continuation():
    first = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    watch = grid([["序号", "排放口编号", "监测内容", "污染物名称"], ["1", "DA001", "烟气流速", "铅及其化合物"]])
    assert len(copy_of(first, watch).limits) == 1


def test_general_outlets_have_no_amount_and_subtotals_are_not_added():
    general = ["一般排放口"] + [None] * 11
    sums = ["主要排放口合计", None, None, "铅及其化合物", "/", None, *["0.0100"] * 5, "/"]
    rows = [
        *HEAD,
        SECTION,
        limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5),
        sums,
        general,
        limit(2, "DA009", "铅及其化合物", *["/"] * 5),
    ]
    read = copy_of(grid(rows))
    assert read.totals[Metal.PB].value == Decimal("10")
    assert [row.scope.value for row in read.subtotals] == ["main"]
    assert read.limits[1].outlet_kind.value == "general"


def test_a_bare_whole_number_in_a_year_is_doubt():
    table = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", "860", *["0.0860"] * 4)])
    read = copy_of(table)
    assert read.limits[0].annual[0].status is Status.UNSURE and read.totals[Metal.PB].status is Status.UNSURE


def test_a_year_s_heading_with_a_stain_beside_it_is_told_by_its_own_words():
    table = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0860"] * 5)])
    stain = word("11.774", 0.86, 0.23, confidence=0.4)
    cells = tuple(
        cell.model_copy(update={"words": (*cell.words, stain)}) if cell.text == "第五年" else cell
        for cell in table.cells
    )
    row = copy_of(table.model_copy(update={"cells": cells})).limits[0]
    assert row.annual[4].value == Decimal("0.0860") and row.annual[4].certain


def test_a_border_in_one_row_alone_takes_no_year_its_heading():
    def wide(row):
        return [*row[:8], row[8], None, *row[9:]]

    cut = limit(2, "DA002", "铅及其化合物", *["0.0340"] * 5)
    rows = [*map(wide, HEAD), [SECTION[0]] + [None] * 12, wide(limit(1, "DA001", "铅及其化合物", *["0.0860"] * 5))]
    widths = [10] * 8 + [8, 2] + [10] * 3
    copy = copy_of(grid([*rows, [*cut[:9], "", *cut[9:]]], widths=widths))
    assert copy.limits[0].annual[2].value == Decimal("0.0860") and copy.limits[0].annual[2].certain


def test_an_outlet_s_letter_that_cannot_be_read_is_told_by_the_medium_and_stays_in_doubt():
    five = ["0.0860"] * 5
    rows = [
        limit(1, "DA001", "汞及其化合物", *five),
        limit(2, "D1001", "铅及其化合物", *five),
        limit(3, "DX9", "颗粒物", *five),
    ]
    codes = [row.outlet_code for row in copy_of(grid([*HEAD, SECTION, *rows])).limits]
    assert [code.value for code in codes] == ["DA001", "DA001", None]
    assert [code.certain for code in codes] == [True, False, False]


def test_a_known_pollutant_that_lost_its_brackets_is_no_metal():
    five = ["0.0860"] * 5
    table = grid([*HEAD, SECTION, limit(1, "DA001", "氨氨气", *five), limit(2, "DA001", "铅及其化合物", *five)])
    assert copy_of(table).totals[Metal.PB].certain


def test_a_sum_s_name_beside_an_outlet_s_code_leaves_doubt_on_that_row_alone():
    five = ["0.0860"] * 5
    odd = limit(1, "DA001", "铅及其化合物", *five, name="合计")
    table = grid([*HEAD, SECTION, odd, limit(2, "DA002", "汞及其化合物", *five)])
    read = copy_of(table)
    assert len(read.limits) == 2 and not read.subtotals
    assert not read.limits[0].outlet_kind.certain and read.limits[1].outlet_kind.certain
    assert read.totals[Metal.PB].status is Status.UNSURE and read.totals[Metal.HG].certain


@pytest.mark.parametrize(("worn", "blank"), [("1", True), ("-V", True), ("•/", True), ("0", False), ("2P", False)])
def test_a_stroke_among_blank_years_is_a_blank_and_what_may_be_a_figure_stays_in_doubt(worn, blank):
    row = copy_of(grid([*HEAD, SECTION, limit("1", "DA001", "颗粒物", "/", "/", worn, "/", "—")])).limits[0]
    assert row.annual[2].certain is blank and (row.annual[2].value is None) is (blank or worn == "2P")


def test_a_stroke_beside_a_year_s_figure_stays_in_doubt():
    row = copy_of(grid([*HEAD, SECTION, limit("1", "DA001", "颗粒物", "0.12", "/", "1", "/", "/")])).limits[0]
    assert row.annual[2].status is Status.UNSURE


def test_a_year_that_lost_its_last_decimals_is_doubt():
    row = copy_of(
        grid([*HEAD, SECTION, limit("1", "DA001", "铅及其化合物", "0.0052", "0.0", "0.005", "0.0052", "0.0052")])
    ).limits[0]
    assert [year.certain for year in row.annual] == [True, False, False, True, True]


def test_a_commitment_after_the_years_is_never_a_year():
    head = [[*HEAD[0][:11], "承诺更加严格排放浓度限值"], HEAD[1]]
    table = grid([*head, SECTION, limit(1, "DA003", "氮氧化物", *["/"] * 5, other="50")])
    row = copy_of(table).limits[0]
    assert [field.value for field in row.annual] == [None] * 5 and row.commitment.value == "50"


def test_a_cell_over_two_years_is_doubt():
    merged = [
        "1",
        "DA001",
        "排气筒",
        "铅及其化合物",
        "0.5",
        "/",
        "0.0860",
        "0.0860",
        "0.0860",
        "0.08600.0860",
        None,
        "/",
    ]
    annual = copy_of(grid([*HEAD, SECTION, merged])).limits[0].annual
    assert annual[3].status is Status.UNSURE and annual[4].status is Status.UNSURE and annual[2].certain


def quantities(table, *extra):
    return read_quantities([page([*extra, *words_of(table)], grids=[table])], QUANTITIES)


def test_metals_may_stand_as_rows_with_the_unit_in_the_header():
    table = grid(
        [["重金属种类", "变更前排污许可总量（t/a）", "拟出让量（kg/a）"], ["铅", "0.1325", "45.0"], ["汞", "/", "/"]]
    )
    read = quantities(table)
    assert read.of("permit_before")[Metal.PB].value == Decimal("132.5")
    assert read.of("offered")[Metal.PB].value == Decimal("45.0") and Metal.HG not in read.of("offered")


def test_metals_may_stand_as_columns_with_the_unit_on_the_page():
    table = grid([["项目", "铅", "砷"], ["变更前排污许可总量", "132.5", "/"], ["拟出让量", "45.0", "3.2"]])
    read = quantities(table, word("单位：千克／年", 0.7, 0.15))
    assert {metal.value: str(field.value) for metal, field in read.of("offered").items()} == {"Pb": "45.0", "As": "3.2"}


def test_a_speck_read_beside_a_label_does_not_hide_it():
    table = grid([["项目", "铅", "汞"], ["富余排放量", "46.5", "4.0"], ["拟出让量", "45.0", "4.0"]])
    label = next(cell for cell in table.cells if cell.text == "富余排放量")
    low = word("2", label.box.x0, label.box.y0, 0.15)
    low = low.model_copy(update={"box": low.box._replace(y1=low.box.y0 + 0.004)})
    spotted = label.model_copy(update={"words": (*label.words, low)})
    cells = tuple(spotted if cell is label else cell for cell in table.cells)
    read = quantities(table.model_copy(update={"cells": cells}), word("单位：千克/年", 0.7, 0.1))
    assert read.of("surplus")[Metal.PB].value == Decimal("46.5")


def test_a_figure_without_any_unit_is_doubt():
    read = quantities(grid([["项目", "铅"], ["基础排放量", "132.5"], ["拟出让量", "45.0"]]))
    assert read.of("offered")[Metal.PB].status is Status.UNSURE


def test_other_metals_and_damaged_names_are_never_dropped():
    table = grid([["重金属种类", "富余排放量（kg/a）", "拟出让量（kg/a）"], ["锑", "4.0", "3.0"], ["络", "2.0", "1.0"]])
    read = quantities(table)
    names = {name.value: name.status for name, _ in read.others("offered")}
    assert names == {"锑": Status.CERTAIN, "络": Status.UNSURE}
    assert read.of("offered")[Metal.CR].status is Status.UNSURE


@pytest.mark.parametrize(
    ("cut", "others", "certain"),
    [
        ("24.6千克/", "千克/年", True),
        ("24.6吨/", "千克/年", False),
        ("24.6千克", "千克/年", False),
        ("24.6千克/", "吨/年", False),
    ],
)
def test_a_unit_that_lost_its_year_is_that_of_all_other_figures_of_the_page(cut, others, certain):
    labels = ("变更前排污许可总量", "变更后排污许可总量", "基础排放量", "减排任务")
    texts = ["（1）铅（Pb）", *(f"{label}：3.6{others}" for label in labels), f"工程削减量：{cut}"]
    read = read_quantities([page([word(text, 0.13, 0.2 + n / 50) for n, text in enumerate(texts)])], QUANTITIES)
    figure = read.of("reduction")[Metal.PB]
    assert (figure.certain, figure.raw) == (certain, cut)
    assert not certain or figure.value == Decimal("24.6")


def test_lines_of_label_and_value_are_read_under_their_metal():
    words = [
        word("（1）铅（Pb）", 0.1, 0.2),
        word("变更前排污许可总量：132.5千克/年", 0.13, 0.22),
        word("拟出让量：45.0千克/年", 0.13, 0.24),
    ]
    read = read_quantities([page(words)], QUANTITIES)
    assert read.of("permit_before")[Metal.PB].value == Decimal("132.5") and read.of("offered")[
        Metal.PB
    ].value == Decimal("45.0")


def test_sentences_tell_quantities_of_several_metals():
    words = [word("全口径清单统计的现状排放量为铅62.85kg/a、镉0.24kg/a，", 0.1, 0.2)]
    read = read_quantities([page(words)], QUANTITIES)
    assert {m.value: str(f.value) for m, f in read.of("inventory").items()} == {"Pb": "62.85", "Cd": "0.24"}


def test_places_of_one_paper_that_differ_leave_doubt():
    table = grid([["重金属种类", "基础排放量（kg/a）", "拟出让量（kg/a）"], ["铅", "99.13", "31.29"]])
    read = quantities(table, word("经核算，基础排放量为铅90.13kg/a。", 0.1, 0.1))
    assert read.of("base")[Metal.PB].status is Status.UNSURE


def test_an_unknown_unit_in_the_header_is_never_replaced_by_the_page_unit():
    table = grid([["重金属种类", "基础排放量", "拟出让量（桶/年）"], ["铅", "132.5", "45.0"]])
    read = quantities(table, word("单位：千克／年", 0.7, 0.15))
    offered = read.of("offered")[Metal.PB]
    assert offered.status is Status.UNSURE and offered.printed.unit is None
    assert read.of("base")[Metal.PB].certain


def test_a_row_with_an_unreadable_metal_name_leaves_doubt_on_the_totals():
    table = grid(
        [*HEAD, SECTION, limit(1, "DW002", "总铬", *["0.0389"] * 5), limit(2, "DW003", "总铭", *["0.0079"] * 5)]
    )
    total = copy_of(table).totals[Metal.CR]
    assert total.value == Decimal("46.8") and total.status is Status.UNSURE


def test_letters_in_an_outlet_code_are_damaged_digits():
    table = grid([*HEAD, SECTION, limit(1, "DWO03", "总铅", *["0.0100"] * 5)])
    assert copy_of(table).limits[0].outlet_code.value == "DW003"


def test_a_concentration_is_its_bare_figure():
    rows = [
        limit(1, "DA001", "颗粒物", *["/"] * 5),
        limit(2, "DA001", "二氧化硫", *["/"] * 5),
        limit(3, "DA001", "林格曼黑度", *["/"] * 5),
    ]
    for row, text in zip(rows, ["20mg/Nm3 mg/Nm3", "/mg/Nm3", "1级"]):
        row[4] = text
    assert [row.concentration_limit.value for row in copy_of(grid([*HEAD, SECTION, *rows])).limits] == [
        "20",
        None,
        "1级",
    ]


def test_an_outlet_s_merged_cells_cover_all_its_pollutants():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    second = ["2", "^", "^", "砷及其化合物", "0.5", "/", *["0.0020"] * 5, "/"]
    read = copy_of(grid([*HEAD, SECTION, first, second]))
    assert [row.outlet_code.value for row in read.limits] == ["DA001", "DA001"]
    assert {metal.value: str(total.value) for metal, total in read.totals.items()} == {"Pb": "10.0000", "As": "2.0000"}


def test_a_merged_outlet_goes_on_over_the_page():
    first = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    second = grid(
        [["2", "", "", "砷及其化合物", "0.5", "/", *["0.0020"] * 5, "/"], limit(3, "DA002", "颗粒物", *["/"] * 5)]
    )
    read = copy_of(first, second)
    assert [row.outlet_code.value for row in read.limits] == ["DA001", "DA001", "DA002"]


def test_a_year_whose_heading_cannot_be_read_is_told_by_the_years_beside_it():
    head = [HEAD[0], [*HEAD[1][:9], "弟囚年", HEAD[1][10], "^"]]
    annual = copy_of(grid([*head, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 4, "/")])).limits[0].annual
    assert annual[3].certain and str(annual[3].value) == "0.0100"
    assert annual[4].certain and annual[4].value is None


def test_headings_of_years_that_melted_together_leave_each_year_its_column():
    head = [HEAD[0], [*HEAD[1][:7], "第二年第三年第四年", None, None, HEAD[1][10], "^"]]
    years = ["0.0100", "0.0090", "0.0080", "0.0070", "0.0060"]
    annual = copy_of(grid([*head, SECTION, limit(1, "DA001", "铅及其化合物", *years)])).limits[0].annual
    assert [str(year.value) for year in annual] == years and all(year.certain for year in annual)


def test_a_year_without_heading_and_without_a_column_of_its_own_is_doubt():
    head = [HEAD[0], [*HEAD[1][:8], "弟三年弟囚年", None, HEAD[1][10], "^"]]
    row = limit(1, "DA001", "铅及其化合物", "0.0100", "0.0100", "0.01000.0100", None, "0.0100")
    annual = copy_of(grid([*head, SECTION, row])).limits[0].annual
    assert not annual[2].certain and not annual[3].certain and annual[4].certain


def test_a_missing_first_year_heading_leaves_doubt_instead_of_dropping_the_table():
    head = [HEAD[0], [*HEAD[1][:6], "笫弌牛", *HEAD[1][7:]]]
    read = copy_of(grid([*head, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)]))
    assert len(read.limits) == 1 and read.totals[Metal.PB].status is Status.UNSURE


def stroke_beside(text, dx, dy):
    """A cell with a figure and a lone stroke, shifted by fractions of the figure's width and height."""
    figure = word(text, 0.5, 0.5)
    box = figure.box
    at = box._replace(
        x0=box.x0 + dx * box.width,
        x1=box.x0 + dx * box.width + 0.008,
        y0=box.y0 + dy * box.height,
        y1=box.y1 + dy * box.height,
    )
    cell = Cell(row=0, row_end=1, col=0, col_end=1, box=box, words=(Word(text="—", box=at, confidence=0.99), figure))
    return text_in(cell)


def test_the_rest_of_a_ruling_line_is_no_part_of_a_cell_s_text():
    assert stroke_beside("第一年", 0.2, 1.0) == "第一年"


def test_a_stroke_that_may_be_a_minus_sign_stays():
    assert stroke_beside("15.0", -0.3, 0.0) == "—15.0"


def test_a_row_whose_name_cell_cannot_be_read_leaves_doubt_on_the_totals():
    unread = limit(2, "DA002", "", *["0.0200"] * 5)
    table = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5), unread])
    cells = tuple(c.model_copy(update={"inked": True}) if (c.row, c.col) == (4, 3) else c for c in table.cells)
    total = copy_of(table.model_copy(update={"cells": cells})).totals[Metal.PB]
    assert total.value == Decimal("10") and total.status is Status.UNSURE


def test_a_limit_table_whose_columns_cannot_be_told_leaves_doubt_on_every_total():
    first = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    shifted = grid([["DA002", "铅及其化合物", *["0.0200"] * 5]])
    assert copy_of(first, shifted).totals[Metal.PB].status is Status.UNSURE


def test_a_note_under_the_table_is_no_section_title():
    first = grid([*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    second = grid([limit(2, "DA002", "铅及其化合物", *["0.0200"] * 5)])
    note = word("注：一般排放口和无组织废气不许可排放量", 0.1, 0.8)
    pages = [page([note, *words_of(first)], 1, [first]), page(words_of(second), 2, [second])]
    assert read_copy(pages).totals[Metal.PB].value == Decimal("30")


def test_a_row_merged_with_the_one_above_counts_once():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    second = ["^", "^", "^", "^", "0.7", "/", *["^"] * 5, "/"]
    assert copy_of(grid([*HEAD, SECTION, first, second])).totals[Metal.PB].value == Decimal("10")


def inked(table, *places):
    """The table with ink that gave no word in some of its cells."""
    return table.model_copy(
        update={
            "cells": tuple(c.model_copy(update={"inked": True}) if (c.row, c.col) in places else c for c in table.cells)
        }
    )


@pytest.mark.parametrize("name", ["", "^"])
def test_a_row_with_figures_but_no_pollutant_of_its_own_leaves_doubt_on_the_totals(name):
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    second = ["2", "DA002", "排气筒", name, "0.5", "/", *["0.0200"] * 5, "/"]
    read = copy_of(grid([*HEAD, SECTION, first, second]))
    assert [row.metal.certain for row in read.limits] == [True, False]
    assert read.totals[Metal.PB].status is Status.UNSURE


def test_a_row_of_slashes_without_pollutant_is_no_row():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    read = copy_of(grid([*HEAD, SECTION, first, limit("", "", "", *["/"] * 5)]))
    assert len(read.limits) == 1 and read.totals[Metal.PB].certain


def test_a_year_s_cell_over_two_rows_is_doubt_for_both():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    second = ["2", "DA002", "排气筒", "铅及其化合物", "0.5", "/", "^", *["/"] * 4, "/"]
    read = copy_of(grid([*HEAD, SECTION, first, second]))
    assert not any(row.annual[0].certain for row in read.limits) and read.limits[0].annual[1].certain
    assert read.totals[Metal.PB].status is Status.UNSURE


def test_an_outlet_s_code_that_gives_no_word_is_not_the_one_above():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    table = grid([*HEAD, SECTION, first, limit(2, "", "砷及其化合物", *["0.0020"] * 5)])
    row = copy_of(inked(table, (4, 1))).limits[1]
    assert row.outlet_code.value is None and row.outlet_code.status is Status.UNSURE
    assert row.outlet_kind.certain and copy_of(table).limits[1].outlet_code.value == "DA001"


def test_a_row_of_which_neither_code_nor_name_gives_a_word_may_be_a_sum():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    table = grid([*HEAD, SECTION, first, limit(2, "", "铅及其化合物", *["0.0100"] * 5, name="")])
    assert copy_of(inked(table, (4, 1))).totals[Metal.PB].status is Status.UNSURE


def test_an_outlet_with_a_name_behind_a_sum_is_no_sum_though_its_code_gives_no_word():
    first = limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)
    total = ["合计", None, None, "铅及其化合物", "/", "/", *["0.0100"] * 5, "/"]
    table = grid([*HEAD, SECTION, first, total, limit(3, "", "铅及其化合物", *["0.0200"] * 5)])
    read = copy_of(inked(table, (5, 1)))
    assert len(read.limits) == 2 and len(read.subtotals) == 1
    assert read.totals[Metal.PB].value == Decimal("30") and not read.totals[Metal.PB].certain


def test_a_heading_of_the_outlets_codes_may_be_cut_between_its_lines():
    head = [[HEAD[0][0], "排放口编", *HEAD[0][2:]], ["^", "号", *HEAD[1][2:]]]
    read = copy_of(grid([*head, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)]))
    assert read.limits[0].outlet_code.value == "DA001"


def test_a_border_found_twice_takes_no_column_from_the_years():
    widths = [4] * 8 + [0.2] + [4] * 4
    rows = [[*row[:8], None, *row[8:]] for row in (*HEAD, SECTION)]
    rows[1][9:11] = ["第三年第四年", None]
    body = limit(1, "DA001", "铅及其化合物", "0.0100", "0.0090", "0.0080", "0.0070", "0.0060")
    annual = copy_of(grid([*rows, [*body[:8], "", *body[8:]]], widths=widths)).limits[0].annual
    assert [str(year.value) for year in annual] == ["0.0100", "0.0090", "0.0080", "0.0070", "0.0060"]
    assert all(year.certain for year in annual)


def test_a_metal_name_that_was_hardly_read_leaves_doubt_on_its_figure():
    table = grid([["重金属种类", "基础排放量（kg/a）", "拟出让量（kg/a）"], ["铅", "99.1", "31.2"]])
    cells = tuple(
        c.model_copy(update={"words": tuple(w.model_copy(update={"confidence": 0.05}) for w in c.words)})
        if c.text == "铅"
        else c
        for c in table.cells
    )
    read = quantities(table.model_copy(update={"cells": cells}))
    assert read.of("offered")[Metal.PB].status is Status.UNSURE and len(read.others("offered")) == 1


def test_an_inked_name_that_gives_no_word_is_listed_as_an_unread_metal():
    table = grid([["重金属种类", "基础排放量（kg/a）", "拟出让量（kg/a）"], ["", "99.1", "31.2"]])
    cells = tuple(c.model_copy(update={"inked": True}) for c in table.cells)
    ((name, offered),) = quantities(table.model_copy(update={"cells": cells})).others("offered")
    assert name.status is Status.UNSURE and offered.value == Decimal("31.2")


def test_figures_without_any_name_in_a_table_of_metals_are_those_of_an_unread_metal():
    down = grid([["重金属种类", "基础排放量（kg/a）", "拟出让量（kg/a）"], ["铅", "99.1", "31.2"], ["", "12.5", "3.3"]])
    across = grid(
        [["重金属种类", "铅", ""], ["基础排放量（kg/a）", "99.1", "12.5"], ["拟出让量（kg/a）", "31.2", "3.3"]]
    )
    for table in (down, across):
        ((name, offered),) = quantities(table).others("offered")
        assert name.status is Status.UNSURE and offered.value == Decimal("3.3")


def test_numbers_of_columns_blank_rows_and_sums_are_no_unread_metal():
    head = ["重金属种类", "基础排放量（kg/a）", "拟出让量（kg/a）"]
    rows = [head, ["", "1", "2"], ["铅", "99.1", "31.2"], ["", "/", ""], ["合计", "99.1", "31.2"]]
    assert not quantities(grid(rows)).others("offered")


def test_the_nearest_unit_above_a_table_is_its_own():
    table = grid([["项目", "铅"], ["基础排放量", "20.0"], ["拟出让量", "10.0"]], top=0.5)
    read = quantities(table, word("单位：吨/年", 0.7, 0.1), word("单位：千克/年", 0.7, 0.48))
    assert read.of("base")[Metal.PB].value == Decimal("20.0")


def test_a_bare_tonne_in_the_header_is_doubt_and_not_the_page_s_kilogram():
    table = grid([["重金属种类", "基础排放量(吨)", "拟出让量(吨)"], ["铅", "0.2", "0.1"]])
    read = quantities(table, word("单位：千克/年", 0.7, 0.15))
    assert read.of("base")[Metal.PB].status is Status.UNSURE


def test_a_blank_of_a_metal_that_has_figures_is_a_certain_blank():
    table = grid([["重金属种类", "富余排放量（kg/a）", "拟出让量（kg/a）"], ["铅", "4.0", "/"], ["汞", "/", "/"]])
    offered = quantities(table).of("offered")
    assert offered[Metal.PB].value is None and offered[Metal.PB].certain and Metal.HG not in offered


def test_another_metal_s_heading_ends_the_one_before_it():
    words = [
        word("（1）汞（Hg）", 0.1, 0.2),
        word("拟出让量：2.769千克/年", 0.13, 0.22),
        word("（2）铊（T1）", 0.1, 0.24),
        word("拟出让量：19.000千克/年", 0.13, 0.26),
    ]
    read = read_quantities([page(words)], QUANTITIES)
    assert read.of("offered")[Metal.HG].value == Decimal("2.769") and read.of("offered")[Metal.HG].certain
    assert [(name.value, str(offered.value)) for name, offered in read.others("offered")] == [("铊", "19.000")]


def test_figures_of_one_paper_that_contradict_each_other_have_no_value_that_others_could_settle():
    table = grid([["重金属种类", "基础排放量（kg/a）", "拟出让量（kg/a）"], ["铅", "99.13", "31.29"]])
    base = quantities(table, word("经核算，基础排放量为铅90.13kg/a。", 0.1, 0.1)).of("base")[Metal.PB]
    assert base.value is None and "99.13" in base.raw and "90.13" in base.raw


def test_a_cell_over_several_metals_gives_its_figure_to_none_of_them():
    table = grid(
        [["项目", "镉", "铬", "砷"], ["基础排放量（kg/a）", "1.3", "/", "/"], ["拟出让量（kg/a）", "0.49", None, None]]
    )
    offered = quantities(table).of("offered")
    assert all(field.status is Status.UNSURE and field.value is None for field in offered.values())


def test_a_lone_stroke_of_a_digit_may_be_a_slash():
    table = grid([["项目", "铅"], ["基础排放量（kg/a）", "12.5"], ["拟出让量（kg/a）", "1"]])
    assert quantities(table).of("offered")[Metal.PB].status is Status.UNSURE


def test_a_faint_unit_out_of_the_known_ones_does_not_make_its_figure_doubtful():
    sure = tuple([0.99] * 8 + [0.3] + [0.99] * 3)
    words = [
        word("（1）铅（Pb）", 0.1, 0.2),
        word("拟出让量：", 0.13, 0.22),
        word("0.048964千克/年", 0.3, 0.22, confidences=sure),
    ]
    assert read_quantities([page(words)], QUANTITIES).of("offered")[Metal.PB].certain


def test_a_header_cut_in_two_by_the_page_s_end_is_one_header():
    top = grid([HEAD[0]])
    rest = grid(
        [["", "", "", "", "", "", *HEAD[1][6:11], ""], SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)]
    )
    read = copy_of(top, rest)
    assert read.totals[Metal.PB].value == Decimal("10") and read.totals[Metal.PB].certain


def test_years_without_any_other_heading_leave_doubt_and_drop_nothing():
    rest = grid([["", "", "", "", "", "", *HEAD[1][6:11], ""], limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5)])
    assert [row.metal.status for row in copy_of(rest).limits] == [Status.UNSURE]


# ---- damaged names and units ---------------------------------------------------------------------------------------

DAMAGED = [
    "络",
    "铭",
    "烙",
    "石申",
    "碑",
    "隔",
    "镐",
    "录",
    "末",
    "铝",
    "铂",
    "钳",
    "总络",
    "类金属碎",
    "某",
    "口及其化合物",
]


@pytest.mark.parametrize("name", DAMAGED)
def test_no_damaged_name_of_a_metal_loses_the_row_of_a_permit(name):
    table = grid(
        [*HEAD, SECTION, limit(1, "DA001", "铅及其化合物", *["0.0100"] * 5), limit(2, "DA001", name, *["0.02"] * 5)]
    )
    row = copy_of(table).limits[1]
    assert row.annual[0].value == Decimal("0.02") and row.metal.status is Status.UNSURE


@pytest.mark.parametrize("name", DAMAGED)
def test_no_damaged_name_of_a_metal_loses_its_figures_in_a_form(name):
    heads = ["重金属种类", "变更前排污许可总量（千克/年）", "变更后排污许可总量（千克/年）"]
    read = quantities(grid([heads, ["铅", "132.5", "79.5"], [name, "9.9", "8.8"]]))
    mine = (Decimal("9.9"), Decimal("8.8"))
    assert len([value for _, _, value in read.foreign if value.value in mine]) == 2
    assert not [v for values in read.known.values() for v in values if v.value in mine and v.certain]


@pytest.mark.parametrize("name", ["络", "烙", "石申", "隔", "录", "铝", "铂", "请"])
@pytest.mark.parametrize("unit", ["kg/a", "kgla", "干克/年"])
def test_no_damaged_name_or_unit_loses_a_figure_told_in_a_sentence(name, unit):
    words = [word(f"经核算，变更前排污许可总量为铅99.13kg/a、{name}0.46{unit}。", 0.1, 0.2)]
    read = read_quantities([page(words)], QUANTITIES)
    found = [value for _, named, value in read.foreign if value.value == Decimal("0.46")]
    assert found
    assert not [v for values in read.known.values() for v in values if v.value == Decimal("0.46") and v.certain]


def test_a_name_that_was_hardly_read_is_not_surely_another_pollutant():
    table = grid([*HEAD, SECTION, limit(1, "DA001", "臭汽浓廣", *["0.02"] * 5)])
    clear, faint = copy_of(table).limits[0], copy_of(fainter(table, "臭汽浓廣")).limits[0]
    assert clear.metal.certain and clear.metal.value is None and faint.metal.status is Status.UNSURE


def fainter(table, text):
    """The table with the one cell of this text read with little confidence."""
    cells = [
        c.model_copy(update={"words": tuple(w.model_copy(update={"confidence": 0.3}) for w in c.words)})
        if c.text == text
        else c
        for c in table.cells
    ]
    return table.model_copy(update={"cells": tuple(cells)})
