"""Grey and black copies of seals: rims of seal size in ink that has no colour, with letters along them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from extractors.crops import Rect, cut, whole
from extractors.engine import Image
from extractors.rims import Rim, along, find_rims, is_lettered

_SCALE = 2.0  # pixels per millimetre are enough for a rim
_STEP_MM = 1.0
_LOOKS = ((15, 85, 0.8), (8, 40, 0.9))  # darkness without and with ink, inked share of a rim; then for pale ones
_LEAST, _BESIDE_MM = 32.0, 2.0  # a rim is darker than the paper by; what shines through from the back is by less
_COLOURED = 26  # difference of the channels on the rim of a seal that is no copy
_SAME_MM = 6.0
_BLACK = 110  # level of ink below which a copy is black
_RIM_MM, _STROKE_MM = 1.0, 0.35  # width of a rim; strokes of seals are wider, the pale edges of print are not
_LIGHTER = 75  # level from which a copy's ink is told from print
_PRINT, _INK, _WHITE = 40, 0.78, 228  # level of print; share of the copy's own level that is its ink; of paper
_OUTLIERS = 35  # percent of a rim's ink that print may lie over
_CONTRAST = 1.4  # thin strokes lose ink to the stretch and get it back


class Copy(NamedTuple):
    """A copied seal: its rectangle, rim and colour, `grey` or `black`."""

    rect: Rect
    rim: Rim
    colour: str


def find_copies(balanced: Image, ruler: float, rims: Sequence[Rim | None] = ()) -> tuple[Copy, ...]:
    """Copies of round seals on a page whose paper is white; `rims` are those of its red seals, which are none.

    Tables, codes and printed ornaments have no such rim: one thin line all around, paper on both sides of it, letters
    along it. Nothing is said of copies of oval and square seals, which print resembles too much.
    """
    shrink = _SCALE / ruler
    small = cv2.resize(balanced, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    level = small.max(axis=2)
    known = [rim.enlarge(shrink).centre for rim in rims if rim]
    found = []
    for rim in _grey_rims(small, 255.0 - level.astype(np.float32)):
        if all(np.hypot(*np.subtract(rim.centre, other)) > _SAME_MM * _SCALE for other in known):
            known.append(rim.centre)
            large = rim.enlarge(1 / shrink)
            colour = "black" if np.percentile(along(level, rim, -0.5), 25) < _BLACK else "grey"
            found.append(Copy(large.rect.meet(whole(balanced)), large, colour))
    return tuple(found)


def _grey_rims(small: Image, darkness: Image) -> Iterator[Rim]:
    """Rims of seals without colour, the pale ones last; those that are found twice come twice."""
    for paper, full, around in _LOOKS:
        strength = np.clip((darkness - paper) / (full - paper), 0, 1).astype(np.float32)
        for rim in find_rims(strength, _SCALE, around, _STEP_MM):
            if _is_dark(darkness, rim) and is_lettered(strength, rim) and not _is_coloured(small, rim):
                yield rim


def _is_dark(darkness: Image, rim: Rim) -> bool:
    line, paper = (float(np.median(along(darkness, rim, off))) for off in (-0.5, _BESIDE_MM))
    return line - paper >= _LEAST


def free_print(grey: Image, copies: Sequence[Copy], ruler: float) -> Image:
    """The grey picture with the ink of copies made paper where print is clearly darker; black copies stay.

    Only strokes as wide as a seal's are taken: the pale edges of print within the rim are left as they are.
    """
    freed = grey.copy()
    for copy in copies:
        part = cut(freed, copy.rect)
        level = _level(part, copy, ruler)
        if level < _LIGHTER:
            continue
        width = max(3, round(_STROKE_MM * ruler)) | 1
        between = (part > level * _INK) & (part < _WHITE) & (_ellipse(part, copy, 0.0) > 0)
        strokes = cv2.morphologyEx(between.astype(np.uint8), cv2.MORPH_OPEN, np.ones((width, width), np.uint8))
        near = cv2.dilate(strokes, np.ones((5, 5), np.uint8)) > 0
        stretched = 255 * np.clip((part.astype(np.float32) - _PRINT) / (level * _INK - _PRINT), 0, 1) ** _CONTRAST
        part[:] = np.where(near, np.maximum(part, stretched), part).astype(np.uint8)
    return freed


def _level(part: Image, copy: Copy, ruler: float) -> float:
    """How light the ink of the rim is, 0–255."""
    ring = cv2.subtract(_ellipse(part, copy, 0.0), _ellipse(part, copy, 2 * _RIM_MM * ruler))
    inked = part[(ring > 0) & (part < _WHITE)]
    return float(np.percentile(inked, _OUTLIERS)) if inked.size else 0.0


def _ellipse(part: Image, copy: Copy, less: float) -> Image:
    """A mask of what lies within the rim, its diameters so many pixels less."""
    (x, y), (a, b) = copy.rim.centre, copy.rim.diameters
    middle = x - max(0, copy.rect.x0), y - max(0, copy.rect.y0)
    return cv2.ellipse(np.zeros(part.shape, np.uint8), (middle, (a - less, b - less), copy.rim.turn), 255, -1)


def _is_coloured(small: Image, rim: Rim) -> bool:
    levels = np.stack([along(channel, rim, -0.5) for channel in cv2.split(small)])
    return float(np.median(levels.max(axis=0) - levels.min(axis=0))) > _COLOURED
