"""Columns told by the print below a head, and the head's cells over them, of one level or several."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.crops import Rect
from extractors.headings import Interval

Edges = list[int]
Span = tuple[int, int, int, int]
_MUCH_WIDER = 4.0
_GAP_MM = 0.8  # columns are further apart
_MANY = 6  # rows from which one in ten may hold a stray mark between two columns
_MOST_CROSSED = 0.34
_APART = 0.85  # of the print's height: further apart two lines are of two headings


# ---- columns ---------------------------------------------------------------------------------------------------


def free_gaps(rows: Sequence[NDArray[np.bool_]], width: int, ruler: float) -> list[Interval]:
    """Where the rows that fill the columns have no print."""
    return _free(regular_rows(rows, ruler), width, _GAP_MM * ruler)


def regular_rows(rows: Sequence[NDArray[np.bool_]], ruler: float) -> list[NDArray[np.bool_]]:
    """Rows with print in several columns."""
    return [row for row in rows if len(runs(row, 1.5 * _GAP_MM * ruler)) >= 3] or list(rows)


def columns_of(rows: Sequence[NDArray[np.bool_]], boxes: Sequence[Rect], width: int, ruler: float) -> Edges:
    """The borders of the columns, 0 and `width` among them; `rows` tell where each row has print.

    Columns are parted where no row has print, unless a heading stands over the gap; where headings stand apart there
    are columns of their own, though a few rows run over the border.
    """
    regular, gaps = regular_rows(rows, ruler), free_gaps(rows, width, ruler)
    leaves = _leaves(boxes, gaps)
    for leaf in leaves:
        gaps = [gap for gap in gaps if not _stands_over(leaf, gap)]
        gaps = [part for gap in gaps for part in _split(gap, leaf, ruler)]
    gaps += _between(leaves, gaps, regular, _GAP_MM * ruler)
    inner = _without_strays(sorted(gap for gap in gaps if gap[0] > 0 and gap[1] < width), leaves, regular)
    return [0, *(_border(gap, regular, _GAP_MM * ruler) for gap in inner), width]


def _border(gap: Interval, rows: Sequence[NDArray[np.bool_]], least: float) -> int:
    """The middle of a gap; where a few rows reach into it, of the widest part that all of them leave free."""
    free = ~np.any([row[slice(*gap)] for row in rows], axis=0)
    a, b = max(runs(free, 1), key=lambda run: run[1] - run[0], default=(0, 0))
    return gap[0] + (a + b) // 2 if b - a >= least else sum(gap) // 2


def _without_strays(
    gaps: Sequence[Interval], leaves: Sequence[Interval], rows: Sequence[NDArray[np.bool_]]
) -> list[Interval]:
    """Print between two headings makes no column of its own where it is one row's, or stands close to a neighbour's and
    far from the other's (the leading zeros of figures); the wider gap beside it stays."""
    kept: list[Interval] = []
    for gap in gaps:
        before = kept[-1] if kept else None
        alone = before is not None and not any(min(leaf[1], gap[0]) > max(leaf[0], before[1]) for leaf in leaves)
        stray = before is not None and (
            sum(row[before[1] : gap[0]].any() for row in rows) < 2 or _is_far_narrower(before, gap)
        )
        if not (leaves and alone and stray):
            kept.append(gap)
        elif before and gap[1] - gap[0] > before[1] - before[0]:
            kept[-1] = gap
    return kept


def _is_far_narrower(gap: Interval, other: Interval) -> bool:
    """Whether one of two gaps has less than a quarter of the other's width."""
    narrow, wide = sorted(b - a for a, b in (gap, other))
    return _MUCH_WIDER * narrow < wide


def runs(row: NDArray[np.bool_], gap: float) -> list[Interval]:
    """Stretches of print; what is nearer than `gap` is one."""
    ends = np.flatnonzero(np.diff(np.concatenate(([0], row.view(np.int8), [0]))))
    found: list[Interval] = []
    for a, b in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        if found and a - found[-1][1] < gap:
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return found


def _free(rows: Sequence[NDArray[np.bool_]], width: int, least: float) -> list[Interval]:
    """Where no row has print; of many rows a few may have a mark there. The margins at both sides are among them."""
    stray = len(rows) // 10 if len(rows) >= _MANY else 0
    crowded = np.sum(rows, axis=0) > stray if rows else np.zeros(width, bool)
    found = runs(~crowded, 1)
    return [(a, b) for a, b in found if b - a >= least or a == 0 or b == width]


def _leaves(boxes: Sequence[Rect], gaps: Sequence[Interval]) -> list[Interval]:
    """The lowest lines of the headings of single columns, as stretches, from left to right."""
    leaves: list[Interval] = []
    for box in boxes:  # the lowest first
        under = [leaf for leaf in leaves if min(leaf[1], box.x1) > max(leaf[0], box.x0)]
        if not under:
            leaves.append((box.x0, box.x1))
        elif len(under) == 1 and not _reaches_beyond(box, under[0], gaps) and not _is_apart(box, boxes):
            leaves[leaves.index(under[0])] = (min(box.x0, under[0][0]), max(box.x1, under[0][1]))
    return sorted(leaves)


