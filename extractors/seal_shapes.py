"""Whether ink that lies together is a seal by its shape: oval, square, or a slice of one at the page's edge."""

from collections.abc import Iterator

import cv2
import numpy as np

from extractors.crops import Rect, cut, inked, whole
from extractors.engine import Image

_SEAL_MM = (15.0, 75.0)  # a letterhead's characters are smaller, a name seal is 18 mm wide
_SMALL_MM = 27.0  # only name seals are smaller, and they are square
_LINE_SHAPE = 2.6  # longer than any seal: a line of text, a date stamp
_FRAMED, _BAND = 0.6, 0.09  # of a square seal's sides, inked within so much of its width
_LETTERS, _HOLLOW = 0.1, 0.74  # least share of a seal's ink that lies within so much of its rim
_FILLED, _SOLID = 0.7, 0.9  # of the area is ink: an emblem, a stain; a dense name seal has less than the second
_EDGE_MM, _STRIP_MM = 7.0, 32.0  # a scan that lay askew shows a little of the lid beside the page
_ASKEW_MM = 14.0  # or more of it; so far off, only an arc is taken for a slice
_ARC_MM, _ON_ARC_MM, _ARCHED = (15.0, 31.0), 0.5, 0.85  # radius; how near to it ends so much of a slice's height
_SLICE_MM, _GAP_MM = (16.0, 50.0), 14.0
_TWICE = 1.15


def shape_of(part: Image, ruler: float, within: Image | None = None) -> str | None:
    """`round`, `oval` or `square` by a mask of ink, cut tight; None for what is no seal.

    `within` is all the ink that it goes around, where there is more than its own.
    """
    (_, (a, b), turn) = cv2.minAreaRect(cv2.findNonZero(part))
    long, short = max(a, b) / ruler, min(a, b) / ruler
    filled = _fill(part, a * b)
    if short < _SEAL_MM[0] or long > _SEAL_MM[1] or long > _LINE_SHAPE * short or filled > _SOLID:
        return None
    if long < 1.5 * short and is_framed(part, turn):
        return "square"
    if long < _SMALL_MM or filled > _FILLED or _is_hollow(part if within is None else within):
        return None
    return "round" if long < 1.2 * short else "oval"


def _fill(part: Image, area: float) -> float:
    """The share that is ink: emblems, logos and stains are filled; a seal is a rim with letters."""
    filled = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return float(np.count_nonzero(filled)) / max(area, 1.0)


def is_framed(part: Image, turn: float) -> bool:
    """There is ink along all four sides of the rectangle around it."""
    height, width = part.shape
    angle = (turn + 45) % 90 - 45
    side = int(np.hypot(height, width)) + 2
    move = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    move[:, 2] += (side - width) / 2, (side - height) / 2
    level = cv2.warpAffine(part, move, (side, side), flags=cv2.INTER_NEAREST)
    rect = inked(level, whole(level))
    if rect is None:
        return False
    upright = cut(level, rect)
    band = max(2, round(_BAND * min(upright.shape)))
    sides = (
        upright[:band].any(axis=0),
        upright[-band:].any(axis=0),
        upright[:, :band].any(axis=1),
        upright[:, -band:].any(axis=1),
    )
    return min(float(one.mean()) for one in sides) > _FRAMED


def _is_hollow(part: Image) -> bool:
    """Nothing stands inside: a ring drawn by hand around a figure."""
    height, width = part.shape
    rim = ((width / 2, height / 2), (width * _HOLLOW, height * _HOLLOW), 0.0)
    inner = cv2.ellipse(np.zeros_like(part), rim, 255, -1)
    inside = cv2.countNonZero(cv2.bitwise_and(part, inner))
    return inside < _LETTERS * cv2.countNonZero(part)


def find_slices(ink: Image, ruler: float) -> Iterator[Rect]:
    """Slices of 骑缝章: narrow, as long as a seal, along one side of the page (which may still lie turned)."""
    yield from _slices(ink, ruler)
    yield from (Rect(y0, x0, y1, x1) for x0, y0, x1, y1 in _slices(np.ascontiguousarray(ink.T), ruler))


def _slices(ink: Image, ruler: float) -> Iterator[Rect]:
    """Those at the left and at the right."""
    strip, page = round(_STRIP_MM * ruler), whole(ink)
    for left in (0, max(0, page.x1 - strip)):
        room = Rect(left, 0, left + strip, page.y1)
        rows = np.flatnonzero(cut(ink, room).any(axis=1))
        for run in np.split(rows, np.flatnonzero(np.diff(rows) > _GAP_MM * ruler) + 1):
            rect = inked(ink, Rect(room.x0, int(run[0]), room.x1, int(run[-1]) + 1)) if len(run) else None
            if rect and _is_slice(rect, room, page, ruler) and _is_near(rect, page, ink, ruler):
                yield rect


def _is_slice(rect: Rect, room: Rect, page: Rect, ruler: float) -> bool:
    inner = rect.x0 > room.x0 if room.x0 else rect.x1 < room.x1
    narrow = rect.height > _TWICE * rect.width > 2 * ruler
    return inner and narrow and _SLICE_MM[0] < rect.height / ruler < _SLICE_MM[1]


def _is_near(rect: Rect, page: Rect, ink: Image, ruler: float) -> bool:
    """It lies at the page's side, or nearly so and ends in a seal's arc."""
    off = min(rect.x0, page.x1 - rect.x1) / ruler
    return off < _EDGE_MM or (off < _ASKEW_MM and is_arched(cut(ink, rect), ruler))


def is_arched(part: Image, ruler: float) -> bool:
    """Whether ink ends at the left or at the right in an arc of a seal's radius, along all of its height."""
    rows = np.flatnonzero(part.any(axis=1))
    left, right = part[rows].argmax(axis=1), part.shape[1] - 1 - part[rows, ::-1].argmax(axis=1)
    return any(_on_arc(ends, rows, ruler) > _ARCHED * part.shape[0] for ends in (left, right))


def _on_arc(xs: Image, ys: Image, ruler: float) -> int:
    """How many of the points lie on the circle through most of them; 0 where it is none of a seal."""
    known = np.stack([xs, ys, np.ones_like(xs)], axis=1).astype(np.float64)
    a, b, c = np.linalg.lstsq(known, (known[:, :2] ** 2).sum(axis=1), rcond=None)[0]
    radius = float(np.sqrt(max(0.0, c + (a * a + b * b) / 4)))
    if not _ARC_MM[0] <= radius / ruler <= _ARC_MM[1]:
        return 0
    off = np.abs(np.hypot(xs - a / 2, ys - b / 2) - radius)
    return int((off <= _ON_ARC_MM * ruler).sum())
