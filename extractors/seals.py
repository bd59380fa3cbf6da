"""Red seals: where they are, of which shape, and the picture without their ink."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from domain.page import Seal
from extractors.crops import Rect, cut, whole
from extractors.engine import Image
from extractors.line_stamps import find_line_stamps
from extractors.pale_seals import find_pale
from extractors.red_ink import red_ink, redness, together, without_brown, without_forms
from extractors.rims import Rim, find_rims
from extractors.seal_copies import Copy, find_copies
from extractors.seal_rows import SealText
from extractors.seal_shapes import find_slices, shape_of

__all__ = ["SealInk", "balance", "find_red", "find_seals", "pixels_per_mm", "redness", "seal_records", "suppress"]

_PAGE_MM = 297  # the longer side of A4 serves as a ruler where the file tells no resolution
_JOIN_MM, _TIGHT_MM = 3.0, 1.0
_LARGE_MM = 22.0  # what is smaller has no round rim
_SEAL_MM = 75.0
_PAPER, _FULL = 14, 60  # redness without ink, and with ink enough to be seen well
_AROUND = 0.78  # of a rim is inked; an oval's sides follow a circle for less
_VISIBLE, _INSIDE = 0.2, 0.85  # of a rim that runs off the page: least that is on it, and inked share of that
_IN_BLOT_MM = 3.5  # ink this far outside of a rim is from its second impression
_IN_RIM_MM = 0.6  # and this far still of its own line
_CUT_OFF = 0.88  # a seal of which less is on the page is partial
_DARK = 40.0  # red channel of black print
_TRACE = 14  # redness of the thin strokes of a seal, looked for only where a seal stands
_CONTRAST = 1.4  # thin strokes lose ink to the stretch and get it back
_LIGHT_SHARE, _LIGHT = 0.8, (110.0, 170.0)  # of the ink's own level: lighter than this is ink, no print


class SealInk(NamedTuple):
    """Seals found on a picture: their rectangles with shape, a mask of their ink, and the rims of the round ones.

    `rims` has one entry a seal; None where it is not round. `copies` are seals without colour; their ink is not in
    the mask. `stamps` are no seals; their ink is in the mask, since it hides what lies under it as a seal's does.
    """

    mask: Image
    seals: tuple[tuple[Rect, str], ...]
    rims: tuple[Rim | None, ...] = ()
    copies: tuple[Copy, ...] = ()
    stamps: tuple[Rect, ...] = ()


class _Found(NamedTuple):
    rect: Rect
    shape: str
    rim: Rim | None = None


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

    Round ones are found by their rims, so that each of several that lie over each other is told; others by their
    shape. Slices of 骑缝章 at the page's sides are `partial`. Red print that is shaped like a line of text (a red
    letterhead), the form of a bank slip that is printed in red, ticks and rings drawn by hand are no seals and stay in
    the picture. A stamp of one line is none either, but in its frame it is taken off like one: its sides would cut
    the cells of a table that it lies on.
    """
    red = without_brown(redness(balanced), balanced)
    all_ink = red_ink(red)
    ink = without_forms(all_ink, ruler)
    round_ = list(_find_round(red, ink, ruler))
    for rim, part in find_pale(red, ruler, [seal.rim for seal in round_ if seal.rim]):
        ink, all_ink = cv2.bitwise_or(ink, part), cv2.bitwise_or(all_ink, part)
        round_.append(_Found(rim.rect.meet(whole(red)), "round", rim))
    mask, rest = _set_apart(ink, round_, ruler)
    squares = list(_find_squares(ink, round_, ruler))
    stamps = list(find_line_stamps(_set_apart(all_ink, round_, ruler)[1], ruler))
    for rect, part in (*squares, *stamps):
        cut(rest, rect)[part > 0] = 0
    found = round_ + [_Found(rect, "square") for rect, _ in squares] + list(_find_others(rest, ruler))
    for seal in found[len(round_) :]:
        cut(mask, seal.rect)[:] = cut(ink, seal.rect)  # star and number lie apart from the ring, but are of the seal
    for rect, part in stamps:
        cut(mask, rect)[part > 0] = 255
    found.sort(key=lambda seal: (seal.rect.y0, seal.rect.x0))
    rects, rims = tuple((seal.rect, seal.shape) for seal in found), tuple(seal.rim for seal in found)
    return SealInk(mask, rects, rims, stamps=tuple(rect for rect, _ in stamps))


def find_seals(balanced: Image, ruler: float) -> SealInk:
    """The red seals, and the grey and black copies of seals."""
    ink = find_red(balanced, ruler)
    return ink._replace(copies=find_copies(balanced, ruler, ink.rims))


def _find_round(red: Image, ink: Image, ruler: float) -> Iterator[_Found]:
    page, margin = whole(red), round(_JOIN_MM * ruler)
    for rect, part in together(ink, ruler, _JOIN_MM):
        if max(rect.size) < _LARGE_MM * ruler:
            continue
        room = rect.grow(margin, margin).meet(page)
        strength = np.clip((cut(red, room).astype(np.float32) - _PAPER) / (_FULL - _PAPER), 0, 1)
        own = np.zeros(strength.shape, np.uint8)
        cut(own, Rect(*(v - room[i % 2] for i, v in enumerate(rect))))[:] = part
        strength[cv2.dilate(own, np.ones((5, 5), np.uint8)) == 0] = 0
        for rim in find_rims(strength, ruler, _VISIBLE):
            moved = rim._replace(centre=(rim.centre[0] + room.x0, rim.centre[1] + room.y0))
            visible = moved.share_on(page)
            if moved.covered >= (_AROUND if visible > _CUT_OFF else _INSIDE * visible):
                yield _Found(moved.rect.meet(page), "round" if visible > _CUT_OFF else "partial", moved)


