"""The head of a table at the foot of a page whose rows all begin on the next: no row tells its columns there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from domain.page import Box, Grid, ReadPage, Word
from extractors.layout import Glyph, Line, text_in
from extractors.text import fold

Part = tuple[str, Box]
_OFF = 0.3  # of a column's width: print stands no further beside the middle of its heading
_OTHERS = 2  # columns whose headings were not read


def lone_head(page: ReadPage, heading: Callable[[str], str | None]) -> Mapping[str, float]:
    """The middles of the headings below the last table of a page, as fractions of its width, by key.

    `heading` tells a heading's key from its folded text. Empty where there are fewer than three.
    """
    foot = max((grid.box.y1 for grid in page.reading.grids), default=0.0)
    parts = [part for word in page.words if word.box.y0 >= foot for part in _parts(word)]
    other = [part for part in parts if heading(part[0]) is None]
    stacked = [(a[0] + b[0], a[1].join(b[1])) for a in other for b in other if _stands_on(a[1], b[1])]
    found: dict[str, float] = {}
    for text, box in (*parts, *stacked):
        key = heading(text)
        if key is not None:
            found.setdefault(key, box.cx)
    return found if len(found) >= 3 else {}


def _parts(word: Word) -> Iterator[Part]:
    """A word where no blank was read in it, else what stands between the blanks: each is a heading."""
    glyphs = Line([word]).glyphs
    cuts = [0, *(n for n, (a, b) in enumerate(pairwise(glyphs), 1) if b.start > a.end), len(glyphs)]
    yield from (_part(word.box, glyphs[start:end]) for start, end in pairwise(cuts) if end > start)


def _part(box: Box, glyphs: Sequence[Glyph]) -> Part:
    x0, x1 = box.x0 + box.width * glyphs[0].start, box.x0 + box.width * glyphs[-1].end
    return "".join(glyph.folded for glyph in glyphs), box._replace(x0=x0, x1=x1)


def _stands_on(upper: Box, lower: Box) -> bool:
    """Whether two lines are one heading: under each other, closer than another line would find room."""
    beside = min(upper.x1, lower.x1) - max(upper.x0, lower.x0)
    near = 0 < lower.cy - upper.cy < 0.9 * (upper.height + lower.height)
    return near and beside > 0.5 * max(upper.width, lower.width)


def reaches(grid: Grid, head: Mapping[str, float]) -> Mapping[str, tuple[float, float]]:
    """The columns of a table under a head that stands on the page before: left and right border on the page, by key.

    Empty where two headings stand over one column, columns are left over, or the print of a column stands beside its
    heading: another table, or nobody knows.
    """
    slots = sorted({(c.box.x0, c.box.x1) for c in grid.cells if c.col_end - c.col == 1})
    found = {key: slot for key, x in head.items() for slot in slots if slot[0] < x < slot[1]}
    apart = len(set(found.values())) == len(head) == len(found) and len(head) >= grid.cols - _OTHERS
    return found if apart and all(_under(grid, slot, head[key]) for key, slot in found.items()) else {}


def _under(grid: Grid, slot: tuple[float, float], middle: float) -> bool:
    cells = [cell for cell in grid.cells if (cell.box.x0, cell.box.x1) == slot and fold(text_in(cell))]
    places = sorted(word.box.cx for cell in cells for word in cell.words)
    return not places or abs(places[len(places) // 2] - middle) < _OFF * (slot[1] - slot[0])
