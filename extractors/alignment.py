"""The lattice of a table without all its lines: columns by alignment, rows by gaps and what lines there are."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractors.crops import Rect, cut
from extractors.engine import Image
from extractors.headings import head_boxes, join_words
from extractors.heads import Edges, columns_of, filled, free_gaps, head_spans, runs
from extractors.tables import Lattice, grow_spans
from reference.labels import QUANTITIES
from reference.metals import is_other, metal_of

Bools = NDArray[np.bool_]


class Print(NamedTuple):
    """What was read somewhere, folded."""

    rect: Rect
    text: str


class Strip(NamedTuple):
    """A line of print across a page, in pixels, with what was read on it from left to right."""

    y0: int
    y1: int
    prints: tuple[Print, ...]

    @property
    def height(self) -> int:
        return self.y1 - self.y0


class Rule(NamedTuple):
    """A long horizontal line."""

    y: int
    x0: int
    x1: int


_ROW_BAND = 0.65  # of the empty paper between rows: less is between the lines of one cell
_BESIDE_MM = 1.5
_RULE_REACH_MM = 0.8
_COVERED = 0.55
_WORD_MM = 0.8
_LEAST_COLUMNS = 3
_MOST_CROSSED = 0.2  # of the borders between columns: over more of them no table runs
_TITLE_GAP_MM = 4.0
_FIGURE = re.compile(r"\d+\.\d+")
_LABEL = re.compile("|".join(f"(?:{pattern})" for pattern in QUANTITIES.values()))
_SUM = re.compile("合计|总计|小计")
_MORE_THAN_NAME = re.compile(r"\d\.\d|D[AW]\d|/|排放口")
_SHORT = 4  # characters of a metal's name misread, 总石申
_SECTION = re.compile("排放口|总计|合计|废水|废气|大气|水污染")
_TITLE = re.compile(
    "(?:主要|一般|(?:生产)?(?:设施|车间)或(?:生产)?(?:车间|设施)).{0,2}排放口(?:合计|总计)?|全厂.{0,6}(?:合计|总计)"
)


def lay_out(
    ink: Image, across: Image, head: Sequence[Strip], body: Sequence[Strip], rules: Sequence[Rule], ruler: float
) -> Lattice | None:
    """The lattice of a head (empty where a table goes on) and the rows below; None where there are no columns."""
    left, right = _sides([*head, *body], rules, ruler)
    head, bounds = list(head), _row_bounds(head, body, rules)
    rows = [_profile(ink, y0, y1, left, right, body) for y0, y1 in pairwise(bounds)]
    boxes = head_boxes(cut(ink, (left, 0, right, bounds[0])), head[0].y0, ruler) if head else []
    parting = _parting(rows, body, bounds)
    boxes = join_words(boxes, free_gaps(parting, right - left, ruler))
    edges = columns_of(parting, boxes, right - left, ruler)
    if len(edges) - 1 < _LEAST_COLUMNS:
        return None
    xs = [left + x for x in edges]
    tops, spans = head_spans(boxes, edges, _top(head, rules, ruler), bounds[0]) if boxes else ([], [])
    titles = [_is_title(row, body, y0, y1, ruler) for row, (y0, y1) in zip(rows, pairwise(bounds), strict=True)]
    own = _own_print(parting, boxes, edges, ruler)
    slots = _Body(rows, edges, own, titles, xs, bounds, across, ruler)
    if slots.crossed > _MOST_CROSSED:
        return None
    below = [(r + len(tops), r_end + len(tops), c, c_end) for r, r_end, c, c_end in grow_spans(slots)]
    return Lattice(tuple(xs), (*tops, *bounds), (*spans, *below), ruled=False)


def _sides(strips: Sequence[Strip], rules: Sequence[Rule], ruler: float) -> tuple[int, int]:
    """Where the table begins and ends: as its lines do, else around its words."""
    rects = [print_.rect for strip in strips for print_ in strip.prints]
    left, right = min(r.x0 for r in rects), max(r.x1 for r in rects)
    beside = round(_BESIDE_MM * ruler)
    if rules:
        longest = max(rules, key=lambda rule: rule.x1 - rule.x0)
        return min(longest.x0, left), max(longest.x1, right)
    return max(0, left - beside), right + beside


def _top(head: Sequence[Strip], rules: Sequence[Rule], ruler: float) -> int:
    above = [rule.y for rule in rules if head[0].y0 - 4 * ruler <= rule.y <= head[0].y0 + 2]
    return max(above, default=max(0, head[0].y0 - round(ruler)))


# ---- rows ------------------------------------------------------------------------------------------------------


def _row_bounds(head: Sequence[Strip], body: Sequence[Strip], rules: Sequence[Rule]) -> list[int]:
    """The heights at which rows begin and end.

    A line between two strips parts rows, and so does empty paper that is nearly as high as where rows are surely
    parted: below the head, at lines. A section's title is a row, however close its neighbours stand.
    """
    strips = [*head[-1:], *body]
    titled = [_names_section(upper) or _names_section(lower) for upper, lower in pairwise(strips)]
    gaps = [(upper.y1, lower.y0) for upper, lower in pairwise(strips)]
    at = [_rule_in(gap, rules) for gap in gaps]
    sure = [b - a for (a, b), rule in zip(gaps, at, strict=True) if rule is not None]
    typical = _row_gap(gaps, sure, bool(head))
    inner = [
        (a + b) // 2 if rule is None else rule
        for n, ((a, b), rule) in enumerate(zip(gaps, at, strict=True))
        if rule is not None or b - a >= _ROW_BAND * typical or (n == 0 and head) or titled[n]
    ]
    inner = sorted([*inner, *_rules_in_print(body, rules, inner)])
    half = round(typical / 2)
    last = [rule.y for rule in rules if body[-1].y1 <= rule.y <= body[-1].y1 + 2 * typical]
    first = [] if head else [max(0, body[0].y0 - half)]
    return [*first, *inner, min(last, default=body[-1].y1 + max(2, half))]


def _names_section(strip: Strip) -> bool:
    """Whether a strip holds nothing but the whole title of a section; a sum's name has figures beside it."""
    return len(strip.prints) == 1 and bool(_TITLE.fullmatch(strip.prints[0].text))


