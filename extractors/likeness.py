"""A page's picture in 256 bits that stay nearly the same when the same sheet is scanned again."""

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.engine import Image

_SIDE = 800  # pixels of the longer side at which ink is told from paper
_EDGE = 0.015  # of each side: shadows of lid and feeder
_FAINT = 25
_TRIM = 0.004  # of all ink, beyond which specks may lie on each side
_GRID, _BITS = 64, 16


def picture_hash(grey: Image) -> str:
    """The hash of an upright grey page without seals as 64 hex digits; empty for a blank page.

    What is printed is trimmed of its margins and laid on a square, so that resolution, margins and a shifted sheet do
    not matter; the signs of its 256 slowest cosine waves (DCT) are the bits.
    """
    ink = _ink(grey)
    box = _trimmed(ink)
    if box is None:
        return ""
    square = cv2.resize(ink[box], (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(np.sqrt(square.astype(np.float32)))[1 : _BITS + 1, 1 : _BITS + 1].ravel()
    return np.packbits(waves > np.median(waves)).tobytes().hex()


def _ink(grey: Image) -> Image:
    """Darkness above the paper around it, so that shadows and tints are none."""
    scale = _SIDE / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink: Image = cv2.subtract(cv2.medianBlur(small, 31), small)
    ink[ink < _FAINT] = 0
    high, wide = (max(1, round(side * _EDGE)) for side in ink.shape)
    return ink[high:-high, wide:-wide]


def _trimmed(ink: Image) -> tuple[slice, slice] | None:
    mass = ink.astype(np.float64)
    if mass.sum() == 0:
        return None
    rows, columns = _reach(mass.sum(axis=1)), _reach(mass.sum(axis=0))
    return rows, columns


def _reach(profile: NDArray[np.float64]) -> slice:
    """Where all but the outermost ink lies."""
    share = np.cumsum(profile) / profile.sum()
    first, last = np.searchsorted(share, (_TRIM, 1 - _TRIM))
    return slice(int(first), max(int(last), int(first)) + 1)
