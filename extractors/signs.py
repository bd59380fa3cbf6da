"""Lone signs of table cells told by their shape: `/` and `—`, which recognition takes for 1, 7, I or _."""

import cv2
import numpy as np

from extractors.engine import Image

_MIN_HEIGHT = 0.9  # millimetres: smaller marks are specks
_SLIM = 6.0  # how many times longer than wide a stroke is (by its moments)


def lone_sign(grey: Image, ruler: float) -> str | None:
    """`/` or `—` where a cell's crop (dark on light, `ruler` pixels a millimetre) holds just that stroke."""
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    large = [i for i in range(1, count) if max(stats[i, 2], stats[i, 3]) >= _MIN_HEIGHT * ruler]
    if len(large) != 1 or _other_ink(stats[1:count, 4].tolist(), int(stats[large[0], 4])) > 0.25:
        return None
    return _stroke(np.argwhere(labels == large[0]))


def _other_ink(areas: list[int], main: int) -> float:
    """Ink beside the main stroke, as a share of it."""
    return (sum(areas) - main) / max(1, main)


def _stroke(pixels: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> str | None:
    """The sign that a straight stroke is: leaning right `/`, lying `—`; None for anything upright or bent."""
    if len(pixels) < 8:
        return None
    values, vectors = np.linalg.eigh(np.cov(pixels.T.astype(float)))
    if values[1] < _SLIM**2 / 4 * max(values[0], 0.08):
        return None
    down, right = vectors[:, 1]
    angle = float(np.degrees(np.arctan2(-down, right))) % 180  # 0 lying, 90 upright, 45 leaning right
    if 30 <= angle <= 80:
        return "/"
    return "—" if angle <= 12 or angle >= 168 else None
