"""Turning upright, seals, colour and ruled tables, on drawn pages and without the engine."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from extractors.colour import has_coloured_ink
from extractors.crops import Rect
from extractors.pieces import cut_pieces, text_ink
from extractors.rulings import find_rulings
from extractors.seals import balance, find_red, suppress
from extractors.tables import find_tables
from extractors.upright import skew_of, straighten, turn
from tests.extractors.papers import MM, RED, TABLE, bgr, grain, letter, paper, rule, stamp, table_page, tilt, write

PURPLE, ORANGE, FAINT = (190, 40, 120), (235, 85, 40), (240, 150, 150)


def grey(page):
    return cv2.cvtColor(bgr(page), cv2.COLOR_BGR2GRAY)


def seals(page):
    return find_red(balance(bgr(page)), MM)


def tables(page):
    return find_tables(find_rulings(grey(page), MM), MM, nothing(page))


def nothing(page):
    """A mask without any ink."""
    return np.zeros(page.size[::-1], np.uint8)


@pytest.mark.parametrize("degrees", [-4.3, -1.1, -0.3, 0.2, 0.7, 2.6, 4.8])
@pytest.mark.parametrize("draw", [letter, table_page])
def test_a_page_is_straightened_to_a_tenth_of_a_degree(draw, degrees):
    assert skew_of(grey(grain(tilt(draw(), degrees)))) == pytest.approx(-degrees, abs=0.1)


@pytest.mark.parametrize("degrees", [-2.0, 1.5])
def test_a_page_on_its_side_is_straightened_too(degrees):
    page = tilt(table_page().rotate(90, expand=True), degrees)
    assert skew_of(grey(page)) == pytest.approx(-degrees, abs=0.1)


def test_a_straight_page_and_an_empty_one_stay_as_they_are():
    assert skew_of(grey(letter())) == 0.0
    assert skew_of(grey(paper())) == 0.0


def test_straightening_and_turning_keep_the_paper_white():
    page = straighten(grey(letter()), 3.0)
    assert page[0, 0] == 255
    assert turn(page, 90).shape == page.shape[::-1]


@pytest.mark.parametrize("ink", [RED, PURPLE, ORANGE])
def test_a_seal_is_found_in_every_red(ink):
    page = grain(stamp(letter(), 120, 100, ink=ink))
    ((rect, shape),) = seals(page).seals
    assert shape == "round"
    assert Rect(*rect).width / MM == pytest.approx(40, abs=2)


def test_a_faint_seal_on_yellowed_paper_is_found():
    page = stamp(paper(colour=(250, 242, 220)), 120, 100, ink=FAINT)
    assert [shape for _, shape in seals(page).seals] == ["round"]


def test_gold_ornaments_and_red_headings_are_no_seals():
    page = stamp(paper(), 60, 60, size_mm=25, ink=(190, 150, 60))
    red = Image.new("RGB", (round(120 * MM), round(14 * MM)), "white")
    write(red, 0, 0, "贵州省生态环境厅文件", 11)
    pixels = np.asarray(red).copy()
    pixels[pixels[:, :, 0] < 128] = RED
    page.paste(Image.fromarray(pixels), (round(40 * MM), round(120 * MM)))
    assert seals(page).seals == ()


def test_two_seals_side_by_side_are_two():
    page = stamp(stamp(paper(), 60, 100), 103, 102)
    assert len(seals(page).seals) == 2


def test_half_a_seal_at_the_edge_is_partial():
    assert [shape for _, shape in seals(stamp(paper(), 210, 100)).seals] == ["partial"]


def test_red_ink_turns_white_and_the_print_below_stays():
    plain = table_page()
    stamped = balance(bgr(stamp(plain, 110, 60)))
    freed = suppress(stamped, find_red(stamped, MM))
    dark = np.asarray(plain.convert("L")) < 90
    assert freed[dark].mean() < 80
    ink = (np.asarray(plain.convert("L")) > 250) & (cv2.cvtColor(stamped, cv2.COLOR_BGR2GRAY) < 160)
    assert ink.sum() > 1000
    assert np.percentile(freed[ink], 10) > 200


@pytest.mark.parametrize(
    ("page", "coloured"),
    [
        (lambda: stamp(letter(), 120, 150), True),
        (lambda: grain(stamp(letter(), 120, 150, ink=FAINT)), True),
        (lambda: stamp(letter(), 120, 150).convert("L").convert("RGB"), False),
        (lambda: grain(letter()), False),
    ],
)
def test_colour_is_told_by_ink_and_not_by_the_file(page, coloured):
    assert has_coloured_ink(balance(bgr(page())), MM) is coloured


def test_tinted_paper_and_jpeg_noise_are_no_colour(tmp_path):
    page = paper(colour=(246, 238, 214))
    for line in range(12):
        write(page, 25, 30 + 10 * line, "排污许可证载明的许可排放量")
    page.save(tmp_path / "a.jpg", quality=60)
    assert not has_coloured_ink(balance(bgr(Image.open(tmp_path / "a.jpg"))), MM)


def test_a_table_with_merged_cells_is_found():
    (table,) = tables(table_page())
    assert (len(table.ys) - 1, len(table.xs) - 1) == (len(TABLE), len(TABLE[0]))
    assert (4, 5, 0, 2) in table.spans
    assert len(table.spans) == len(TABLE) * len(TABLE[0]) - 1


def test_a_header_merged_over_columns_and_over_rows_is_found():
    page = paper()
    rows = [("编号", "年排放量限值", "", ""), ("", "第一年", "第二年", "第三年"), ("DA001", "0.1", "0.2", "/")]
    rule(page, rows, (30, 25, 25, 25), merged=((0, 2, 0, 1), (0, 1, 1, 4)))
    (table,) = tables(page)
    assert {(0, 2, 0, 1), (0, 1, 1, 4)} <= set(table.spans)


@pytest.mark.parametrize("degrees", [0.0, 2.0])
def test_a_form_printed_in_red_is_no_seal_and_a_seal_on_it_is_one(degrees):
    form = paper()
    rule(form, [("户名", "账号", "开户行")] * 4, (50, 50, 50), x_mm=20, y_mm=60)
    picture = np.array(form.convert("RGB"))
    picture[picture[:, :, 0] < 128] = RED
    red = Image.fromarray(picture)
    assert seals(tilt(red, degrees)).seals == ()
    (only,) = seals(tilt(stamp(red, 110, 85), degrees)).seals
    assert only[1] in ("round", "oval")


def test_several_tables_stand_in_their_order():
    page = paper()
    rule(page, [("一", "二"), ("三", "四")], (40, 40), y_mm=150)
    rule(page, [("甲", "乙", "丙")] * 3, (40, 40, 40), y_mm=30)
    assert [len(table.xs) - 1 for table in tables(page)] == [3, 2]


def test_lines_broken_by_a_seal_still_make_the_table():
    stamped = balance(bgr(grain(stamp(table_page(), 110, 60))))
    ink = find_red(stamped, MM)
    (table,) = find_tables(find_rulings(suppress(stamped, ink), MM), MM, ink.mask)
    assert len(table.spans) == len(TABLE) * len(TABLE[0]) - 1


@pytest.mark.parametrize("gap_mm", [0.9, 1.2])
def test_a_border_goes_on_under_ink_where_it_shows_beside_it_and_nowhere_else(gap_mm):
    page = table_page()
    (table,) = tables(page)
    plain, picture, hidden = table.spans, grey(page), nothing(page)
    x, y0, y1 = table.xs[3], table.ys[1], table.ys[2]
    for y in range(y0, y1, round(3.2 * MM)):  # strokes of ink that took the ruling below them away
        rows, cols = slice(y, y + round(gap_mm * MM)), slice(x - 8, x + 8)
        hidden[rows, cols], picture[rows, cols] = 255, 255
    assert find_tables(find_rulings(picture, MM), MM, hidden)[0].spans == plain
    assert find_tables(find_rulings(picture, MM), MM, nothing(page))[0].spans != plain


def test_the_stroke_of_a_letter_is_no_border_though_one_runs_above_and_below():
    page = paper()
    rows = [("单位名称", "甲", "乙"), ("项目名称", "", ""), ("建设性质", "丙", "丁")]
    rule(page, rows, (40, 60, 60), merged=[(1, 2, 1, 3)])
    draw = ImageDraw.Draw(page)
    x, middle = 120 * MM, 52 * MM  # on the border between the columns, in the middle of the second row
    draw.line([(x, middle - 2.2 * MM), (x, middle + 2.2 * MM)], (20, 20, 20), 2)
    for y in (-2.0, -1.0, 0.0, 1.0, 2.0):
        draw.line([(x - 1.5 * MM, middle + y * MM), (x + 1.5 * MM, middle + y * MM)], (20, 20, 20), 2)
    (table,) = tables(page)
    assert (1, 2, 1, 3) in table.spans
    assert {(0, 1, 1, 2), (0, 1, 2, 3), (2, 3, 1, 2), (2, 3, 2, 3)} < set(table.spans)


def test_frames_and_headings_are_no_tables():
    page = paper()
    rule(page, [("",)], (190,), x_mm=10, y_mm=10, row_mm=275)
    rule(page, [("",)], (186,), x_mm=12, y_mm=12, row_mm=271)
    write(page, 50, 40, "营业执照", 20)
    assert tables(page) == []


def test_a_line_that_the_detector_drew_over_three_cells_is_cut_at_the_borders():
    page = table_page()
    rulings = find_rulings(grey(page), MM)
    (table,) = find_tables(rulings, MM, nothing(page))
    x0, x1 = 20 * MM, (20 + 20 + 36 + 32 + 22) * MM
    y0, y1 = 49.5 * MM, 54.5 * MM
    quads = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], np.float32)
    pieces = cut_pieces(quads, [table], text_ink(rulings), MM)
    row = [piece for piece in pieces if table.spans[piece.cell[1]][0] == 1]
    assert [table.spans[piece.cell[1]][2] for piece in row] == [0, 1, 2, 3, 4, 5]
    for piece in row:
        cell = table.cell(table.spans[piece.cell[1]])
        assert cell.x0 < piece.rect.x0 and piece.rect.x1 < cell.x1


def test_ink_that_the_detector_missed_becomes_a_piece():
    page = table_page()
    rulings = find_rulings(grey(page), MM)
    (table,) = find_tables(rulings, MM, nothing(page))
    pieces = cut_pieces(np.zeros((0, 4, 2), np.float32), [table], text_ink(rulings), MM)
    assert {piece.cell[1] for piece in pieces} == set(range(len(table.spans)))
