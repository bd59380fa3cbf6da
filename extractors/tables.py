"""Ruled tables: lattices of rows and columns with merged cells, found from the ruling lines."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.crops import Rect, cut, whole
from extractors.engine import Image
from extractors.rulings import Rulings

_SAME_LINE_MM = 1.2
_BORDER_SEEN = 0.6
_END_SHARE = 0.12
_LEAST_SEEN, _INKED = 0.25, 0.85  # of a border under a seal: how much of it must show, and be ink there
_REACH_MM = 0.8
_HELD, _BESIDE = 0.5, 0.15  # of a border's ends, and of its length beside it: with less ink, and with more, a letter
_LEAST_TABLE_MM = (25.0, 6.0)
_LEAST_LINE_MM = 22.0  # no stroke of a heading is that long
_CELL_MM = 3.4  # less is no cell to write in: the margin of a double frame, the squares of a QR code
_FRAME_SHARE = 0.6
_REAL_CELLS = 3
_ROW_SHARE = 0.45  # of the page width: a single row of cells that is narrower is no table but strokes of a heading


class Lattice(NamedTuple):
    """A table in pixels: the positions of its lines and its cells as (row, row_end, col, col_end).

    `ruled` is False where columns were told by how print is aligned (extractors/alignment.py).
    """

    xs: tuple[int, ...]
    ys: tuple[int, ...]
    spans: tuple[tuple[int, int, int, int], ...]
    ruled: bool = True

    @property
    def rect(self) -> Rect:
        return Rect(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def cell(self, span: tuple[int, int, int, int]) -> Rect:
        row, row_end, col, col_end = span
        return Rect(self.xs[col], self.ys[row], self.xs[col_end], self.ys[row_end])


def find_tables(rulings: Rulings, ruler: float, hidden: Image) -> list[Lattice]:
    """The tables of a straight page from top to bottom; frames around one single cell are none.

    `hidden` masks what seal ink covers: there a line may be gone, and goes on if it is seen beside the ink.
    """
    lines = cv2.bitwise_or(rulings.across, rulings.down)
    # a corner may stay open by a pixel or two
    joined = cv2.dilate(lines, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    long = _long_lines(rulings.across, ruler)
    tables = []
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        if width < _LEAST_TABLE_MM[0] * ruler or height < _LEAST_TABLE_MM[1] * ruler:
            continue
        rect = Rect(x, y, x + width, y + height)
        own = cut(labels, rect) == label
        if not (own & cut(long, rect)).any():
            continue
        across, down = (np.where(own, cut(mask, rect), 0).astype(np.uint8) for mask in (rulings.across, rulings.down))
        veil = _Veil(cut(rulings.ink, rect), cv2.dilate(cut(hidden, rect), np.ones((7, 7), np.uint8)))
        lattice = _lattice(across, down, veil, rect, ruler)
        if lattice and _is_table(lattice, whole(lines), ruler):
            tables.append(lattice)
    return sorted(tables, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def _long_lines(across: Image, ruler: float) -> NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(across)
    long = stats[:count, cv2.CC_STAT_WIDTH] >= _LEAST_LINE_MM * ruler
    long[0] = False
    seen: NDArray[np.bool_] = long[labels]
    return seen


def _is_table(lattice: Lattice, page: Rect, ruler: float) -> bool:
    """Has cells to write in, and is not the frame of a certificate, whose one large cell is the page itself."""
    cells = [lattice.cell(span) for span in lattice.spans]
    real = [cell for cell in cells if min(cell.width, cell.height) >= _CELL_MM * ruler]
    large = any(cell.width * cell.height > _FRAME_SHARE * page.width * page.height for cell in real)
    if len(lattice.ys) == 2 and lattice.rect.width < _ROW_SHARE * page.width:
        return False
    return len(real) >= max(2, len(cells) // 2) and not (large and len(real) < _REAL_CELLS)


class _Veil(NamedTuple):
    """All ink of a table that is no seal's, and where seal ink may have taken ink away with it."""

    ink: Image
    hidden: Image

    @property
    def turned(self) -> "_Veil":
        return _Veil(np.ascontiguousarray(self.ink.T), np.ascontiguousarray(self.hidden.T))


def _lattice(across: Image, down: Image, veil: _Veil, at: Rect, ruler: float) -> Lattice | None:
    ys = _positions(across, ruler)
    xs = _positions(np.ascontiguousarray(down.T), ruler)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) < 2:
        return None
    reach = max(2, round(_REACH_MM * ruler))
    borders = _Borders(across, down, veil, xs, ys, reach)
    xs, ys = borders.used()
    if len(xs) < 2 or len(ys) < 2:
        return None
    spans = grow_spans(_Borders(across, down, veil, xs, ys, reach))
    if len(spans) < 2:
        return None
    return Lattice(tuple(x + at.x0 for x in xs), tuple(y + at.y0 for y in ys), tuple(spans))


def _positions(lines: Image, ruler: float) -> list[int]:
    """Where the horizontal lines of a mask lie: pieces at nearly the same height are one line, weighted by length."""
    count, _, stats, middles = cv2.connectedComponentsWithStats(lines)
    pieces = sorted((float(middles[i, 1]), int(stats[i, cv2.CC_STAT_WIDTH])) for i in range(1, count))
    clusters: list[list[tuple[float, int]]] = []
    for middle, length in pieces:
        if clusters and middle - _mean(clusters[-1]) <= _SAME_LINE_MM * ruler:
            clusters[-1].append((middle, length))
        else:
            clusters.append([(middle, length)])
    return [round(_mean(cluster)) for cluster in clusters]


