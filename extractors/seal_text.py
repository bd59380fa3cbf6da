"""What red seals say: the letters on the ring, unrolled into a line, and the level line below the star; rows of names.

A soft signal: how sure the engine is of a text is told with it, and what is no text at all is left empty.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from extractors.crops import Rect, cut
from extractors.engine import Engine, Image, Reading
from extractors.rims import Rim
from extractors.seal_imprints import KEPT, pack
from extractors.seal_owners import BESIDE, ILLEGIBLE
from extractors.seal_rows import LEGIBLE, SealText, as_print, clean, read_rows
from extractors.seals import SealInk, balance, redness

_READ_SHAPES = frozenset({"round", "oval"})
_PERHAPS_TWO = frozenset({"oval", "partial"})
_TWO_SEALS = 1.3, 2.6  # times as long as wide
_MOST_SEALS = 8  # a page with more red marks is no page to sign
_FAINT = 10  # redness below is paper
_PRINT = 0.65  # of the ink's own red: what is darker is black print
_RADIUS, _MARGIN = 200, 1.1  # every seal is drawn to one size: pixels from its middle to its rim
_STEPS = 1080  # of the way around
_BANDS = ((0.58, 0.94), (0.62, 0.90))  # between which shares of the radius letters stand
_MORE_BANDS = ((0.55, 0.97), (0.66, 0.94), (0.6, 0.86))
_LETTERS = (0.74, 0.83)  # where letters have ink, but neither rim, star nor the number along the bottom
_EMPTY, _LEAST_GAP, _SPARE = 0.12, 60, 24  # ink beside the letters', and steps around
_SURE, _FAIR = 0.95, 0.75  # a ring read so is not tried again; a level line that is kept
_TITLE = {  # top, bottom, half the width, in radii
    "round": (0.36, 0.63, 0.58),
    "partial": (0.36, 0.63, 0.58),
    "oval": (-0.08, 0.34, 0.72),
}
_TITLE_INK = (
    0.04  # of 250 seals without a level line 98 % had less than 0.005 there, of 36 with one 98 % more than 0.13
)
_USES = re.compile("合同|财务|专用|业务")
_LEAST_RING, _LEAST_TITLE = 4, 3
_OUTLIERS, _CLOSE = 75, 0.02


class _Outline(NamedTuple):
    """The ellipse of a seal's rim as OpenCV tells it: centre, diameters, turn in degrees."""

    centre: tuple[float, float]
    diameters: tuple[float, float]
    turn: float


def read_seal_texts(colour: Image, ink: SealInk, engine: Engine) -> tuple[SealText, ...]:
    """The text of each seal in their order: ring, blank, level line; rows as one; empty where nothing is legible.

    Of two round seals whose ink touches, found as one, both texts with `BESIDE` between them.
    """
    rims = ink.rims or (None,) * len(ink.seals)
    seals = list(zip(ink.seals, rims, strict=True))[:_MOST_SEALS]
    texts = [
        _read(colour, ink.mask, rect, shape, engine, rim) if rim else _read_parts(colour, ink.mask, rect, shape, engine)
        for (rect, shape), rim in seals
    ]
    return (*texts, *(SealText() for _ in ink.seals[_MOST_SEALS:]))


def _read_parts(colour: Image, mask: Image, rect: Rect, shape: str, engine: Engine) -> SealText:
    side, length = sorted(rect.size)
    whole = _read(colour, mask, rect, shape, engine)
    if whole.confidence >= _FAIR or shape not in _PERHAPS_TWO or not _TWO_SEALS[0] < length / side < _TWO_SEALS[1]:
        return whole
    first = Rect(rect.x0, rect.y0, rect.x0 + side, rect.y0 + side)
    last = Rect(rect.x1 - side, rect.y1 - side, rect.x1, rect.y1)
    ends = [_read(colour, mask, end, "round", engine) for end in (first, last)]
    best = max(end.confidence for end in ends)
    return SealText(BESIDE.join(end.text for end in ends), best) if best > whole.confidence else whole


def _read(
    colour: Image, mask: Image, rect: Rect, shape: str, engine: Engine, rim: Rim | None = None
) -> SealText:  # fmt: skip
    if shape == "square":
        return read_rows(_ink(colour, mask, rect), engine)
    outline = _outline(mask, rect, shape, rim)
    if outline is None:
        return SealText()
    disc = _to_circle(_ink(colour, mask, rect), outline)
    strip = _unroll(disc)
    imprint = _imprint(disc, colour, mask, rect, outline)
    start, gap = _widest_gap(strip)
    ring = _read_ring(_from_gap(strip, start, gap), engine)
    title = _read_title(disc, start, shape, min(outline.diameters) / max(outline.diameters), engine)
    if not ring.text:
        return SealText(imprint=imprint) if title.text == ILLEGIBLE else title._replace(imprint=imprint)
    return SealText(f"{ring.text} {title.text}".strip(), round(ring.confidence, 3), ring.views, imprint)


