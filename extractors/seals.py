"""Red seal ink: where it is, which seals it forms, and the picture without it."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from domain.page import Seal
from extractors.crops import Rect, cut, inked, whole
from extractors.engine import Image

_FAINT, _CLEAR = 22, 45  # red above green, on white paper: where ink may begin, where it surely is
_PAGE_MM = 297  # the longer side of A4 serves as a ruler where the file tells no resolution
_GOLD = 2.4  # green above blue by more than the share 1/2.4 of red above blue is gold or brown, not seal ink
_JOIN_MM, _TIGHT_MM = 3.0, 1.0
_SHRINK = 4
_EMBLEM_MM, _EMBLEM_FILL = 32.0, 0.45
_SEAL_MM = (12.0, 75.0)
_EDGE_MM = 3.0
_PIECE_MM = 8.0  # longer than any straight stroke of a seal's letters
_LINE_SHAPE = 3.0
_DARK = 40.0  # red channel of black print
_TRACE = 14  # redness of the thin strokes of a seal, looked for only where a seal stands
_CONTRAST = 1.4  # thin strokes lose ink to the stretch and get it back
_LIGHT_SHARE, _LIGHT = 0.8, (110.0, 170.0)  # of the ink's own level: lighter than this is ink, no print


class SealInk(NamedTuple):
    """Seals found on a picture: their rectangles with shape, and a mask of their ink."""

    mask: Image
    seals: tuple[tuple[Rect, str], ...]


def pixels_per_mm(image: Image, dpi: float | None) -> float:
    return dpi / 25.4 if dpi else max(image.shape[:2]) / _PAGE_MM


def balance(image: Image) -> Image:
    """The BGR picture with its paper made white, channel by channel, so that a tint of the paper is no ink."""
    sample = image[::8, ::8].reshape(-1, 3)
    paper = np.percentile(sample, 85, axis=0)
    gain = 255.0 / np.clip(paper, 120, 255)
    tables = [np.clip(np.arange(256) * g, 0, 255).astype(np.uint8) for g in gain]
    return cv2.LUT(image, np.dstack(tables))


def find_red(balanced: Image, ruler: float) -> SealInk:
    """Seals of red ink, from orange to purple red; `ruler` is pixels per millimetre.

    Red print that is shaped like a line of text (a red letterhead) is no seal and stays in the picture, and so does
    the form of a bank slip that is printed in red.
    """
    red = _without_forms(_red_ink(balanced), ruler)
    seals, mask = [], np.zeros_like(red)
    for rect, part in _groups(red, ruler):
        shape = _shape(rect, part, whole(red), ruler)
        if shape:
            seals.append((rect, shape))
            cut(mask, rect)[:] = cut(red, rect)  # star and number lie apart from the ring, but are of the seal
    return SealInk(mask, tuple(seals))


def redness(balanced: Image) -> Image:
    """How far red stands above green and, less strictly, above blue."""
    blue, green, red = cv2.split(balanced)
    above_blue, yellow = cv2.subtract(red, blue), cv2.subtract(green, blue)
    above: Image = cv2.min(cv2.subtract(red, green), cv2.add(cv2.add(above_blue, above_blue), above_blue))
    above[(yellow > _FAINT) & (yellow * _GOLD > above_blue)] = 0
    return above


def _red_ink(balanced: Image) -> Image:
    above = cv2.medianBlur(redness(balanced), 3)
    faint = (above > _FAINT).astype(np.uint8)
    count, labels = cv2.connectedComponents(faint, connectivity=8)
    sure = np.zeros(count, bool)
    sure[np.unique(labels[above > _CLEAR])] = True
    sure[0] = False
    ink: Image = sure[labels].astype(np.uint8) * 255
    return ink


def _without_forms(red: Image, ruler: float) -> Image:
    """The red ink without printed rulings: straight pieces that hang together over more than any seal's width."""
    piece, thick = max(3, round(_PIECE_MM * ruler)), np.ones((3, 3), np.uint8)
    fat = cv2.dilate(red, thick)  # a line that is a little askew still has straight pieces
    lying = cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    standing = cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones((piece, 1), np.uint8))
    lines = cv2.dilate(cv2.bitwise_or(lying, standing), thick)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines)
    form = stats[:count, cv2.CC_STAT_WIDTH] > _SEAL_MM[1] * ruler
    form[0] = False
    if not form.any():
        return red
    kept: Image = np.where(form[labels], 0, red).astype(np.uint8)
    return kept