def _rules_in_print(body: Sequence[Strip], rules: Sequence[Rule], known: Sequence[int]) -> list[int]:
    """Lines that begin beside a cell over several rows, whose print fills the paper between these rows."""
    within = [rule.y for rule in rules if any(strip.y0 < rule.y < strip.y1 for strip in body)]
    return [y for y in within if all(abs(y - other) > 4 for other in known)]


def _row_gap(gaps: Sequence[tuple[int, int]], sure: Sequence[int], headed: bool) -> float:
    if len(sure) >= 2 and len(sure) >= 0.4 * len(gaps):
        return float(np.median(sure))
    sizes = sorted(b - a for a, b in gaps[1:]) or [b - a for a, b in gaps]
    if not sizes:
        return 4.0
    upper = float(np.percentile(sizes, 75))
    return max(upper, float(gaps[0][1] - gaps[0][0]) * 0.6) if headed and gaps and len(sizes) < 4 else upper


def _rule_in(gap: tuple[int, int], rules: Sequence[Rule]) -> int | None:
    return next((rule.y for rule in rules if gap[0] - 2 <= rule.y <= gap[1] + 2), None)


def _profile(ink: Image, y0: int, y1: int, left: int, right: int, body: Sequence[Strip]) -> Bools:
    """Where along a row anything is printed; what is one word is whole: a figure whose point was
    no more than a speck, a letter-spaced label, a pollutant's name."""
    row = np.asarray(ink[y0:y1, left:right].any(axis=0), np.bool_)
    for print_ in (print_ for strip in body for print_ in strip.prints):
        if y0 <= (print_.rect.y0 + print_.rect.y1) / 2 < y1 and _is_word(print_.text):
            own = row[max(0, print_.rect.x0 - left) : max(0, print_.rect.x1 - left)]
            at = np.flatnonzero(own)
            if len(at):
                own[at[0] : at[-1] + 1] = True
    return row


def _is_word(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text)) or is_quantity(text) or _is_pollutant(text)


def _is_pollutant(text: str) -> bool:
    """Whether a text is a pollutant's name and nothing else: rows detected as one line hold one as well."""
    if _MORE_THAN_NAME.search(text):
        return False
    metal = metal_of(text)
    return is_other(text) or (metal is not None and (metal.certain or len(text) <= _SHORT))