def _mean(cluster: Sequence[tuple[float, int]]) -> float:
    return sum(middle * length for middle, length in cluster) / sum(length for _, length in cluster)


class Borders(Protocol):
    """Whether neighbouring slots of a lattice are parted; `xs` and `ys` are its lines."""

    @property
    def xs(self) -> Sequence[int]: ...

    @property
    def ys(self) -> Sequence[int]: ...

    def below(self, row: int, col: int) -> bool: ...

    def right(self, row: int, col: int) -> bool: ...


class _Borders:
    """Tells whether a border is drawn between two neighbouring slots of the lattice."""

    def __init__(
        self, across: Image, down: Image, veil: _Veil, xs: Sequence[int], ys: Sequence[int], reach: int
    ) -> None:
        self.xs, self.ys = xs, ys
        self._across = np.array([self._bands(across, veil, y, xs, reach) for y in ys])
        upright = np.ascontiguousarray(down.T)
        self._down = np.array([self._bands(upright, veil.turned, x, ys, reach) for x in xs])

    @staticmethod
    def _bands(lines: Image, veil: _Veil, at: int, stops: Sequence[int], reach: int) -> list[bool]:
        """For each stretch between two stops whether the line is drawn there.

        A border reaches both its ends; the stroke of a letter does not. Under a seal a line that is drawn in the
        next stretch goes on where nothing that can be seen speaks against it.
        """
        near = slice(max(0, at - reach), at + reach + 1)
        seen, ink, hidden = (np.any(mask[near], axis=0) for mask in (lines, *veil))
        stretches = [slice(a + reach, max(a + reach + 1, b - reach)) for a, b in pairwise(stops)]
        sides = [veil.ink[max(0, at - reach) : at - reach // 3], veil.ink[at + reach // 3 + 1 : at + reach + 1]]
        held = np.any(lines[near] & veil.ink[near], axis=0)
        drawn = [
            _drawn(seen[stretch]) and not _is_letter(held[stretch], [side[:, stretch] for side in sides])
            for stretch in stretches
        ]
        beside = [a or b for a, b in zip([False, *drawn], [*drawn[1:], False], strict=False)]
        return [
            d or (near and _goes_on(ink[stretch], hidden[stretch]))
            for d, near, stretch in zip(drawn, beside, stretches, strict=True)
        ]

    def used(self) -> tuple[list[int], list[int]]:
        """The lines that are a border of anything."""
        xs = [x for x, bands in zip(self.xs, self._down, strict=True) if bands.any()]
        ys = [y for y, bands in zip(self.ys, self._across, strict=True) if bands.any()]
        return xs, ys

    def below(self, row: int, col: int) -> bool:
        return bool(self._across[row + 1, col])

    def right(self, row: int, col: int) -> bool:
        return bool(self._down[col + 1, row])


def _drawn(stretch: NDArray[np.bool_]) -> bool:
    end = max(1, round(len(stretch) * _END_SHARE))
    ends = float(stretch[:end].mean()), float(stretch[-end:].mean())
    return bool(len(stretch)) and min(ends) >= 0.5 and float(stretch.mean()) >= _BORDER_SEEN


def _is_letter(held: NDArray[np.bool_], sides: Sequence[Image]) -> bool:
    """Whether what seems to be a border is the stroke of a letter that stands where the border is in the rows above and
    below: `held` by ink but not at its ends, with print on both sides of it."""
    end = max(1, round(len(held) * _END_SHARE))
    loose = max(float(held[:end].mean()), float(held[-end:].mean())) < _HELD
    return loose and all(bool(side.size) and float(side.any(axis=0).mean()) >= _BESIDE for side in sides)


def _goes_on(ink: NDArray[np.bool_], hidden: NDArray[np.bool_]) -> bool:
    """Whether a stretch that a seal hides in part is ink wherever it can be seen."""
    seen = ~hidden
    if not hidden.any() or seen.mean() < _LEAST_SEEN:
        return False
    return bool(ink[seen].mean() >= _INKED)


def grow_spans(borders: Borders) -> list[tuple[int, int, int, int]]:
    """Slots without a border between them are one cell; cells are grown right, then down, as rectangles."""
    rows, cols = len(borders.ys) - 1, len(borders.xs) - 1
    taken = np.zeros((rows, cols), bool)
    spans = []
    for row in range(rows):
        for col in range(cols):
            if taken[row, col]:
                continue
            col_end, row_end = col + 1, row + 1
            while col_end < cols and not taken[row, col_end] and not borders.right(row, col_end - 1):
                col_end += 1
            while row_end < rows and _open_below(borders, row_end - 1, col, col_end):
                row_end += 1
            taken[row:row_end, col:col_end] = True
            spans.append((row, row_end, col, col_end))
    return spans


def _open_below(borders: Borders, row: int, col: int, col_end: int) -> bool:
    """No border below the whole width, and none that would cut the next row."""
    joined = all(not borders.below(row, c) for c in range(col, col_end))
    return joined and all(not borders.right(row + 1, c) for c in range(col, col_end - 1))
