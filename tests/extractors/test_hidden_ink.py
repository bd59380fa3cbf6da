"""Print under a seal of which nothing is left where the seal's ink was taken off."""

import numpy as np
import pytest
from PIL import ImageDraw

from extractors.crops import Rect
from extractors.hidden_ink import HiddenPrint
from extractors.seals import balance, find_red
from tests.extractors.papers import MM, bgr, grain, paper, stamp, write

CELL = Rect(*(round(side * MM) for side in (100, 96, 125, 104)))


def seen(text, ink=(215, 45, 50), strength=0.85, dash=False):
    """What is hidden in a cell with this text below the letters of a seal, beside other print."""
    page = paper()
    for n in range(12):
        write(page, 20, 30 + 8 * n, "许可排放浓度限值")
    if dash:
        draw, y = ImageDraw.Draw(page), 100 * MM
        draw.line([(110 * MM, y), (114 * MM, y)], (20, 20, 20), 2)
    write(page, 106, 97.5, text)
    picture = balance(bgr(grain(stamp(page, 112, 85, ink=ink, strength=strength))))
    found = find_red(picture, MM)
    assert found.mask[CELL.y0 : CELL.y1, CELL.x0 : CELL.x1].any()
    return HiddenPrint(picture, found.mask, MM)


@pytest.mark.parametrize("ink", [(215, 45, 50), (230, 120, 70), (165, 20, 60)], ids=["red", "orange", "purple"])
def test_a_figure_under_a_seal_is_seen_in_red_light_and_a_seal_s_own_strokes_are_none(ink):
    assert seen("28.52", ink).stands_in(CELL)
    assert seen("28.52", ink).sign_in(CELL) is None
    assert not seen("", ink).stands_in(CELL)


def test_a_dash_under_a_seal_is_read_in_red_light():
    assert seen("", dash=True).sign_in(CELL) == "—"
    assert seen("1", dash=True).sign_in(CELL) is None


def test_where_no_seal_lies_nothing_is_hidden():
    page = paper()
    write(page, 106, 97.5, "28.52")
    picture = bgr(grain(page))
    hidden = HiddenPrint(picture, np.zeros(picture.shape[:2], np.uint8), MM)
    assert not hidden.stands_in(CELL) and hidden.sign_in(CELL) is None


def test_a_slit_between_two_lines_hides_nothing():
    hidden = seen("28.52")
    slit = Rect(CELL.x0, CELL.y0, CELL.x0 + round(0.9 * MM), CELL.y1)
    assert not hidden.stands_in(slit) and hidden.sign_in(slit) is None
