"""The picture of a round seal's ring, small enough to be kept with what the seal says, and how far two agree.

Every print of one stamp is the same picture, up to how it was turned, how strong the ink is and what print lies over
it. So a ring that cannot be read may be known again by another print that can: letter by letter, none that is seen
being another, while what black print covers says nothing.
"""

import base64
import zlib
from functools import lru_cache
from statistics import median
from typing import NamedTuple

import cv2
import numpy as np

from extractors.engine import Image

KEPT = (0.37, 1.035)  # between which shares of the radius the picture is kept: from beside the star to off the rim
_RIM, _ROWS, STEPS = 5, 20, 300  # rows on and off the rim; of the ring of letters; steps around
KEPT_ROWS = 35
RING = slice(_RIM, _RIM + _ROWS)
_FAINT, _STRONG, _COVERED = 0.2, 0.55, 0.35  # ink from which a place is faint or strong; share under black print
_FINE, _COARSE = 0.6, 2.0  # strokes are wider than the one and narrower than the other
_LETTERS = slice(6, 11)  # rows where letters have ink, but neither rim nor the number along the bottom
_EMPTY, _LEAST_GAP = 0.12, 16  # ink beside the letters', and steps around, of the gap where a name ends
_ALIKE = 0.5  # rings that agree less are of nothing in common
_UP, _ASIDE = 1, 2  # rows and steps by which a letter may lie off, as rims are found
_SEEN, _FREE = 0.5, 0.93  # of a letter that is free of print: to be seen at all, to speak against a stamp
_INKED = 0.3  # of a letter's ink must be there, else it was not pressed


class Ring(NamedTuple):
    """An unrolled ring, rows from the rim inwards × `STEPS` clockwise: ink 0–1, its strokes (around zero), and 1
    where it can be seen. Of the letters' ring alone `_ROWS`, of all that is kept `KEPT_ROWS`."""

    ink: Image
    strokes: Image
    seen: Image


class Agreement(NamedTuple):
    """Of each letter of the known ring how much less than usual it agrees, and whether it is free of black print; None
    where it cannot be seen. `usual` is how far they agree, -1–1."""

    letters: tuple[tuple[float, bool] | None, ...]
    usual: float


def pack(ink: Image, covered: Image) -> str:
    """The strip between the shares `KEPT`, rim on top, of ink and of black print over it (0–1), as text."""
    small, hidden = (cv2.resize(strip, (STEPS, KEPT_ROWS), interpolation=cv2.INTER_AREA) for strip in (ink, covered))
    levels = np.digitize(small, (_FAINT, _STRONG)).astype(np.uint8)
    levels[hidden > _COVERED] = 3
    planes = np.concatenate([np.packbits(levels >> 1), np.packbits(levels & 1)])
    return base64.b85encode(zlib.compress(planes.tobytes(), 9)).decode()


@lru_cache(maxsize=512)
def unpack(imprint: str) -> Ring:
    """The ring of letters that `pack` kept."""
    whole = unpack_whole(imprint)
    return ring_of_ink(whole.ink[RING], whole.seen[RING])


@lru_cache(maxsize=64)
def unpack_whole(imprint: str) -> Ring:
    """All that `pack` kept; of pictures of the letters' ring alone, as they were kept before, the rest is not seen."""
    planes = np.unpackbits(np.frombuffer(zlib.decompress(base64.b85decode(imprint)), np.uint8)).reshape(2, -1)
    rows = KEPT_ROWS if planes.shape[1] >= KEPT_ROWS * STEPS else _ROWS
    high, low = (plane[: rows * STEPS].reshape(rows, STEPS) for plane in planes)
    levels = np.full((KEPT_ROWS, STEPS), 3, np.uint8)
    levels[slice(None) if rows == KEPT_ROWS else RING] = 2 * high + low
    seen = (levels < 3).astype(np.float32)
    return ring_of_ink(np.where(levels < 3, levels / 2, 0).astype(np.float32), seen)


def ring_of_ink(ink: Image, seen: Image) -> Ring:
    """A ring with its strokes."""
    strokes = (_spread(ink, seen, _FINE) - _spread(ink, seen, _COARSE)) * seen
    return Ring(ink, strokes, seen)


@lru_cache(maxsize=4096)
def agree(known: str, other: str, letters: int) -> Agreement | None:
    """How far another print agrees with a known one of so many letters; None where the two have nothing in common or
    where a name begins cannot be told."""
    mine, its = unpack(known), unpack(other)
    alike, turn, up = turn_of(mine, its)
    places = places_of_letters(mine, letters)
    if alike < _ALIKE or not places:
        return None
    found = tuple(_agree_at(mine, its, np.arange(*place) % STEPS, turn, up) for place in places)
    if not any(found):
        return None
    usual = median(one[0] for one in found if one)
    return Agreement(tuple(one and (usual - one[0], one[1] >= _FREE) for one in found), usual)


