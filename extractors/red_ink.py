"""Red ink on a page: where it is, without what was printed in red, and what of it lies together."""

import cv2
import numpy as np

from extractors.crops import Rect, cut, inked, whole
from extractors.engine import Image

_FAINT, _CLEAR = 22, 45  # red above green, on white paper: where ink may begin, where it surely is
_GOLD = 2.4  # green above blue by more than the share 1/2.4 of red above blue is gold or brown, not seal ink
_BROWN, _DIM = 0.33, 1.0  # green above blue, and what red lacks of white, by red above blue: more of both is brown
_TINTED, _NEAR = 16, 9  # red above blue of what has any colour; shrunken pixels around that tell its colour
_SHRINK = 4
_PIECE_MM = 8.0  # longer than any straight stroke of a seal's letters
_FORM_MM = 75.0  # no seal is that wide
LEAST_MM = 12.0  # nor that small


def redness(balanced: Image) -> Image:
    """How far red stands above green and, less strictly, above blue."""
    blue, green, red = cv2.split(balanced)
    above_blue, yellow = cv2.subtract(red, blue), cv2.subtract(green, blue)
    above: Image = cv2.min(cv2.subtract(red, green), cv2.add(cv2.add(above_blue, above_blue), above_blue))
    above[(yellow > _FAINT) & (yellow * _GOLD > above_blue)] = 0
    return above


def without_brown(red: Image, balanced: Image) -> Image:
    """The redness without what was printed in brown or dark gold, as frames of certificates are.

    A camera's colours drift until single pixels of a brown line look red; all of what lies around does not. Orange ink
    is bright in red light and brown is not, however pale either is.
    """
    if red.max() <= _CLEAR:
        return red
    small = cv2.resize(balanced, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA).astype(np.float32)
    blue, green, level = cv2.split(small)
    tinted = level - blue > _TINTED
    around = (cv2.blur(np.where(tinted, of, 0), (_NEAR, _NEAR)) for of in (green - blue, level - blue, 255 - level))
    yellow, above_blue, dim = around
    brown = ((yellow > _BROWN * above_blue) & (dim > _DIM * above_blue)).astype(np.uint8)
    height, width = red.shape
    kept: Image = np.where(cv2.resize(brown, (width, height), interpolation=cv2.INTER_NEAREST) > 0, 0, red)
    return kept.astype(np.uint8)


def red_ink(red: Image) -> Image:
    """The mask of ink in a picture of redness: what is surely red, and what of fainter red hangs together with it."""
    above = cv2.medianBlur(red, 3)
    if above.max() <= _CLEAR:
        return np.zeros_like(above)
    faint = (above > _FAINT).astype(np.uint8)
    count, labels = cv2.connectedComponents(faint, connectivity=8)
    sure = np.zeros(count, bool)
    sure[np.unique(labels[above > _CLEAR])] = True
    sure[0] = False
    ink: Image = sure[labels].astype(np.uint8) * 255
    return ink


def without_forms(ink: Image, ruler: float) -> Image:
    """The red ink without printed rulings: straight pieces that hang together over more than any seal's width."""
    room = inked(ink, whole(ink))
    if room is None or max(room.size) <= _FORM_MM * ruler:
        return ink
    kept = ink.copy()
    cut(kept, room)[:] = _without_lines(cut(ink, room), ruler)
    return kept


def _without_lines(ink: Image, ruler: float) -> Image:
    piece, thick = max(3, round(_PIECE_MM * ruler)), np.ones((3, 3), np.uint8)
    fat = cv2.dilate(ink, thick)  # a line that is a little askew still has straight pieces
    lying = cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    standing = cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones((piece, 1), np.uint8))
    lines = cv2.dilate(cv2.bitwise_or(lying, standing), thick)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines)
    form = stats[:count, cv2.CC_STAT_WIDTH] > _FORM_MM * ruler
    form[0] = False
    kept: Image = np.where(form[labels], 0, ink).astype(np.uint8)
    return kept


def together(ink: Image, ruler: float, reach_mm: float) -> list[tuple[Rect, Image]]:
    """Ink with less than `reach_mm` of paper between it, as rectangles with masks; what is smaller than seals not."""
    small = (cv2.resize(ink, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA) > 24).astype(np.uint8)
    reach = max(3, round(reach_mm * ruler / _SHRINK)) | 1
    joined = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    groups = []
    for label in range(1, count):
        x, y, width, height = (int(v) * _SHRINK for v in stats[label, :4])
        room = Rect(x, y, x + width, y + height).meet(whole(ink))
        if max(width, height) < LEAST_MM * ruler or room.empty:
            continue
        inside = cut(labels, (x // _SHRINK, y // _SHRINK, (x + width) // _SHRINK, (y + height) // _SHRINK)) == label
        own = cv2.resize(inside.astype(np.uint8), (room.width, room.height), interpolation=cv2.INTER_NEAREST)
        part = cut(ink, room) * own
        rect = inked(part, whole(part))
        if rect:
            groups.append((Rect(*(v + room[i % 2] for i, v in enumerate(rect))), cut(part, rect)))
    return groups
