"""Round seals of so little ink that no stroke is surely red: a whole rim with letters along it tells them."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from extractors.engine import Image
from extractors.rims import Rim, along, find_rims, is_lettered

_SCALE = 2.0  # pixels per millimetre are enough for a rim, and average the noise away
_PAPER, _FULL = 6, 26  # redness without ink, and with pale ink
_AROUND = 0.9  # of a rim is inked; rulings, letters and other seals give a circle less than 0.75
_LEAST = 16.0  # redness of a rim; what shines through from the back of the sheet has less
_OWN = 0.45  # of the rim's redness has the palest of its strokes
_ENOUGH = 150  # inked pixels, less than the smallest rim has
_APART_MM = 10.0  # two impressions of one seal lie closer


def find_pale(red: Image, ruler: float, known: Sequence[Rim]) -> Iterator[tuple[Rim, Image]]:
    """Rims of pale seals in a picture of redness at `ruler` pixels per millimetre, each with the mask of its ink.

    `known` are the rims of seals that were found by surely red ink.
    """
    shrink = _SCALE / ruler
    small = cv2.resize(red, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.float32)
    strength = np.clip((small - _PAPER) / (_FULL - _PAPER), 0, 1)
    there = [rim.enlarge(shrink) for rim in known]
    if not _is_inked(strength, there):
        return
    for rim in find_rims(strength, _SCALE, _AROUND):
        level = float(np.median(along(small, rim, -0.5)))
        if level >= _LEAST and is_lettered(strength, rim) and all(_is_apart(rim, other) for other in there):
            large = rim.enlarge(1 / shrink)
            yield large, _ink_of(red, large, level, ruler)


def _is_inked(strength: Image, known: Sequence[Rim]) -> bool:
    """Whether there is ink beyond the seals that are known, enough for a rim."""
    beyond = (strength > 0.5).astype(np.uint8)
    for (x, y), (a, b), turn, _ in known:
        cv2.ellipse(beyond, ((x, y), (a + _SCALE, b + _SCALE), turn), 0, -1)
    return cv2.countNonZero(beyond) >= _ENOUGH


def _is_apart(rim: Rim, other: Rim) -> bool:
    return bool(np.hypot(*np.subtract(rim.centre, other.centre)) >= _APART_MM * _SCALE)


def _ink_of(red: Image, rim: Rim, level: float, ruler: float) -> Image:
    """A mask of the strokes within the rim, the rim with them."""
    (a, b), line = rim.diameters, 2 * ruler
    disc = cv2.ellipse(np.zeros_like(red), (rim.centre, (a + line, b + line), rim.turn), 255, -1)
    disc[cv2.medianBlur(red, 3) <= _OWN * level] = 0
    return disc
