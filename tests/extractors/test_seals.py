"""Red seals are found whatever lies over or beside them, and other red is no seal, on pages drawn as offices seal."""

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw

from extractors.crops import Rect
from extractors.rulings import find_rulings
from extractors.seal_copies import free_print
from extractors.seals import balance, find_red, find_seals, seal_records, suppress
from extractors.tables import find_tables
from fixtures.make.models import Stamp
from fixtures.make.render import Sheet
from fixtures.make.sealing import press_seam
from fixtures.make.seals import BLACKS, ORANGES, PURPLES, REDS, Press, make_seal, press_on, write_line
from fixtures.make.strays import KINDS
from tests.extractors.papers import has_chinese_font, letter, table_page, write

pytestmark = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font to draw seals with")
DPI = 200
MM = DPI / 25.4
COMPANY = Stamp("company", "贵州澄屹锌业有限公司", "here", number="5202030012345")
OFFICE = Stamp("authority", "毕节市生态环境局", "here")
PERSON = Stamp("unknown", "吴建平", "here", shape="name")
BANK = Stamp("bank", "黔中农村商业银行", "here", "业务受理章", shape="oval")
PLAIN = Press(0, 0.9, 0.1, REDS[0])


def sheet(*seals, printed=True):
    """A printed page with seals at places in millimetres."""
    page = letter() if printed else letter().point(lambda _: 255)
    pixels = np.array(page.resize((1654, 2339)))
    rng = np.random.default_rng(3)
    for stamp, press, (x, y) in seals:
        press_on(pixels, make_seal(stamp, press, DPI, rng), (x * MM, y * MM), press.ink)
    return noisy(pixels)


def noisy(pixels):
    grain = cv2.GaussianBlur(np.random.default_rng(1).normal(0, 5, pixels.shape[:2]), (0, 0), 0.8)
    scan = np.clip(cv2.GaussianBlur(pixels, (0, 0), 0.6) + grain[:, :, None], 0, 255)
    return balance(np.ascontiguousarray(scan.astype(np.uint8)[:, :, ::-1]))


def seals(page):
    return find_red(page, MM)


def shapes(page):
    return sorted(shape for _, shape in seals(page).seals)


def middles(ink):
    return [((rect.x0 + rect.x1) / 2 / MM, (rect.y0 + rect.y1) / 2 / MM) for rect, _ in ink.seals]


@pytest.mark.parametrize("ink", [*REDS, *ORANGES, *PURPLES])
@pytest.mark.parametrize("strength", [0.9, 0.45])
def test_a_seal_of_any_red_full_or_faint_is_found_with_its_size(ink, strength):
    page = sheet((COMPANY, Press(15, strength, 0.3, ink), (100, 90)))
    (record,) = seal_records(seals(page), 1654, 2339, ruler=MM)
    assert record.shape == "round"
    assert record.diameter_mm == pytest.approx(40, abs=1) or record.diameter_mm == pytest.approx(38, abs=1)
    assert seal_records(seals(page), 1654, 2339)[0].diameter_mm is None


@pytest.mark.parametrize("apart", [25, 30, 36, 40])
def test_two_seals_over_each_other_are_two_at_their_places(apart):
    page = sheet((OFFICE, PLAIN, (80, 100)), (COMPANY, Press(20, 0.8, 0.2, REDS[1]), (80 + apart, 104)))
    assert shapes(page) == ["round", "round"]
    assert sorted(x for x, _ in middles(seals(page))) == pytest.approx([80, 80 + apart], abs=1)


def test_a_seal_pressed_twice_is_one():
    assert shapes(sheet((COMPANY, Press(5, 0.9, 0.2, REDS[0], (2.1, -1.4)), (100, 90)))) == ["round"]


def test_a_name_seal_beside_a_companys_is_square_and_an_oval_one_is_oval():
    assert shapes(sheet((COMPANY, PLAIN, (90, 150)), (PERSON, Press(12, 0.9, 0.2, REDS[1]), (128, 152)))) == [
        "round",
        "square",
    ]
    assert shapes(sheet((BANK, Press(-9, 0.85, 0.2, REDS[4]), (100, 150)))) == ["oval"]


@pytest.mark.parametrize("pages", [2, 3, 5])
def test_a_slice_of_a_seal_over_the_edges_is_partial_on_every_page(pages):
    prints = [Sheet(np.array(letter().resize((1654, 2339))), DPI, {}) for _ in range(pages)]
    press_seam(COMPANY, prints, "light", np.random.default_rng(4))
    for page in prints:
        (rect, shape) = only(seals(noisy(page.image)).seals)
        assert shape == "partial" and Rect(*rect).x1 > 0.97 * 1654
        turned = np.ascontiguousarray(np.rot90(page.image))
        assert shapes(noisy(turned)) == ["partial"]


def only(found):
    (one,) = found
    return one


def test_a_seal_that_runs_off_the_page_is_partial():
    assert shapes(sheet((COMPANY, PLAIN, (205, 100)))) == ["partial"]


@pytest.mark.parametrize("draw", KINDS)
def test_ticks_rings_smears_and_date_stamps_are_no_seals(draw):
    for seed in range(12):
        pixels = np.array(letter().resize((1654, 2339)))
        press_on(pixels, draw(np.random.default_rng(seed), MM) * 0.9, (100 * MM, 120 * MM), REDS[seed % len(REDS)])
        assert shapes(noisy(pixels)) == []


