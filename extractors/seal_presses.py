"""A stamp that was pressed twice, a few millimetres off: where its two prints lie, and how far each letter agrees.

Where one print has ink the other cannot be seen, as under black print. Where each of them lies tells a clear print of
the stamp that is thought to be there: laid over the picture, moved, turned and a little stretched, until it agrees
best. What is left of both prints then says letter by letter whether it is that stamp.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from statistics import median
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.engine import Image
from extractors.seal_imprints import (
    KEPT,
    KEPT_ROWS,
    RING,
    STEPS,
    Agreement,
    Ring,
    around,
    centred,
    places_of_letters,
    ring_of_ink,
    rows_of,
    unpack,
    unpack_whole,
)

_REACH, _GRID, _STARTS = 0.16, 0.04, 5  # of the radius: how far off a print may lie; places tried, places bettered
# A rim through both prints is too large, or too long the way that the second one lies off.
_SHAPES = (
    (0.0, 0.0, 0.0),
    (-0.04, 0.0, 0.0),
    (-0.02, 0.02, 0.0),
    (-0.02, -0.02, 0.0),
    (-0.02, 0.0, 0.02),
    (-0.02, 0.0, -0.02),
)
_FIRST, _LAST = (0.02, 0.01), (0.01, 0.005)  # steps to and fro in which a place is bettered
_STRETCH, _TURNS, _ROUNDS = 0.1, 3, 3  # most that a picture may be stretched; steps of turn and rounds near a place
_NOTHING, _APART, _TURNED = 0.2, 0.03, 12  # what agrees less is not there; shift and turn of a second print
_INKED = 0.25  # of ink foreseen of the other print, from which a place says nothing
_HALF, _WRAP = 0.5, 2
_UP, _ASIDE = 1, 2  # rows and steps by which a letter may lie off
_SEEN, _INK, _PRESSED = 0.2, 0.15, 0.3  # of a letter in one print, to be looked at; of its ink that is there
_BOTH_SEEN, _BOTH_INK = 0.5, 0.4  # of a letter in both prints together
BELOW, LINE, _STAR = slice(25, 34), 25, 0.34  # rows, and steps to both sides, of a level line; radius of the star
_BLANK_SEEN, BLANK = 0.4, 0.1  # share of the level line's place that is seen; ink that may be there


class Pose(NamedTuple):
    """How a known ring lies in a picture: how far both agree there (-1–1), the turn in steps, the place of its middle
    (right, down) and how much larger, wider than high and slanted it is, in shares of the radius."""

    alike: float
    turn: int
    place: tuple[float, ...]


class _Part(NamedTuple):
    """What a print has of a letter: strokes it has in common with the known one, of each alone, the share of the place
    that is seen and that of the letter's ink which stands there."""

    both: float
    own: float
    other: float
    seen: float
    ink: float

    @property
    def alike(self) -> float:
        return float(self.both / max((self.own * self.other) ** 0.5, 1e-3))


@lru_cache(maxsize=1024)
def agree_twice(known: str, other: str, letters: int) -> Agreement | None:
    """How far two prints in one picture agree with a known one of so many letters; None where there are no two."""
    mine, picture = unpack_whole(known), unpack_whole(other)
    places = places_of_letters(unpack(known), letters)
    poses = _poses(known, other) if places else None
    if poses is None:
        return None
    rings = [_seen_from(_without(picture, mine, hiding), pose) for pose, hiding in (poses, poses[::-1])]
    turns = [pose.turn for pose in poses]
    found = [_agree_at(unpack(known), rings, turns, np.arange(*place) % STEPS) for place in places]
    if not any(one is not None for one in found):
        return None
    usual = median(one for one in found if one is not None)
    return Agreement(tuple(None if one is None else (usual - one, True) for one in found), usual)


def is_blank_below(known: str, other: str, letters: int) -> bool:
    """Whether two prints in one picture have no ink where a level line would stand that is neither the other print's
    nor its star's."""
    places, poses = places_of_letters(unpack(known), letters), _poses(known, other)
    if not places or poses is None:
        return False
    middle = (places[-1][1] + places[0][0] + STEPS) // 2
    ink = seen = 0.0
    for pose, hiding in (poses, poses[::-1]):
        free = _without(unpack_whole(other), unpack_whole(known), hiding)
        its = _moved(free, pose.place, BELOW)
        at = (np.arange(middle - LINE, middle + LINE + 1) - pose.turn) % STEPS
        own = (its.seen[:, at] > _HALF) * ~_in_star(pose, hiding)[:, at]
        ink, seen = ink + float((its.ink[:, at] * own).sum()), seen + float(own.sum()) / own.size
        size = own.size
    return seen >= _BLANK_SEEN and ink / (seen * size) <= BLANK


