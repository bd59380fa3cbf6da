"""A page picture set upright: spread out flat, turned, straightened, its light even, its seals set apart."""

from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image as Pictures

from domain.page import Flattening, Page
from extractors.bends import measure_bends, unbend
from extractors.colour import has_coloured_ink
from extractors.engine import Engine, Image, Quads
from extractors.files import PageImage
from extractors.flatten import Corners, find_corners, size_of, spread
from extractors.other_inks import cover_with, find_other_seals, free_from
from extractors.paper import even_light, take_off_pale
from extractors.rulings import find_ink
from extractors.seal_copies import free_print
from extractors.seals import SealInk, balance, find_red, find_seals, pixels_per_mm, suppress
from extractors.upright import quarter_of, skew_of, straighten, turn

_BLANK_MM2 = 3.0  # less ink than two letters: specks of dust
_NO_QUADS: Quads = np.zeros((0, 4, 2), np.float32)
_WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_MM_PER_INCH = 25.4
A4_MM, _NEARLY_A4 = 297, 0.25
_LEAST_DPI, _GOOD_DPI, _MOST_DPI = 120, 200, 260  # below, print melts (130 is enough); above, nothing is gained
_MOST_SCALE = 2.0
_LEAST_SIDE, _LONGEST = 32, 60  # pixels, and how often that: less is a dot or a line that no filter takes


class Sheet(NamedTuple):
    """An upright page in pixels: colours under even light, grey without seals, and how it was laid.

    The mask of `seals` also has the ink of seals in another colour than red, which are none of its seals.
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
    flat: Flattening | None = None


class _Stand(NamedTuple):
    """How a page is brought to stand: corners of its sheet (None: all of the picture), degrees, turns, bends."""

    corners: Corners | None = None
    skew: float = 0.0
    turned: int = 0
    bends: tuple[float, ...] = ()


class _Prepared(NamedTuple):
    """A picture spread out, before it is turned: under even light, its paper white, grey without seals; its ruler, and
    whether some of its seals are of another colour than red."""

    colour: Image
    balanced: Image
    grey: Image
    ruler: float
    motley: bool


def load_picture(image: PageImage) -> Image:
    """The page picture as BGR; it was decoded and found sound when it was rendered. A dot or a line gets a margin."""
    with Pictures.open(image.path) as file:
        picture = np.ascontiguousarray(np.asarray(file.convert("RGB"), np.uint8)[:, :, ::-1])
    least = max(_LEAST_SIDE, max(picture.shape) // _LONGEST)
    below, right = (max(0, least - side) for side in picture.shape[:2])
    return cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE) if below or right else picture


def upright(picture: Image, turned: int, skew: float) -> Image:
    """The picture as a page's `turned` and `skew` say that it stands upright."""
    return turn(straighten(picture, skew), turned)


def laid(picture: Image, page: Page) -> Image:
    """The picture as stored, laid as the page's record says: the upright page, of its size, its colours as they are."""
    stand = _stand_of(page)
    return _settle(spread(picture, stand.corners, _size_before(page)), stand)


def set_upright(picture: Image, dpi: float | None, engine: Engine) -> Sheet:
    """Spreads out, straightens, finds the lines, and turns by the quarters that the lines tell.

    A turned page is detected again, and so is one whose lines bend.
    """
    corners = find_corners(picture)
    size, ruler = _reading_size(picture, corners, dpi)
    spread_out = _prepare(spread(picture, corners, size), ruler)
    if _is_empty(spread_out.grey, ruler):
        return _finish(spread_out, _Stand(corners))
    skew = skew_of(spread_out.grey)
    grey = straighten(spread_out.grey, skew)
    quads = engine.detect(_three(grey))
    turned = quarter_of(_three(grey), quads, engine)
    grey = turn(grey, turned)
    bends = measure_bends(grey)
    if turned or bends:
        quads = engine.detect(_three(unbend(grey, bends)))
    return _finish(spread_out, _Stand(corners, skew, turned, bends), quads)