@pytest.mark.parametrize("turn", [-5, -1, 0, 0.6, 4])
def test_a_stamp_of_one_line_in_a_frame_leaves_the_table_under_it_as_it_is(turn):
    pixels = np.array(table_page().resize((1654, 2339)))
    page = noisy(pixels)
    (plain,) = find_tables(find_rulings(suppress(page, seals(page)), MM), MM, seals(page).mask)
    press_on(pixels, framed("已录入2026.01.20", turn) * 0.9, (90 * MM, 58 * MM), REDS[1])
    stamped = noisy(pixels)
    ink = seals(stamped)
    assert ink.seals == () and len(ink.stamps) == 1
    (table,) = find_tables(find_rulings(suppress(stamped, ink), MM), MM, ink.mask)
    assert table.spans == plain.spans


def framed(text, turn):
    """A stamp of one line as offices date what they received."""
    canvas = Pictures.new("L", (round(62 * MM), round(9 * MM)))
    write_line(canvas, text, canvas.width / 2, canvas.height / 2, round(4.4 * MM))
    ImageDraw.Draw(canvas).rectangle((2, 2, canvas.width - 3, canvas.height - 3), outline=255, width=4)
    return np.asarray(np.asarray(canvas.rotate(turn, expand=True)) / 255, dtype=np.float32)


def test_a_red_letterhead_and_a_red_form_hold_no_stamps():
    page = letter().point(lambda _: 255)
    write(page, 20, 30, "毕节市生态环境局文件", 14)
    pixels = np.array(page.resize((1654, 2339)))
    table = np.array(table_page().resize((1654, 2339)))
    for red in (pixels, table):
        red[red.min(axis=2) < 128] = (208, 18, 27)
        assert seals(noisy(red)).stamps == ()


def test_a_red_letterhead_its_line_and_star_are_no_seals_and_a_seal_on_them_is_one():
    page = letter().point(lambda _: 255)
    write(page, 20, 30, "毕节市生态环境局文件", 14)
    pixels = np.array(page.resize((1654, 2339)))
    dark = pixels.min(axis=2) < 128
    dark[600:606, 150:1500] = True
    pixels[dark] = (208, 18, 27)
    assert shapes(noisy(pixels)) == []
    press_on(pixels, make_seal(COMPANY, PLAIN, DPI, np.random.default_rng(1)), (800, 500), PLAIN.ink)
    assert shapes(noisy(pixels)) == ["round"]


@pytest.mark.parametrize("ink", BLACKS)
def test_a_seal_that_was_copied_is_grey_or_black_and_no_red_one(ink):
    page = sheet((OFFICE, Press(7, 0.9, 0.2, ink), (100, 100)), (COMPANY, PLAIN, (140, 200)))
    records = seal_records(find_seals(page, MM), 1654, 2339, ruler=MM)
    assert [record.colour for record in records] in (["red", "grey"], ["red", "black"])
    assert 41 < records[1].diameter_mm < 46
    assert (records[1].box.cx, records[1].box.cy) == pytest.approx((100 / 210, 100 / 297), abs=0.01)


def test_red_and_blue_seals_print_codes_and_tables_are_no_copies():
    blue = sheet((OFFICE, Press(7, 0.9, 0.2, (38, 62, 150)), (100, 100)), (COMPANY, PLAIN, (140, 200)))
    assert find_seals(blue, MM).copies == ()
    assert find_seals(noisy(np.array(table_page().resize((1654, 2339)))), MM).copies == ()
    rng = np.random.default_rng(2)
    code = np.kron(rng.random((29, 29)) < 0.5, np.ones((12, 12))) * 255
    pixels = np.array(letter().resize((1654, 2339)))
    pixels[900:1248, 500:848] = code[:, :, None]
    cv2.circle(pixels, (1000, 1800), 160, (20, 20, 20), 9)
    assert find_seals(noisy(pixels), MM).copies == ()


@pytest.mark.parametrize("ink", [REDS[0], ORANGES[0], PURPLES[0]])
def test_print_under_a_seal_stays_and_the_seal_goes(ink):
    plain = sheet()
    stamped = sheet((COMPANY, Press(10, 0.9, 0.2, ink), (70, 85)))
    freed = suppress(stamped, seals(stamped))
    under = cv2.erode((stamped.min(axis=2) < 150).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    dark, bare = plain.max(axis=2) < 90, plain.min(axis=2) > 225
    assert freed[under & dark].mean() < 80
    assert np.percentile(freed[under & bare], 10) > 190


@pytest.mark.parametrize("ink", [ink for ink in BLACKS if ink[0] > 80])
def test_print_under_a_grey_copy_stays_and_the_copy_goes(ink):
    plain, stamped = sheet(), sheet((OFFICE, Press(10, 0.9, 0.2, ink), (70, 85)))
    grey = suppress(stamped, seals(stamped))
    freed = free_print(grey, find_seals(stamped, MM).copies, MM)
    dark, bare = plain.max(axis=2) < 60, plain.min(axis=2) > 240
    seal = cv2.erode((stamped.min(axis=2) < 190).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert freed[seal & dark].mean() < 80
    assert np.mean(freed[seal & bare] > 200) > 0.9 > np.mean(grey[seal & bare] > 200)
    assert np.array_equal(freed[:480], grey[:480])
