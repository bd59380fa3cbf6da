"""Lone signs of table cells told by their shape: `/` and `—`, which recognition takes for 1, 7, I or _."""

import cv2
import numpy as np

from extractors.engine import Image

_MIN_HEIGHT = 0.9  # millimetres: smaller marks are specks
_BORDER = 0.45  # millimetres: rests of ruling lines are no thicker
_SLIM = 6.0  # how many times longer than wide a stroke is (by its moments)


def lone_sign(grey: Image, ruler: float) -> str | None:
    """`/` or `—` where a cell's crop (dark on light, `ruler` pixels a millimetre) holds just that stroke."""
    ink = _ink(grey)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    marks = [i for i in range(1, count) if not _is_border(stats[i].tolist(), ink.shape, ruler)]
    large = [i for i in marks if max(stats[i, 2], stats[i, 3]) >= _MIN_HEIGHT * ruler]
    if len(large) != 1 or sum(stats[i, 4] for i in marks) > 1.25 * stats[large[0], 4]:
        return None
    return _stroke(np.argwhere(labels == large[0]))


def _ink(grey: Image) -> Image:
    """What is nearer to the darkest print than to the paper."""
    paper, print_ = np.median(grey), np.percentile(grey, 1)
    ink: Image = (grey < (paper + print_) / 2).astype(np.uint8)
    return ink


def _is_border(stats: list[int], shape: tuple[int, ...], ruler: float) -> bool:
    """A thin rest of the cell's ruling along the edge of the crop."""
    x, y, width, height, _ = stats
    at_side = x == 0 or x + width == shape[1]
    at_end = y == 0 or y + height == shape[0]
    thin = _BORDER * ruler
    return (at_end and height <= thin and width > 2 * height) or (at_side and width <= thin and height > 2 * width)


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
