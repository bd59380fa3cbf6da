import numpy as np
import pytest
from PIL import Image, ImageDraw

from extractors.signs import lone_sign

RULER = 200 / 25.4


def crop(*strokes, border=False):
    """A cell's crop with straight strokes as (x0, y0, x1, y1)."""
    picture = Image.new("L", (44, 40), 245)
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        draw.line(stroke, fill=110, width=2)
    if border:
        draw.line((0, 39, 43, 39), fill=30, width=2)
    return np.asarray(picture)


def test_a_stroke_leaning_right_is_a_slash():
    assert lone_sign(crop((16, 32, 28, 8)), RULER) == "/"


def test_a_lying_stroke_is_a_dash():
    assert lone_sign(crop((8, 20, 34, 20)), RULER) == "—"


@pytest.mark.parametrize("stroke", [(22, 8, 22, 32), (28, 32, 16, 8)])
def test_an_upright_stroke_or_one_leaning_left_is_no_sign(stroke):
    assert lone_sign(crop(stroke), RULER) is None


def test_two_strokes_are_no_lone_sign():
    assert lone_sign(crop((10, 32, 18, 8), (26, 32, 34, 8)), RULER) is None


def test_the_rest_of_a_ruling_line_does_not_hide_the_sign():
    assert lone_sign(crop((16, 30, 28, 8), border=True), RULER) == "/"


def test_an_empty_cell_holds_no_sign():
    assert lone_sign(crop(), RULER) is None
