"""Whether there is coloured ink on a page, whatever the file calls itself."""

import cv2
import numpy as np

from extractors.engine import Image

_SHRINK = 4  # averages away JPEG's colour noise and the coloured fringes that scanners leave around black print
_CHROMA = 32
_LEAST_MM2 = 12.0  # a seal's ink covers some 300 mm²
_MARGIN = 0.03  # shadows at the edge of the glass are tinted


def has_coloured_ink(balanced: Image, ruler: float) -> bool:
    """True when some ink is coloured: a seal, a logo, a coloured frame.

    A tint of the paper does not count (it was balanced away), nor do grey scans kept as RGB. A colour scan on which
    everything is black on white is therefore `False`, like a grey one: nothing on it tells the difference.
    """
    small = cv2.resize(balanced, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    across, down = round(small.shape[1] * _MARGIN), round(small.shape[0] * _MARGIN)
    inner = small[down : small.shape[0] - down, across : small.shape[1] - across]
    chroma = inner.max(axis=2) - inner.min(axis=2)
    solid = cv2.erode((chroma > _CHROMA).astype(np.uint8), np.ones((2, 2), np.uint8))
    return float(solid.sum()) * (_SHRINK / ruler) ** 2 >= _LEAST_MM2