def as_it_lies(picture: Image, dpi: float | None) -> Sheet:
    """The sheet of a page that needs no turning: printed to PDF."""
    return _finish(_prepare(picture, pixels_per_mm(picture, dpi)), _Stand())


def as_read(picture: Image, page: Page) -> Sheet:
    """The sheet of a page that was read before, laid as its record says; without lines."""
    stand, size = _stand_of(page), _size_before(page)
    own, ruler = size_of(picture, stand.corners), _own_ruler(picture, stand.corners, page.dpi)
    sheet = _prepare(spread(picture, stand.corners, size), ruler * size[0] / own[0])
    return _finish(sheet, stand)


def _prepare(picture: Image, ruler: float) -> _Prepared:
    lit = even_light(picture, ruler)
    balanced = balance(lit)
    others = find_other_seals(balanced, ruler)
    freed = free_from(suppress(balanced, find_red(balanced, ruler)), balanced, others)
    return _Prepared(lit, balanced, take_off_pale(freed), ruler, bool(others))


def _finish(sheet: _Prepared, stand: _Stand, quads: Quads = _NO_QUADS) -> Sheet:
    seals = _find_all_seals(_settle(sheet.balanced, stand), sheet)
    coloured = has_coloured_ink(sheet.balanced, sheet.ruler)
    flat = Flattening(corners=stand.corners or _WHOLE, bends=stand.bends) if stand.corners or stand.bends else None
    colour = _settle(sheet.colour, stand)
    grey = free_print(_settle(sheet.grey, stand), seals.copies, sheet.ruler)
    return Sheet(colour, grey, seals, quads, sheet.ruler, stand.turned, stand.skew, coloured, flat)


def _find_all_seals(balanced: Image, sheet: _Prepared) -> SealInk:
    seals = find_seals(balanced, sheet.ruler)
    others = find_other_seals(balanced, sheet.ruler) if sheet.motley else ()
    return seals._replace(mask=cover_with(seals.mask, others))


def _settle(picture: Image, stand: _Stand) -> Image:
    """A picture that was spread out, as it stands upright with straight lines."""
    return unbend(upright(picture, stand.turned, stand.skew), stand.bends)


def _stand_of(page: Page) -> _Stand:
    flat = page.flat
    if flat is None:
        return _Stand(None, page.skew, page.turned)
    return _Stand(None if flat.corners == _WHOLE else flat.corners, page.skew, page.turned, flat.bends)


def _size_before(page: Page) -> tuple[int, int]:
    """Width and height before the page was turned."""
    return (page.height, page.width) if page.turned % 180 else (page.width, page.height)


def _reading_size(picture: Image, corners: Corners | None, dpi: float | None) -> tuple[tuple[int, int], float]:
    """Width and height at which a page is read, and pixels per millimetre then.

    A scan is read as it is, unless its print is too small; a photograph is brought to what a scan would have.
    """
    (wide, high), ruler = size_of(picture, corners), _own_ruler(picture, corners, dpi)
    own = ruler * _MM_PER_INCH
    too_small, too_large = own < _LEAST_DPI, corners is not None and own > _MOST_DPI
    scale = min(_GOOD_DPI / own, _MOST_SCALE) if too_small or too_large else 1.0
    size = (round(wide * scale), round(high * scale))
    return size, ruler * size[0] / wide


def _own_ruler(picture: Image, corners: Corners | None, dpi: float | None) -> float:
    """Pixels per millimetre of the picture as stored; what dpi a photograph has tells nothing of a sheet like A4."""
    longer = max(size_of(picture, corners))
    if dpi is None or (corners and abs(longer / dpi * _MM_PER_INCH / A4_MM - 1) < _NEARLY_A4):
        return longer / A4_MM
    return dpi / _MM_PER_INCH


def _three(grey: Image) -> Image:
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def _is_empty(grey: Image, ruler: float) -> bool:
    """No print beyond specks; what shines through from the back is too pale to be ink."""
    ink = cv2.morphologyEx(find_ink(grey), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return float(np.count_nonzero(ink)) < _BLANK_MM2 * ruler * ruler
