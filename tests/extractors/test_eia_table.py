from datetime import date
from decimal import Decimal

import pytest

from domain.field import Status
from domain.page import Cell
from domain.quantity import Metal
from extractors.documents.eia_table import read
from extractors.gathering import gather
from extractors.recognition import recognise
from extractors.understanding import understand
from tests.extractors.readings import grid, page, word, words_of

REPORT_TITLE = "建设项目环境影响报告书审批基础信息表"
FORM_TITLE = "建设项目污染物排放量汇总表"
REPORT = [
    [
        "污染物",
        None,
        "现有工程（已建+在建）",
        None,
        "本工程（拟建）",
        "总体工程（已建+在建+拟建或调整变更）",
        None,
        None,
        None,
    ],
    [
        "^",
        None,
        "①实际排放量",
        "②许可排放量",
        "③预测排放量",
        "④“以新带老”削减量",
        "⑤区域平衡替代本工程削减量",
        "⑥预测排放总量",
        "⑦排放增减量",
    ],
]
FORM = [
    [
        "项目分类",
        "污染物名称",
        "现有工程排放量（固体废物产生量）①",
        "现有工程许可排放量②",
        "在建工程排放量（固体废物产生量）③",
        "本项目排放量（固体废物产生量）④",
        "以新带老削减量（新建项目不填）⑤",
        "本项目建成后全厂排放量（固体废物产生量）⑥",
        "变化量⑦",
    ]
]
BLANK = ["/"] * 7
COD = ["60.0", "80.0", "10.0", "2.0", "/", "88.0", "8.0"]
GAS = ["^", "颗粒物", "1.0", "2.0", "0.5", "0.1", "/", "2.4", "0.4"]
UNIT = "单位：t/a"


def table(*pages, title=REPORT_TITLE, caption=UNIT, head=REPORT, **more):
    made = [
        page(
            [word(title if n == 1 else "", 0.3, 0.05), word(caption if n == 1 else "", 0.7, 0.15), *words_of(g)], n, [g]
        )
        for n, g in enumerate((grid([*(head if n == 0 else []), *rows], **more) for n, rows in enumerate(pages)), 1)
    ]
    return read(made)


def report(*rows, **more):
    """A 报告书 table with one row of metals in water and one in air."""
    return table([*rows, ["废气", "颗粒物", *GAS[2:]]], **more)


def water(name, *cells):
    return ["废水", name, *cells]


def only(read_table):
    (row,) = read_table.rows
    return row


def test_columns_are_told_by_their_headings_in_both_forms():
    cells = ["0.0800", "0.1000", "0.0375", "0.0100", "0.0275", "0.1275", "0"]
    row = only(report(water("铅", *cells)))
    assert (row.this_project.value, row.replaced.value, row.regional_offset.value) == (
        Decimal("37.5"),
        Decimal("10"),
        Decimal("27.5"),
    )
    cells = ["0.0800", "0.1000", "0.0020", "0.0375", "0.0100", "0.1095", "0.0295"]
    read_form = table([water("总铅", *cells), ["废气", "颗粒物", *GAS[2:]]], title=FORM_TITLE, head=FORM)
    row = only(read_form)
    assert (row.this_project.value, row.replaced.value, row.under_construction.value) == (
        Decimal("37.5"),
        Decimal("10"),
        Decimal("2"),
    )
    assert row.regional_offset.status is Status.MISSING and read_form.form.value == "form"


def test_a_circled_digit_never_tells_a_column():
    head = [[*FORM[0][:5], "本项目排放量⑤", "以新带老削减量④", *FORM[0][7:]]]
    read_form = table(
        [water("总铅", "0.1", "/", "/", "0.05", "0.02", "0.13", "0.03"), GAS], title=FORM_TITLE, head=head
    )
    assert only(read_form).this_project.value == Decimal("50")


def test_net_new_adds_water_and_air_with_the_precision_of_all_figures():
    lead = ["/", "/", "0.0100", "0.0040", "/", "/", "0.0060"]
    read_table = table([water("铅", *lead), ["废气", "铅", "/", "/", "0.020", "/", "/", "/", "0.020"]])
    net = read_table.net_new[Metal.PB]
    assert net.value == Decimal("26") and net.certain
    assert net.printed.half_step == Decimal("0.05") + Decimal("0.05") + Decimal("0.5")
    assert list(read_table.net_new) == [Metal.PB]