def _reaches_beyond(box: Rect, leaf: Interval, gaps: Sequence[Interval]) -> bool:
    """Whether a line stands over a neighbour's column too."""
    return any(
        box.x0 < a and b < box.x1 and not (leaf[0] < a and b < leaf[1]) and (b <= leaf[0] or leaf[1] <= a)
        for a, b in gaps
    )


def _stands_over(leaf: Interval, gap: Interval) -> bool:
    return leaf[0] < gap[0] and gap[1] < leaf[1]


def _split(gap: Interval, leaf: Interval, ruler: float) -> list[Interval]:
    """What of a gap a heading leaves free; a gap in which one stands has a blank column in it."""
    slack = 0.4 * ruler
    if gap[0] - slack <= leaf[0] and leaf[1] <= gap[1] + slack:
        return [(gap[0], max(gap[0], leaf[0])), (min(gap[1], leaf[1]), gap[1])]
    if gap[0] < leaf[0] < gap[1]:
        return [(gap[0], leaf[0])]
    return [(leaf[1], gap[1])] if gap[0] < leaf[1] < gap[1] else [gap]


def _between(
    leaves: Sequence[Interval], gaps: Sequence[Interval], rows: Sequence[NDArray[np.bool_]], least: float
) -> list[Interval]:
    """Gaps between neighbouring headings over which some rows run."""
    found = []
    words = [filled(row, 1.5 * least) for row in rows]
    for (_, a), (b, _) in pairwise(leaves):
        if b - a < least or any(min(b, y) > max(a, x) for x, y in gaps):
            continue
        share = np.mean([row[a:b] for row in words], axis=0)
        if share.min() <= _MOST_CROSSED:
            x, y = max(runs(share <= share.min(), 1), key=lambda run: run[1] - run[0])
            found.append((a + x, a + y))
    return found


def filled(row: NDArray[np.bool_], gap: float) -> NDArray[np.bool_]:
    """A row's print without the blanks between its characters."""
    whole = row.copy()
    for a, b in runs(row, gap):
        whole[a:b] = True
    return whole


# ---- cells of the head -----------------------------------------------------------------------------------------


def head_spans(boxes: Sequence[Rect], xs: Sequence[int], top: int, bottom: int) -> tuple[list[int], list[Span]]:
    """The head's upper borders, one for each level, and its cells."""
    told = [(box, _columns_under(box, xs)) for box in boxes]
    over = [(box, span) for box, span in told if span[1] - span[0] > 1 or _is_apart(box, boxes)]
    levels: list[list[tuple[Rect, Interval]]] = []
    for box, span in sorted(over, key=lambda pair: pair[0].y0):
        level = next((lv for lv in levels if lv[0][0].y1 > box.y0 and not _met(lv, span)), None)
        if level is None:
            levels.append([(box, span)])
        else:
            level.append((box, span))
    ys = [top, *(_below(level, boxes, bottom) for level in levels)]
    spans, taken = [], np.zeros((len(ys), len(xs) - 1), bool)
    for number, level in enumerate(levels):
        for _, (first, end) in level:
            spans.append((number, number + 1, first, end))
            taken[number, first:end] = True
    for col in range(len(xs) - 1):
        first = int(np.flatnonzero(taken[:, col])[-1]) + 1 if taken[:, col].any() else 0
        spans.append((first, len(ys), col, col + 1))
    return ys, sorted(spans)


def _is_apart(box: Rect, boxes: Sequence[Rect]) -> bool:
    """Whether what stands under a heading is further away than the next line of its own text."""
    under = [other for other in boxes if other.y0 > box.y0 and min(other.x1, box.x1) > max(other.x0, box.x0)]
    nearest = min(under, key=lambda other: other.y0, default=None)
    return nearest is not None and nearest.y0 - box.y1 > _APART * min(box.height, nearest.height)


def _met(level: Sequence[tuple[Rect, Interval]], span: Interval) -> bool:
    return any(min(end, span[1]) > max(first, span[0]) for _, (first, end) in level)


def _below(level: Sequence[tuple[Rect, Interval]], boxes: Sequence[Rect], bottom: int) -> int:
    """The border below a level: halfway to what stands under its headings."""
    end = max(box.y1 for box, _ in level)
    under = [
        other.y0
        for other in boxes
        for box, _ in level
        if other.y0 >= box.y1 - 2 and min(other.x1, box.x1) > max(other.x0, box.x0)
    ]
    return (end + min(under, default=bottom)) // 2


def _columns_under(box: Rect, xs: Sequence[int]) -> Interval:
    """The columns over which a line of the head is centred; only its own where it reaches into no other."""
    middle = (box.x0 + box.x1) / 2
    first = max(n for n in range(len(xs) - 1) if xs[n] <= max(box.x0, xs[0]))
    end = next((n for n in range(1, len(xs)) if xs[n] >= min(box.x1, xs[-1])), len(xs) - 1)
    if end - first <= 1:
        return first, end
    wider = [(a, b) for a in range(first + 1) for b in range(end, len(xs)) if b - a >= end - first]
    return min(wider, key=lambda ab: (abs((xs[ab[0]] + xs[ab[1]]) / 2 - middle), ab[1] - ab[0]))
