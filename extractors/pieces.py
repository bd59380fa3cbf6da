"""Detected lines become pieces to be recognised, cut at the borders of table cells."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from extractors.crops import Rect, cut, inked
from extractors.engine import Image, Quads
from extractors.rulings import Rulings
from extractors.tables import Lattice

_LEAST_MM = 0.9
_LEAST_MM2 = 0.12
_BORDER_MM = 0.2
_BLOB_GAP_MM = 1.0  # ink closer than this is of one run of text
_TALL = 1.5


class Piece(NamedTuple):
    """A rectangle with one line of text, and the cell it belongs to as (table, cell), None outside of tables."""

    rect: Rect
    cell: tuple[int, int] | None


def text_ink(rulings: Rulings) -> Image:
    """Ink that is no ruling line."""
    lines = cv2.dilate(cv2.bitwise_or(rulings.across, rulings.down), np.ones((3, 3), np.uint8))
    return cv2.subtract(rulings.ink, lines)


def cut_pieces(quads: Quads, tables: Sequence[Lattice], ink: Image, ruler: float) -> list[Piece]:
    """What is to be recognised, each piece one line.

    Outside of tables that are the detected lines. In a table it is, for every cell, the part of each detected line
    that lies in it, and ink that no detected line covers: the detector joins neighbouring cells and misses lone signs.
    """
    rects = [_rect(quad) for quad in quads]
    pieces: list[Piece] = []
    free = set(range(len(rects)))
    for number, table in enumerate(tables):
        inside = [i for i in sorted(free) if _mostly_in(rects[i], table.rect)]
        free -= set(inside)
        for index, span in enumerate(table.spans):
            lines = _cell_lines(table.cell(span), [rects[i] for i in inside], ink, ruler)
            pieces.extend(Piece(line, (number, index)) for line in lines)
    return pieces + [Piece(rects[i], None) for i in sorted(free)]


def _rect(quad: Quads) -> Rect:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Rect(int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1)))


def _mostly_in(rect: Rect, table: Rect) -> bool:
    met = rect.meet(table)
    return not met.empty and met.area > 0.5 * rect.area


def _cell_lines(cell: Rect, rects: Sequence[Rect], ink: Image, ruler: float) -> list[Rect]:
    """The lines of one cell from top to bottom, each clipped to the cell's inside."""
    border = max(1, round(_BORDER_MM * ruler))
    inside = cell.grow(-border, -border)
    if inside.empty:
        return []
    lines: list[Rect] = []
    for rect in rects:
        part = rect.meet(inside)
        if not part.empty and _holds_text(part, rect, ink, ruler):
            _add(lines, part)
    for blob in blobs(inside, ink, ruler):
        _add(lines, blob, whole_blob=True)
    return sorted(lines, key=lambda line: (line.y0 + line.y1, line.x0))


def _holds_text(part: Rect, rect: Rect, ink: Image, ruler: float) -> bool:
    """Ink of the part that is more than a neighbour's edge reaching over the border."""
    found = inked(ink, part)
    if found is None:
        return False
    if part.area > 0.6 * rect.area:
        return True
    return max(found.width, found.height) >= _LEAST_MM * ruler and found.height >= _BORDER_MM * ruler


def _add(lines: list[Rect], new: Rect, whole_blob: bool = False) -> None:
    """Adds a line, or widens the line of which it is a part; a blob of ink as tall as several lines widens none."""
    for i, line in enumerate(lines):
        met = line.meet(new)
        if met.empty or met.height < 0.5 * min(line.height, new.height):
            continue
        if whole_blob and new.height > _TALL * line.height:
            return
        if whole_blob or met.area > 0.5 * min(line.area, new.area):
            lines[i] = line.join(new)
            return
    if not whole_blob or not any(new.meet(line).area > 0 for line in lines):
        lines.append(new)


def blobs(inside: Rect, ink: Image, ruler: float) -> list[Rect]:
    """Runs of ink in a cell that are no specks."""
    close = np.ones((1, max(3, round(_BLOB_GAP_MM * ruler))), np.uint8)
    # without a margin the closing would run into the border of the image
    rest = cv2.copyMakeBorder(cut(ink, inside), 0, 0, close.shape[1], close.shape[1], cv2.BORDER_CONSTANT, value=0)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, close))
    found = []
    for x, y, width, height, area in stats[1:count].tolist():
        if max(width, height) >= _LEAST_MM * ruler and area >= _LEAST_MM2 * ruler * ruler:
            left, top = inside.x0 + x - close.shape[1], inside.y0 + y
            found.append(Rect(left, top, left + width, top + height))
    return _merge_lines(found)


def _merge_lines(found: list[Rect]) -> list[Rect]:
    """Runs beside each other at the same height are one line."""
    lines: list[Rect] = []
    for rect in sorted(found, key=lambda rect: rect.x0):
        for i, line in enumerate(lines):
            if min(line.y1, rect.y1) - max(line.y0, rect.y0) > 0.5 * min(line.height, rect.height):
                lines[i] = line.join(rect)
                break
        else:
            lines.append(rect)
    return lines
