"""Tables without all their lines: rows and columns by alignment, and doubt where a row does not fit."""

import cv2
import numpy as np
import pytest
from PIL import ImageDraw

from domain.field import Status
from domain.page import Word
from domain.quantity import Metal
from extractors.crops import Rect
from extractors.documents.permit_copy import read as read_copy
from extractors.headings import join_words
from extractors.pieces import Piece
from extractors.quantities import read_quantities
from extractors.rulings import find_rulings
from extractors.unruled import complete, find_unruled
from extractors.words import Piecework
from reference.labels import QUANTITIES
from tests.extractors.papers import DPI, MM, bgr, font, paper
from tests.extractors.readings import grid, page, word, words_of

HEAD = ("重金属种类", "基础排放量", "工程削减量", "减排任务", "富余排放量")
ROWS = (
    ("铅", "180.12", "97.10", "14.50", "82.60"),
    ("汞", "", "", "", ""),
    ("砷", "3.21", "", "0.40", "1.05"),
    ("铬", "12.00", "7.05", "/", "7.05"),
)
XS = (36, 68, 100, 132, 164)  # the middles of the columns in millimetres


def drawn(rows, style, top_mm=60.0, step_mm=8.0, shift=None, drop=None):
    """A page with a table in a style, and its pieces as if read.

    `shift` moves one text to the right: (row, column): millimetres; `drop` moves a row down: row: millimetres.
    """
    sheet = paper()
    draw = ImageDraw.Draw(sheet)
    read, shift, drop = [], shift or {}, drop or {}
    for row, texts in enumerate(rows):
        for col, text in enumerate(texts):
            if text:
                at = ((XS[col] + shift.get((row, col), 0)) * MM, (top_mm + step_mm * row + drop.get(row, 0)) * MM)
                box = draw.textbbox(at, text, font(round(3.6 * MM)), anchor="mm")
                draw.text(at, text, (20, 20, 20), font(round(3.6 * MM)), anchor="mm")
                rect = Rect(*(int(v) for v in box))
                read.append(
                    Piecework(Piece(rect.grow(2, 2), None), Word(text=text, box=rect.box(*sheet.size), confidence=0.99))
                )
    for y in lines_of(style, len(rows)):
        height = (top_mm + step_mm * (y - 0.5)) * MM
        draw.line([(20 * MM, height), (180 * MM, height)], (20, 20, 20), 2)
    return cv2.cvtColor(bgr(sheet), cv2.COLOR_BGR2GRAY), read


def lines_of(style, rows):
    return {"three": (0, 1, rows), "rows": range(rows + 1), "bare": ()}[style]


def lattices(rows, style, **more):
    grey, read = drawn(rows, style, **more)
    return list(find_unruled([], read, find_rulings(grey, DPI / 25.4), DPI / 25.4))


@pytest.mark.parametrize("style", ["three", "rows", "bare"])
def test_columns_are_told_by_alignment_and_blank_cells_keep_their_place(style):
    (found,) = lattices([HEAD, *ROWS], style)
    assert (len(found.xs) - 1, len(found.ys) - 1) == (5, 5)
    assert not found.ruled and len(found.spans) == 25
    for middle, (left, right) in zip(XS, zip(found.xs, found.xs[1:], strict=False), strict=True):
        assert left < middle * MM < right


def test_a_label_wider_than_all_others_stays_out_of_the_next_column():
    rows = [HEAD, *[(name, "180.12", "97.10", "14.50", "82.60") for name in ("铅", "汞", "镉", "铬", "砷") * 2]]
    wide = [*rows, ("废气量万标立方米", "275.95", "389.08", "251.68", "13.79")]
    (lattice,) = lattices(wide, "rows", shift={(11, 0): 6})
    assert all((11, 12, col, col + 1) in lattice.spans for col in range(5))


def test_a_figure_between_two_columns_joins_their_cells():
    (found,) = lattices([HEAD, *ROWS], "three", shift={(4, 1): 16})
    joined = [span for span in found.spans if span[3] - span[2] > 1]
    assert joined and all(span[0] == 4 for span in joined)


def test_headings_over_several_columns_stand_above_them():
    rows = [("", "", "工程削减及任务", "", ""), HEAD, *ROWS]
    (found,) = lattices(rows, "bare", step_mm=7.0)
    assert len(found.xs) - 1 == 5


def test_a_sections_title_is_a_row_of_its_own_however_close_it_stands():
    rows = [*ROWS[:2], ("主要排放口合计",), *ROWS[2:]]
    (table,) = lattices([HEAD, *rows], "bare", drop={3: -2.6})
    assert len(table.ys) - 1 == 1 + len(rows)
    assert [span for span in table.spans if span[0] == 3] == [(3, 4, 0, 5)]


def test_quantities_named_in_any_way_lead_the_rows_of_a_form():
    rows = [("项目", "铅", "汞", "镉", "铬"), ("项目新增排放量", "11.815"), ("排放量需求量", "18.609")]
    (table,) = lattices(rows, "bare")
    assert (len(table.ys), len(table.xs)) == (4, 6)


