"""A sheet of paper on a darker ground is found, and its picture spread out flat."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.engine import Image

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
Points = NDArray[np.float32]  # n×2: x, y

_SIDE = 640  # pixels of the longer side at which the sheet is looked for
_PRINT = 25  # of these pixels: letters and lines that paper surrounds are part of the paper
_LEAST_STEP = 34  # levels between paper and ground
_SHARES, _ROUNDS, _LEAST_POINTS = (0.62, 0.75), 4, 60
_LEAST_SHEET, _LEAST_GROUND = 0.25, 0.012  # of the picture
_SQUARE = 0.94  # of its four-cornered outline a sheet fills this share
_MOST_LEAN = 25.0  # degrees by which a corner may differ from a right angle
_EDGE, _SHARP, _EDGE_SEEN = 4, 22, 0.7  # pixels across an edge, levels there, share of the edge so sharp
_A4, _LIKE_A4 = 2**0.5, 0.12
_ROOM = 2  # pixels of the edge's blur that are left to the ground


def find_corners(picture: Image) -> Corners | None:
    """Corners of the sheet in a BGR picture, clockwise from the top left, as fractions of width and height.

    None where the sheet fills the picture, and where no sheet is clearly seen: a scan, a page in a shadow.
    """
    if not _has_ground(picture):
        return None
    scale = min(1.0, _SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    bright = _without_print(small)
    quad = _clearest(bright)
    if quad is None:
        return None
    high, wide = bright.shape
    first, second, third, fourth = ((round(float(x) / wide, 5), round(float(y) / high, 5)) for x, y in _shrink(quad))
    return first, second, third, fourth


def _clearest(bright: Image) -> Points | None:
    """The outline of the first of the sheets that may be seen which has clear sides."""
    for mask in _candidates(bright):
        sheet = _sheet(mask, bright)
        quad = _outline(sheet) if sheet is not None else None
        if sheet is not None and quad is not None and _is_clear(quad, sheet, bright):
            return quad
    return None


def _candidates(bright: Image) -> Iterator[Image]:
    """0/1 masks of what may be paper: brighter than ground by one level, or by its share of the light there."""
    level, mask = cv2.threshold(bright, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield mask
    for share in _SHARES:
        yield _lit(bright, mask, share)
    for other in (0.8, 1.2):
        yield (bright > other * level).astype(np.uint8)


def _lit(bright: Image, paper: Image, share: float) -> Image:
    """Paper by its share of the light, which is a smooth surface through the logarithms of what is paper already."""
    high, wide = bright.shape
    ys, xs = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(xs), xs, ys, xs * xs, xs * ys, ys * ys], axis=-1)
    levels = np.log(np.maximum(bright, 4).astype(np.float32))
    for _ in range(_ROUNDS):
        some = np.flatnonzero(paper)[::37]
        if len(some) < _LEAST_POINTS:
            break
        fit, *_ = np.linalg.lstsq(terms.reshape(-1, 6)[some], levels.ravel()[some], rcond=None)
        paper = (levels - terms @ fit > np.log(share)).astype(np.uint8)
    return paper


def _has_ground(picture: Image) -> bool:
    """Quickly whether enough of the picture's rim is much darker than its paper."""
    step = max(1, max(picture.shape[:2]) // _SIDE)
    grey = cv2.cvtColor(np.ascontiguousarray(picture[::step, ::step]), cv2.COLOR_BGR2GRAY)
    rim = np.concatenate([grey[:3].ravel(), grey[-3:].ravel(), grey[:, :3].ravel(), grey[:, -3:].ravel()])
    return float((rim < np.percentile(grey, 80) - _LEAST_STEP).mean()) > _LEAST_GROUND


def _without_print(small: Image) -> Image:
    """The picture's least channel, in which coloured ground is darker than paper, with the print closed."""
    least = np.ascontiguousarray(small.min(axis=2))
    room = _PRINT  # beyond the picture lies no paper that would close the ground at its rim
    framed = cv2.copyMakeBorder(least, room, room, room, room, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (_PRINT, _PRINT)))
    return np.ascontiguousarray(cv2.medianBlur(closed, 5)[room:-room, room:-room])


