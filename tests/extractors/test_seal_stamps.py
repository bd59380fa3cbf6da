"""Seals that cannot be read, known again by another print of the same stamp: drawn stamps, hidden, faint, turned."""

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from domain.page import Box, Page, PageReading, ReadPage, Seal, SealRole
from extractors.engine import Reading
from extractors.seal_imprints import KEPT_ROWS, agree, covered_share, pack, unpack, unpack_whole
from extractors.seal_presses import agree_twice, is_blank_below
from extractors.seal_stamps import is_print_of, known_by_print
from extractors.seal_text import read_seal_texts
from extractors.seals import balance, find_red
from fixtures.make.models import Stamp
from fixtures.make.seals import Press, font, make_seal, press_on
from tests.extractors.papers import DPI, MM, bgr, grain, has_chinese_font, paper

needs_font = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font to draw seals with")
NAME = "贵州省独山恒翔金属冶炼有限公司"
SISTER = "贵州省独山恒朔金属冶炼有限公司"
RED = (204, 30, 40)
CLEAN, AGAIN = Press(4, 0.9, 0.1, RED), Press(-9, 0.85, 0.15, RED)
TURNED, FAINT = Press(-23, 0.8, 0.25, RED), Press(12, 0.6, 0.2, RED)


class Blind:
    """An engine that reads nothing."""

    def recognise(self, crops, with_places=False):
        return [Reading("", 0.0, ()) for _ in crops]


def imprint(name, press=CLEAN, bars=(), seed=1, title=""):
    """What is kept of one stamp's print, black bars over it from and to so many millimetres below its middle."""
    page = paper()
    draw = ImageDraw.Draw(page)
    draw.text((20 * MM, 250 * MM), "日期", (30, 30, 30), font(round(4 * MM)))
    pixels = np.array(page)
    made = Stamp("company", name, "here", title=title)
    press_on(pixels, make_seal(made, press, DPI, np.random.default_rng(seed)), (105 * MM, 100 * MM), press.ink)
    for top, bottom in bars:
        pixels[round((100 + top) * MM) : round((100 + bottom) * MM), round(60 * MM) : round(150 * MM)] = 25
    picture = bgr(grain(Image.fromarray(pixels)))
    (text,) = read_seal_texts(picture, find_red(balance(picture), MM), Blind())
    return text.imprint


def seal(picture, text="", confidence=0.0, owner=None):
    role = SealRole.COMPANY if owner else SealRole.UNKNOWN
    box = Box(0.5, 0.5, 0.7, 0.64)
    told = {"role": role, "owner": owner, "imprint": picture}
    return Seal(box=box, colour="red", shape="round", text=text, confidence=confidence, **told)


def known(picture, *names, text=""):
    """Whose a seal is held to be that stands beside two clean prints each of stamps with these names."""
    prints = [(name, press) for name in names for press in (CLEAN, AGAIN)]
    own = [page(n, seal(imprint(it, press, seed=n + 7), it, 0.99, it)) for n, (it, press) in enumerate(prints, 1)]
    return known_by_print([*own, page(9, seal(picture, text, 0.7))])[-1].reading.seals[0]


def page(number, *seals):
    told = Page(number=number, file="件.pdf", index=number, sha256="0", width=1654, height=2339, dpi=200.0)
    return ReadPage(page=told, reading=PageReading(sha256="0", engine="none", seals=seals))


@needs_font
@pytest.mark.parametrize("press", [TURNED, FAINT])
def test_an_unread_print_is_known_by_a_read_one_of_the_same_stamp_and_tells_by_which(press):
    found = known(imprint(NAME, press), NAME)
    assert (found.role, found.owner, found.alike_on in (1, 2)) == (SealRole.COMPANY, NAME, True)


@needs_font
def test_a_letter_that_differs_under_black_print_is_excused_where_it_was_read_and_not_otherwise():
    hidden = imprint(NAME, TURNED, bars=((3, 5), (8, 10)))
    assert known(hidden, NAME, text="贵州目独").owner == NAME
    assert known(hidden, NAME, text="州目独").owner is None


@needs_font
@pytest.mark.parametrize("press", [CLEAN, TURNED, FAINT])
def test_a_sister_s_stamp_is_another_though_one_character_differs(press):
    assert known(imprint(SISTER, press), NAME).owner is None
    assert known(imprint(SISTER, press), NAME, SISTER).owner == SISTER


@needs_font
def test_a_sister_s_stamp_is_not_taken_for_the_company_s_where_its_own_character_is_hidden():
    hidden = imprint(SISTER, CLEAN, bars=((-18, -16), (-14.5, -12.5)))
    assert not is_print_of(seal(hidden), NAME, [seal(imprint(NAME))])
    assert known(hidden, NAME).owner is None


@needs_font
@pytest.mark.parametrize(("own", "said", "same"), [(NAME, "興", True), (SISTER, "朔", False)])
def test_a_character_under_black_print_that_is_read_as_another_for_sure_is_told_by_the_picture(own, said, same):
    hidden = imprint(own, AGAIN, bars=((-17, -15.4),))
    text = NAME.replace("翔", said)
    prints = [seal(imprint(NAME, press, seed=n)) for n, press in enumerate((CLEAN, AGAIN))]
    assert is_print_of(seal(hidden, text, 0.99), NAME, prints) is same


@needs_font
@pytest.mark.parametrize("again", [(-2.2, 1.2), (0.4, 2.6)])
def test_a_stamp_pressed_twice_is_known_by_a_clear_print_of_it(again):
    assert known(imprint(NAME, replace(TURNED, again=again)), NAME).owner == NAME