def test_letter_spaced_labels_tell_no_columns():
    blank = ("", "", "")
    rows = [("项目", "铅", "汞", "镉", "铬"), ("变更前许可量", *blank, "32.914"), ("减  排  任  务", *blank, "1.586")]
    (table,) = lattices([*rows, ("拟  出  让  量", *blank, "5.076")], "rows")
    assert (len(table.ys), len(table.xs)) == (5, 6)


def test_rows_that_were_detected_as_one_line_part_into_columns_too():
    """A line of a whole row holds a pollutant's name, yet is no name without a blank inside."""
    rows = [("DW001", "总铅", "0.5", "0.0083", "0.0083"), ("DW002", "六价铬", "0.1", "0.0017", "0.0017")]
    grey, read = drawn([("排放口编号", "污染物种类", "浓度限值", "第一年", "第二年"), *rows, *rows], "bare")
    melted = [*read[:5], *(in_one(read[n : n + 5]) for n in range(5, len(read), 5))]
    (table,) = find_unruled([], melted, find_rulings(grey, DPI / 25.4), DPI / 25.4)
    assert (len(table.xs) - 1, len(table.ys) - 1, len(table.spans)) == (5, 5, 25)


def test_a_row_that_was_detected_as_one_line_and_in_parts_has_the_parts_columns():
    rows = [
        ("项目", "铅", "汞", "镉", "铬"),
        ("新增排放量", "/", "/", "0.50", "/"),
        ("拟受让排放量", "/", "/", "0.50", "/"),
    ]
    grey, read = drawn(rows, "bare")
    twice = [in_one(read[n : n + 5]) for n in (0, 5, 10)]
    parts = [work for n, work in enumerate(read) if n % 5]
    (table,) = find_unruled([], [*twice, *parts], find_rulings(grey, DPI / 25.4), DPI / 25.4)
    assert (len(table.xs) - 1, len(table.ys) - 1) == (5, 3)


def in_one(works):
    """The pieces of a row as one piece."""
    rects = [work.piece.rect for work in works]
    rect = Rect(rects[0].x0, min(r.y0 for r in rects), rects[-1].x1, max(r.y1 for r in rects))
    text = "".join(work.word.text for work in works)
    return Piecework(Piece(rect, None), works[0].word.model_copy(update={"text": text}))


def test_a_tick_of_a_pen_over_two_rows_does_not_join_them():
    grey, read = drawn([HEAD, *ROWS], "bare")
    tick = np.array([(27, 74.5), (30, 77), (37, 67)]) * MM  # through 汞 and beside 砷
    cv2.polylines(grey, [tick.astype(np.int32)], False, 60, 3)
    (table,) = find_unruled([], read, find_rulings(grey, DPI / 25.4), DPI / 25.4)
    assert (len(table.xs) - 1, len(table.ys) - 1) == (5, 5)


GAPS = [(0, 73), (905, 1133), (1144, 1322), (1390, 1568), (1579, 1758), (2042, 2119)]


def test_headings_that_almost_touch_part_where_each_stands_over_its_own_column():
    line = [(1036, 1194), (1211, 1239), (1255, 1389), (1406, 1458), (1474, 1629), (1646, 1676)]
    found = join_words([Rect(x0, 353, x1, 375) for x0, x1 in line], GAPS)
    assert [(box.x0, box.x1) for box in found] == [(1036, 1239), (1255, 1458), (1474, 1676)]


# The columns of an EIA table, from 在建工程 to 变化量, whose headings stand close beside each other.
CLOSE = [(0, 15), (607, 725), (768, 885), (952, 1050), (1106, 1204), (1272, 1377), (1444, 1499)]


def test_headings_of_neighbours_part_between_their_columns_whatever_blanks_are_in_them():
    line = [(680, 825), (853, 998), (1010, 1032), (1047, 1143), (1158, 1249), (1264, 1317)]
    found = join_words([Rect(x0, 406, x1, 429) for x0, x1 in line], CLOSE)
    assert sorted((box.x0, box.x1) for box in found) == [(680, 825), (853, 998), (1010, 1143), (1158, 1317)]


def test_three_headings_are_not_one_that_stands_over_the_middle_column():
    line = [(667, 825), (851, 986), (1011, 1146), (1158, 1317)]
    found = join_words([Rect(x0, 378, x1, 401) for x0, x1 in line], CLOSE)
    assert sorted((box.x0, box.x1) for box in found) == line


def test_a_heading_with_a_wide_blank_before_a_bracket_stands_over_its_column_as_a_whole():
    """废物产生量)④ （吨/: the bracket by itself is nearer to neither."""
    gaps = [(0, 43), (1103, 1291), (1377, 1566), (1581, 1748)]
    found = join_words([Rect(x0, 397, x1, 422) for x0, x1 in ((1211, 1350), (1374, 1385), (1411, 1458))], gaps)
    assert [(box.x0, box.x1) for box in found] == [(1211, 1458)]


