"""What seals say, on drawn seals: turned, worn, pressed over print, of several sizes and inks."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from rapidfuzz import fuzz

from extractors.engine import load_engine
from extractors.seal_text import find_outline, read_seal_texts
from extractors.seals import balance, find_red
from fixtures.make.models import Stamp
from fixtures.make.seals import Press, font, make_seal, press_on
from tests.extractors.papers import DPI, MM, bgr, grain, has_chinese_font, letter, paper, stamp

needs_font = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font to draw seals with")
INKS = ((214, 32, 36), (188, 20, 52), (226, 62, 40))
NAMES = (
    "贵州澄屹锌业有限公司",
    "福泉川洲电镀科技有限公司",
    "昌砾制革（贵州）有限公司",
    "清镇禾达锑业有限责任公司",
    "贵州省正安晟泰金属表面工程有限公司",
    "贵州澄锦金属冶炼股份有限公司",
)
PRESSES = (Press(0, 0.95, 0.1, INKS[0]), Press(-28, 0.8, 0.3, INKS[1]), Press(19, 0.65, 0.45, INKS[2]))


def sheet(*seals, seed=3, printed=True):
    """A page of close lines with seals at places in millimetres."""
    page = paper()
    draw = ImageDraw.Draw(page)
    for row in range(10 if printed else 0):
        where = (20 * MM, (40 + 9 * row) * MM)
        draw.text(where, "出让方（盖章）：法定代表人（签字）签订日期2026年4月21日", (30, 30, 30), font(round(4.2 * MM)))
    pixels = np.array(page)
    for made, press, (x, y) in seals:
        press_on(pixels, make_seal(made, press, DPI, np.random.default_rng(seed)), (x * MM, y * MM), press.ink)
    return grain(Image.fromarray(pixels))


def said(page):
    picture = bgr(page)
    return [text for text, *_ in read_seal_texts(picture, find_red(balance(picture), MM), load_engine(1))]


def company(name, title="", shape="round"):
    return Stamp("company", name, "here", title, "5202030012345" if shape == "round" else "", shape)


@needs_font
def test_names_on_seals_turned_worn_and_over_print_are_read_nearly_right():
    likeness = []
    for seed, name in enumerate(NAMES):
        places = ((50, 65), (105, 75), (160, 65))
        texts = said(sheet(*((company(name), p, at) for p, at in zip(PRESSES, places, strict=True)), seed=seed))
        assert len(texts) == 3
        likeness += [fuzz.ratio(text, name) for text in texts]
    legible = [one for one in likeness if one]
    assert len(legible) >= 0.9 * len(likeness)
    assert sum(one >= 80 for one in legible) >= 0.95 * len(legible) and np.mean(legible) > 93


@needs_font
@pytest.mark.parametrize(("shape", "title"), [("round", "合同专用章"), ("round", "财务专用章"), ("oval", "业务专用章")])
def test_the_level_line_comes_after_the_name(shape, title):
    (text,) = said(sheet((company("贵州澄屹锌业有限公司", title, shape), PRESSES[0], (100, 70)), printed=False))
    name, line = text.split(" ")
    assert fuzz.ratio(name, "贵州澄屹锌业有限公司") >= 80 and line == title


def test_a_seal_without_a_name_has_no_text_and_a_page_without_seals_none():
    assert said(stamp(letter(), 120, 100)) == [""]
    assert said(letter()) == []


@needs_font
def test_each_seal_of_a_page_has_its_own_text_in_their_order():
    page = sheet((company(NAMES[0]), PRESSES[0], (60, 60)), (company(NAMES[1]), PRESSES[0], (150, 200)))
    picture = bgr(page)
    ink = find_red(balance(picture), MM)
    texts = [text for text, *_ in read_seal_texts(picture, ink, load_engine(1))]
    assert [max(NAMES, key=lambda name: fuzz.ratio(text, name)) for text in texts] == [
        NAMES[0] if rect.y0 < 120 * MM else NAMES[1] for rect, _ in ink.seals
    ]


@needs_font
def test_two_seals_whose_ink_touches_both_say_their_names():
    first, second = said(sheet((company(NAMES[0]), PRESSES[0], (70, 60)), (company(NAMES[1]), PRESSES[0], (72, 99.5))))
    assert fuzz.ratio(first, NAMES[0]) >= 80 and fuzz.ratio(second, NAMES[1]) >= 80


def test_the_rim_is_found_beside_other_ink_and_with_a_part_of_it_missing():
    rows, cols = np.mgrid[0:240, 0:300]
    rim = np.abs(np.hypot(rows - 120, cols - 110) - 100) < 4
    rim[:, :30] = False
    rim[60:75, 250:290] = True
    outline = find_outline(rim.astype(np.uint8) * 255)
    assert outline.centre == pytest.approx((110, 120), abs=3)
    assert outline.diameters == pytest.approx((206, 206), abs=8)


@needs_font
def test_rows_of_a_square_seal_are_read_with_what_it_is_for():
    stamped = company(NAMES[0], "财务专用章", "square")
    for press in PRESSES:
        (text,) = said(sheet((stamped, press, (105, 75)), printed=False))
        assert fuzz.ratio(text, NAMES[0] + "财务专用章") >= 85


@needs_font
def test_how_sure_the_engine_is_of_a_text_is_told_with_it():
    picture = bgr(sheet((company(NAMES[0]), PRESSES[0], (105, 75))))
    ((text, sure, *_),) = read_seal_texts(picture, find_red(balance(picture), MM), load_engine(1))
    assert text == NAMES[0] and sure > 0.95