@needs_font
@pytest.mark.parametrize(("title", "blank"), [("", True), ("合同专用章", False)])
def test_a_second_star_below_a_stamp_pressed_twice_is_no_level_line(title, blank):
    twice = imprint(NAME, replace(TURNED, again=(-2.2, 1.2)), title=title)
    assert is_blank_below(imprint(NAME, seed=8), twice, len(NAME)) == blank


@needs_font
@pytest.mark.parametrize(
    ("title", "beside", "blank"),
    [("", Box(0.63, 0.54, 0.83, 0.68), True), ("合同专用章", Box(0.63, 0.54, 0.83, 0.68), False),
     ("", Box(0.51, 0.54, 0.71, 0.68), False)],
)  # fmt: skip
def test_ink_of_a_seal_that_lies_over_another_s_level_line_is_none(title, beside, blank):
    own = seal(imprint(NAME, TURNED, title=title), f"{NAME} 〓", 0.98, NAME)
    over = Seal(box=beside, colour="red", shape="round", text="独山县生态环境局", confidence=0.98)
    clear = page(1, seal(imprint(NAME, seed=8), NAME, 0.99, NAME))
    found = known_by_print([clear, page(2, own, over)])[1].reading.seals[0]
    assert (found.text, found.alike_on) == ((NAME, 1) if blank else (f"{NAME} 〓", None))


@needs_font
def test_ink_of_another_seal_is_no_level_line_of_one_that_is_known_by_its_picture_either():
    own = seal(imprint(NAME, TURNED), f"{NAME[:-3]}展 〓", 0.88)
    over = Seal(box=Box(0.63, 0.54, 0.83, 0.68), colour="red", shape="round", text="独山县生态环境局", confidence=0.98)
    clear = [page(n, seal(imprint(NAME, press, seed=n + 7), NAME, 0.99, NAME)) for n, press in ((1, CLEAN), (2, AGAIN))]
    found = known_by_print([*clear, page(3, own, over)])[2].reading.seals[0]
    assert (found.owner, found.text) == (NAME, f"{NAME[:-3]}展")


@needs_font
def test_a_sister_s_stamp_pressed_twice_is_not_taken_for_the_company_s():
    twice = imprint(SISTER, replace(TURNED, again=(-2.2, 1.2)))
    assert known(twice, NAME).owner is None


@needs_font
def test_a_stamp_pressed_once_is_no_stamp_pressed_twice():
    assert agree_twice(imprint(NAME), imprint(NAME, TURNED), len(NAME)) is None


@needs_font
def test_a_stamp_pressed_twice_under_much_black_print_stays_untold():
    bars = ((-19, -15), (-12, -9), (2, 5), (9, 12))
    assert known(imprint(NAME, replace(TURNED, again=(-2.2, 1.2)), bars), NAME).owner is None


@needs_font
@pytest.mark.parametrize(
    "other", ["贵州省独山恒翔铅锌冶炼有限公司", "贵州省独山远川金属冶炼有限公司", "清镇昌达蓄电池有限公司"]
)
def test_stamps_of_other_names_are_not_taken_for_the_company_s(other):
    assert known(imprint(other, TURNED), NAME).owner is None


@needs_font
def test_only_a_print_that_is_read_for_sure_tells_another():
    picture = imprint(NAME)
    unsure = page(1, seal(picture, "出登电镀", 0.6, NAME))
    assert known_by_print([unsure, page(2, seal(picture))])[-1].reading.seals[0].owner is None


@needs_font
def test_seals_that_were_read_and_such_without_a_picture_stay_as_they_are():
    picture = imprint(NAME)
    pages = (page(1, seal(picture, NAME, 0.99, NAME)), page(2, seal(picture, SISTER, 0.99, SISTER), seal("")))
    assert known_by_print(pages) == pages


@needs_font
def test_what_is_kept_of_a_print_is_small_and_marks_what_lies_under_black_print():
    plain, hidden = imprint(NAME), imprint(NAME, bars=((-14, -11), (3, 6)))
    assert len(plain) < 2400
    assert covered_share(plain) < 0.02 and 0.05 < covered_share(hidden) < 0.4


@needs_font
def test_prints_of_one_stamp_agree_letter_by_letter():
    same = agree(imprint(NAME), imprint(NAME, TURNED, seed=5), len(NAME))
    assert same.usual > 0.75 and max(lacks for lacks, _ in same.letters) < 0.15


def test_levels_of_ink_survive_being_kept():
    ink = np.tile(np.repeat([0.0, 0.4, 0.9], 100), (KEPT_ROWS, 1)).astype(np.float32)
    covered = np.zeros_like(ink)
    covered[:, :50] = 1
    ring = unpack(pack(ink, covered))
    assert ring.ink[3, [70, 150, 250]].tolist() == [0, 0.5, 1]
    assert not ring.seen[:, :50].any() and ring.seen[:, 50:].all()


def test_an_empty_ring_agrees_with_nothing():
    nothing = pack(np.zeros((KEPT_ROWS, 300), np.float32), np.zeros((KEPT_ROWS, 300), np.float32))
    assert agree(nothing, nothing, 10) is None
    assert agree_twice(nothing, nothing, 10) is None


def test_a_picture_of_the_letters_ring_alone_as_it_was_kept_before_can_still_be_compared():
    ink = np.tile(np.repeat([0.0, 0.9], 150), (20, 1)).astype(np.float32)
    planes = np.packbits(ink > 0.5).tobytes() + bytes(750)
    before = base64.b85encode(zlib.compress(planes, 9)).decode()
    assert unpack(before).ink[3, [70, 200]].tolist() == [0, 1]
    assert not unpack_whole(before).seen[:5].any() and unpack(before).seen.all()