def _imprint(disc: Image, colour: Image, mask: Image, rect: Rect, outline: _Outline) -> str:
    """The ring's picture; what lies under black print or off the page is marked in it."""
    own, red = cut(mask, rect) > 0, balance(cut(colour, rect))[:, :, 2]
    if not own.any():
        return ""
    dark = (red < _PRINT * np.percentile(red[own], 60)).astype(np.float32)
    return pack(_kept(disc), _kept(_to_circle(dark, outline, beyond=1.0)))


def _kept(disc: Image) -> Image:
    inner, outer = (round(share * _RADIUS) for share in KEPT)
    return _unroll(disc, outer)[: outer - inner]


def _outline(mask: Image, rect: Rect, shape: str, rim: Rim | None) -> _Outline | None:
    """The rim that the seal was found by, within its rectangle: other ink over it does not matter; else fitted."""
    if rim is None:
        return find_outline(cut(mask, rect)) if shape in _READ_SHAPES else None
    (x, y) = rim.centre
    return _Outline((x - rect.x0, y - rect.y0), rim.diameters, rim.turn)


def _ink(colour: Image, mask: Image, rect: Rect) -> Image:
    """How strong the ink is, 0–1; black print that it lies over is none."""
    own = cut(mask, rect)
    red = redness(balance(cut(colour, rect))).astype(np.float32)
    red[cv2.dilate(own, np.ones((5, 5), np.uint8)) == 0] = 0
    full = max(float(np.percentile(red[own > 0], 60)), _FAINT + 1)
    strength: Image = np.clip((red - _FAINT) / (full - _FAINT), 0, 1).astype(np.float32)
    return strength


# ---- the rim ---------------------------------------------------------------------------------------------------


def find_outline(mask: Image) -> _Outline | None:
    """The ellipse through the outermost ink; what of it lies off (other ink, gaps in the rim) is left out."""
    points = _outermost(mask)
    outline = None
    for _ in range(3):
        if len(points) < 20:
            return outline
        (x, y), (across, down), turn = cv2.fitEllipse(points)
        outline = _Outline((x, y), (across, down), turn)
        off = np.abs(_distance(points, outline) - 1)
        points = points[off <= max(_CLOSE, float(np.percentile(off, _OUTLIERS)))]
    return outline if outline and min(outline.diameters) > 0.3 * max(outline.diameters) else None


def _outermost(mask: Image) -> Image:
    """The ink farthest from the middle, on 180 rays."""
    height, width = mask.shape
    reach = round(float(np.hypot(height, width)) / 2) + 1
    flags = cv2.INTER_NEAREST | cv2.WARP_FILL_OUTLIERS
    rays = cv2.warpPolar(mask, (reach, 180), (width / 2, height / 2), reach, flags) > 0
    hit = np.flatnonzero(rays.any(axis=1))
    far = reach - 1 - np.argmax(rays[hit, ::-1], axis=1)
    angles = np.radians(hit * 2.0)
    return np.stack([width / 2 + far * np.cos(angles), height / 2 + far * np.sin(angles)], axis=1).astype(np.float32)


def _distance(points: Image, outline: _Outline) -> Image:
    """From the ellipse's middle; 1 on the ellipse."""
    along = (points - np.array(outline.centre)) @ _axes(outline).T
    shares: Image = np.linalg.norm(2 * along / np.array(outline.diameters), axis=1)
    return shares


def _axes(outline: _Outline) -> Image:
    angle = np.radians(outline.turn)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _to_circle(ink: Image, outline: _Outline, beyond: float = 0.0) -> Image:
    """The seal drawn as a circle of `_RADIUS`; what was upright stays so; `beyond` is what lies off the picture."""
    axes = _axes(outline)
    stretch = axes.T @ np.diag(2 * _RADIUS / np.array(outline.diameters)) @ axes
    middle = _RADIUS * _MARGIN
    shift = middle - stretch @ np.array(outline.centre)
    side = round(2 * middle)
    return cv2.warpAffine(
        ink, np.column_stack([stretch, shift]), (side, side), flags=cv2.INTER_LINEAR, borderValue=beyond
    )


# ---- the ring --------------------------------------------------------------------------------------------------


