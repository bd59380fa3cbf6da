"""Turns a page upright: by quarter turns first, then by the last degrees."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.crops import cut
from extractors.engine import Engine, Image, Quads

_SKEW_RANGE = 6.0
_SKEW_SIDE = 1000
_LEAST_SKEW = 0.04
_AWAY = 10.0
_JUDGED_LINES = 24
_FEW = 4  # lines; of fewer the classifier may take each for the wrong way up
_LONG = 1.6


def skew_of(grey: Image) -> float:
    """Degrees by which the page must be turned counter-clockwise to be straight, within ±6°, to about 0.05°.

    Rows of ink are sharpest when straight, whether they are lines of text or ruled; on a page lying on its side the
    columns are.
    """
    ink = _ink(grey)
    if not ink.any():
        return 0.0
    small = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    axis = _telling_axis(small)
    best = _sharpest(small, axis, 0.0, _SKEW_RANGE, 0.5)
    best = _sharpest(ink, axis, best, 0.5, 0.1)
    best = _sharpest(ink, axis, best, 0.08, 0.02)
    return round(best, 2) if _LEAST_SKEW <= abs(best) < _SKEW_RANGE else 0.0


def _ink(grey: Image) -> Image:
    scale = _SKEW_SIDE / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    paper = cv2.medianBlur(small, 31)
    ink = cv2.subtract(paper, small)
    ink[ink < 20] = 0
    margin = max(4, min(ink.shape) // 60)
    # turned away first: else the page as it lies would seem the sharpest, its pixels alone not being interpolated
    return _rotated(cv2.GaussianBlur(ink[margin:-margin, margin:-margin], (0, 0), 1.0), _AWAY, 0)


def _telling_axis(ink: Image) -> int:
    """1 where the rows of ink, 0 where its columns change most with the angle."""
    curves = [[_sharpness(ink, axis, float(angle)) for angle in range(-6, 7, 2)] for axis in (0, 1)]
    return int(np.argmax([max(curve) - min(curve) for curve in curves]))


def _sharpest(ink: Image, axis: int, middle: float, reach: float, step: float) -> float:
    angles = np.arange(middle - reach, middle + reach + step / 2, step)
    return float(angles[int(np.argmax([_sharpness(ink, axis, float(angle)) for angle in angles]))])


def _sharpness(ink: Image, axis: int, angle: float) -> float:
    profile = np.diff(_rotated(ink, angle - _AWAY, 0).sum(axis=axis, dtype=np.float64))
    return float(profile @ profile)


def straighten(image: Image, degrees: float) -> Image:
    """The picture turned counter-clockwise by a few degrees about its middle, same size, white corners."""
    return image if degrees == 0 else _rotated(image, degrees, 255)


def _rotated(image: Image, degrees: float, fill: int) -> Image:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(fill, fill, fill))


def turn(image: Image, degrees: int) -> Image:
    """The picture turned counter-clockwise by 0, 90, 180 or 270 degrees."""
    return image if degrees % 360 == 0 else np.ascontiguousarray(np.rot90(image, degrees // 90))


def quarter_of(image: Image, quads: Quads, engine: Engine) -> int:
    """Degrees (0, 90, 180, 270) by which to turn the picture counter-clockwise, told by its detected lines.

    Long boxes tell whether lines run across or down, weighted by their length; the line classifier then tells head from
    foot, and where it wavers or lines are few, recognition confidence decides.
    """
    sizes = _sizes(quads)
    long = np.abs(np.log(sizes[:, 0] / sizes[:, 1])) > np.log(_LONG) if len(sizes) else np.zeros(0, bool)
    if not long.any():
        return 0
    across = sizes[long][sizes[long, 0] > sizes[long, 1], 0].sum()
    down = sizes[long][sizes[long, 0] <= sizes[long, 1], 1].sum()
    lying = bool(down > across)
    lines = _longest(quads[long], sizes[long], lying)
    crops = [turn(cut(image, _bounds(quad)), 90 if lying else 0) for quad in lines]
    return (90 if lying else 0) + (180 if _on_head(crops, engine) else 0)


def _longest(quads: Quads, sizes: NDArray[np.float32], lying: bool) -> Quads:
    """The lines to be judged: of the right direction, long but no whole paragraphs' width first."""
    fits = sizes[:, 1] > sizes[:, 0] if lying else sizes[:, 0] >= sizes[:, 1]
    order = np.argsort(-np.max(sizes[fits], axis=1))
    return quads[fits][order[:_JUDGED_LINES]]


def _on_head(crops: Sequence[Image], engine: Engine) -> bool:
    votes = engine.upside_down(crops)
    verdict = sum(votes) / max(1, len(votes))
    if abs(verdict) > 0.5 and len(votes) >= _FEW:
        return verdict > 0
    some = crops[:8]
    upright = sum(reading.confidence * len(reading.text) for reading in engine.recognise(some))
    turned = sum(reading.confidence * len(reading.text) for reading in engine.recognise([turn(c, 180) for c in some]))
    return turned > upright


def _sizes(quads: Quads) -> NDArray[np.float32]:
    if not len(quads):
        return np.zeros((0, 2), np.float32)
    sizes: NDArray[np.float32] = np.maximum(quads.max(axis=1) - quads.min(axis=1), 1)
    return sizes


def _bounds(quad: Quads) -> tuple[int, int, int, int]:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
