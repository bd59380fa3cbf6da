"""Ruling lines of a straight page, as masks of horizontal and vertical strokes."""

from typing import NamedTuple

import cv2
import numpy as np

from extractors.creases import find_creases
from extractors.engine import Image

_ACROSS_MM, _ACROSS_PIECE_MM = 8.0, 4.2  # longer than the strokes of a 12 pt character
_DOWN_MM, _DOWN_PIECE_MM = 3.6, 3.2  # rows may be low; the strokes that come along touch no border (see tables)
_GAP_MM = 2.0
_INK = 48  # grey levels darker than paper
_DARK, _DARKEST = 0.45, 90


class Rulings(NamedTuple):
    """0/255 masks: all ink, the darkest of it (all but what stamps of water, shadows and dirt leave), lines across and
    lines down."""

    ink: Image
    dark: Image
    across: Image
    down: Image


def find_rulings(grey: Image, ruler: float) -> Rulings:
    """Lines of a seal-free grey page; `ruler` is pixels per millimetre.

    Short straight pieces are found first and joined over small gaps, and only then long lines are asked for: so broken
    lines survive, while a row of letters, whose strokes are shorter than a piece, is never joined into a line.
    """
    depth = darkness(grey)
    turned = np.ascontiguousarray(depth.T)
    creases = cv2.bitwise_or(find_creases(depth, ruler), np.ascontiguousarray(find_creases(turned, ruler).T))
    ink = cv2.subtract(_ink(depth), creases)
    across = _lines(ink, ruler, _ACROSS_PIECE_MM, _ACROSS_MM)
    down = _lines(np.ascontiguousarray(ink.T), ruler, _DOWN_PIECE_MM, _DOWN_MM).T
    return Rulings(ink, _dark(depth, ink), across, np.ascontiguousarray(down))


def find_ink(grey: Image) -> Image:
    """What is clearly darker than the paper around it."""
    return _ink(darkness(grey))


def print_depth(depth: Image) -> float:
    """How many levels darker than paper print is at least, half of what it mostly is at its darkest."""
    ink = depth[depth > _INK]
    return max(float(_INK), _DARK * float(np.percentile(ink, _DARKEST))) if ink.size else float(_INK)


def darkness(grey: Image) -> Image:
    """How many levels each point is darker than the paper around it."""
    scale = 8
    small = cv2.resize(grey, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    paper = cv2.resize(small, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.subtract(paper, grey)


def _ink(depth: Image) -> Image:
    return (depth > _INK) * np.uint8(255)


def _dark(depth: Image, ink: Image) -> Image:
    """Where ink is at least half as dark as the page's print mostly is at its darkest."""
    print_ = depth[ink > 0]
    return (depth > _DARK * np.percentile(print_, _DARKEST)) * np.uint8(255) if print_.size else ink


def _lines(ink: Image, ruler: float, piece_mm: float, length_mm: float) -> Image:
    piece, gap, length = (max(3, round(mm * ruler)) for mm in (piece_mm, _GAP_MM, length_mm))
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    pieces = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    joined = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8)
