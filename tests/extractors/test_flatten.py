"""Photographs and bent pages made flat, on drawn pages and without the engine."""

import cv2
import numpy as np
import pytest
from PIL import Image

from extractors.bends import measure_bends, unbend
from extractors.flatten import find_corners, size_of, spread
from extractors.rulings import find_rulings
from extractors.tables import find_tables
from tests.extractors.papers import MM, bgr, grain, letter, paper, rule, stamp, table_page, tilt
from tests.extractors.photographs import bend, lay_on, shade


def full_table():
    """A table over most of the page, its last column narrow."""
    page = paper()
    rule(page, [("编号", "名称", "污染物", "限值", "备注")] * 24, (30, 45, 40, 35, 20), x_mm=18, y_mm=25, row_mm=10)
    return page


def grey(picture):
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def grids(picture):
    found = find_tables(find_rulings(grey(picture), MM), MM, np.zeros(picture.shape[:2], np.uint8))
    return [(len(table.ys) - 1, len(table.xs) - 1) for table in found]


@pytest.mark.parametrize("ground", ["wood", "stone", "black"])
@pytest.mark.parametrize("light", [0.0, 0.4])
def test_a_sheet_on_a_table_is_found_to_a_hundredth_of_the_picture(ground, light):
    seen, corners = lay_on(bgr(grain(letter())), ground)
    found = find_corners(shade(seen, light))
    assert found is not None
    assert np.abs(np.array(found) - corners).max() < 0.01


@pytest.mark.parametrize(
    "draw",
    [
        letter,
        table_page,
        full_table,
        lambda: stamp(letter(), 120, 100),
        lambda: tilt(letter(), 2.0, (243, 243, 243)),
        lambda: paper(colour=(246, 238, 214)),
        lambda: paper(colour=(20, 20, 20)),
    ],
)
def test_a_scan_without_ground_around_it_has_no_corners(draw):
    assert find_corners(bgr(draw())) is None


def test_a_page_in_a_shadow_is_no_sheet_on_a_table():
    assert find_corners(shade(bgr(letter()), 0.7)) is None


def test_a_black_frame_drawn_on_paper_is_no_ground():
    page = paper()
    rule(page, [("",)], (190,), x_mm=10, y_mm=10, row_mm=275)
    assert find_corners(bgr(page)) is None


def test_a_copiers_black_border_is_cut_off_and_the_sheet_straight():
    page = np.asarray(bgr(full_table()))
    bordered = cv2.copyMakeBorder(page, 0, 60, 0, 80, cv2.BORDER_CONSTANT, value=(15, 15, 15))
    turned = bgr(tilt(Image.fromarray(bordered[:, :, ::-1]), 3.0, (15, 15, 15)))
    corners = find_corners(turned)
    sheet = spread(turned, corners, size_of(turned, corners))
    assert corners is not None
    assert grids(turned) != [(24, 5)]
    assert grids(sheet) == [(24, 5)]


def test_a_photographed_table_has_its_lines_again():
    seen, _ = lay_on(bgr(full_table()))
    corners = find_corners(seen)
    sheet = spread(seen, corners, size_of(seen, corners))
    high, wide = sheet.shape[:2]
    assert high / wide == pytest.approx(2**0.5, abs=0.01)
    assert grids(sheet) == [(24, 5)]


def test_without_corners_a_picture_is_only_made_larger_and_not_touched_where_it_has_the_size():
    page = bgr(letter())
    assert spread(page, None, size_of(page, None)) is page
    assert spread(page, None, (1654, 2339)).shape == (2339, 1654, 3)


@pytest.mark.parametrize(("draw", "deep"), [(letter, 0.012), (letter, 0.02), (full_table, 0.005), (full_table, 0.02)])
def test_bent_lines_are_made_straight(draw, deep):
    bent = bend(grey(bgr(draw())), deep)
    straight = unbend(bent, measure_bends(bent))
    assert sharpness(straight) > 1.5 * sharpness(bent)
    assert measure_bends(straight) == ()


def test_a_table_torn_by_its_bent_lines_is_whole_again():
    bent = bend(bgr(full_table()), 0.02)
    assert grids(bent) != [(24, 5)]
    assert grids(unbend(bent, measure_bends(grey(bent)))) == [(24, 5)]


@pytest.mark.parametrize("draw", [letter, table_page, full_table, paper, lambda: stamp(letter(), 120, 100)])
def test_straight_pages_have_no_bends_and_stay_the_very_same(draw):
    page = grey(bgr(grain(draw())))
    assert measure_bends(page) == ()
    assert unbend(page, ()) is page


def sharpness(page):
    profile = np.diff(255 - page.mean(axis=1, dtype=np.float64))
    return float(profile @ profile)