def _unroll(disc: Image, reach: int = _RADIUS) -> Image:
    """The circle as a strip: from the bottom clockwise, the rim on top, or what lies as far from the middle."""
    middle = disc.shape[0] / 2
    flags = cv2.INTER_LINEAR | cv2.WARP_FILL_OUTLIERS
    around = cv2.warpPolar(disc, (reach, _STEPS), (middle, middle), reach, flags)
    return np.roll(around, -(_STEPS // 4), axis=0).T[::-1]


def _band(strip: Image, shares: tuple[float, float]) -> Image:
    low, high = shares
    return strip[round((1 - high) * _RADIUS) : round((1 - low) * _RADIUS)]


def _widest_gap(strip: Image) -> tuple[int, int]:
    """Middle and width of the widest stretch without letters, where a name ends and begins; the bottom if none is."""
    ink = _band(strip, _LETTERS).mean(axis=0)
    smooth = np.convolve(np.concatenate([ink[-4:], ink, ink[:4]]), np.ones(9) / 9, "valid")
    empty = smooth < _EMPTY * np.percentile(smooth, 85)
    edges = np.flatnonzero(~np.concatenate([empty, empty]))
    widths = np.diff(edges)
    if not len(widths) or widths.max() <= _LEAST_GAP:
        return 0, 0
    widest = int(widths.argmax())
    return int(edges[widest] + widths[widest] // 2) % _STEPS, int(widths[widest])


def _from_gap(strip: Image, start: int, gap: int) -> Image:
    line = np.roll(strip, -start, axis=1)
    off = max(0, gap // 2 - _SPARE)
    return line[:, off : line.shape[1] - off]


def _read_ring(line: Image, engine: Engine) -> SealText:
    """The best of what several bands of the ring say, one of the first where it is read for sure; `views` tells what
    every one may say."""
    images = [*(_band(line, band) for band in _BANDS), *_otherwise(line)]
    readings = engine.recognise([as_print(image) for image in images], with_places=True)
    first, more = (_best(some, _LEAST_RING, LEGIBLE) for some in (readings[: len(_BANDS)], readings[len(_BANDS) :]))
    found = first if first.confidence >= _SURE else max(first, more, key=lambda text: text.confidence)
    return found._replace(views=tuple(reading.places for reading in readings))


def _otherwise(line: Image) -> list[Image]:
    """Views of a ring that is hard to read: other bands, faint strokes strengthened, specks and gaps closed."""
    band = _band(line, _BANDS[0])
    strong = np.clip(band * 1.7, 0, 1).astype(np.float32)
    return [*(_band(line, other) for other in _MORE_BANDS), strong, cv2.GaussianBlur(strong, (0, 0), 1.6)]


# ---- the level line --------------------------------------------------------------------------------------------


def _read_title(disc: Image, start: int, shape: str, flatness: float, engine: Engine) -> SealText:
    """The level line; `ILLEGIBLE` where there is one on a round seal that cannot be read."""
    crop = _cut_title(disc, start, shape, flatness)
    if crop is None:
        return SealText()
    readings = engine.recognise([as_print(crop), as_print(np.clip(crop * 1.7, 0, 1).astype(np.float32))])
    known = [reading for reading in readings if _USES.search(reading.text)]
    found = _best(known, _LEAST_TITLE, LEGIBLE) if known else _best(readings, _LEAST_TITLE, _FAIR)
    return found if found.text or shape == "oval" else SealText(ILLEGIBLE)


def _cut_title(disc: Image, start: int, shape: str, flatness: float) -> Image | None:
    """The ink of the line below the star, turned level by where the ring's gap lies; None where there is none."""
    top, bottom, half = _TITLE[shape]
    middle = disc.shape[0] / 2
    turn = (start * 360 / _STEPS + 180) % 360 - 180 if shape != "oval" else 0.0
    level = cv2.warpAffine(disc, cv2.getRotationMatrix2D((middle, middle), turn, 1), disc.shape[::-1])
    rows = slice(round(middle + top * _RADIUS), round(middle + bottom * _RADIUS))
    line = level[rows, round(middle - half * _RADIUS) : round(middle + half * _RADIUS)]
    high, wide = line.shape
    core = line if shape == "oval" else line[high // 5 : -high // 5, wide * 3 // 20 : -wide * 3 // 20]
    if float(core.mean()) < _TITLE_INK:
        return None
    return cv2.resize(line, None, fx=1, fy=flatness) if shape == "oval" else line


def _best(readings: Sequence[Reading], least: int, fair: float) -> SealText:
    """The reading that is most certain, without what was seen beside it; empty where it is no text."""
    best = max(readings, key=lambda reading: reading.confidence, default=None)
    if best is None or best.confidence < fair:
        return SealText()
    text = clean(best.text)
    return SealText(text, best.confidence) if len(re.findall(r"[一-鿿]", text)) >= least else SealText()
