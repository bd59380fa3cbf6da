"""Sides of a picture at which print runs off, so that a part of the page is lost."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.crops import Rect
from extractors.engine import Image
from extractors.sheets import Sheet

SIDES = ("left", "top", "right", "bottom")
_TOUCH_MM = 0.6  # no printer sets letters so near to the edge of the paper
_LINES, _LENGTH_MM = 3, 25.0  # lines of text that end at a side, or letters along the head or foot
_STRIP_MM, _RULING_MM = 5.0, 1.0
_DARK = 160
_FULL = 0.9


def cut_sides(sheet: Sheet, rects: Sequence[Rect]) -> tuple[str, ...]:
    """The sides at which several lines of text, or rulings, run into the edge of the picture as it was scanned.

    `rects` are the pieces of print without those under seals. A dark border of the scanner's lid is no ruling: it is
    broad; neither are frames, which run along the edge and not into it.
    """
    back = _Back(sheet)
    touching = back.touching([rect for rect in rects if min(rect.size) > sheet.ruler])
    return tuple(side for side in SIDES if _is_cut(touching[side], side, sheet.ruler) or back.rulings(side) >= _LINES)


def _is_cut(rects: Sequence[Rect], side: str, ruler: float) -> bool:
    if side in ("left", "right"):
        return sum(rect.width > rect.height for rect in rects) >= _LINES
    return sum(rect.width for rect in rects) >= _LENGTH_MM * ruler


class _Back:
    """The page turned back by its skew: the edges of the scan are those of the picture again."""

    def __init__(self, sheet: Sheet) -> None:
        self.grey, self.ruler = sheet.grey, sheet.ruler
        height, width = sheet.grey.shape
        self.turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -sheet.skew, 1.0)

    def touching(self, rects: Sequence[Rect]) -> dict[str, list[Rect]]:
        """The pieces that reach into each side."""
        found: dict[str, list[Rect]] = {side: [] for side in SIDES}
        for rect in rects:
            for side, room in zip(SIDES, self._rooms(rect), strict=True):
                if room < _TOUCH_MM * self.ruler:
                    found[side].append(rect)
        return found

    def _rooms(self, rect: Rect) -> tuple[float, ...]:
        """Pixels from the middles of a piece's four sides to the edges of the scan."""
        height, width = self.grey.shape
        middle_x, middle_y = (rect.x0 + rect.x1) / 2, (rect.y0 + rect.y1) / 2
        points = [(rect.x0, middle_y), (middle_x, rect.y0), (rect.x1, middle_y), (middle_x, rect.y1)]
        (left, _), (_, top), (right, _), (_, bottom) = (self.turn @ np.array([x, y, 1.0]) for x, y in points)
        return float(left), float(top), float(width - right), float(height - bottom)

    def rulings(self, side: str) -> int:
        """Thin dark lines that run into a side."""
        strip = self._strip(side)
        dark = (cv2.erode(strip, np.ones((3, 1), np.uint8)) < _DARK).mean(axis=1) > _FULL
        return sum(length <= _RULING_MM * self.ruler for length in _runs(dark))

    def _strip(self, side: str) -> Image:
        """A narrow strip along a side, laid so that it runs downwards."""
        height, width = self.grey.shape
        broad = round(_STRIP_MM * self.ruler)
        across = side in ("left", "right")
        x, y = (width - broad if side == "right" else 0), (height - broad if side == "bottom" else 0)
        shift = self.turn.copy()
        shift[:, 2] -= (x, y)
        size = (broad, height) if across else (width, broad)
        strip = cv2.warpAffine(self.grey, shift, size, flags=cv2.INTER_LINEAR, borderValue=255)
        return strip if across else np.ascontiguousarray(strip.T)


def _runs(marks: NDArray[np.bool_]) -> Iterator[int]:
    """The lengths of all runs of set marks."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False])).astype(np.int8)))
    yield from (int(end - start) for start, end in zip(edges[::2], edges[1::2], strict=True))
