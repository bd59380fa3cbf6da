"""Lines that bend across a page, as they do in a bound book or a photographed sheet, are measured and made straight."""

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.engine import Image

Curve = NDArray[np.float64]

_SIDE = 1400  # pixels of the height at which bends are measured
_STRIPS, _BANDS = 24, 6
_REACH = 9  # pixels by which a line may rise or fall from one strip to the next
_DEGREE = 5  # of the curve's slope across the page
_ROUNDS, _OUTLIER = 8, 0.7  # pixels per strip
_LEAST_PAIRS, _MANY_PAIRS = 24, 40
_KNOTS = 17
_LEAST_BEND = 0.0012  # of the height: 2.8 pixels of A4 at 200 dpi
_MOST_BEND = 0.04
_LEAST_GAIN = 1.08  # how much clearer rows of ink must be afterwards


class _Slopes(NamedTuple):
    """How far lines fall from one strip to the next: places (x, y as fractions), pixels, and how much ink says so."""

    xs: Curve
    ys: Curve
    falls: Curve
    weights: Curve


def measure_bends(grey: Image) -> tuple[float, ...]:
    """How far the lines of an upright grey page lie too low, as shares of its height at equal steps from left to
    right: first along its top, then along its bottom. Empty where the lines are straight or too few to tell."""
    ink = _ink(grey)
    first = _bends(ink, _LEAST_PAIRS)
    if not first or max(_bow(half) for half in np.split(np.array(first), 2)) < _LEAST_BEND / 2:
        return ()
    rest = _bends(unbend(ink, first, 0), _MANY_PAIRS)  # where lines fall steeply, the first measure falls short
    bends = tuple(round(a + b, 6) for a, b in zip(first, rest or (0.0,) * len(first), strict=True))
    bow = max(_bow(half) for half in np.split(np.array(bends), 2))
    if bow < _LEAST_BEND or max(map(abs, bends)) > _MOST_BEND:
        return ()
    return bends if _clearness(unbend(ink, bends, 0)) > _LEAST_GAIN * _clearness(ink) else ()


def _bends(ink: Image, least: int) -> tuple[float, ...]:
    slopes = _slopes(ink)
    if len(slopes.xs) < least:
        return ()
    coefficients = _fit(slopes)
    return tuple(float(v) / ink.shape[0] for y in (0.0, 1.0) for v in _curve(coefficients, y))


def unbend(image: Image, bends: tuple[float, ...], fill: int = 255) -> Image:
    """The upright picture with its lines made straight, same size; the very same picture where nothing bends."""
    if not bends:
        return image
    high, wide = image.shape[:2]
    across = np.linspace(0, 1, len(bends) // 2)
    xs = (np.arange(wide) + 0.5) / wide
    top, bottom = (np.interp(xs, across, half) * high for half in np.split(np.array(bends), 2))
    down = ((np.arange(high) + 0.5) / high).astype(np.float32)[:, None]
    shift = (1 - down) * top.astype(np.float32) + down * bottom.astype(np.float32)
    rows = np.arange(high, dtype=np.float32)[:, None] + shift
    columns = np.broadcast_to(np.arange(wide, dtype=np.float32), (high, wide))
    return cv2.remap(image, np.ascontiguousarray(columns), rows, cv2.INTER_CUBIC, borderValue=(fill, fill, fill))


def _ink(grey: Image) -> Image:
    """Darkness above the paper around it; what lies at the rim of a photographed sheet is left out."""
    scale = min(1.0, _SIDE / grey.shape[0])
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), 9)
    ink: Image = cv2.subtract(cv2.resize(paper, small.shape[::-1], interpolation=cv2.INTER_LINEAR), small)
    ink[ink < 24] = 0
    rim = max(4, min(ink.shape) // 40)
    for side in (ink[:rim], ink[-rim:], ink[:, :rim], ink[:, -rim:]):
        side[:] = 0
    return ink


def _slopes(ink: Image) -> _Slopes:
    """The fall between each two neighbouring strips in each band of the page where ink is."""
    high, wide = ink.shape
    edges = np.linspace(0, wide, _STRIPS + 1).astype(int)
    profiles = np.stack([ink[:, a:b].mean(axis=1, dtype=np.float64) for a, b in pairwise(edges)])
    rows = np.diff(cv2.GaussianBlur(np.sqrt(profiles), (5, 1), 0), axis=1)
    limits = np.linspace(0, high - 1, _BANDS + 1).astype(int)
    found = []
    for strip in range(_STRIPS - 1):
        for start, end in pairwise(limits):
            fall, weight = _fall(rows[strip, start:end], rows[strip + 1, start:end])
            if weight > 0:
                found.append((edges[strip + 1] / wide, (start + end) / 2 / high, fall, weight))
    columns = np.array(found, np.float64).reshape(-1, 4).T
    return _Slopes(*columns)


def _fall(left: Curve, right: Curve) -> tuple[float, float]:
    """By how many pixels the second profile lies lower, to a fraction, and how much that can be trusted."""
    reach = _REACH
    energy = float(np.sqrt((left @ left) * (right @ right)))
    if len(left) < 4 * reach or energy <= 0:
        return 0.0, 0.0
    middle = left[reach:-reach]
    likeness = np.array([middle @ right[reach + s : len(right) - reach + s] for s in range(-reach, reach + 1)]) / energy
    best = int(np.argmax(likeness))
    if not 0 < best < 2 * reach or likeness[best] < 0.35:
        return 0.0, 0.0
    before, at, after = likeness[best - 1 : best + 2]
    part = 0.5 * (before - after) / min(-1e-9, before - 2 * at + after)
    return best - reach + float(np.clip(part, -0.5, 0.5)), float(likeness[best] ** 2 * np.sqrt(energy))


def _terms(xs: Curve, ys: Curve) -> NDArray[np.float64]:
    powers = [(2 * xs - 1) ** k for k in range(_DEGREE + 1)]
    return np.stack([*powers, *((2 * ys - 1) * power for power in powers)], axis=-1)


def _fit(slopes: _Slopes) -> Curve:
    """Polynomials of the fall across the page, changing evenly from its top to its bottom; outliers count less."""
    terms = _terms(slopes.xs, slopes.ys)
    ridge = np.diag([1e-4] * (_DEGREE + 1) + [3e-2] * (_DEGREE + 1)) * float(slopes.weights.sum())
    weights = slopes.weights
    for _ in range(_ROUNDS):
        weighted = terms * weights[:, None]
        coefficients = np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ slopes.falls)
        away = slopes.falls - terms @ coefficients
        weights = slopes.weights / (1 + (away / _OUTLIER) ** 2) ** 2
    return np.asarray(coefficients, np.float64)


def _curve(coefficients: Curve, y: float) -> Curve:
    """How far lines at this height lie too low at each knot, in pixels of the ink; zero on average."""
    fine = np.linspace(0, 1, 16 * (_KNOTS - 1) + 1)
    falls = _terms(fine, np.full_like(fine, y)) @ coefficients * _STRIPS  # pixels over the whole width
    steps = (falls[1:] + falls[:-1]) / 2 * np.diff(fine)
    curve = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray((curve - curve.mean())[::16], np.float64)


def _bow(curve: Curve) -> float:
    """How far a curve leaves the straight line through it."""
    xs = np.linspace(-1, 1, len(curve))
    return float(np.abs(curve - np.polyval(np.polyfit(xs, curve, 1), xs)).max())


def _clearness(ink: Image) -> float:
    """How sharply rows of ink begin and end."""
    profile = np.diff(ink.mean(axis=1, dtype=np.float64))
    return float(profile @ profile)