def covered_share(imprint: str) -> float:
    """How much of a ring lies under black print, 0–1."""
    return 1 - float(unpack(imprint).seen.mean())


def _spread(ink: Image, seen: Image, width: float) -> Image:
    """The ink blurred, as if what is covered were not there."""

    def blur(strip: Image) -> Image:
        wide = np.pad(strip, ((0, 0), (10, 10)), mode="wrap")
        return cv2.GaussianBlur(wide, (0, 0), width, borderType=cv2.BORDER_REPLICATE)[:, 10:-10]

    shares: Image = blur(ink * seen) / np.maximum(blur(seen), 0.05)
    return shares


def turn_of(mine: Ring, its: Ring) -> tuple[float, int, int]:
    """How alike two rings are at best (-1–1), and the steps and rows by which the other one lies off there."""
    best = (-1.0, 0, 0)
    for up in range(-2 * _UP, 2 * _UP + 1):
        a, b = rows_of(up)
        one, other = _level(mine, a), _level(its, b)
        both = around(one, other)
        scale = around(one**2, its.seen[b]) * around(mine.seen[a], other**2)
        shares = both / np.sqrt(np.maximum(scale, 1e-3))
        at = int(shares.argmax())
        best = max(best, (float(shares[at]), at, up))
    return best


def _level(ring: Ring, rows: slice) -> Image:
    ink, seen = ring.ink[rows], ring.seen[rows]
    level: Image = (ink - (ink * seen).sum() / max(float(seen.sum()), 1.0)) * seen
    return level


def around(one: Image, other: Image) -> Image:
    """The sum of products at each turn of the other."""
    turned = np.fft.rfft(one, axis=1) * np.fft.rfft(other, axis=1).conj()
    sums: Image = np.fft.irfft(turned.sum(axis=0), STEPS)
    return sums


def rows_of(up: int) -> tuple[slice, slice]:
    """Which rows of two rings meet where the other one lies so many rows higher."""
    return slice(max(up, 0), _ROWS + min(up, 0)), slice(max(-up, 0), _ROWS + min(-up, 0))


def places_of_letters(ring: Ring, letters: int) -> list[tuple[int, int]]:
    """From which to which step each letter stands: they share evenly what the widest gap leaves."""
    ink, seen = ring.ink[_LETTERS], ring.seen[_LETTERS]
    column = (ink * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    smooth = np.convolve(np.concatenate([column[-1:], column, column[:1]]), np.ones(3) / 3, "valid")
    empty = smooth < _EMPTY * np.percentile(column, 85)
    edges = np.flatnonzero(~np.concatenate([empty, empty]))
    gaps = np.diff(edges)
    if not len(gaps) or gaps.max() <= _LEAST_GAP:
        return []
    widest = int(gaps.argmax())
    start, width = int(edges[widest + 1]), STEPS + 1 - int(gaps[widest])
    return [(start + round(n * width / letters), start + round((n + 1) * width / letters)) for n in range(letters)]


def _agree_at(mine: Ring, its: Ring, steps: Image, turn: int, up: int) -> tuple[float, float] | None:
    """How far two rings agree in the strokes at these steps of the first, a little to and fro, and the share that is
    seen in both; None where too little is seen or pressed."""
    found = [
        _correlate(mine, its, steps, (steps - turn - aside) % STEPS, up + off)
        for off in range(-_UP, _UP + 1)
        for aside in range(-_ASIDE, _ASIDE + 1)
    ]
    return max((one for one in found if one is not None), default=None)


def _correlate(mine: Ring, its: Ring, steps: Image, others: Image, up: int) -> tuple[float, float] | None:
    a, b = rows_of(up)
    seen = mine.seen[a][:, steps] * its.seen[b][:, others]
    ink, pressed = (float((r.ink[rows][:, at] * seen).sum()) for r, rows, at in ((mine, a, steps), (its, b, others)))
    own = float((mine.ink[:, steps] * mine.seen[:, steps]).sum())
    if seen.mean() < _SEEN or ink < _SEEN * own or pressed < _INKED * ink:
        return None
    one, other = (centred(r.strokes[rows][:, at], seen) for r, rows, at in ((mine, a, steps), (its, b, others)))
    alike = (one * other).sum() / max(np.sqrt((one**2).sum() * (other**2).sum()), 1e-3)
    return float(alike), float(seen.mean())


def centred(strokes: Image, seen: Image) -> Image:
    level: Image = (strokes - (strokes * seen).sum() / seen.sum()) * seen
    return level
