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
_NEAR_MM = 0.5


class Piece(NamedTuple):
    """A rectangle with one line of text, and the cell it belongs to as (table, cell), None outside of tables."""

    rect: Rect
    cell: tuple[int, int] | None


def text_ink(rulings: Rulings) -> Image:
    """Ink that is no ruling line."""
    lines = cv2.dilate(cv2.bitwise_or(rulings.across, rulings.down), np.ones((3, 3), np.uint8))
    return cv2.subtract(rulings.ink, lines)


def cut_pieces(quads: Quads, tables: Sequence[Lattice], ink: Image, ruler: float) -> list[Piece]:
    """What is to be recognised: detected lines outside of tables as they are; in tables, for every cell, the part of
    each line that lies in it, and ink that no detected line covers (lone `/` and `—` escape the detector)."""
    rects = [_rect(quad) for quad in quads]
    pieces: list[Piece] = []
    used = np.zeros(len(rects), bool)
    for number, table in enumerate(tables):
        inside = [i for i, rect in enumerate(rects) if _mostly_in(rect, table.rect)]
        used[inside] = True
        for index, span in enumerate(table.spans):
            cell = table.cell(span)
            lines = _cell_lines(cell, [rects[i] for i in inside], ink, ruler)
            pieces.extend(Piece(line, (number, index)) for line in lines)
    pieces.extend(Piece(rect, None) for rect, inside_table in zip(rects, used, strict=True) if not inside_table)
    return pieces


def _rect(quad: Quads) -> Rect:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Rect(int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1)))


def _mostly_in(rect: Rect, table: Rect) -> bool:
    met = rect.meet(table)
    return not met.empty and met.width * met.height > 0.5 * rect.width * rect.height


def _cell_lines(cell: Rect, rects: Sequence[Rect], ink: Image, ruler: float) -> list[Rect]:
    """The lines of one cell from top to bottom, each clipped to the cell's inside."""
    inside = cell.grow(-max(1, round(0.2 * ruler)), -max(1, round(0.2 * ruler)))
    if inside.empty:
        return []
    rest = cut(ink, inside).copy()
    lines = []
    for rect in rects:
        part = rect.meet(inside)
        if part.empty or not _holds_text(part, rect, ink, ruler):
            continue
        lines.append(part)
        near = part.grow(round(_NEAR_MM * ruler), round(_NEAR_MM * ruler)).meet(inside)
        cut(rest, Rect(near.x0 - inside.x0, near.y0 - inside.y0, near.x1 - inside.x0, near.y1 - inside.y0))[:] = 0
    lines.extend(_missed(rest, inside, ruler))
    return sorted(lines, key=lambda line: (line.y0 + line.y1, line.x0))


def _holds_text(part: Rect, rect: Rect, ink: Image, ruler: float) -> bool:
    """Ink of the part that is more than a neighbour's edge reaching over the border."""
    found = inked(ink, part)
    if found is None:
        return False
    if part.width * part.height > 0.6 * rect.width * rect.height:
        return True
    return max(found.width, found.height) >= _LEAST_MM * ruler and found.height >= 0.2 * ruler


def _missed(rest: Image, inside: Rect, ruler: float) -> list[Rect]:
    """Lines of ink that no detected line covers."""
    close = np.ones((1, max(3, round(3 * ruler))), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, close))
    found = []
    for x, y, width, height, area in stats[1:count].tolist():
        if max(width, height) < _LEAST_MM * ruler or area < 0.12 * ruler * ruler:
            continue
        found.append(Rect(inside.x0 + x, inside.y0 + y, inside.x0 + x + width, inside.y0 + y + height))
    return _merge_lines(found)


def _merge_lines(found: list[Rect]) -> list[Rect]:
    """Parts beside each other at the same height are one line."""
    lines: list[Rect] = []
    for rect in sorted(found, key=lambda rect: rect.x0):
        for i, line in enumerate(lines):
            if min(line.y1, rect.y1) - max(line.y0, rect.y0) > 0.5 * min(line.height, rect.height):
                lines[i] = line.join(rect)
                break
        else:
            lines.append(rect)
    return lines