def test_a_bare_zero_does_not_loosen_the_precision_of_the_net():
    net = report(water("铅", "/", "/", "0.0100", "0", "/", "/", "0.0100")).net_new[Metal.PB]
    assert net.value == Decimal("10") and net.printed.half_step == Decimal("0.10")


def test_blanks_are_certain_and_count_as_nothing():
    row = only(report(water("汞", "/", "—", "0.0010", "", "/", "/", "0.0010")))
    assert all(field.certain and field.value is None for field in (row.existing_actual, row.replaced, row.total_after))


def test_a_cell_with_ink_that_gives_no_figure_leaves_doubt():
    made = grid([*REPORT, water("铅", "/", "/", "", "/", "/", "/", "0.0100"), ["废气", "颗粒物", *GAS[2:]]])
    cells = tuple(c.model_copy(update={"inked": True}) if (c.row, c.col) == (2, 4) else c for c in made.cells)
    made = made.model_copy(update={"cells": cells})
    net = read([page([word(REPORT_TITLE, 0.3, 0.05), word(UNIT, 0.7, 0.15), *words_of(made)], 1, [made])]).net_new
    assert net[Metal.PB].status is Status.UNSURE and net[Metal.PB].value is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("铅（kg/a）", "37.5"), ("铅 g/a", "0.0375"), ("铅（千克/年）", "37.5"), ("铅（t/a）", "37500"), ("铅", "37500")],
)
def test_a_row_s_own_unit_beats_the_table_s(name, value):
    row = only(report(water(name, "/", "/", "37.5", "/", "/", "37.5", "37.5")))
    assert row.this_project.value == Decimal(value) and row.pollutant.value == "铅"


def test_a_row_s_unknown_unit_is_never_replaced_by_the_table_s():
    row = only(report(water("铅（mg/a）", "/", "/", "37.5", "/", "/", "37.5", "37.5")))
    assert row.this_project.status is Status.UNSURE and row.this_project.printed.unit is None


def test_the_unit_may_stand_in_the_headings():
    head = [REPORT[0], [REPORT[1][0], None, *(f"{text}（吨/年）" for text in REPORT[1][2:])]]
    read_table = report(water("铅", "/", "/", "0.0375", "/", "/", "/", "0.0375"), caption="", head=head)
    assert only(read_table).this_project.value == Decimal("37.5") and read_table.unit.value == "吨/年"


def test_a_caption_that_contradicts_the_headings_leaves_doubt():
    head = [REPORT[0], [REPORT[1][0], None, *(f"{text}（kg/a）" for text in REPORT[1][2:])]]
    net = report(water("铅", "/", "/", "0.0375", "/", "/", "/", "0.0375"), head=head).net_new
    assert net[Metal.PB].status is Status.UNSURE


def test_a_caption_may_give_the_heavy_metals_a_unit_of_their_own():
    read_table = report(water("铅", "/", "/", "37.5", "/", "/", "/", "37.5"), caption="单位：t/a（重金属：kg/a）")
    assert read_table.net_new[Metal.PB].value == Decimal("37.5") and read_table.net_new[Metal.PB].certain