def _set_apart(ink: Image, found: Sequence[_Found], ruler: float, beyond: float = _IN_BLOT_MM) -> tuple[Image, Image]:
    """The ink of round seals, and the other ink."""
    discs, grow = np.zeros_like(ink), 2 * beyond * ruler
    for rim in (seal.rim for seal in found if seal.rim):
        (a, b) = rim.diameters
        cv2.ellipse(discs, (rim.centre, (a + grow, b + grow), rim.turn), 255, -1)
    return cv2.bitwise_and(ink, discs), cv2.bitwise_and(ink, cv2.bitwise_not(discs))


def _find_squares(ink: Image, found: Sequence[_Found], ruler: float) -> Iterator[tuple[Rect, Image]]:
    """Framed seals so close to a round one that they lie where its second impression might."""
    near = _set_apart(ink, found, ruler)[0]
    for rect, part in together(_set_apart(ink, found, ruler, _IN_RIM_MM)[1], ruler, _TIGHT_MM):
        if cv2.bitwise_and(part, cut(near, rect)).any() and shape_of(part, ruler) == "square":
            yield rect, part


def _find_others(rest: Image, ruler: float) -> Iterator[_Found]:
    whole_ones = rest.copy()
    for rect in find_slices(rest, ruler):
        cut(whole_ones, rect)[:] = 0
        yield _Found(rect, "partial")
    for rect, part in _groups(whole_ones, ruler):
        shape = shape_of(part, ruler, _within(part, cut(whole_ones, rect)))
        if shape:
            yield _Found(rect, shape)


def _within(part: Image, ink: Image) -> Image:
    """The ink that a group's outline goes around, also what stands apart from it: the words in the middle of a seal."""
    outline = cv2.convexHull(cv2.findNonZero(part))
    return cv2.bitwise_and(ink, cv2.fillConvexPoly(np.zeros_like(ink), outline, 255))


def _groups(ink: Image, ruler: float) -> Iterator[tuple[Rect, Image]]:
    """Ink that lies together, with the mask of each group; what is larger than a seal is taken apart once more."""
    for rect, part in together(ink, ruler, _JOIN_MM):
        if max(rect.size) <= _SEAL_MM * ruler:
            yield rect, part
            continue
        for inner, piece in together(part, ruler, _TIGHT_MM):
            yield Rect(*(v + rect[i % 2] for i, v in enumerate(inner))), piece


def suppress(balanced: Image, ink: SealInk) -> Image:
    """The picture as grey with the seals taken out; text under them stays.

    In the red channel red ink is light and black text dark, also where ink lies over it. Between the two the channel
    is stretched, so that the ink becomes paper; its blurred rim is darker than its middle, hence the wide margin.
    """
    grey = cv2.cvtColor(balanced, cv2.COLOR_BGR2GRAY)
    for rect in (*(rect for rect, _ in ink.seals), *ink.stamps):
        room = rect.grow(4, 4).meet(whole(grey))
        red, mask = cut(balanced, room)[:, :, 2].astype(np.float32), cut(ink.mask, room)
        traces = (redness(cut(balanced, room)) > _TRACE).astype(np.uint8)
        near = cv2.dilate(cv2.bitwise_or(traces, mask), np.ones((7, 7), np.uint8)) > 0
        light = float(np.clip(_LIGHT_SHARE * np.percentile(red[mask > 0], 30), *_LIGHT)) if mask.any() else 255.0
        freed = 255 * np.clip((red - _DARK) / (light - _DARK), 0, 1) ** _CONTRAST
        part = cut(grey, room)
        part[:] = np.where(near, np.maximum(part, freed), part).astype(np.uint8)
    return grey


def seal_records(
    ink: SealInk, width: int, height: int, texts: Sequence[SealText] = (), ruler: float | None = None
) -> tuple[Seal, ...]:
    """The seals as they are recorded: red ones with their texts where these were read, then the copies.

    Their diameters are told where `ruler`, pixels per millimetre, is known from the file.
    """
    said = texts or [SealText()] * len(ink.seals)
    rims = ink.rims or (None,) * len(ink.seals)
    red = (
        Seal(
            box=rect.box(width, height),
            colour="red",
            shape=shape,
            text=one.text,
            confidence=one.confidence,
            views=one.views,
            imprint=one.imprint,
            diameter_mm=_measure(rect, shape, rim, ruler),
        )
        for (rect, shape), one, rim in zip(ink.seals, said, rims, strict=True)
    )
    copies = (
        Seal(box=rect.box(width, height), colour=colour, shape="round", diameter_mm=_measure(rect, "round", rim, ruler))
        for rect, rim, colour in ink.copies
    )
    return (*red, *copies)


def _measure(rect: Rect, shape: str, rim: Rim | None, ruler: float | None) -> float | None:
    """The longer axis in millimetres; None for a part of a seal whose rim is not told."""
    if ruler is None or (shape == "partial" and rim is None):
        return None
    return round((max(rim.diameters) if rim else max(rect.size)) / ruler, 1)
