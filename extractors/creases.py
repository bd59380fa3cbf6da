"""Dark hairlines from one edge of the paper to the other, which rule no table: creases, and the streaks of scanners.

A crease is all but straight on the sheet; a streak leans as far as the sheet lay askew on the glass.
"""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.engine import Image

_DARKER = 10  # levels darker than the paper beside it
_WIDTH_MM, _REACH_MM = 1.6, 0.6  # what counts as a hairline; how far from its straight course it strays
_SLOPES = np.linspace(-0.088, 0.088, 45)
_EDGE, _EDGE_SHARE = 0.035, 0.5  # a crease is there in both outermost strips of the sheet, where no table has a line
_SHARE = 0.8  # of its whole course that must be dark
_PRINT, _MOSTLY = (
    (1.3, 15),
    75,
)  # how much darker, and by how many levels, print is than most of the crease at the edges
_PER_MM = 2.0  # pixels it is looked for with


class Crease(NamedTuple):
    """Where it meets the upper and the lower edge, in pixels from the left."""

    upper: int
    lower: int


def find_creases(depth: Image, ruler: float) -> Image:
    """A 0/255 mask of what creases and streaks from top to bottom darkened, of the sheet's shape.

    `depth` is how many levels each point is darker than the paper around it. Lines and letters that a crease crosses or
    runs along are much darker than it, and not in the mask."""
    scale = min(1.0, _PER_MM / ruler)
    small = cv2.resize(depth, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hairs = cv2.morphologyEx(small, cv2.MORPH_TOPHAT, np.ones((1, round(_WIDTH_MM * ruler * scale) | 1), np.uint8))
    mask = np.zeros_like(depth)
    for crease in _find(np.asarray(hairs), ruler * scale):
        ends = (round(crease.upper / scale), 0), (round(crease.lower / scale), len(depth) - 1)
        course = cv2.line(np.zeros_like(depth), *ends, 255, round(4 * _REACH_MM * ruler))
        course[depth > _deepest(cv2.bitwise_and(depth, course))] = 0
        mask = cv2.bitwise_or(mask, course)
    return mask


def _deepest(crease: Image) -> float:
    """How dark a crease may be at most, by what it is in the margins."""
    edge = round(_EDGE * len(crease))
    usual = float(np.percentile(np.concatenate([crease[:edge], crease[-edge:]]).max(axis=1), _MOSTLY))
    return max(_PRINT[0] * usual, usual + _PRINT[1])


def _find(hairs: Image, ruler: float) -> Iterator[Crease]:
    reach = 2 * round(_REACH_MM * ruler) + 1
    spread = cv2.dilate(hairs, np.ones((1, reach), np.uint8)) > _DARKER
    closed = cv2.morphologyEx(spread.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((round(2 * ruler), 1), np.uint8))
    shares = np.array([_shares(np.asarray(closed), slope) for slope in _SLOPES])
    near = round(4 * _REACH_MM * ruler)
    while shares.max() >= _SHARE:
        slope, middle = (int(at) for at in np.unravel_index(int(shares.argmax()), shares.shape))
        half = _SLOPES[slope] * len(hairs) / 2
        yield Crease(round(middle - half), round(middle + half))
        shares[:, max(0, middle - near) : middle + near + 1] = 0


def _shares(dark: Image, slope: float) -> NDArray[np.float32]:
    """For each column the share of a course through its middle that is dark; 0 where it does not reach both edges."""
    height, width = dark.shape
    edge = max(2, round(_EDGE * height))
    shear = np.array([[1, -slope, slope * height / 2], [0, 1, 0]])
    straight = cv2.warpAffine(dark, shear, (width, height), flags=cv2.INTER_NEAREST)
    upper, whole, lower = (
        cv2.reduce(part, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]
        for part in (straight[:edge], straight, straight[-edge:])
    )
    return np.asarray(whole * ((upper >= _EDGE_SHARE) & (lower >= _EDGE_SHARE)), np.float32)