def test_metalloid_arsenic_is_arsenic_and_hexavalent_chromium_is_never_added():
    rows = [water("类金属砷", *BLANK[:2], "0.0030", *BLANK[:3], "0.0030")]
    rows += [["^", "总铬", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"]]
    rows += [["^", "六价铬", *BLANK[:2], "0.0020", *BLANK[:3], "0.0020"]]
    read_table = report(*rows)
    assert {metal.value: str(net.value) for metal, net in read_table.net_new.items()} == {
        "Cr": "10.0000",
        "As": "3.0000",
    }
    assert [row.metal.value for row in read_table.rows] == [Metal.AS, Metal.CR, None]


def test_hexavalent_chromium_alone_leaves_doubt_on_chromium():
    net = report(water("六价铬", *BLANK[:2], "0.0020", *BLANK[:3], "0.0020")).net_new
    assert net[Metal.CR].status is Status.UNSURE and net[Metal.CR].value is None


def test_other_heavy_metals_are_listed_without_a_metal_and_other_pollutants_are_not_listed():
    rows = [water("废水量（万吨/年）", *COD), ["^", "COD", *COD], ["^", "锑", *BLANK[:2], "0.1", *BLANK[:3], "0.1"]]
    read_table = report(*rows, ["^", "C0D", *COD])
    assert [(row.pollutant.value, row.metal.value, row.metal.certain) for row in read_table.rows] == [
        ("锑", None, True)
    ]
    assert read_table.net_new == {}


@pytest.mark.parametrize(("damaged", "metal"), [("络", Metal.CR), ("隔", Metal.CD), ("类金属石申", Metal.AS)])
def test_a_damaged_metal_name_is_unsure_and_not_dropped(damaged, metal):
    read_table = report(water(damaged, *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"))
    assert only(read_table).metal.value is metal and only(read_table).metal.status is Status.UNSURE
    assert read_table.net_new[metal].status is Status.UNSURE


FIVE = [["废水", "铅", *BLANK], ["^", "汞", *BLANK[:2], "0.0010", *BLANK[:3], "0.0010"]]
FIVE += [["^", name, *BLANK] for name in ("镉", "铬", "类金属砷")]


@pytest.mark.parametrize(("damaged", "place", "settled"), [("兼", 1, True), ("路", 3, True), ("兼", 0, False)])
def test_a_damaged_name_among_the_five_of_the_report_form_is_told_by_its_place(damaged, place, settled):
    rows = [[*row[:1], damaged, *row[2:]] if n == place else row for n, row in enumerate(FIVE)]
    assert report(*rows).rows[place].metal.certain is settled


def test_a_damaged_name_out_of_the_form_s_order_stays_in_doubt():
    rows = [FIVE[0], ["^", "兼", *FIVE[1][2:]], FIVE[3], FIVE[2], FIVE[4]]
    assert report(*rows).rows[1].metal.status is Status.UNSURE


def test_two_damaged_names_that_look_like_the_metals_of_their_places_are_told_by_the_order():
    rows = [FIVE[0], ["^", "求", *FIVE[1][2:]], ["^", "锅", *BLANK], *FIVE[3:]]
    assert all(row.metal.certain for row in report(*rows).rows)
    swapped = [FIVE[0], ["^", "锅", *FIVE[1][2:]], ["^", "求", *BLANK], *FIVE[3:]]
    assert not any(row.metal.certain for row in report(*swapped).rows[1:3])


TEN = [*BLANK[:2], "0.0100", *BLANK[:3], "0.0100"]


def test_a_damaged_name_leaves_doubt_on_every_metal_that_its_section_does_not_name():
    """A metal is named once in a section: the damaged name cannot be that of one that stands there for sure."""
    net = report(water("络", *TEN), ["^", "铅", *TEN], ["废气", "汞", *TEN]).net_new
    assert net[Metal.HG].status is Status.UNSURE and net[Metal.HG].value == Decimal("10")
    assert net[Metal.CR].status is Status.UNSURE and net[Metal.PB].certain


def test_a_name_that_may_be_another_pollutant_blocks_no_metal_of_a_section_that_names_all_five():
    read_table = doubtful([*FIVE, ["^", "铊", *TEN]], "铊")
    assert not read_table.rows[5].metal.certain
    assert set(read_table.net_new) == {Metal.HG} and read_table.net_new[Metal.HG].certain


def test_a_name_behind_the_last_of_the_five_is_none_of_them_where_the_table_keeps_their_order():
    rows = [water("铅", *TEN), ["^", "镉", *TEN], ["^", "类金属砷", *TEN], ["^", "总论", *TEN]]
    air = [["废气", name, *TEN] for name in ("铅", "汞", "镉", "铬")]
    net = table([*rows, *air]).net_new
    assert net[Metal.HG].certain and net[Metal.CR].certain
    unordered = table([water("镉", *TEN), ["^", "铅", *TEN], *rows[2:], *air]).net_new
    assert unordered[Metal.HG].status is Status.UNSURE


def test_a_section_that_cannot_be_read_is_water_where_name_order_and_the_air_s_rows_say_so():
    head = [[*FORM[0][:1], *FORM[0][1:]]]
    cells = ["/", "/", "/", "0.0100", "/", "0.0100", "0.0100"]
    rows = [["废气", "铅及其化合物", *cells], ["^", "汞及其化合物", *cells], ["废水", "总铅", *cells]]
    told = table([*rows, ["废口", "总汞", *cells]], title=FORM_TITLE, head=head)
    assert told.rows[3].medium.value == "water" and told.net_new[Metal.HG].certain
    untold = table([*rows, ["废口", "汞", *cells]], title=FORM_TITLE, head=head)
    assert untold.net_new[Metal.HG].status is Status.UNSURE


def test_a_worn_dash_in_a_row_of_blanks_is_a_dash_and_what_is_round_may_be_a_zero():
    lead = water("铅", "/", "/", "0.0375", "/", "/", "0.0375", "0.0375")
    for worn, settled in (("a-", True), ("L", True), ("-V", True), ("()", False), ("o-", False)):
        row = report(lead, ["^", "汞", "/", "/", worn, "/", "/", "/", "/"]).rows[1]
        assert row.this_project.certain is settled


@pytest.mark.parametrize(
    ("colour", "totals", "settled"), [("0", ["0", "0"], True), ("6", ["0", "0"], False), ("0", ["/", "0"], False)]
)
def test_what_is_left_of_a_zero_is_one_in_a_row_of_zeros_where_another_reader_read_it(colour, totals, settled):
    lead = water("铅", "/", "/", "0.0375", "/", "/", "0.0375", "0.0375")
    made = grid([*REPORT, lead, ["^", "镉", "0", "0", "(", "0", "0", *totals], ["废气", *GAS[1:]]])

    def sealed(cell: Cell) -> Cell:
        told = {"under_seal": True, "colour_text": colour, "confidence": 0.5}
        return cell.model_copy(update={"words": tuple(w.model_copy(update=told) for w in cell.words)})

    made = made.model_copy(update={"cells": tuple(sealed(c) if c.text == "(" else c for c in made.cells)})
    row = read([page([word(REPORT_TITLE, 0.3, 0.05), word(UNIT, 0.7, 0.15), *words_of(made)], 1, [made])]).rows[1]
    assert row.this_project.certain is settled and (row.this_project.value == 0) is settled
    assert not settled or row.this_project.printed == row.change.printed


def test_a_figure_in_a_row_with_blank_totals_is_doubt_where_the_paper_works_them_out():
    lead = water("铅", "/", "/", "0.0375", "/", "/", "0.0375", "0.0375")
    row = report(lead, ["^", "汞", "/", "/", "0.0060", "/", "/", "/", "/"]).rows[1]
    assert row.this_project.status is Status.UNSURE and row.this_project.value == Decimal("6")


def test_a_speck_in_a_row_of_blanks_is_no_figure():
    made = grid([*REPORT, water("铅", *["0.0375"] * 7), ["^", "汞", *BLANK[:2], "6", *BLANK[:4]], ["废气", *GAS[1:]]])
    small = {"6": lambda box: box._replace(y1=box.y0 + 0.003)}

    def shrunk(cell: Cell) -> Cell:
        words = tuple(w.model_copy(update={"box": small.get(w.text, lambda b: b)(w.box)}) for w in cell.words)
        return cell.model_copy(update={"words": words})

    made = made.model_copy(update={"cells": tuple(map(shrunk, made.cells))})
    row = read([page([word(REPORT_TITLE, 0.3, 0.05), word(UNIT, 0.7, 0.15), *words_of(made)], 1, [made])]).rows[1]
    assert row.this_project.certain and row.this_project.value is None


@pytest.mark.parametrize("caption", ["单位：t/a（重金属：", "单位：t/a（其中重金属：k"])
def test_a_caption_with_a_rest_that_cannot_be_read_leaves_doubt(caption):
    net = report(water("铅", *BLANK[:2], "10.5", *BLANK[:3], "10.5"), caption=caption).net_new
    assert net[Metal.PB].status is Status.UNSURE


def test_a_damaged_unit_behind_the_name_is_never_replaced_by_the_table_s():
    net = report(water("铅及其化合物（kg/（a）", *BLANK[:2], "62.5", *BLANK[:3], "62.5")).net_new
    assert net[Metal.PB].status is Status.UNSURE


def test_a_heading_whose_unit_is_lost_takes_the_others_and_the_arithmetic_decides():
    head = [REPORT[0], [REPORT[1][0], None, *(f"{text}（吨/年）" for text in REPORT[1][2:])]]
    head[1][4] = "③预测排放年"
    cells = ["0.0800", "0.1000", "0.0375", "0.0100", "0.0200", "0.1275", "0.0075"]
    right = report(water("铅", *cells), caption="", head=head)
    assert only(right).this_project.value == Decimal("37.5") and only(right).this_project.certain
    wrong = report(water("铅", *cells[:2], "0.0395", *cells[3:]), caption="", head=head)
    assert only(wrong).this_project.status is Status.UNSURE


def test_a_heading_cut_by_strokes_of_its_letters_is_one_heading():
    head = [[*row[:6], None, *row[6:]] for row in REPORT]
    head[0] = [*REPORT[0][:6], None, *REPORT[0][6:]]
    head[1] = [*REPORT[1][:6], "区域平", "衡替代本工程削减量", *REPORT[1][7:]]
    rows = [
        ["废水", "铅", "/", "/", "0.0375", "/", "0.0375", None, "0.0375", "0"],
        ["废气", "颗粒物", *COD[:5], None, *COD[5:]],
    ]
    row = only(table(rows, head=head))
    assert row.regional_offset.value == Decimal("37.5") and row.regional_offset.certain


def test_what_is_predicted_is_this_project_s_where_the_headings_above_ran_together():
    head = [[*REPORT[0]], [*REPORT[1]]]
    head[0][2], head[0][4] = "本工程（拟建或调整现有工程（已建+在建)变更)", None
    cells = ["0.0800", "0.1000", "0.0375", "0.0100", "0.0275", "0.1275", "0"]
    row = only(report(water("铅", *cells), head=head))
    assert row.this_project.value == Decimal("37.5") and row.existing_actual.value == Decimal("80")


def test_a_heading_that_the_stroke_of_a_seal_cut_in_two_is_one():
    head = [
        [
            "污染物",
            None,
            "①现有工程实际排放量",
            "②现有工程许可排放量",
            "③本工程预测排放量",
            "④“以新带",
            "⑤区域平衡替代本工程削减量",
        ]
    ]
    head[0] += ["⑥总体工程预测排放总量", "⑦总体工程排放增减量"]
    head += [["^", None, "^", "^", "^", "老”削减量", "^", "^", "^"]]
    cells = ["0.0800", "0.1000", "0.0375", "0.0100", "0.0200", "0.1275", "0.0075"]
    row = only(report(water("铅", *cells), head=head))
    assert row.replaced.value == Decimal("10") and row.replaced.certain


def test_a_row_whose_name_cannot_be_read_leaves_doubt_on_every_metal():
    read_table = report(
        water("铅", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"), ["^", "", *BLANK[:2], "0.0200", *BLANK[:4]]
    )
    assert len(read_table.net_new) == 5
    assert all(net.status is Status.UNSURE for net in read_table.net_new.values())
    assert read_table.net_new[Metal.PB].value == Decimal("10")


def test_a_name_that_a_letter_s_stroke_cuts_in_two_cells_is_one_name():
    head = [[*row[:1], None, *row[1:]] for row in REPORT]
    rows = [["废水", "铅", None, *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"]]
    rows += [["^", "汞及其化合", "勿", *BLANK[:2], "0.0020", *BLANK[:3], "0.0020"]]
    rows += [["废气", "颗粒物", None, *BLANK], ["^", "镉", None, *BLANK]]
    net = table(rows, head=head).net_new
    assert net[Metal.HG].value == Decimal("2") and net[Metal.HG].certain and set(net) == {Metal.PB, Metal.HG}


def test_solid_waste_is_no_emission():
    cells = ["100", "/", "/", "12.5", "/", "112.5", "12.5"]
    rows = [water("总铅", *BLANK[:3], "0.0100", "/", "/", "0.0100"), ["废气", "颗粒物", *GAS[2:]]]
    rows += [["一般工业固体废物", "铅渣", *cells], ["危险废物", "铅", *cells]]
    net = table(rows, title=FORM_TITLE, head=FORM).net_new
    assert net[Metal.PB].value == Decimal("10") and net[Metal.PB].certain


@pytest.mark.parametrize("again", [True, False])
def test_a_table_goes_on_over_the_page_with_or_without_its_header(again):
    first = [water("铅", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100")]
    second = [["废气", "铅", *BLANK[:2], "0.0200", *BLANK[:3], "0.0200"], GAS]
    read_table = table(first, [*(REPORT if again else []), *second])
    assert read_table.net_new[Metal.PB].value == Decimal("30") and read_table.net_new[Metal.PB].certain
    assert [row.medium.value for row in read_table.rows] == ["water", "air"]


def melted(rows, *spans, shift=0.0, right=0.9):
    """A table without lines of which columns that are blank in all rows are one with the next that is not; `shift` moves
    the print of all figures."""
    made = grid(rows, right=right)
    cells = []
    for first, end in spans:
        for own in ([c for c in made.cells if c.row == row and first <= c.col < end] for row in range(made.rows)):
            words = tuple(w for c in own for w in c.words)
            moved = tuple(w.model_copy(update={"box": w.box._replace(x0=w.box.x0 + shift)}) for w in words)
            box = own[0].box.join(own[-1].box)
            told = {"col": spans.index((first, end)), "col_end": spans.index((first, end)) + 1, "box": box}
            cells.append(own[0].model_copy(update=told | {"words": moved, "inked": bool(words)}))
    return made.model_copy(update={"cells": tuple(cells), "cols": len(spans), "ruled": False})


@pytest.mark.parametrize(("shift", "right", "read_on"), [(0.0, 0.9, True), (-0.03, 0.9, False), (0.0, 0.82, False)])
def test_a_table_goes_on_with_its_columns_though_some_of_them_are_blank_there(shift, right, read_on):
    first = grid([*REPORT, water("铅", "", "", "0.0100", "", "", "", "0.0100")])
    rows = [["废气", "铅", "", "", "0.0200", "", "0.0200", "0.0200", "0"]] * 2
    second = melted(rows, (0, 1), (1, 2), (2, 5), (5, 7), (7, 8), (8, 9), shift=shift, right=right)
    pages = [page([word(REPORT_TITLE, 0.3, 0.05), word(UNIT, 0.7, 0.15), *words_of(first)], 1, [first])]
    found = read([*pages, page(words_of(second), 2, [second])])
    lead = [row for row in found.rows if row.medium.value == "air"]
    assert [row.this_project.value for row in lead if row.this_project.certain] == [Decimal("20")] * 2 * read_on
    assert read_on or found.net_new[Metal.PB].status is Status.UNSURE


def test_a_section_goes_on_over_the_page_under_a_blank_cell():
    first = [water("铅", *BLANK), ["废气", "颗粒物", *GAS[2:]], ["^", "铅", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"]]
    second = [["", "汞", *BLANK[:2], "0.0020", *BLANK[:3], "0.0020"]]
    assert [row.medium.value for row in table(first, second).rows] == ["water", "air", "air"]


def test_a_table_of_which_only_one_medium_was_seen_leaves_doubt():
    net = table([water("铅", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100")]).net_new
    assert net[Metal.PB].status is Status.UNSURE and len(net) == 5


def test_a_table_whose_header_cannot_be_read_leaves_doubt_on_every_metal():
    head = [["甲"] * 9, ["乙"] * 9]
    read_table = table([water("铅", "/", "/", "0.0100", "/", "/", "/", "0.0100")], head=head)
    assert len(read_table.rows) == 1 and all(net.status is Status.UNSURE for net in read_table.net_new.values())


@pytest.mark.parametrize("lost", [4, 5])
def test_a_column_whose_heading_is_lost_leaves_doubt_on_the_net(lost):
    head = [REPORT[0], [text if n != lost else "口口" for n, text in enumerate(REPORT[1])]]
    net = report(water("铅", "/", "/", "0.0375", "0.0100", "/", "/", "0.0275"), head=head).net_new
    assert net[Metal.PB].status is Status.UNSURE


def test_what_follows_the_emissions_in_the_same_frame_is_none_of_them():
    rows = [water("铅", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"), ["废气", "颗粒物", *GAS[2:]]]
    rows += [["项目涉及的保护区情况", None, "名称", None, None, None, None, None, "级别"]]
    rows += [["大气污染治理与排放信息", "铅", "1", "2", "3", "4", "5", "6", "7"]]
    net = table(rows).net_new
    assert net[Metal.PB].value == Decimal("10") and net[Metal.PB].certain


def test_a_footnote_with_circled_digits_gives_no_figures():
    note = ["注：⑥=②-④+③，当②=0时，⑥=①-④+③；⑦=③-④-⑤"] + [None] * 8
    read_table = report(water("铅", *BLANK[:2], "0.0100", *BLANK[:3], "0.0100"), note)
    assert len(read_table.rows) == 1


def doubtful(read_table_rows, *texts, confidence=0.3):
    """The table with every cell of some texts faintly read."""
    made = grid([*REPORT, *read_table_rows, ["废气", "颗粒物", *GAS[2:]]])

    def faint(cell: Cell) -> Cell:
        words = tuple(w.model_copy(update={"confidence": confidence}) for w in cell.words)
        return cell.model_copy(update={"words": words}) if cell.text in texts else cell

    made = made.model_copy(update={"cells": tuple(map(faint, made.cells))})
    return read([page([word(REPORT_TITLE, 0.3, 0.05), word(UNIT, 0.7, 0.15), *words_of(made)], 1, [made])])


def test_a_faint_figure_that_the_row_s_arithmetic_gives_exactly_is_certain():
    cells = ["0.0800", "0.1000", "0.0375", "0.0100", "0.0200", "0.1275", "0.0075"]
    read_table = doubtful([water("铅", *cells)], "0.0375")
    assert only(read_table).this_project.certain and read_table.net_new[Metal.PB].certain


@pytest.mark.parametrize(("replaced", "settled"), [("0.0100", True), ("0.0700", False)])
def test_two_faint_figures_with_which_every_sum_of_the_row_comes_out_are_certain(replaced, settled):
    cells = ["0.0800", "0.1000", "0.0375", replaced, "0.0200", "0.1275", "0.0075"]
    row = only(doubtful([water("铅", *cells)], "0.0375", replaced))
    assert (row.this_project.certain, row.replaced.certain) == (settled, settled)


def test_a_faint_figure_that_breaks_the_arithmetic_stays_in_doubt():
    cells = ["0.0800", "0.1000", "0.0875", "0.0100", "0.0200", "0.1275", "0.0075"]
    read_table = doubtful([water("铅", *cells)], "0.0875")
    assert only(read_table).this_project.status is Status.UNSURE
    assert read_table.net_new[Metal.PB].status is Status.UNSURE


def test_certain_figures_that_break_the_arithmetic_stay_as_they_were_read():
    row = only(report(water("铅", "0.0800", "0.1000", "0.0375", "0.0100", "/", "0.9", "0.9")))
    assert row.total_after.value == Decimal("900") and row.total_after.certain


def test_a_stroke_that_the_row_s_arithmetic_leaves_no_room_for_is_a_slash():
    row = only(report(water("铅", "/", "/", "0.0375", "1", "/", "0.0375", "0.0375")))
    assert row.replaced.value is None and row.replaced.certain


def test_a_stroke_that_the_arithmetic_neither_gives_nor_excludes_stays_in_doubt():
    row = only(report(water("铅", "/", "/", "0.0375", "1", "/", "/", "/")))
    assert row.replaced.status is Status.UNSURE


def test_a_lone_stroke_in_a_row_of_blanks_is_a_slash_where_the_paper_works_out_its_totals():
    lead = water("铅", "/", "/", "0.0375", "/", "/", "0.0375", "0.0375")
    lone = ["^", "汞", "/", "/", "7", "/", "/", "/", "/"]
    assert report(lead, lone).rows[1].this_project.certain and set(report(lead, lone).net_new) == {Metal.PB}
    unfilled = water("铅", "/", "/", "0.0375", "/", "/", "/", "/")
    assert report(unfilled, lone).net_new[Metal.HG].status is Status.UNSURE


def test_a_whole_number_among_decimals_may_have_lost_its_point():
    row = only(report(water("铅", "/", "/", "375", "0.0100", "/", "/", "0.0275")))
    assert row.this_project.status is Status.UNSURE


def test_a_figure_over_two_rows_is_doubt():
    rows = [water("铅", *BLANK[:2], "0.0100", *BLANK[:4]), ["^", "汞", *BLANK[:2], "^", *BLANK[:4]]]
    net = report(*rows).net_new
    assert net[Metal.PB].status is Status.UNSURE and net[Metal.HG].status is Status.UNSURE


def test_the_project_s_lines_are_read_in_either_layout():
    facts = grid([["建设单位", "单位名称", "甲有限公司", "项目名称", "年产3万吨电铅改建项目"]], top=0.1)
    more = grid([["项目代码", "2206-442000-04-05-857235", None, "建设性质", "改建"]], top=0.14)
    made = grid([*REPORT, water("铅", *BLANK)])
    read_table = read([page([word(REPORT_TITLE, 0.3, 0.05), *words_of(facts, more, made)], 1, [facts, more, made])])
    assert read_table.builder.value == "甲有限公司" and read_table.project.value == "年产3万吨电铅改建项目"
    assert read_table.project_code.value == "2206-442000-04-05-857235" and read_table.construction.value == "改建"
    assert read_table.form.value == "report"


def test_a_column_of_the_form_that_was_not_found_is_doubt_and_not_absent():
    head = [REPORT[0], [text if n != 3 else "口口" for n, text in enumerate(REPORT[1])]]
    row = only(report(water("铅", "/", "0.1", "0.0375", "0.0100", "/", "0.1275", "0.0275"), head=head))
    assert row.existing_permitted.status is Status.UNSURE and row.under_construction.status is Status.MISSING


def test_the_builder_s_line_is_no_part_of_the_project_above_it():
    texts = [
        REPORT_TITLE,
        "项目名称：年产3万吨电铅改建项目",
        "建设单位：甲有限公司",
        "项目代码：2206-442000-04-05-857235",
    ]
    made = grid([*REPORT, water("铅", *BLANK)], top=0.4)
    words = [word(text, 0.1, 0.05 + 0.015 * n) for n, text in enumerate(texts)]
    read_table = read([page([*words, *words_of(made)], 1, [made])])
    assert (read_table.project.value, read_table.builder.value) == ("年产3万吨电铅改建项目", "甲有限公司")


# ---- recognition -----------------------------------------------------------------------------------------------


def wrapped(rows):
    """A page on which no heading stands in one line: only the cells have it whole."""
    made = grid(rows)
    return page([word(FORM_TITLE, 0.3, 0.05), *words_of(made)], 1, [made])


def test_both_forms_and_their_continuations_are_recognised():
    first = page([word(REPORT_TITLE, 0.3, 0.05), *words_of(grid(REPORT))], 1, [grid(REPORT)])
    rows = [["废气", "铅", *BLANK], ["^", "类金属砷", *BLANK], ["^", "颗粒物", *COD]]
    bare = page(words_of(grid(rows)), 2, [grid(rows)])
    again = page(words_of(grid([*FORM, *rows])), 3, [grid([*FORM, *rows])])
    sightings = [recognise(one) for one in (first, bare, again)]
    assert [(s.type, s.starts) for s in sightings] == [("eia_table", True), ("eia_table", False), ("eia_table", False)]
    assert len(gather(sightings)) == 1
    assert recognise(wrapped(FORM)).type == "eia_table"


@pytest.mark.parametrize(
    "words",
    [
        [
            "建设项目环境影响报告书",
            "（报批稿）",
            "建设单位：甲有限公司",
            "编制单位：乙环境科技有限公司",
            "编制日期：2025年3月",
        ],
        [
            "关于甲有限公司电铅改建项目环境影响报告书的批复",
            "本项目以新带老削减量为铅0.01吨/年",
            "建成后全厂排放量",
            "废气",
            "废水",
        ],
        ["建设项目环境影响报告表", "一、建设项目基本情况", "建设单位：甲有限公司"],
    ],
)
def test_covers_and_approvals_are_none_of_the_papers(words):
    made = page([word(text, 0.2, 0.1 + 0.05 * n) for n, text in enumerate(words)])
    assert understand("p", [made], date(2025, 5, 1)).documents[0].type == "other"
