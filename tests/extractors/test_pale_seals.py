"""Seals are told by what little of them is seen, and frames, rings and what shines through are told from them."""

import cv2
import numpy as np
import pytest

from extractors.pale_seals import find_pale
from extractors.red_ink import redness, without_brown
from extractors.rims import find_rims
from extractors.seal_copies import find_copies
from extractors.seal_shapes import find_slices, is_arched, shape_of
from extractors.seals import find_red
from fixtures.make.models import Stamp
from fixtures.make.seals import Press, make_seal
from tests.extractors.papers import has_chinese_font

needs_font = pytest.mark.skipif(not has_chinese_font(), reason="no Chinese font to draw seals with")
MM = 200 / 25.4
SIDE = round(120 * MM)
COMPANY = Stamp("company", "贵州澄屹锌业有限公司", "here", number="5202030012345")
PERSON = Stamp("unknown", "吴建平", "here", shape="name")
RED = np.array((52.0, 28.0, 206.0))  # BGR, like BROWN
BROWN = np.array((28.0, 56.0, 93.0))


def press(paper, stamp, at, strength, ink=RED):
    """A seal with its middle at millimetres, mixed into a BGR picture in place."""
    seal = make_seal(stamp, Press(8, strength, 0.3, (0, 0, 0)), 200, np.random.default_rng(2))
    y, x = (round(v * MM - side / 2) for v, side in zip(at[::-1], seal.shape, strict=True))
    part = paper[y : y + seal.shape[0], x : x + seal.shape[1]]
    part[:] = part * (1 - seal[:, :, None]) + ink * seal[:, :, None]


def paper():
    return np.clip(np.random.default_rng(5).normal(252, 3, (SIDE, SIDE, 3)), 0, 255)


def pale(picture, known=()):
    return [rim for rim, _ in find_pale(redness(picture.astype(np.uint8)), MM, known)]


@needs_font
@pytest.mark.parametrize("strength", [0.16, 0.25])
def test_a_pale_seal_is_found_beside_and_over_a_full_one_at_its_place(strength):
    page = paper()
    press(page, COMPANY, (45, 50), 0.9)
    press(page, COMPANY, (75, 58), strength)
    found = find_red(page.astype(np.uint8), MM)
    assert [shape for _, shape in found.seals] == ["round", "round"]
    assert sorted(rim.centre[0] / MM for rim in found.rims) == pytest.approx([45, 75], abs=1)


@needs_font
def test_the_ink_of_a_pale_seal_is_its_strokes_alone():
    page = paper()
    press(page, COMPANY, (60, 60), 0.2)
    ((rim, ink),) = find_pale(redness(page.astype(np.uint8)), MM, ())
    assert 0.08 < np.count_nonzero(ink) / (rim.radius**2 * np.pi) < 0.5


@needs_font
def test_a_seal_that_is_known_is_not_found_again():
    page = paper()
    press(page, COMPANY, (60, 60), 0.25)
    (rim,) = pale(page)
    assert pale(page, [rim]) == []


@needs_font
def test_what_shines_through_is_neither_a_pale_seal_nor_a_copy():
    page = paper()
    press(page, COMPANY, (60, 60), 0.07)
    assert pale(page[:, ::-1]) == []
    grey = paper()
    press(grey, COMPANY, (60, 60), 0.16, np.array((90.0, 90, 90)))
    assert find_copies(grey.astype(np.uint8), MM) == ()


@needs_font
def test_a_pale_copy_is_grey():
    page = paper()
    press(page, COMPANY, (60, 60), 0.32, np.array((110.0, 108, 110)))
    assert [copy.colour for copy in find_copies(page.astype(np.uint8), MM)] == ["grey"]


def test_a_pale_ring_without_letters_is_no_seal():
    page = np.full((SIDE, SIDE, 3), 252, np.uint8)
    cv2.circle(page, (SIDE // 2, SIDE // 2), round(20 * MM), (215, 212, 250), round(MM))
    assert find_rims((255 - page[:, :, 1]).astype(np.float32) / 40, MM, 0.9)
    assert pale(page) == []


@needs_font
@pytest.mark.parametrize("apart", [30.3, 31.5, 33])
def test_a_name_seal_that_touches_a_round_one_is_square(apart):
    page = paper()
    press(page, COMPANY, (50, 60), 0.9)
    press(page, PERSON, (50 + apart, 62), 0.9)
    assert sorted(shape for _, shape in find_red(page.astype(np.uint8), MM).seals) == ["round", "square"]


def test_an_oval_whose_words_stand_apart_from_its_rim_is_an_oval_and_an_empty_one_is_none():
    rim = np.zeros((round(30 * MM), round(45 * MM)), np.uint8)
    cv2.ellipse(rim, (rim.shape[1] // 2, rim.shape[0] // 2), (round(21 * MM), round(14 * MM)), 0, 0, 360, 255, 8)
    words = rim.copy()
    words[rim.shape[0] // 2 - 16 : rim.shape[0] // 2 + 16, 90 : rim.shape[1] - 90 : 3] = 255
    assert shape_of(rim, MM, words) == "oval"
    assert shape_of(rim, MM) is None


def end_of_seal(off_mm):
    """The last slice of a seal over the edges: its right end, so far from the side of a page that lay askew."""
    ink = np.zeros((round(297 * MM), round(210 * MM)), np.uint8)
    x = ink.shape[1] - round(off_mm * MM)
    cv2.circle(ink, (x - round(20 * MM), 900), round(20 * MM), 255, 8)
    ink[:, : x - round(6 * MM)] = 0
    return ink


@pytest.mark.parametrize(("off", "count"), [(3, 1), (10, 1), (18, 0)])
def test_a_slice_that_ends_in_an_arc_may_lie_off_the_side_of_a_skewed_page(off, count):
    assert len(list(find_slices(end_of_seal(off), MM))) == count


def test_a_straight_stroke_off_the_side_is_no_slice():
    ink = np.zeros_like(end_of_seal(3))
    cv2.line(ink, (ink.shape[1] - 70, 500), (ink.shape[1] - 90, 780), 255, 18)
    assert not is_arched(ink[:, -200:], MM)
    assert list(find_slices(ink, MM)) == []


def test_a_brown_frame_is_not_red_however_a_camera_takes_it_and_seals_on_it_are():
    page = np.full((SIDE, SIDE, 3), 252.0)
    frame = np.zeros((SIDE, SIDE), np.uint8)
    cv2.rectangle(frame, (30, 30), (SIDE - 31, SIDE - 31), 1, 4)
    cv2.circle(frame, (60, 60), 50, 1, 6)
    page[frame > 0] = BROWN + np.random.default_rng(3).normal(0, 9, (int(frame.sum()), 3))
    page = np.clip(cv2.GaussianBlur(page, (0, 0), 0.7), 0, 255).astype(np.uint8)
    seen = redness(page)
    assert seen.max() > 45
    assert without_brown(seen, page).max() <= 45
    orange = page.copy()
    cv2.circle(orange, (SIDE // 2, SIDE - 100), 150, (40, 92, 234), 8)
    kept = without_brown(redness(orange), orange)
    assert np.count_nonzero(kept > 45) > 0.9 * np.count_nonzero((orange == (40, 92, 234)).all(axis=2))
