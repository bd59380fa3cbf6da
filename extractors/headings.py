"""Lines of print in a table's head: pieces of ink put together to the headings of columns."""

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import combinations, pairwise

import cv2
import numpy as np

from extractors.crops import Rect
from extractors.engine import Image

Interval = tuple[int, int]
_CLOSE_MM = 0.95  # characters of one heading are nearer
_LEAST_MM = 0.9
_WORD = 0.8  # of the print's height: a bracket's or a space's blank is no wider
_WIDE_WORD = 1.3  # of it: nor is one that a letter's thin bracket leaves
_CENTRED = 0.4  # of the print's height: a heading stands no further from its column's middle
_MOST_WORDS = 12
_SPACED = 0.6  # of the print's height: the lines of one heading are no further apart
_BETWEEN = 0.3  # of the print's height: what is narrower lies between characters, not between columns


def head_boxes(ink: Image, top: int, ruler: float) -> list[Rect]:
    """The lines of print of a head's cells below `top`."""
    close = np.ones((1, max(3, round(_CLOSE_MM * ruler))), np.uint8)
    part = cv2.copyMakeBorder(ink[top:], 0, 0, close.shape[1], close.shape[1], cv2.BORDER_CONSTANT, value=0)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(part, cv2.MORPH_CLOSE, close))
    boxes = [
        Rect(x - close.shape[1], top + y, x - close.shape[1] + w, top + y + h)
        for x, y, w, h, _ in stats[1:count].tolist()
        if max(w, h) >= _LEAST_MM * ruler
    ]
    return _joined(boxes, close.shape[1])


def _joined(boxes: Sequence[Rect], gap: int) -> list[Rect]:
    """Boxes that overlap in height and touch: parts of characters."""
    lines: list[Rect] = []
    for box in sorted(boxes, key=lambda box: box.x0):
        for n, line in enumerate(lines):
            high = min(line.y1, box.y1) - max(line.y0, box.y0)
            if high > 0.3 * min(line.height, box.height) and box.x0 - line.x1 < gap and line.x0 - box.x1 < gap:
                lines[n] = line.join(box)
                break
        else:
            lines.append(box)
    return lines


def join_words(boxes: Sequence[Rect], gaps: Sequence[Interval]) -> list[Rect]:
    """Lines that a bracket or a space cut in two put together again, unless two columns part between them."""
    least = _BETWEEN * max((box.height for box in boxes), default=0)
    gaps = [gap for gap in gaps if gap[1] - gap[0] >= least]
    rows = _grouped(boxes, _is_beside)  # whatever columns the words are of
    headings = [heading for row in rows for heading in _over_columns(row, gaps) or _put_together(row, gaps)]
    return sorted(_join_under(headings, gaps), key=lambda box: -box.y1)


def _grouped(boxes: Sequence[Rect], belongs: Callable[[Rect, Rect], bool]) -> list[list[Rect]]:
    """Boxes from left to right, each in the first group to which, as a whole, it belongs."""
    groups: list[list[Rect]] = []
    for box in sorted(boxes, key=lambda box: box.x0):
        before = next((group for group in groups if belongs(box, _whole(group))), None)
        if before is None:
            groups.append([box])
        else:
            before.append(box)
    return groups


def _is_beside(box: Rect, row: Rect) -> bool:
    high = min(row.y1, box.y1) - max(row.y0, box.y0)
    return high > 0.5 * min(row.height, box.height) and box.x0 - row.x1 < _WIDE_WORD * max(row.height, box.height)


def _over_columns(words: Sequence[Rect], gaps: Sequence[Interval]) -> list[Rect]:
    """The headings that words are together, each in the middle of a column of its own; empty where they are not."""
    parts = _parted(words, gaps)
    if len(parts) > 1:
        return parts
    whole = _whole(words)
    alone = not _crosses(whole, gaps) and _centred_over(whole, _middles(gaps)) is not None
    return [whole] if alone else []


