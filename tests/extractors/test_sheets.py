"""Pages laid for reading and laid again from their record, with a stand-in for the engine."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from domain.page import Flattening, Page
from extractors.bends import measure_bends
from extractors.engine import Reading
from extractors.files import render, unpack
from extractors.flatten import find_corners
from extractors.paper import even_light, take_off_pale
from extractors.seals import balance, find_red, pixels_per_mm, suppress
from extractors.sheets import as_read, laid, load_picture, set_upright
from extractors.upright import skew_of, straighten, turn
from tests.extractors.papers import DPI, MM, bgr, grain, letter, paper, rule, stamp, table_page, tilt, write
from tests.extractors.photographs import bend, lay_on, shade, show_through

SCANS = Path(__file__).parents[2] / "fixtures/scans"


class Eyes:
    """Sees rows of ink as lines, and knows by `on_head` which way up the page lies."""

    def __init__(self, on_head=False):
        self.on_head = on_head
        self.looks = self.reads = 0

    def detect(self, image):
        self.looks += 1
        ink = cv2.dilate((image[:, :, 0] < 128).astype(np.uint8), np.ones((3, 25), np.uint8))
        ink = ink if image.shape[0] > image.shape[1] else cv2.dilate(ink, np.ones((25, 3), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
        boxes = [(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:].tolist() if 8 < min(w, h) < 60 < max(w, h)]
        quads = [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in boxes]
        return np.array(quads, np.float32).reshape(-1, 4, 2)

    def upside_down(self, crops):
        return [1.0 if self.on_head and self.looks == 1 else -1.0] * len(crops)

    def recognise(self, crops):
        """Reads best what is upright; asked for lines as they lie first, then for the same turned."""
        self.reads += 1
        return [Reading("填表说明", 0.95 if self.on_head == (self.reads == 2) else 0.3, ())] * len(crops)


def lines():
    """A page full of ruled rows, a seal on it."""
    page = paper()
    rule(page, [("编号", "名称", "污染物", "限值", "备注")] * 22, (30, 45, 40, 35, 20), x_mm=18, y_mm=25, row_mm=10)
    return stamp(page, 120, 200)


def scan():
    return bgr(grain(tilt(stamp(letter(), 120, 100), 1.4)))


def photograph():
    return shade(lay_on(bend(bgr(lines()), 0.012))[0])


def small():
    page = bgr(table_page())
    return cv2.resize(page, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)


def on_its_head():
    return np.ascontiguousarray(np.rot90(bgr(tilt(stamp(table_page(), 120, 120), -1.0)), 2))


class Hasty(Eyes):
    """Takes every line for upright."""

    def upside_down(self, crops):
        return [-1.0] * len(crops)


@pytest.mark.parametrize(("lines", "turned"), [(1, 180), (5, 0)])
def test_a_page_of_a_line_or_two_lies_as_it_reads_best(lines, turned):
    page = paper()
    for line in range(lines):
        write(page, 20, 240 - line * 12, "填表说明：本表由出让方填写并加盖公章")
    assert set_upright(bgr(page), DPI, Hasty(on_head=True)).turned == turned


def record(picture, dpi, sheet):
    high, wide = sheet.grey.shape
    return Page(number=1, file="a.jpg", index=0, sha256="", width=wide, height=high, dpi=dpi, turned=sheet.turned,
                skew=sheet.skew, flat=sheet.flat)  # fmt: skip


@pytest.mark.parametrize("dpi", [None, DPI])
@pytest.mark.parametrize("draw", [scan, photograph, small, on_its_head, lambda: show_through(bgr(lines()))])
def test_a_page_is_laid_again_as_it_was_read(draw, dpi):
    picture = draw()
    sheet = set_upright(picture, dpi, Eyes(on_head=draw is on_its_head))
    again = as_read(picture, record(picture, dpi, sheet))
    assert np.array_equal(again.grey, sheet.grey)
    assert np.array_equal(again.colour, sheet.colour)
    assert again.seals.seals == sheet.seals.seals
    assert again.ruler == pytest.approx(sheet.ruler, rel=1e-3)
    assert again.flat == sheet.flat


def test_a_clean_scan_goes_the_way_it_always_went():
    picture = cv2.resize(scan(), (1654, 2339), interpolation=cv2.INTER_CUBIC)
    ruler = 200 / 25.4
    balanced = balance(picture)
    grey = suppress(balanced, find_red(balanced, ruler))
    sheet = set_upright(picture, 200, Eyes())
    assert sheet.flat is None
    assert sheet.ruler == ruler
    assert np.array_equal(sheet.grey, straighten(grey, skew_of(grey)))
    assert np.array_equal(sheet.colour, straighten(picture, sheet.skew))


def test_a_photograph_is_flat_without_its_table_and_its_seal_still_red():
    picture = photograph()
    sheet = set_upright(picture, None, Eyes())
    high, wide = sheet.grey.shape
    assert high / wide == pytest.approx(2**0.5, abs=0.01)
    assert sheet.flat is not None
    assert len(sheet.flat.bends) > 0
    assert [shape for _, shape in sheet.seals.seals] == ["round"]
    inner = sheet.grey[high // 20 : -high // 20, wide // 20 : -wide // 20]
    assert np.percentile(inner, 40) > 235


def test_small_print_is_enlarged_and_the_ruler_with_it():
    sheet = set_upright(small(), None, Eyes())
    high = sheet.grey.shape[0]
    assert high == pytest.approx(297 / 25.4 * 200, abs=3)
    assert sheet.ruler == pytest.approx(200 / 25.4, rel=0.01)


def test_a_page_on_its_head_is_turned_and_looked_at_again():
    eyes = Eyes(on_head=True)
    picture = on_its_head()
    sheet = set_upright(picture, DPI, eyes)
    assert (sheet.turned, eyes.looks) == (180, 2)


def test_the_picture_of_a_record_has_its_size_and_keeps_its_colours():
    picture = photograph()
    page = record(picture, None, set_upright(picture, None, Eyes()))
    again = laid(picture, page)
    assert again.shape[:2] == (page.height, page.width)
    middle = again[page.height // 2, page.width // 20 : -page.width // 20].astype(int)
    assert np.median(middle[:, 2] - middle[:, 0]) > 5  # the lamp's warm light, not evened


def test_a_record_with_bends_alone_takes_the_whole_picture():
    picture = bgr(letter())
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    bends = tuple(0.002 * v for v in (1, 0, -1, 1, 0, -1))
    page = Page(number=1, file="a.jpg", index=0, sha256="", width=picture.shape[1], height=picture.shape[0], dpi=None,
                flat=Flattening(corners=whole, bends=bends), turned=90)  # fmt: skip
    page = page.model_copy(update={"width": page.height, "height": page.width})
    assert laid(picture, page).shape == turn(picture, 90).shape


def test_even_light_leaves_an_even_page_the_very_same_and_evens_a_shadow():
    page = bgr(grain(stamp(letter(), 120, 100)))
    assert even_light(page, MM) is page
    lit = even_light(shade(page), MM)
    assert np.percentile(lit[:, :, 2], 20) > 240


def test_what_shines_through_is_taken_off_and_print_stays():
    page = cv2.cvtColor(bgr(lines()), cv2.COLOR_BGR2GRAY)
    shown = cv2.cvtColor(show_through(bgr(lines())), cv2.COLOR_BGR2GRAY)
    freed = take_off_pale(shown)
    pale = (page > 250) & (shown < 240)
    dark = page < 60
    assert np.percentile(freed[pale], 30) > 240
    assert np.array_equal(freed[dark], shown[dark])


def test_a_page_of_faint_print_keeps_all_of_it():
    faint = 255 - (255 - cv2.cvtColor(bgr(table_page()), cv2.COLOR_BGR2GRAY)) // 3
    assert take_off_pale(faint) is faint


@pytest.mark.parametrize("name", ["b411-000.tif", "d409-000.pdf", "s2466-000.tif"])
def test_pages_of_office_scans_are_read_as_they_are(name, tmp_path):
    images = [image for file in unpack(SCANS / name, tmp_path).files for image in render(file, tmp_path)][:3]
    for image in images:
        picture = load_picture(image)
        lit = even_light(picture, pixels_per_mm(picture, image.dpi))
        grey = suppress(balance(lit), find_red(balance(lit), pixels_per_mm(picture, image.dpi)))
        assert find_corners(picture) is None
        assert lit is picture
        assert take_off_pale(grey) is grey
        assert measure_bends(straighten(grey, skew_of(grey))) == ()
