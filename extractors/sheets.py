"""A page picture set upright: turned, straightened, its seals set apart."""

from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image as Pictures

from domain.page import Page
from extractors.colour import has_coloured_ink
from extractors.engine import Engine, Image, Quads
from extractors.files import PageImage
from extractors.rulings import find_ink
from extractors.seals import SealInk, balance, find_red, pixels_per_mm, suppress
from extractors.upright import quarter_of, skew_of, straighten, turn

_BLANK_MM2 = 3.0  # less ink than two letters: specks of dust
_NO_QUADS: Quads = np.zeros((0, 4, 2), np.float32)


class Sheet(NamedTuple):
    """An upright page in pixels: colours as they are, grey without seals, and how it was turned.

    `ruler` is pixels per millimetre; `quads` are the detected lines, n×4×2.
    """

    colour: Image
    grey: Image
    seals: SealInk
    quads: Quads
    ruler: float
    turned: int
    skew: float
    coloured: bool


def load_picture(image: PageImage) -> Image:
    """The page picture as BGR; it was decoded and found sound when it was rendered."""
    with Pictures.open(image.path) as file:
        return np.ascontiguousarray(np.asarray(file.convert("RGB"), np.uint8)[:, :, ::-1])


def upright(picture: Image, turned: int, skew: float) -> Image:
    """The picture as a page's `turned` and `skew` say that it stands upright."""
    return turn(straighten(picture, skew), turned)


def set_upright(picture: Image, dpi: float | None, engine: Engine) -> Sheet:
    """Straightens, finds the lines, and turns by the quarters that the lines tell; a turned page is detected again."""
    balanced, ruler = balance(picture), pixels_per_mm(picture, dpi)
    grey = suppress(balanced, find_red(balanced, ruler))
    if _is_empty(grey, ruler):
        return as_it_lies(picture, dpi)
    skew = skew_of(grey)
    grey = straighten(grey, skew)
    quads = engine.detect(_three(grey))
    turned = quarter_of(_three(grey), quads, engine)
    if turned:
        grey = turn(grey, turned)
        quads = engine.detect(_three(grey))
    seals = find_red(upright(balanced, turned, skew), ruler)
    coloured = has_coloured_ink(balanced, ruler)
    return Sheet(upright(picture, turned, skew), grey, seals, quads, ruler, turned, skew, coloured)


def as_it_lies(picture: Image, dpi: float | None) -> Sheet:
    """The sheet of a page that needs no turning: printed to PDF, or empty."""
    balanced, ruler = balance(picture), pixels_per_mm(picture, dpi)
    seals = find_red(balanced, ruler)
    coloured = has_coloured_ink(balanced, ruler)
    return Sheet(picture, suppress(balanced, seals), seals, _NO_QUADS, ruler, 0, 0.0, coloured)


def as_read(picture: Image, page: Page) -> Sheet:
    """The sheet of a page that was read before, laid as its record says; without lines."""
    balanced, ruler = upright(balance(picture), page.turned, page.skew), pixels_per_mm(picture, page.dpi)
    seals = find_red(balanced, ruler)
    colour = upright(picture, page.turned, page.skew)
    return Sheet(colour, suppress(balanced, seals), seals, _NO_QUADS, ruler, page.turned, page.skew, page.colour)


def _three(grey: Image) -> Image:
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def _is_empty(grey: Image, ruler: float) -> bool:
    """No print beyond specks; what shines through from the back is too pale to be ink."""
    ink = cv2.morphologyEx(find_ink(grey), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return float(np.count_nonzero(ink)) < _BLANK_MM2 * ruler * ruler
