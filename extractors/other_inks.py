"""Seals in ink of another colour than red, as banks use: they are nobody's, but hide what lies under them."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from extractors.crops import Rect, cut, inked, whole
from extractors.engine import Image
from extractors.red_ink import red_ink, redness, together, without_forms
from extractors.rims import find_rims
from extractors.seal_shapes import shape_of

_SHRINK = 4
_LEAST_MM2 = 25.0  # a seal's ink covers some 150 mm²; labels and rulings of a form may come to as much
_AS_RED = 1.5  # blue ink stands less above its darkest colour than red ink does
_FAINT = 22  # of a tint: ink of a seal, and what of it the sure ink leaves out
_TRACE = 14  # its blurred edges
_NEAR = 9  # pixels around ink in which those are looked for
_PAPER, _FULL = 14, 60  # tint without ink, and with ink enough to be seen well
_JOIN_MM, _TIGHT_MM = 3.0, 1.0
_LARGE_MM, _SEAL_MM = 22.0, 75.0  # what is smaller has no round rim, what is larger is taken apart
_VISIBLE, _AROUND, _CUT_OFF = 0.2, 0.78, 0.88  # of a rim: on the page at least, inked, on the page of a whole one
_SOLID_MM = 1.2  # a star is wider than any line of a form
_BLOT_MM, _RIM_MM = 2.0, 2.5  # around a rim: its blur; inside: its line
_DARK = 40.0  # of black print, in the channel in which the ink is palest
_LIGHT_SHARE, _LIGHT = 0.8, (110.0, 170.0)  # of the ink's own level: lighter than this is ink, no print
_CONTRAST = 1.4  # thin strokes lose ink to the stretch and get it back


class OtherSeal(NamedTuple):
    """A seal whose ink is blue, violet or green: its rectangle on the page, within that the mask of its ink, and in
    which channel (0 blue, 1 green) that ink is palest."""

    rect: Rect
    ink: Image
    channel: int


def find_other_seals(balanced: Image, ruler: float) -> tuple[OtherSeal, ...]:
    """Seals of blue to violet, and of green ink on a BGR picture with white paper; `ruler` is pixels per millimetre.

    Round ones are found by their rims, ovals and squares by their shape. A form that is printed in such a colour, its
    labels and lines of text are none and stay. A page without such ink costs a look at a small picture of it.
    """
    small = cv2.resize(balanced, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    least = _LEAST_MM2 * (ruler / _SHRINK) ** 2
    tints = [
        (n, tell) for n, tell in enumerate((blueness, greenness)) if np.count_nonzero(tell(small) > _FAINT) > least
    ]
    return tuple(OtherSeal(*seal, channel) for channel, tell in tints for seal in _find(tell(balanced), ruler))


def blueness(balanced: Image) -> Image:
    """How far blue stands above the darkest colour, from blue green to violet; red ink, however purple, has none."""
    blue, green, red = cv2.split(balanced)
    above = cv2.subtract(blue, cv2.min(red, green))
    above[(blue < green) | (redness(balanced) >= above)] = 0
    return _as_red(above)


def greenness(balanced: Image) -> Image:
    """How far green stands above the darkest colour where it is the brightest."""
    blue, green, red = cv2.split(balanced)
    above = cv2.subtract(green, cv2.min(red, blue))
    above[(green < blue) | (green <= red)] = 0
    return _as_red(above)


def _as_red(above: Image) -> Image:
    tint: Image = cv2.convertScaleAbs(above, alpha=_AS_RED)
    return tint


def _find(tint: Image, ruler: float) -> Iterator[tuple[Rect, Image]]:
    sure = red_ink(tint)
    ink = without_forms(sure, ruler)
    solid = cv2.morphologyEx(sure, cv2.MORPH_OPEN, np.ones((round(_SOLID_MM * ruler),) * 2, np.uint8))
    form = cv2.subtract(_wider(cv2.subtract(sure, ink), 3), _wider(solid, 5))
    faint = np.where(cv2.medianBlur(tint, 3) > _FAINT, 255, 0).astype(np.uint8)
    rest = ink.copy()
    for disc in _discs(tint, ink, ruler):
        rest[disc > 0] = 0
        yield from _seal(faint, form, disc, ruler)
    for hull in _hulls(rest, ruler):
        yield from _seal(faint, form, hull, ruler)


def _seal(faint: Image, form: Image, within: Image, ruler: float) -> Iterator[tuple[Rect, Image]]:
    """The ink within a seal's outline without the form's lines; the flat parts of its rim that hang together with
    such lines are its own."""
    inner = cv2.erode(within, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(_RIM_MM * ruler) + 1,) * 2))
    lines = cv2.bitwise_and(form, inner)
    ink = cv2.bitwise_and(cv2.subtract(faint, lines), within)
    rect = inked(ink, whole(ink))
    if rect:
        yield rect, cut(ink, rect)


def _discs(tint: Image, ink: Image, ruler: float) -> Iterator[Image]:
    """Masks of what lies within the rims of round seals."""
    page, margin, grow = whole(ink), round(_JOIN_MM * ruler), _BLOT_MM * ruler
    for rect, _ in together(ink, ruler, _JOIN_MM):
        if max(rect.size) < _LARGE_MM * ruler:
            continue
        room = rect.grow(margin, margin).meet(page)
        strength = np.clip((cut(tint, room).astype(np.float32) - _PAPER) / (_FULL - _PAPER), 0, 1)
        strength[_wider(cut(ink, room), 5) == 0] = 0
        for rim in find_rims(strength, ruler, _VISIBLE):
            moved = rim._replace(centre=(rim.centre[0] + room.x0, rim.centre[1] + room.y0))
            if moved.covered >= _AROUND * min(1.0, moved.share_on(page) / _CUT_OFF):
                (a, b) = moved.diameters
                yield cv2.ellipse(np.zeros_like(ink), (moved.centre, (a + grow, b + grow), moved.turn), 255, -1)


def _hulls(rest: Image, ruler: float) -> Iterator[Image]:
    """Masks of what lies within ovals and squares."""
    for rect, part in _groups(rest, ruler):
        if shape_of(part, ruler):
            hull = cv2.convexHull(cv2.findNonZero(part)) + np.array([rect.x0, rect.y0], np.int32)
            yield cv2.fillConvexPoly(np.zeros_like(rest), hull, 255)


def _groups(ink: Image, ruler: float) -> Iterator[tuple[Rect, Image]]:
    """Ink that lies together; what is larger than a seal is taken apart once more."""
    for rect, part in together(ink, ruler, _JOIN_MM):
        if max(rect.size) <= _SEAL_MM * ruler:
            yield rect, part
            continue
        for inner, piece in together(part, ruler, _TIGHT_MM):
            yield Rect(*(v + rect[i % 2] for i, v in enumerate(inner))), piece


def free_from(grey: Image, balanced: Image, found: tuple[OtherSeal, ...]) -> Image:
    """The grey page with the ink of these seals made paper; black print under it stays.

    In the channel of its colour ink is pale, black and red print dark, also where ink lies over it; between the two
    that channel is stretched. Rulings in the seal's colour stay where no other ink of it is near.
    """
    freed = grey.copy() if found else grey
    for seal in found:
        room = seal.rect.grow(_NEAR, _NEAR).meet(whole(grey))
        part, colour, mask = cut(freed, room), cut(balanced, room), _placed(seal, room)
        level = colour[:, :, seal.channel].astype(np.float32)
        light = float(np.clip(_LIGHT_SHARE * np.percentile(level[mask > 0], 30), *_LIGHT))
        tinted = (level - colour.min(axis=2) > _TRACE) & (_wider(mask, _NEAR) > 0)
        near = _wider(cv2.bitwise_or(mask, tinted.astype(np.uint8)), 7) > 0
        pale = 255 * np.clip((level - _DARK) / (light - _DARK), 0, 1) ** _CONTRAST
        part[:] = np.where(near, np.maximum(part, pale), part).astype(np.uint8)
    return freed


def cover_with(mask: Image, found: tuple[OtherSeal, ...]) -> Image:
    """A mask of ink with that of these seals added."""
    covered = mask.copy() if found else mask
    for rect, ink, _ in found:
        part = cut(covered, rect)
        part[:] = cv2.bitwise_or(part, ink)
    return covered


def _placed(seal: OtherSeal, room: Rect) -> Image:
    mask = np.zeros((room.height, room.width), np.uint8)
    cut(mask, Rect(*(v - room[i % 2] for i, v in enumerate(seal.rect))))[:] = seal.ink
    return mask


def _wider(mask: Image, side: int) -> Image:
    wide: Image = cv2.dilate(mask, np.ones((side, side), np.uint8))
    return wide
