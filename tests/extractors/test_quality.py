"""Legibility of pages: drawn papers, blurred, faded and cut until nobody could read them."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from domain.page import Word
from extractors.crops import Rect
from extractors.opening import open_package
from extractors.pieces import Piece
from extractors.quality import measure
from extractors.reading import read_page
from extractors.sheets import as_it_lies
from extractors.words import Piecework
from tests.extractors.papers import (
    DPI,
    LETTER,
    MM,
    bgr,
    font,
    grain,
    has_chinese_font,
    letter,
    paper,
    rule,
    stamp,
    write,
)

pytestmark = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font on this machine")
LINES = [Rect(round(25 * MM), round((40 + i * 12) * MM), round(185 * MM), round((45 + i * 12) * MM)) for i in range(6)]


def read(rects=LINES, texts=LETTER, confidence=0.97):
    """Pieces with words as a reader would give them; None as text is a piece that was not read."""
    made = []
    for rect, text in zip(rects, texts, strict=False):
        word = text and Word(text=text, box=rect.box(1240, 1754), confidence=confidence)
        made.append(Piecework(Piece(rect, None), word or None))
    return made


def quality(page, pieces=None, dpi=DPI):
    return measure(as_it_lies(bgr(page), dpi), read() if pieces is None else pieces, dpi)


def changed(page, change):
    """The page after a change of its pixels as floats."""
    pixels = change(np.asarray(page).astype(np.float32))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def blurred(page, sigma):
    return changed(page, lambda pixels: cv2.GaussianBlur(pixels, (0, 0), sigma))


def faded(page, strength):
    return changed(page, lambda pixels: 255 - (255 - pixels) * strength)


def enlarged(page, dpi):
    """The page scanned at few dots and made larger again."""
    small = cv2.resize(np.asarray(page), None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA)
    return Image.fromarray(cv2.resize(small, page.size, interpolation=cv2.INTER_CUBIC))


def test_a_crisp_page_is_sharp_dark_and_whole():
    found = quality(letter())
    assert found.sharpness > 0.6 and found.contrast > 0.7 and found.legible == 1.0 and found.cut == ()


def test_grain_and_jpeg_leave_a_crisp_page_sharp():
    noisy = cv2.imdecode(cv2.imencode(".jpg", bgr(grain(letter(), 8)), [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1)
    assert quality(Image.fromarray(noisy[:, :, ::-1])).sharpness > 0.55


@pytest.mark.parametrize("sigma", [3.0, 4.5, 6.0])
def test_a_page_out_of_focus_is_not_sharp(sigma):
    assert quality(blurred(letter(), sigma)).sharpness < 0.33


def test_grain_does_not_make_a_blurred_page_sharp():
    assert quality(grain(blurred(letter(), 4.0), 6)).sharpness < 0.33


def test_more_blur_is_never_sharper():
    sharp = [quality(blurred(letter(), sigma)).sharpness for sigma in (0.5, 1.0, 2.0, 3.0, 5.0)]
    assert sharp == sorted(sharp, reverse=True)


def test_a_page_that_was_moved_is_not_sharp_though_one_direction_is_crisp():
    moved = changed(letter(), lambda pixels: cv2.blur(pixels, (11, 1)))
    assert quality(moved).sharpness < 0.33 < quality(letter()).sharpness


def test_a_resolution_that_the_file_only_claims_shows_in_the_sharpness():
    found = quality(enlarged(letter(), 40), dpi=300)
    assert found.dpi == 300 and found.sharpness < 0.4


def test_without_a_resolution_in_the_file_the_page_is_taken_for_a4():
    assert quality(letter(), dpi=None).dpi == pytest.approx(DPI, abs=1)


def test_faded_print_has_little_contrast():
    assert quality(faded(letter(), 0.12)).contrast < 0.15 < quality(faded(letter(), 0.35)).contrast


def test_what_could_not_be_read_lowers_the_share_of_legible_words():
    half = [text if i % 2 else None for i, text in enumerate(LETTER)]
    assert 0.3 < quality(letter(), read(texts=half)).legible < 0.7
    assert quality(letter(), read(confidence=0.5)).legible == 0.0


def test_stains_and_codes_that_nobody_must_read_do_not_count():
    square = Piecework(Piece(Rect(900, 1300, 1100, 1500), None), None)
    assert quality(letter(), [*read(), square]).legible == 1.0


def test_strokes_of_a_line_that_was_read_do_not_count():
    line = LINES[0]
    lefts, top = range(line.x0, line.x1 - 9, 9), line.y0 + 2
    loose = [Piecework(Piece(Rect(x, top, x + 7, top + line.height // 3), (0, 0)), None) for x in lefts]
    assert quality(letter(), [*read(), *loose]) == quality(letter())


def test_a_slip_along_the_feet_of_a_line_that_was_read_as_something_does_not_count():
    line = LINES[0]
    slip = Rect(line.x0, line.y1 - line.height // 3, line.x1 + 60, line.y1 + 2)
    doubted = read([slip], ["月目十比历由"], confidence=0.48)
    assert quality(letter(), [*read(), *doubted]).legible == 1.0


def test_strokes_in_the_cells_of_a_table_say_nothing_of_how_well_it_was_read():
    cells = [Rect(200 + 90 * i, 1400 + 40 * j, 224 + 90 * i, 1432 + 40 * j) for i in range(8) for j in range(6)]
    dashes = read(cells, ["/", "1", None] * 16, confidence=0.6)
    assert quality(letter(), [*read(), *dashes]).legible == 1.0


def test_unread_print_beside_a_line_that_was_read_counts():
    below = [Rect(r.x0, r.y0 + r.height // 2, r.x1, r.y1 + r.height // 2) for r in LINES]
    loose = [Piecework(Piece(rect, None), None) for rect in below]
    assert quality(letter(), [*read(), *loose]).legible < 0.9


def test_a_seal_over_unread_print_does_not_count():
    page = stamp(letter(), 150, 220)
    ring = Piecework(Piece(Rect(round(135 * MM), round(203 * MM), round(165 * MM), round(207 * MM)), None), None)
    assert quality(page, [*read(), ring]).legible == 1.0


def test_a_last_page_of_which_a_seal_covers_all_print_is_not_faint():
    page = paper()
    for y, line in ((40, "编制单位（盖章）：黔南某某有限公司"), (52, "编制日期：2026年04月07日")):
        write(page, 60, y, line)
    page = grain(stamp(page, 80, 48, size_mm=60))
    lines = [Rect(round(59 * MM), round(y * MM), round(135 * MM), round((y + 6) * MM)) for y in (39, 51)]
    found = quality(page, read(lines, ["编制单位（盖章）：黔南某某有限公司", "编制日期：2026年04月07日"]))
    assert found.contrast > 0.6


def test_lone_signs_say_nothing_of_sharpness():
    page = letter()
    for i in range(30):
        write(page, 30 + i % 10 * 12, 150 + i // 10 * 8, "—")
    signs = [Rect(round(x * MM), round(y * MM), round((x + 5) * MM), round((y + 4) * MM))
             for y in (150, 158, 166) for x in range(30, 150, 12)]  # fmt: skip
    assert quality(page, read() + read(signs, ["—"] * 30)).sharpness == pytest.approx(quality(page).sharpness, abs=0.05)


def test_an_empty_page_has_nothing_to_object_to():
    found = quality(paper(), [])
    assert (found.sharpness, found.contrast, found.legible, found.cut) == (1.0, 1.0, 1.0, ())


# ---- cut off ---------------------------------------------------------------------------------------------------


def cropped(left=0.0, right=210.0, top=0.0, bottom=297.0):
    """The letter within these millimetres, with its lines as far as they still stand on it."""
    box = tuple(round(v * MM) for v in (left, top, right, bottom))
    rects = [rect.meet(Rect(*box)) for rect in LINES]
    moved = [Rect(r.x0 - box[0], r.y0 - box[1], r.x1 - box[0], r.y1 - box[1]) for r in rects if not r.empty]
    return letter().crop(box), read(moved)


@pytest.mark.parametrize(
    ("edges", "side"),
    [({"left": 40}, "left"), ({"right": 150}, "right"), ({"top": 42}, "top"), ({"bottom": 102}, "bottom")],
)
def test_print_that_runs_off_a_side_is_cut(edges, side):
    assert quality(*cropped(**edges)).cut == (side,)


def test_a_narrow_margin_is_no_cut():
    assert quality(*cropped(left=22, right=188, top=37, bottom=110)).cut == ()


def test_rulings_that_run_off_are_cut_and_a_frame_is_not():
    page = paper()
    rule(page, [("", "", "")] * 6, (60, 60, 60), x_mm=60, y_mm=60)
    assert quality(page, []).cut == ("right",)
    framed = paper()
    rule(framed, [("",)], (209,), x_mm=0.3, y_mm=0.3, row_mm=296)
    assert quality(framed, []).cut == ()


def test_the_dark_border_of_a_scanner_and_a_seal_across_the_edge_are_no_cut():
    page = stamp(letter(), 209, 150)
    edged = changed(page, lambda pixels: cv2.copyMakeBorder(pixels[:-30, 40:], 0, 30, 40, 0, cv2.BORDER_CONSTANT))
    moved = [Rect(r.x0, r.y0, r.x1, r.y1) for r in LINES]
    arc = Piecework(Piece(Rect(1235 - 60, round(145 * MM), 1240, round(150 * MM)), None), None)
    assert quality(edged, [*read(moved), arc, arc, arc]).cut == ()


def test_pale_large_watermarks_count_neither_as_print_nor_as_cut_off():
    page = letter()
    marks = [Rect(round(x * MM), 0, round((x + 25) * MM), round(18 * MM)) for x in range(10, 190, 30)]
    draw = ImageDraw.Draw(page)
    for mark in marks:
        draw.text((mark.x0, -4 * MM), "复印件", (205, 205, 205), font(round(18 * MM)))
    found = quality(page, [*read(), *read(marks, [None] * 6), *read(marks, ["复印件"] * 6, 0.4)])
    assert found.cut == () and found.legible == 1.0 and found.sharpness == pytest.approx(quality(letter()).sharpness)


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (1, 5000), (5000, 1)])
def test_a_picture_of_some_dots_is_an_empty_page(tmp_path, size):
    Image.new("RGB", size, (250, 250, 250)).save(tmp_path / "dot.png")
    (image,) = open_package(tmp_path / "dot.png", tmp_path / "work").images
    page = read_page(image, 1)
    assert page.words == () and page.page.quality.legible == 1.0
