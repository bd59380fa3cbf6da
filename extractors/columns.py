"""Values beside their labels on forms without ruling, where a value of several lines is centred on its label."""

from collections.abc import Mapping, Sequence

from domain.page import ReadPage
from extractors.layout import Anchor, Labels, Line, Span, continued, find_labels, join, lines
from extractors.values import Place, in_cells

_BESIDE = 0.95  # heights of a label: further up or down stands another line
_LEVEL = 0.4
_SHORT = 0.15  # of the page's width
_OFF = 0.75  # further off, a line with labels of its own keeps its words


def find_beside(pages: Sequence[ReadPage], labels: Mapping[str, str], multiline: frozenset[str]) -> dict[str, Place]:
    """The first value of each label, in the cells of tables or beside it; (None, first page) where there is none."""
    found: dict[str, Place] = {}
    for page in pages:
        values = [pair for grid in page.reading.grids for pair in in_cells(grid, labels)]
        values += [(anchor.key, span) for anchor, span in beside(lines(page.words), labels, multiline) if span]
        for key, span in values:
            found.setdefault(key, (span, page.number))
    return {key: found.get(key, (None, pages[0].number)) for key in labels}


def beside(rows: Sequence[Line], labels: Labels, multiline: frozenset[str]) -> list[tuple[Anchor, Span | None]]:
    """Every label in the order of the lines, with what stands right of it up to the next column."""
    anchors = find_labels(rows, labels)
    return [(anchor, _value(rows, anchors, anchor, anchor.key in multiline)) for anchor in anchors]


def _value(rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, multiline: bool) -> Span | None:
    label = rows[anchor.line].cut(anchor.start, anchor.end)
    if label is None:
        return None
    right = _right(rows, anchors, anchor, label)
    parts = [part for n in range(len(rows)) for part in _on_line(rows, n, anchors, anchor, label, right)]
    if not parts:
        return None
    first = join(_in_order(parts))
    level = all(abs(part.box.cy - label.box.cy) < _LEVEL * label.box.height for part in parts)
    edge = min(right, max(row.box.x1 for row in rows))
    full = edge - first.box.x1 < _SHORT  # only a line that reaches the edge goes on below
    below = continued(rows, anchors, anchor, first, right) if multiline and level and full else []
    slack = 0.3 * label.box.height
    more = [part for part in below if set(part.words).isdisjoint(first.words)]
    return join([first, *(part for part in more if not _nearer(rows, anchors, anchor, label, part.box.cy, slack))])


def _in_order(parts: Sequence[Span]) -> list[Span]:
    """Parts from the upper to the lower line, and from left to right on each."""
    ordered: list[list[Span]] = []
    for part in sorted(parts, key=lambda part: part.box.cy):
        if ordered and part.box.cy - ordered[-1][-1].box.cy < _LEVEL * part.box.height:
            ordered[-1].append(part)
        else:
            ordered.append([part])
    return [part for line in ordered for part in sorted(line, key=lambda part: part.box.x0)]


def _right(rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, label: Span) -> float:
    """Where the next label to the right begins at about the same height."""
    near = [a for a in anchors if a.x > label.box.x1 - 0.005 and _apart(rows, a, label) < 0.6 * label.box.height]
    return min((a.x for a in near), default=1.0)


def _apart(rows: Sequence[Line], anchor: Anchor, label: Span) -> float:
    other = rows[anchor.line].cut(anchor.start, anchor.end)
    return abs(other.box.cy - label.box.cy) if other else 1.0


def _on_line(
    rows: Sequence[Line], number: int, anchors: Sequence[Anchor], anchor: Anchor, label: Span, right: float
) -> list[Span]:
    """The words of a line that stand beside a label, nearer to it than to any other label of its column."""
    row, reach = rows[number], _BESIDE * label.box.height
    if abs(row.box.cy - label.box.cy) > 2 * reach:
        return []
    others = [a.x for a in anchors if a.line == number and number != anchor.line]  # what follows these is theirs
    own = [n for n, glyph in enumerate(row.glyphs) if label.box.x1 - 0.004 < glyph.middle < right]
    labelled = {n for a in anchors if a.line == number for n in range(a.start, a.end)}
    parts: list[list[int]] = []
    for n in own:
        word = row.glyphs[n].word
        off = abs(word.box.cy - label.box.cy)
        beyond = off > reach or (off > _OFF * label.box.height and any(x < word.box.x0 for x in others))
        if n in labelled or beyond or _nearer(rows, anchors, anchor, label, word.box.cy):
            continue
        if parts and parts[-1][-1] == n - 1 and row.glyphs[n - 1].word is word:
            parts[-1].append(n)
        else:
            parts.append([n])
    return [span for part in parts if (span := row.cut(part[0], part[-1] + 1))]


def _nearer(
    rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, label: Span, y: float, slack: float = 0.0
) -> bool:
    """Whether another label of the same column lies nearer to a height than this one."""
    column = [a for a in anchors if a.line != anchor.line and abs(a.x - anchor.x) < 0.06]
    heights = [other.box.cy for a in column if (other := rows[a.line].cut(a.start, a.end))]
    return any(abs(height - y) < abs(label.box.cy - y) - slack for height in heights)
