"""Stamps of one line in a frame (已录入 2026.01.20): no seals, but their ink hides what they were pressed on."""

from collections.abc import Iterator

import cv2

from extractors.crops import Rect
from extractors.engine import Image
from extractors.red_ink import together
from extractors.seal_shapes import is_framed

_HIGH_MM, _LONG_MM = (5.0, 16.0), (18.0, 100.0)
_LINE_SHAPE = 2.6  # times as long as high
_TIGHT_MM = 1.5
_WRITTEN = (0.1, 0.6)  # of its area is ink: frame and letters


def find_line_stamps(ink: Image, ruler: float) -> Iterator[tuple[Rect, Image]]:
    """Framed lines in a mask of red ink, as rectangles with masks; `ruler` is pixels per millimetre.

    A printed form hangs together over more than one line, and a letterhead has no frame: neither is found.
    """
    for rect, part in together(ink, ruler, _TIGHT_MM):
        (_, sides, turn) = cv2.minAreaRect(cv2.findNonZero(part))
        long, high = max(sides) / ruler, min(sides) / ruler
        in_size = _HIGH_MM[0] <= high <= _HIGH_MM[1] and _LONG_MM[0] <= long <= _LONG_MM[1]
        if not in_size or long < _LINE_SHAPE * high:
            continue
        share = cv2.countNonZero(part) / (long * high * ruler * ruler)
        if _WRITTEN[0] <= share <= _WRITTEN[1] and is_framed(part, turn):
            yield rect, part
