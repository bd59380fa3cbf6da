"""Seals in blue, violet and green ink are taken off what they hide; forms and labels of such colours stay."""

import cv2
import numpy as np
import pytest

from extractors.other_inks import cover_with, find_other_seals, free_from
from extractors.rulings import find_rulings
from extractors.seals import find_red, suppress
from extractors.sheets import as_it_lies
from extractors.tables import find_tables
from fixtures.make.models import Stamp
from fixtures.make.seals import BLUES, PURPLES, REDS, Press, make_seal, press_on
from tests.extractors.papers import has_chinese_font, paper, rule, write
from tests.extractors.test_seals import COMPANY, MM, noisy, sheet

pytestmark = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font to draw seals with")
VIOLETS, GREENS = ((110, 50, 160), (84, 40, 140)), ((24, 112, 70),)
ROUND = Stamp("bank", "黔中农村商业银行", "here", "回单专用章")
OVAL = Stamp("bank", "黔中农村商业银行", "here", "业务受理章", shape="oval")
AT = (100, 90)


def others(page):
    return find_other_seals(page, MM)


def freed(page):
    return free_from(suppress(page, find_red(page, MM)), page, others(page))


def darkness(grey, part):
    return float((255 - grey.astype(np.float32))[part].mean())


@pytest.mark.parametrize("ink", [*BLUES, *VIOLETS, *GREENS])
@pytest.mark.parametrize("stamp", [ROUND, OVAL])
def test_a_seal_of_another_colour_is_found_at_its_place_and_is_no_red_one(ink, stamp):
    page = sheet((stamp, Press(12, 0.8, 0.2, ink), AT))
    (seal,) = others(page)
    assert ((seal.rect.x0 + seal.rect.x1) / 2 / MM, (seal.rect.y0 + seal.rect.y1) / 2 / MM) == pytest.approx(AT, abs=2)
    assert find_red(page, MM).seals == ()


@pytest.mark.parametrize("ink", [*REDS, *PURPLES])
def test_a_red_seal_however_purple_is_none_of_them(ink):
    assert others(sheet((COMPANY, Press(12, 0.6, 0.3, ink), AT))) == ()


def test_a_blue_seal_over_a_red_one_is_found_beside_it():
    page = sheet((COMPANY, Press(0, 0.9, 0.1, REDS[0]), AT), (ROUND, Press(9, 0.9, 0.1, BLUES[1]), (122, 98)))
    assert len(others(page)) == 1
    assert [shape for _, shape in find_red(page, MM).seals] == ["round"]


@pytest.mark.parametrize("ink", [*BLUES, *VIOLETS])
def test_print_under_the_ink_stays_and_the_ink_goes(ink):
    plain, sealed = sheet(), sheet((ROUND, Press(12, 0.9, 0.1, ink), AT))
    (seal,) = others(sealed)
    mask = cover_with(np.zeros(plain.shape[:2], np.uint8), (seal,)) > 0
    grey = cv2.cvtColor(plain, cv2.COLOR_BGR2GRAY)
    near_print = cv2.erode(grey, np.ones((5, 5), np.uint8)) < 160
    assert darkness(freed(sealed), mask & ~near_print) < 6
    assert darkness(freed(sealed), grey < 90) > 0.85 * darkness(grey, grey < 90)


def test_a_page_without_such_ink_stays_as_it_is():
    page = sheet()
    grey = suppress(page, find_red(page, MM))
    assert others(page) == () and free_from(grey, page, ()) is grey


def blue_form(*presses):
    """A table with blue lines, and a heading in blue, as banks print them."""
    page = paper()
    write(page, 60, 20, "网上银行电子回单", 7)
    rule(page, [["付款人", "贵州某公司"], ["流水号", "00495538"], ["用途", "合同款"]], [40, 90])
    pixels = np.array(page.resize((1654, 2339)))
    dark = pixels.max(axis=2) < 120
    digits = np.zeros_like(dark)
    digits[round(45 * MM) : round(62 * MM), round(70 * MM) : round(140 * MM)] = True
    pixels[dark & ~digits] = BLUES[0]
    rng = np.random.default_rng(3)
    for stamp, press, (x, y) in presses:
        press_on(pixels, make_seal(stamp, press, 200, rng), (x * MM, y * MM), press.ink)
    return noisy(pixels)


def test_a_form_printed_in_blue_is_no_seal():
    assert others(blue_form()) == ()


def test_lines_of_a_blue_form_keep_their_cells_under_a_blue_seal():
    page = blue_form((ROUND, Press(12, 0.9, 0.1, BLUES[0]), (110, 62)))
    assert len(others(page)) == 1
    hidden = cover_with(np.zeros(page.shape[:2], np.uint8), others(page))
    (plain,) = find_tables(find_rulings(freed(blue_form()), MM), MM, np.zeros_like(hidden))
    (table,) = find_tables(find_rulings(freed(page), MM), MM, hidden)
    assert len(table.spans) == len(plain.spans)


def test_what_lies_under_a_blue_seal_is_known_to_lie_under_one():
    page = sheet((ROUND, Press(12, 0.9, 0.1, BLUES[0]), AT))
    laid = as_it_lies(page, 200.0)
    assert np.count_nonzero(laid.seals.mask) > 0 and laid.seals.seals == ()
    assert np.count_nonzero(as_it_lies(sheet(), 200.0).seals.mask) == 0
