"""What square seals say: rows of a name, then what the seal is for."""

import re
from typing import NamedTuple

import cv2
import numpy as np

from extractors.engine import Engine, Image

LEGIBLE = 0.45  # certainty below which a reading is no text
_ROW_INK, _FRAME, _BETWEEN = 0.4, 0.7, 0.22  # of the ink's strength; of the darkest line; of a row of letters


class SealText(NamedTuple):
    """What a seal says, how sure the engine is of it (0–1), what its ring may say besides, view by view, and the
    ring's picture (extractors/seal_imprints.py)."""

    text: str = ""
    confidence: float = 0.0
    views: tuple[str, ...] = ()
    imprint: str = ""


def as_print(ink: Image) -> Image:
    """Dark letters on white, as the engine knows them."""
    return cv2.cvtColor(255 - (ink * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def clean(text: str) -> str:
    """Letters and brackets of what was read; figures are the number at a seal's rim or stray ink."""
    return re.sub(r"[^\w()（）]|[0-9_]", "", text)


def read_rows(ink: Image, engine: Engine) -> SealText:
    """A square seal's rows from top to bottom as one text; how sure the least certain row is."""
    inner = _within_frame(_level(ink))
    rows = [as_print(inner[top:bottom]) for top, bottom in _rows(inner)] if inner.size else []
    read = [reading for reading in engine.recognise(rows) if re.search(r"[一-鿿]", reading.text)] if rows else []
    text = clean("".join(reading.text for reading in read))
    sure = min((reading.confidence for reading in read), default=0.0)
    return SealText(text, round(sure, 3)) if sure >= LEGIBLE else SealText()


def _level(ink: Image) -> Image:
    """The seal turned so that its sides stand upright, and cut out."""
    points = cv2.findNonZero((ink > _ROW_INK).astype(np.uint8))
    if points is None:
        return ink
    middle, size, angle = cv2.minAreaRect(points)
    side = round(max(size))
    turn = cv2.getRotationMatrix2D(middle, (angle + 45) % 90 - 45, 1)
    shift = turn[:, 2] + side / 2 - np.array(middle)
    return cv2.warpAffine(ink, np.column_stack([turn[:, :2], shift]), (side, side))


def _within_frame(ink: Image) -> Image:
    """What stands within the frame: its sides are where ink runs across most of the seal."""
    top, bottom = _inside(ink.mean(axis=1))
    left, right = _inside(ink.mean(axis=0))
    return ink[top:bottom, left:right]


def _inside(profile: Image) -> tuple[int, int]:
    """Between the innermost lines of the frame at both ends of a profile."""
    size, reach = len(profile), max(3, len(profile) // 8)
    line = profile > _FRAME * max(float(profile.max()), 1e-6)
    head, tail = np.flatnonzero(line[:reach]), np.flatnonzero(line[-reach:])
    return (int(head[-1]) + 2 if len(head) else 0), size - (reach - int(tail[0]) + 1 if len(tail) else 0)


def _rows(ink: Image) -> list[tuple[int, int]]:
    """Top and bottom of each row of letters."""
    profile = np.convolve(ink.mean(axis=1), np.ones(3) / 3, "same")
    inked = np.concatenate([[False], profile > _BETWEEN * np.percentile(profile, 80), [False]])
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    pairs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    tall = max((b - a for a, b in pairs), default=0)
    return [(max(0, a - 3), b + 3) for a, b in pairs if b - a > tall / 2]