def _groups(red: Image, ruler: float) -> list[tuple[Rect, Image]]:
    """Ink that lies together, with the mask of each group; what is larger than a seal is taken apart once more."""
    groups = []
    for rect, part in _together(red, ruler, _JOIN_MM):
        if max(rect.width, rect.height) <= _SEAL_MM[1] * ruler:
            groups.append((rect, part))
            continue
        for inner, piece in _together(part, ruler, _TIGHT_MM):
            groups.append((Rect(*(v + rect[i % 2] for i, v in enumerate(inner))), piece))
    return groups


def _together(red: Image, ruler: float, reach_mm: float) -> list[tuple[Rect, Image]]:
    small = (cv2.resize(red, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA) > 24).astype(np.uint8)
    reach = max(3, round(reach_mm * ruler / _SHRINK)) | 1
    joined = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    groups = []
    for label in range(1, count):
        x, y, width, height = (int(v) * _SHRINK for v in stats[label, :4])
        room = Rect(x, y, x + width, y + height).meet(whole(red))
        if max(width, height) < _SEAL_MM[0] * ruler or room.empty:
            continue
        inside = cut(labels, (x // _SHRINK, y // _SHRINK, (x + width) // _SHRINK, (y + height) // _SHRINK)) == label
        own = cv2.resize(inside.astype(np.uint8), (room.width, room.height), interpolation=cv2.INTER_NEAREST)
        part = cut(red, room) * own
        rect = inked(part, whole(part))
        if rect:
            groups.append((Rect(*(v + room[i % 2] for i, v in enumerate(rect))), cut(part, rect)))
    return groups


def _shape(rect: Rect, part: Image, page: Rect, ruler: float) -> str | None:
    """`round`, `oval`, `square` or `partial`; None for what is no seal."""
    wide, high = rect.width / ruler, rect.height / ruler
    edge = min(rect.x0, rect.y0, page.x1 - rect.x1, page.y1 - rect.y1) < _EDGE_MM * ruler
    low, high_limit = _SEAL_MM
    shape = max(wide, high) / min(wide, high)
    if edge and max(wide, high) >= low and min(wide, high) >= 2 and shape > 1.25:
        return "partial"
    if min(wide, high) < low or shape > _LINE_SHAPE or _is_emblem(part, max(wide, high)):
        return None
    if max(wide, high) > high_limit:
        return "partial"
    if _cornered(part):
        return "square"
    return "round" if shape < 1.2 else "oval"


def _is_emblem(part: Image, size: float) -> bool:
    """The national emblem on certificates is small and filled; a seal is a ring with letters and a star."""
    filled = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return size < _EMBLEM_MM and float(np.count_nonzero(filled)) > _EMBLEM_FILL * part.size


def _cornered(part: Image) -> bool:
    """A square seal has ink in its corners, a round one has none there."""
    side = max(2, min(part.shape) // 10)
    corners = (part[:side, :side], part[:side, -side:], part[-side:, :side], part[-side:, -side:])
    return sum(bool(corner.any()) for corner in corners) >= 3


def suppress(balanced: Image, ink: SealInk) -> Image:
    """The picture as grey with the seals taken out; text under them stays.

    In the red channel red ink is light and black text dark, also where ink lies over it. Between the two the channel
    is stretched, so that the ink becomes paper; its blurred rim is darker than its middle, hence the wide margin.
    """
    grey = cv2.cvtColor(balanced, cv2.COLOR_BGR2GRAY)
    for rect, _ in ink.seals:
        room = rect.grow(4, 4).meet(whole(grey))
        red, mask = cut(balanced, room)[:, :, 2].astype(np.float32), cut(ink.mask, room)
        traces = (redness(cut(balanced, room)) > _TRACE).astype(np.uint8)
        near = cv2.dilate(cv2.bitwise_or(traces, mask), np.ones((7, 7), np.uint8)) > 0
        light = float(np.clip(_LIGHT_SHARE * np.percentile(red[mask > 0], 30), *_LIGHT)) if mask.any() else 255.0
        freed = 255 * np.clip((red - _DARK) / (light - _DARK), 0, 1) ** _CONTRAST
        part = cut(grey, room)
        part[:] = np.where(near, np.maximum(part, freed), part).astype(np.uint8)
    return grey


def seal_records(ink: SealInk, width: int, height: int, texts: Sequence[str] = ()) -> tuple[Seal, ...]:
    """The seals as they are recorded, with their texts where these were read."""
    said = texts or [""] * len(ink.seals)
    return tuple(
        Seal(box=rect.box(width, height), colour="red", shape=shape, text=text)
        for (rect, shape), text in zip(ink.seals, said, strict=True)
    )