def test_a_blank_between_characters_is_no_column_to_stand_over():
    """种类 above 铅及其化合物: as its only row has blanks between its characters, so has the heading."""
    halves = [Rect(143, 12, 162, 39), Rect(170, 9, 207, 40)]
    gaps = [(0, 130), (162, 169), (215, 541)]
    assert join_words(halves, gaps) == [Rect(143, 9, 207, 40)]


def test_a_heading_over_two_columns_is_no_two_headings():
    found = join_words([Rect(1150, 353, 1300, 375), Rect(1316, 353, 1560, 375)], GAPS)
    assert [(box.x0, box.x1) for box in found] == [(1150, 1560)]


def test_a_wide_blank_parts_no_heading_that_stands_over_a_column_only_as_a_whole():
    found = join_words([Rect(1240, 353, 1370, 375), Rect(1392, 353, 1470, 375)], GAPS)
    assert [(box.x0, box.x1) for box in found] == [(1240, 1470)]


@pytest.mark.parametrize(
    ("above", "gaps", "joined"),
    [
        (Rect(505, 100, 600, 122), [(480, 625)], True),
        (Rect(505, 60, 600, 82), [(480, 625)], False),  # a heading over two columns stands further off
        (Rect(505, 100, 550, 122), [(480, 625)], False),
        (Rect(505, 100, 600, 122), [(480, 500), (548, 574), (605, 625)], False),  # there are rows with print below
    ],
)
def test_the_last_line_of_a_heading_over_a_blank_column_is_one_though_a_bracket_parts_it(above, gaps, joined):
    found = join_words([above, Rect(508, 126, 548, 148), Rect(574, 126, 598, 148)], gaps)
    assert (Rect(508, 126, 598, 148) in found) is joined


def test_a_row_of_nothing_but_blank_signs_behind_arsenic_is_the_last_of_a_table_that_goes_on():
    rows = [("铅", "0.0439", "/", "0.0439", "0"), ("汞", "/", "/", "/", "/"), ("类金属砷", "", "", "", "/")]
    (lattice,) = lattices(rows, "rows")
    assert len(lattice.ys) == len(rows) + 1


def test_sentences_are_no_table():
    text = ("经核算，减排项目的基础排放量为", "铅180.12千克，工程削减量为97.10千", "克，减排任务为14.50千克。")
    grey, read = drawn([("", "", line, "", "") for line in text], "bare")
    assert list(find_unruled([], read, find_rulings(grey, DPI / 25.4), DPI / 25.4)) == []


def test_labels_with_their_values_and_a_section_that_names_quantities_are_no_table():
    rows = [
        ("", "建设项目名称：年产3万吨多金属综合回收扩建项目"),
        ("", "项目建设性质：扩建", "", "", "建设地点：福泉市"),
    ]
    rows += [("", "环评批复：黔环书审83号", "", "", "替代比例：1倍"), ("", "重金属污染物排放量需求种类、数量")]
    rows += [("（1）砷",), ("", "重金属新增排放量：0.38千克/年"), ("", "需求量：0.38千克/年")]
    assert lattices(rows, "bare", step_mm=6.0) == []


def test_ruled_tables_stay_as_they_are():
    grey, read = drawn([("编号", "名称", "", "", "")], "bare")
    assert complete([], read, find_rulings(grey, DPI / 25.4), DPI / 25.4) == []
    assert np.asarray(grey).min() < 128


def test_a_row_of_limits_outside_of_every_table_leaves_doubt_on_the_totals():
    head = ["排放口编号", "排放口名称", "污染物种类", "第一年", "第二年", "第三年", "第四年", "第五年"]
    table = grid([head, ["DA001", "排气筒", "铅及其化合物", *["0.0860"] * 5]])
    lost = [word("DA002", 0.1, 0.3), *(word("0.0340", 0.4 + 0.1 * n, 0.3) for n in range(5))]
    read = read_copy([page([word("主要排放口", 0.1, 0.1), *words_of(table), *lost], 1, [table])])
    assert read.totals[Metal.PB].status is Status.UNSURE


def test_a_metals_row_outside_of_the_table_is_doubt_for_each_of_its_figures():
    table = grid([list(HEAD), list(ROWS[0])])
    lost = [word("砷", 0.12, 0.3), word("3.21", 0.3, 0.3), word("0.40", 0.6, 0.3)]
    keys = {key: QUANTITIES[key] for key in ("base", "reduction", "task", "surplus")}
    told = read_quantities([page([word("单位：千克/年", 0.7, 0.1), *words_of(table), *lost], 1, [table])], keys)
    assert told.of("base")[Metal.PB].certain
    assert told.of("base")[Metal.AS].status is Status.UNSURE and told.of("base")[Metal.AS].value is None