def _put_together(words: Sequence[Rect], gaps: Sequence[Interval]) -> list[Rect]:
    """The headings that words are together as far as their blanks tell."""
    lines = _grouped(words, lambda box, line: _is_rest_of(box, line, gaps))
    return [heading for line in lines for heading in _parted(line, gaps)]


def _join_under(boxes: Sequence[Rect], gaps: Sequence[Interval]) -> list[Rect]:
    """Lines with those joined that stand beside each other in a blank column, close under one line over both: there
    is no print below that would hold a heading's last line together."""
    found: list[Rect] = []
    for box in sorted(boxes, key=lambda box: box.x0):
        left = next((n for n, one in enumerate(found) if _are_under_one(one, box, boxes, gaps)), None)
        if left is None:
            found.append(box)
        else:
            found[left] = found[left].join(box)
    return found


def _are_under_one(left: Rect, right: Rect, boxes: Sequence[Rect], gaps: Sequence[Interval]) -> bool:
    height = max(left.height, right.height)
    beside = min(left.y1, right.y1) - max(left.y0, right.y0) > 0.5 * height and right.x0 - left.x1 >= 0
    if not beside or right.x0 - left.x1 >= _WIDE_WORD * height:
        return False
    blank = any(a - _CENTRED * height <= left.x0 and right.x1 <= b + _CENTRED * height for a, b in gaps)
    above = (
        box for box in boxes if 0 <= left.y0 - box.y1 < _SPACED * height or 0 <= right.y0 - box.y1 < _SPACED * height
    )
    return blank and any(box.x0 < left.x1 and right.x0 < box.x1 for box in above)


def _whole(words: Sequence[Rect]) -> Rect:
    return reduce(Rect.join, words)


def _parted(words: Sequence[Rect], gaps: Sequence[Interval]) -> list[Rect]:
    """A line as one heading, or as those of several columns that almost touch: each stands centred over its own."""
    whole = _whole(words)
    if len(words) > _MOST_WORDS or not _crosses(whole, gaps):
        return [whole]
    middles = _middles(gaps)
    # the most first: three headings are together centred over the middle one
    for count in range(len(words) - 1, 0, -1):
        for ends in combinations(range(1, len(words)), count):
            parts = [_whole(words[a:b]) for a, b in pairwise((0, *ends, len(words)))]
            over = [_centred_over(part, middles) for part in parts]
            if None not in over and len(set(over)) == len(parts):
                return parts
    return [whole]


def _crosses(box: Rect, gaps: Sequence[Interval]) -> bool:
    return any(box.x0 < a and b < box.x1 for a, b in gaps)


def _centred_over(box: Rect, middles: Sequence[float]) -> int | None:
    """The column in whose middle a heading stands."""
    slack = _CENTRED * box.height
    return next((n for n, at in enumerate(middles) if abs((box.x0 + box.x1) / 2 - at) <= slack), None)


def _is_rest_of(box: Rect, line: Rect, gaps: Sequence[Interval]) -> bool:
    high = min(line.y1, box.y1) - max(line.y0, box.y0)
    if high <= 0.5 * min(line.height, box.height):
        return False
    blank = box.x0 - line.x1
    if blank >= _WORD * max(line.height, box.height):
        return blank < _WIDE_WORD * max(line.height, box.height) and _are_one_heading(line, box, _middles(gaps))
    between = [gap for gap in gaps if min(gap[1], box.x0) > max(gap[0], line.x1)]
    return all(_mostly_within(gap, box) or _mostly_within(gap, line) for gap in between)


def _are_one_heading(line: Rect, box: Rect, middles: Sequence[float]) -> bool:
    """Only together they stand in the middle of a column."""
    alone = _centred_over(line, middles), _centred_over(box, middles)
    return alone == (None, None) and _centred_over(line.join(box), middles) is not None


def _middles(gaps: Sequence[Interval]) -> list[float]:
    """The middles of the columns between the gaps."""
    return [(left[1] + right[0]) / 2 for left, right in pairwise(sorted(gaps))]


def _mostly_within(gap: Interval, box: Rect) -> bool:
    return min(gap[1], box.x1) - max(gap[0], box.x0) > 0.5 * box.width
