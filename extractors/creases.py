"""The creases of a folded sheet: dark hairlines from one edge of the paper to the other, which rule no table."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.engine import Image

_DARKER = 6  # grey levels under the paper beside it
_WIDTH_MM, _REACH_MM = 1.6, 0.6  # what counts as a hairline; how far from its straight course it strays
_SLOPES = np.linspace(-0.012, 0.012, 13)
_EDGE, _EDGE_SHARE = 0.035, 0.5  # a crease is there in both outermost strips of the sheet, where no table has a line
_SHARE = 0.8  # of its whole course that must be dark
_RULE = 1.6, 15  # how much darker than the crease is at the edges, and by how many levels, a printed rule along it is
_PER_MM = 3.0  # pixels it is looked for with


class Crease(NamedTuple):
    """Where it meets the upper and the lower edge (pixels from the left), and how dark it is there, in grey levels."""

    upper: int
    lower: int
    depth: float


def find_creases(grey: Image, ruler: float) -> Image:
    """A 0/255 mask of the ink that creases from top to bottom drew on the grey sheet, of its shape.

    A printed rule or letter that a crease happens to run along is much darker than the crease, and is not in it."""
    scale = min(1.0, _PER_MM / ruler)
    hairs = _hairs(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), ruler * scale)
    mask = np.zeros(hairs.shape, np.uint8)
    for crease in _find(hairs, ruler * scale):
        course = np.zeros(hairs.shape, np.uint8)
        ends = (crease.upper, 0), (crease.lower, len(hairs) - 1)
        cv2.line(course, *ends, 255, round(4 * _REACH_MM * ruler * scale))
        course[hairs > max(_RULE[0] * crease.depth, crease.depth + _RULE[1])] = 0
        mask |= course
    return np.asarray(cv2.resize(mask, grey.shape[::-1], interpolation=cv2.INTER_NEAREST))


def _hairs(small: Image, ruler: float) -> Image:
    """How much darker than the paper left and right each point of a hairline from top to bottom is."""
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((1, round(_WIDTH_MM * ruler) | 1), np.uint8)))


def _find(hairs: Image, ruler: float) -> Iterator[Crease]:
    reach = 2 * round(_REACH_MM * ruler) + 1
    spread = cv2.dilate(hairs, np.ones((1, reach), np.uint8))
    closed = cv2.morphologyEx((spread > _DARKER).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((round(2 * ruler), 1), np.uint8))
    edge = max(2, round(_EDGE * len(hairs)))
    shares = np.array([_shares(closed.astype(np.float32), slope, edge) for slope in _SLOPES])
    near = round(3 * _REACH_MM * ruler) + round(_SLOPES[-1] * len(hairs))
    while shares.max() >= _SHARE:
        slope, middle = (int(at) for at in np.unravel_index(int(shares.argmax()), shares.shape))
        half = _SLOPES[slope] * len(hairs) / 2
        upper, lower = (min(max(round(middle + side), 0), hairs.shape[1] - 1) for side in (-half, half))
        depth = float(np.median(np.concatenate([spread[:edge, upper], spread[-edge:, lower]])))
        yield Crease(upper, lower, depth)
        shares[:, max(0, middle - near) : middle + near + 1] = 0


def _shares(dark: NDArray[np.float32], slope: float, edge: int) -> NDArray[np.float64]:
    """For each column the share of a course through its middle that is dark; 0 where it does not reach both edges."""
    height, width = dark.shape
    shear = np.array([[1, -slope, slope * height / 2], [0, 1, 0]])
    straight = cv2.warpAffine(dark, shear, (width, height), flags=cv2.INTER_NEAREST)
    reaches = (straight[:edge].mean(axis=0) >= _EDGE_SHARE) & (straight[-edge:].mean(axis=0) >= _EDGE_SHARE)
    return np.asarray(straight.mean(axis=0) * reaches, np.float64)