def _sheet(mask: Image, bright: Image) -> Image | None:
    """The largest thing of a mask, without holes; None where it is no sheet or all of the picture."""
    if not mask.any() or mask.all():
        return None
    if float(np.median(bright[mask > 0])) - float(np.median(bright[mask == 0])) < _LEAST_STEP:
        return None
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    sheet = cv2.drawContours(np.zeros_like(mask), [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    share = float(sheet.mean())
    return sheet if _LEAST_SHEET < share < 1 - _LEAST_GROUND else None


def _outline(sheet: Image) -> Points | None:
    """The sheet's four corners: straight lines through its sides, crossed; None where it has no four sides."""
    (contour,), _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    rough = _four(cv2.convexHull(contour))
    if rough is None:
        return None
    points = contour.reshape(-1, 2).astype(np.float32)
    rim = np.array([sheet.shape[1], sheet.shape[0]], np.float32) - 1
    seen = points[((points > 1) & (points < rim - 1)).all(axis=1)]  # where the picture ends, the sheet need not
    lines = [_side(seen, rough[i], rough[(i + 1) % 4]) for i in range(4)]
    corners = [_cross(lines[i - 1], lines[i]) for i in range(4)]
    return np.array(corners, np.float32) if all(corner is not None for corner in corners) else None


def _four(hull: Image) -> Points | None:
    """Four points of the outline, clockwise from the top left."""
    length = cv2.arcLength(hull, True)
    for share in np.arange(0.01, 0.1, 0.005):
        points = cv2.approxPolyDP(hull, float(share) * length, True).reshape(-1, 2).astype(np.float32)
        if len(points) == 4:
            around = np.arctan2(*(points - points.mean(axis=0)).T[::-1])
            ordered = points[np.argsort(around)]
            return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)
        if len(points) < 4:
            return None
    return None


def _side(points: Points, start: Points, end: Points) -> tuple[Points, Points]:
    """Point and direction of the line through the outline between two corners, their round ends left out."""
    along = (end - start) / max(1.0, float(np.linalg.norm(end - start)))
    far = (points - start) @ along / max(1.0, float(np.linalg.norm(end - start)))
    off = np.abs((points - start) @ np.array([-along[1], along[0]], np.float32))
    near = points[(far > 0.06) & (far < 0.94) & (off < 0.03 * np.linalg.norm(end - start) + 2)]
    if len(near) < 8:
        return start, along
    vx, vy, x, y = cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return np.array([x, y], np.float32), np.array([vx, vy], np.float32)


def _cross(one: tuple[Points, Points], other: tuple[Points, Points]) -> Points | None:
    (p, d), (q, e) = one, other
    turn = float(d[0] * e[1] - d[1] * e[0])
    if abs(turn) < 0.2:
        return None
    gap = q - p
    crossing: Points = p + d * ((gap[0] * e[1] - gap[1] * e[0]) / turn)
    return crossing


def _is_clear(quad: Points, sheet: Image, bright: Image) -> bool:
    """The sheet fills its outline, the outline has corners like a sheet's, and its sides are sharp edges."""
    drawn = cv2.fillConvexPoly(np.zeros_like(sheet), np.rint(quad).astype(np.int32), 1)
    both = float((drawn & sheet).sum()) / max(1.0, float((drawn | sheet).sum()))
    if both < _SQUARE or not _is_sheetlike(quad):
        return False
    sides = [_edge_seen(bright, quad[i], quad[(i + 1) % 4]) for i in range(4)]
    inner = [seen for seen in sides if seen is not None]
    return bool(inner) and min(inner) >= _EDGE_SEEN


def _is_sheetlike(quad: Points) -> bool:
    for i in range(4):
        a, b = quad[i - 1] - quad[i], quad[(i + 1) % 4] - quad[i]
        cosine = float(a @ b) / max(1e-6, float(np.linalg.norm(a) * np.linalg.norm(b)))
        if abs(np.degrees(np.arccos(np.clip(cosine, -1, 1))) - 90) > _MOST_LEAN:
            return False
    return True


def _edge_seen(bright: Image, start: Points, end: Points) -> float | None:
    """Share of a side along which paper turns to ground within a few pixels; None for a side at the picture's rim."""
    along = (end - start) / max(1.0, float(np.linalg.norm(end - start)))
    out = np.array([along[1], -along[0]], np.float32)
    places = start + np.linspace(0.08, 0.92, 60, dtype=np.float32)[:, None] * (end - start)
    high, wide = bright.shape
    far = places + out * _EDGE
    inside = (far >= 0).all(axis=1) & (far[:, 0] <= wide - 1) & (far[:, 1] <= high - 1)
    if inside.mean() < 0.3:
        return None
    steps = [_step(bright, place, out) for place in places[inside]]
    return float(np.mean(np.array(steps) > _SHARP))


def _step(bright: Image, place: Points, out: Points) -> float:
    """How much darker it is a little outside than a little inside, where the sheet's edge may bend by some pixels."""
    high, wide = bright.shape
    reach = np.arange(-3 * _EDGE, 3 * _EDGE + 1, dtype=np.float32)[:, None]
    at = np.rint(place + reach * out).astype(int)
    line = bright[np.clip(at[:, 1], 0, high - 1), np.clip(at[:, 0], 0, wide - 1)].astype(np.float32)
    return float((line[:-_EDGE] - line[_EDGE:]).max())


def _shrink(quad: Points) -> Points:
    """The outline without the blur of its edges."""
    inner: Points = (quad - np.sign(quad - quad.mean(axis=0)) * _ROOM).astype(np.float32)
    return inner


def size_of(picture: Image, corners: Corners | None) -> tuple[int, int]:
    """Width and height in pixels of the sheet with these corners (None: the picture's own).

    The longer of opposite sides count, so that nothing is made smaller; what is nearly in the proportion of A4 gets it.
    """
    high, wide = picture.shape[:2]
    if corners is None:
        return wide, high
    quad = _pixels(corners, wide, high)
    top, right, bottom, left = (float(np.linalg.norm(quad[(i + 1) % 4] - quad[i])) for i in range(4))
    across, down = max(top, bottom), max(left, right)
    ratio = max(across, down) / max(1.0, min(across, down))
    if abs(ratio / _A4 - 1) < _LIKE_A4:
        across, down = (across, across * _A4) if down > across else (down * _A4, down)
    return round(across), round(down)


def spread(picture: Image, corners: Sequence[tuple[float, float]] | None, size: tuple[int, int]) -> Image:
    """The sheet with these corners (None: the whole picture) as a picture of `size`, width and height.

    The very same picture where nothing is to be done.
    """
    high, wide = picture.shape[:2]
    if corners is None:
        return picture if size == (wide, high) else cv2.resize(picture, size, interpolation=_smooth(size[0] / wide))
    quad = _pixels(corners, wide, high)
    to = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(quad - np.float32(0.5), to - np.float32(0.5))
    return cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def _smooth(scale: float) -> int:
    return cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA


def _pixels(corners: Sequence[tuple[float, float]], wide: int, high: int) -> Points:
    return np.array([(x * wide, y * high) for x, y in corners], np.float32)