def is_quantity(text: str) -> bool:
    """Whether a text is the label of a quantity, with or without its unit."""
    return bool(_LABEL.fullmatch(re.sub(r"\(.*$", "", text)))


def _parting(rows: Sequence[Bools], body: Sequence[Strip], bounds: Sequence[int]) -> list[Bools]:
    """The rows that tell columns: not those of sums, whose label reaches over several, but where no other has print."""
    sums = [bool(_SUM.search(_text(body, y0, y1))) for y0, y1 in pairwise(bounds)]
    told = [row for row, is_sum in zip(rows, sums, strict=True) if not is_sum]
    if not told:
        return list(rows)
    reach = int(np.flatnonzero(np.any(told, axis=0))[-1]) + 1 if np.any(told) else 0
    beyond = [
        np.where(np.arange(len(row)) < reach, False, row) for row, is_sum in zip(rows, sums, strict=True) if is_sum
    ]
    return told + [row for row in beyond if row.any()]


def _text(body: Sequence[Strip], y0: int, y1: int) -> str:
    return "".join(print_.text for strip in body if y0 <= strip.y0 < y1 for print_ in strip.prints)


def _is_title(row: Bools, body: Sequence[Strip], y0: int, y1: int, ruler: float) -> bool:
    """A row that holds one line of words and names a section of the table."""
    return len(runs(row, _TITLE_GAP_MM * ruler)) == 1 and bool(_SECTION.search(_text(body, y0, y1)))


def _own_print(rows: Sequence[Bools], boxes: Sequence[Rect], edges: Edges, ruler: float) -> Bools:
    """Where columns have their print: below their headings, and where two rows have some."""
    own: Bools = np.sum([filled(row, _WORD_MM * ruler) for row in rows], axis=0) >= 2
    for box in boxes:
        if not any(box.x0 < edge < box.x1 for edge in edges):
            own[max(0, box.x0) : box.x1] = True
    return own


class _Body:
    """Which slots of the body hang together: print reaches over, or a line is missing where others are."""

    def __init__(
        self,
        rows: Sequence[Bools],
        edges: Edges,
        own: Bools,
        titles: Sequence[bool],
        xs: Sequence[int],
        ys: Sequence[int],
        across: Image,
        ruler: float,
    ) -> None:
        self.xs, self.ys = xs, ys
        words = [filled(row, _WORD_MM * ruler) for row in rows]  # no border runs between the digits of a figure
        self._crossed = np.array(
            [
                [title or bool(row[max(0, edge - 1) : edge + 2].any()) for edge in edges]
                for row, title in zip(words, titles, strict=True)
            ]
        )
        self._join_strays(words, edges, own)
        self._ruled = np.array([_ruled(across, y, xs, ruler) for y in ys])

        plain = self._crossed[[not title for title in titles], 1:-1]
        self.crossed = float(plain.mean()) if plain.size else 1.0

    def _join_strays(self, words: Sequence[Bools], edges: Edges, own: Bools) -> None:
        """Print that stands where its column has neither heading nor other print may be the neighbour's."""
        for number, row in enumerate(words):
            for col, (left, right) in enumerate(pairwise(edges)):
                at = left + np.flatnonzero(row[left:right])
                middle = int(at[0] + at[-1]) // 2 if len(at) else left
                if len(at) and own[left:right].any() and not own[middle]:
                    near = min((col, col + 1), key=lambda n: abs(edges[n] - middle))
                    self._crossed[number, near] = True

    def below(self, row: int, col: int) -> bool:
        """Rows are parted by a line where there is one, or where there is none at all at this height."""
        return bool(self._ruled[row + 1, col]) or not self._ruled[row + 1].any()

    def right(self, row: int, col: int) -> bool:
        return not self._crossed[row, col + 1]


def _ruled(across: Image, y: int, xs: Sequence[int], ruler: float) -> list[bool]:
    reach = max(2, round(_RULE_REACH_MM * ruler))
    seen = np.asarray(across[max(0, y - reach) : y + reach + 1].any(axis=0), np.bool_)
    return [bool(seen[a:b].mean() >= _COVERED) if b > a else False for a, b in pairwise(xs)]