@lru_cache(maxsize=256)
def _poses(known: str, other: str) -> tuple[Pose, Pose] | None:
    return _find_both(unpack_whole(known), unpack_whole(other))


def _in_star(pose: Pose, hiding: Pose) -> NDArray[np.bool_]:
    """Where the other print's star may lie below a print's own."""
    across, along = (axis[BELOW] for axis in grid())
    right, down = (there - here for there, here in zip(hiding.place[:2], pose.place[:2], strict=True))
    near: NDArray[np.bool_] = np.hypot(across - right, along - down) < _STAR
    return near


# ---- where the prints lie --------------------------------------------------------------------------------------


def _find_both(mine: Ring, picture: Ring) -> tuple[Pose, Pose] | None:
    """The two prints of a stamp in a picture, each where the other one leaves paper; None where there is only one."""
    first = _find(mine, picture)
    if first.alike < _NOTHING:
        return None
    rest = _without(picture, mine, first)
    like_first = Pose(-1.0, first.turn, (0.0, 0.0, *first.place[2:]))
    second = max(_find(mine, rest), _better(mine, rest, like_first, _FIRST))
    for _ in range(2):
        first = _better(mine, _without(picture, mine, second), first, _LAST)
        second = _better(mine, _without(picture, mine, first), second, _LAST)
    apart = np.hypot(first.place[0] - second.place[0], first.place[1] - second.place[1])
    turned = abs((first.turn - second.turn + STEPS // 2) % STEPS - STEPS // 2)
    return (first, second) if second.alike >= _NOTHING and apart >= _APART and turned <= _TURNED else None


def _find(mine: Ring, picture: Ring) -> Pose:
    count = int(_REACH / _GRID)
    offs = [n * _GRID for n in range(-count, count + 1)]
    near = [(x, y) for x in offs for y in offs if np.hypot(x, y) <= _REACH + 1e-6]
    tried = (_turned(mine, picture, (*off, *shape)) for off in near for shape in _SHAPES)
    starts = sorted(tried, reverse=True)[:_STARTS]
    if starts[0].alike < _NOTHING:
        return starts[0]
    return max(_better(mine, picture, start, _FIRST) for start in starts)


def _better(mine: Ring, picture: Ring, start: Pose, steps: Sequence[float]) -> Pose:
    """The best place near one, moved and stretched to and fro in these steps."""
    best = _near(mine, picture, start.place, start.turn)
    for step in steps:
        for _ in range(_ROUNDS):
            before = best
            for place in _beside(best.place, step):
                best = max(best, _near(mine, picture, place, best.turn))
            if best == before:
                break
    return best


def _beside(place: tuple[float, ...], step: float) -> Iterator[tuple[float, ...]]:
    for axis in range(len(place)):
        for way in (-step, step):
            moved = tuple(value + way * (n == axis) for n, value in enumerate(place))
            if max(map(abs, moved[2:])) <= _STRETCH:
                yield moved


def _turned(mine: Ring, picture: Ring, place: tuple[float, ...]) -> Pose:
    """How far a known ring agrees with a picture at a place, turned as it does best."""
    its = _moved(picture, place, RING)
    own = Ring(*(rows[RING] for rows in mine))
    both = around(own.strokes, its.strokes)
    scale = around(own.strokes**2, its.seen) * around(own.seen, its.strokes**2)
    shares = both / np.sqrt(np.maximum(scale, 1e-3))
    turn = int(shares.argmax())
    return Pose(float(shares[turn]), turn, place)


def _near(mine: Ring, picture: Ring, place: tuple[float, ...], turn: int) -> Pose:
    """How far both agree at a place, turned no more than a little otherwise."""
    its = _moved(picture, place, RING)
    own = Ring(*(rows[RING] for rows in mine))
    turns = [(turn + by) % STEPS for by in range(-_TURNS, _TURNS + 1)]
    return max(Pose(_correlate(own, its, by), by, place) for by in turns)


def _correlate(own: Ring, its: Ring, turn: int) -> float:
    strokes, seen = np.roll(its.strokes, turn, axis=1), np.roll(its.seen, turn, axis=1)
    scale = float((own.strokes**2 * seen).sum()) * float((own.seen * strokes**2).sum())
    return float((own.strokes * strokes).sum() / max(scale**0.5, 1e-3))


# ---- one picture seen from another middle ----------------------------------------------------------------------


@lru_cache(maxsize=1)
def grid() -> tuple[Image, Image]:
    """How far right of and below its middle, in radii, each place of a kept picture lies."""
    inner, outer = KEPT
    shares = outer - (np.arange(KEPT_ROWS)[:, None] + 0.5) * (outer - inner) / KEPT_ROWS
    angles = np.pi / 2 + (np.arange(STEPS) + 0.5) * 2 * np.pi / STEPS
    return shares * np.cos(angles), shares * np.sin(angles)


def _moved(picture: Ring, place: tuple[float, ...], rows: slice = slice(None)) -> Ring:
    """Some rows of a picture as they are seen around another middle, stretched."""
    (right, down), stretch = place[:2], _stretch(place)
    across, along = (axis[rows] for axis in grid())
    x = stretch[0, 0] * across + stretch[0, 1] * along + right
    y = stretch[1, 0] * across + stretch[1, 1] * along + down
    inner, outer = KEPT
    up = (outer - np.hypot(x, y)) * KEPT_ROWS / (outer - inner) - 0.5
    at = ((np.arctan2(y, x) - np.pi / 2) / (2 * np.pi) * STEPS - 0.5) % STEPS
    places = (at + _WRAP).astype(np.float32), up.astype(np.float32)
    return Ring(
        *(cv2.remap(np.pad(it, ((0, 0), (_WRAP, _WRAP)), mode="wrap"), *places, cv2.INTER_LINEAR) for it in picture)
    )


def _stretch(place: tuple[float, ...]) -> Image:
    size, wide, slant = place[2:]
    return np.array([[1 + size + wide, slant], [slant, 1 + size - wide]])


def _without(picture: Ring, mine: Ring, pose: Pose) -> Ring:
    """The picture without what a known ring hides that lies there so."""
    back = np.linalg.inv(_stretch(pose.place))
    right, down = -back @ np.array(pose.place[:2])
    size, wide = (back[0, 0] + back[1, 1]) / 2 - 1, (back[0, 0] - back[1, 1]) / 2
    turned = Ring(*(np.roll(it, -pose.turn, axis=1) for it in mine))
    hidden = _moved(turned, (right, down, size, wide, back[0, 1])).ink > _INKED
    return ring_of_ink(picture.ink, picture.seen * ~hidden)


def _seen_from(picture: Ring, pose: Pose) -> Ring:
    """The ring of letters as it lies around a print's own middle; what is hidden in part is not seen."""
    its = _moved(picture, pose.place, RING)
    seen = (its.seen > _HALF).astype(np.float32)
    return ring_of_ink(its.ink * seen, seen)


# ---- letter by letter ------------------------------------------------------------------------------------------


def _agree_at(mine: Ring, its: Sequence[Ring], turns: Sequence[int], steps: Image) -> float | None:
    """How far both prints together agree in a letter; None where too little of it is seen or pressed."""
    parts = [part for ring, turn in zip(its, turns, strict=True) if (part := _part(mine, ring, steps, turn))]
    if not parts:
        return None
    whole = _Part(*(sum(values) for values in zip(*parts, strict=True)))
    return whole.alike if whole.seen >= _BOTH_SEEN and whole.ink >= _BOTH_INK else None


def _part(mine: Ring, its: Ring, steps: Image, turn: int) -> _Part | None:
    """What one print has of a letter, a little to and fro, where it agrees best."""
    found = (
        _overlap(mine, its, steps, (steps - turn - aside) % STEPS, up)
        for up in range(-_UP, _UP + 1)
        for aside in range(-_ASIDE, _ASIDE + 1)
    )
    return max((one for one in found if one), key=lambda one: one.alike, default=None)


def _overlap(mine: Ring, its: Ring, steps: Image, others: Image, up: int) -> _Part | None:
    a, b = rows_of(up)
    seen = mine.seen[a][:, steps] * its.seen[b][:, others]
    ink, pressed = (float((r.ink[rows][:, at] * seen).sum()) for r, rows, at in ((mine, a, steps), (its, b, others)))
    share = ink / max(float((mine.ink[:, steps] * mine.seen[:, steps]).sum()), 1e-3)
    if seen.mean() < _SEEN or share < _INK or pressed < _PRESSED * ink:
        return None
    one, other = (centred(r.strokes[rows][:, at], seen) for r, rows, at in ((mine, a, steps), (its, b, others)))
    return _Part(*(float(v) for v in ((one * other).sum(), (one**2).sum(), (other**2).sum(), seen.mean(), share)))
