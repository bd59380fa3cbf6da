"""Values that belong to one of two sides (seller and buyer, payer and payee), in tables, in columns and in lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from domain.page import Cell, Grid, ReadPage, Word
from extractors.columns import beside
from extractors.layout import Anchor, Line, Span, lines, span_of, text_in
from extractors.scroll import Paragraph, paragraphs
from extractors.text import fold


class Told(NamedTuple):
    """A value behind a label, with the side it belongs to (None where nothing tells), and whether that is sure."""

    side: str | None
    key: str
    span: Span
    page: int
    sure: bool = True


class Heading(NamedTuple):
    """A place on a page from which labels belong to a side; None ends the side before."""

    side: str | None
    line: int
    start: int
    x: float


_BRACKETS = r"(?:\([^()]{1,24}\))?"
_LEAD = r"(?:(?<![0-9A-Za-z])\(?[一二三四五六七八九十\d][\d.]{0,3}[)、.]?)?"  # no end of an account's number
_TAIL = r"(?:(?:基本)?(?:信息|情况)|账户信息)?"


@dataclass(frozen=True)
class Sides:
    """How a paper names its two sides and labels their values; patterns over folded text.

    `bare` is the key of what follows a side's name at once (甲方：某公司). A line that `stop` matches ends the side
    that was spoken of above it.
    """

    roles: Mapping[str, str]
    labels: Mapping[str, str]
    bare: str
    multiline: frozenset[str] = frozenset()
    others: str = r"(?!)"  # labels that belong to neither side, and end the value before them
    stop: str = r"(?!)"

    @cached_property
    def any_role(self) -> str:
        return "|".join(self.roles.values())

    @cached_property
    def line_labels(self) -> dict[str, str]:
        """Labels as they stand on lines; a side's name may stand right before them."""
        prefix = rf"(?:(?:{self.any_role}){_BRACKETS}的?)?"
        keyed = {key: f"{prefix}(?:{pattern})" for key, pattern in self.labels.items()}
        end = rf"{_BRACKETS}{_BRACKETS}{_TAIL}(?=:|$|{self.any_role})"
        return {"other": self.others} | keyed | {"side": rf"{_LEAD}(?:{self.any_role}){end}"}

    @cached_property
    def any_label(self) -> "re.Pattern[str]":
        return re.compile("|".join(f"(?P<{key}>{pattern})" for key, pattern in self.line_labels.items()))

    def side_in(self, text: str) -> str | None:
        """The side whose name a text begins with."""
        named = re.sub(rf"^{_LEAD}", "", text)
        return next((side for side, role in self.roles.items() if re.match(role, named)), None)

    def label(self, text: str) -> tuple[str | None, str | None]:
        """What a cell says as a label: the side it names and the key; (None, None) for anything else."""
        bare = text.rstrip(":")
        for key, pattern in self.line_labels.items():
            if key != "other" and re.fullmatch(rf"(?:{pattern}){_BRACKETS}", bare):
                return self.side_in(bare), None if key == "side" else key
        return None, None

    def ends_value(self, text: str) -> bool:
        """Whether a cell is a label or names a side, and so is no value."""
        return self.label(text) != (None, None) or bool(re.fullmatch(f"(?:{self.others}):?", text))


def read_sides(pages: Sequence[ReadPage], sides: Sides) -> list[Told]:
    """Every labelled value of the pages: of their tables first, then of sentences and of the other lines."""
    found = [told for page in pages for grid in page.reading.grids for told in _in_grid(page, grid, sides)]
    told, used = _in_prose(pages, sides)
    return found + told + list(_in_lines(pages, sides, used))


# ---- tables ----------------------------------------------------------------------------------------------------


def _in_grid(page: ReadPage, grid: Grid, sides: Sides) -> Iterator[Told]:
    above = _above(page, grid, sides)
    for cell in grid.cells:
        text = text_in(cell)
        side, key = sides.label(text)
        key = key or (sides.bare if side else None)
        values = list(_values(grid, cell, sides)) if key else []
        for value in values:
            span = span_of(value.words)
            if key and span:
                own = side or _row_side(grid, cell, sides) or _column_side(grid, value, sides) or above
                yield Told(own, key, span, page.number)
        if not key and (":" in text or _is_labelled_within(cell, sides)):
            yield from _in_cell(page, grid, cell, sides, above)


def _is_labelled_within(cell: Cell, sides: Sides) -> bool:
    """Whether a label and its value stand in one cell, as they do where the border between them was not seen."""
    return len(cell.words) > 1 and any(sides.label(fold(word.text))[1] for word in cell.words)


def _values(grid: Grid, label: Cell, sides: Sides) -> Iterator[Cell]:
    """The cells to the right up to the next label; where there is none, the one below."""
    beside_it: list[Cell] = []
    column, any_beside = label.col_end, False
    while (cell := grid.at(label.row, column)) and not sides.ends_value(text_in(cell)):
        if not _is_labelled_within(cell, sides):
            beside_it = _put(beside_it, cell)
        column, any_beside = cell.col_end, True
    yield from beside_it
    below = grid.at(label.row_end, label.col)
    if not any_beside and below and sides.label(text_in(label))[1] and not sides.ends_value(text_in(below)):
        yield below


_CLOSE = 0.4  # of a character's width: no border of a table stands between print so near


def _put(cells: list[Cell], cell: Cell) -> list[Cell]:
    """The cells with one more, which is one with the last where print runs on over the line between them: a fold."""
    if not cells or len(cells[-1].words) != 1 or len(cell.words) != 1:
        return [*cells, cell]
    last, word = cells[-1].words[0], cell.words[0]
    wide = min(one.box.width / max(1, len(one.text)) for one in (last, word))
    level = abs(last.box.cy - word.box.cy) < 0.3 * min(last.box.height, word.box.height)
    if not level or word.box.x0 - last.box.x1 > _CLOSE * wide:
        return [*cells, cell]
    whole = {"col_end": cell.col_end, "box": cells[-1].box.join(cell.box), "words": (last, word)}
    return [*cells[:-1], cells[-1].model_copy(update=whole)]


def _row_side(grid: Grid, cell: Cell, sides: Sides) -> str | None:
    """The side that the nearest cell to the left names."""
    column = cell.col - 1
    while column >= 0 and (left := grid.at(cell.row, column)):
        side, key = sides.label(text_in(left))
        if side and key is None:
            return side
        column = left.col - 1
    return None


def _column_side(grid: Grid, cell: Cell, sides: Sides) -> str | None:
    """The side that the nearest cell above names."""
    for row in range(cell.row - 1, -1, -1):
        side, key = sides.label(text_in(above)) if (above := grid.at(row, cell.col)) else (None, None)
        if side and key is None:
            return side
    return None


def _above(page: ReadPage, grid: Grid, sides: Sides) -> str | None:
    """The side that a line right above a table names."""
    near = [row for row in lines(_outside(page)) if 0 <= grid.box.y0 - row.box.cy < 0.06]
    sided = [side for row in near if (side := sides.label(row.text)[0])]
    return sided[-1] if sided else None


def _in_cell(page: ReadPage, grid: Grid, cell: Cell, sides: Sides, above: str | None) -> Iterator[Told]:
    """Lines of label：value inside of one cell."""
    own = _row_side(grid, cell, sides) or _column_side(grid, cell, sides) or above
    yield from _on_rows(lines(cell.words), page.number, sides, [Heading(own, -1, 0, 0.0)])[0]


# ---- sentences -------------------------------------------------------------------------------------------------


def _in_prose(pages: Sequence[ReadPage], sides: Sides) -> tuple[list[Told], frozenset[Word]]:
    """Values told in running text (出让方：某公司，统一社会信用代码：…，住所：…), and the words of these texts."""
    told: list[Told] = []
    used: set[Word] = set()
    for text in paragraphs(pages):
        values = list(_told_in(text, sides))
        if len(values) > 1:
            told += values
            used |= {glyph.word for glyph in text.glyphs}
    return told, frozenset(used)


def _told_in(text: Paragraph, sides: Sides) -> Iterator[Told]:
    labels = [m for m in re.finditer(sides.any_label, text.text) if _opens(text, m)]
    side = None
    for label, follower in zip(labels, [*labels[1:], None], strict=False):
        key = label.lastgroup or ""
        side = sides.side_in(label[0]) or side
        stop = min(follower.start() if follower else len(text.text), _clause_end(text, label.end() + 1))
        value = re.match(r"(.*?)[(,;.]*$", text.text[label.end() + 1 : stop])
        span, page = text.cut(label.end() + 1, label.end() + 1 + len(value[1] if value else ""))
        if span and key != "other":
            yield Told(side, sides.bare if key == "side" else key, span, page)


def _clause_end(text: Paragraph, start: int) -> int:
    """Where the clause ends; a full stop counts only where 。 was read."""
    ends = (n for n in range(start, len(text.text)) if text.text[n] in ",;" or text.raw[n] == "。")
    return next(ends, len(text.text))


def _opens(text: Paragraph, label: "re.Match[str]") -> bool:
    """Whether a label stands at the beginning of a clause, and a colon after it."""
    before = text.text[label.start() - 1] if label.start() else ","
    return before in ",;.:(" and text.text[label.end() : label.end() + 1] == ":"


# ---- lines -----------------------------------------------------------------------------------------------------


def _outside(page: ReadPage) -> list[Word]:
    return [w for w in page.words if not any(w.box.overlap(grid.box) > 0.5 for grid in page.reading.grids)]


def _in_lines(pages: Sequence[ReadPage], sides: Sides, used: frozenset[Word]) -> Iterator[Told]:
    """The lines outside of tables; a side goes on over the page."""
    headings: list[Heading] = []
    for page in pages:
        rows = lines([word for word in _outside(page) if word not in used])
        found, headings = _on_rows(rows, page.number, sides, headings)
        yield from found


def _on_rows(rows: Sequence[Line], page: int, sides: Sides, before: list[Heading]) -> tuple[list[Told], list[Heading]]:
    """The values on some lines, and the headings that are in force after them."""
    headings = [*before[-1:]] if not before else [before[-1]._replace(line=-1)]
    headings += [Heading(None, n, -1, 0.0) for n, row in enumerate(rows) if re.match(sides.stop, row.text)]
    found: list[tuple[Anchor, str, Span]] = []
    for anchor, span in beside(rows, sides.line_labels, sides.multiline | {"side"}):
        if anchor.key == "other":
            continue
        side = sides.side_in(rows[anchor.line].text[anchor.start : anchor.end])
        if side:
            headings.append(Heading(side, anchor.line, anchor.start, anchor.x))
        key = sides.bare if anchor.key == "side" else anchor.key
        if span is not None:
            found.append((anchor, key, span))
    told = [Told(_owner(anchor, headings), key, span, page) for anchor, key, span in found]
    return told, sorted(headings, key=lambda heading: (heading.line, heading.start))


_INDENT = 0.08  # how far right of its labels a heading may be set


def _owner(anchor: Anchor, headings: Sequence[Heading]) -> str | None:
    """The side of the nearest heading: before the label on its line, else above it in its column."""
    same = [h for h in headings if h.line == anchor.line and -1 < h.start <= anchor.start]
    if same:
        return max(same, key=lambda heading: heading.start).side
    above = [h for h in headings if h.line < anchor.line or h.start < 0 <= anchor.line - h.line]
    last = max((h.line for h in above), default=None)
    row = [h for h in above if h.line == last]
    left = [h for h in row if h.x <= anchor.x + (0.02 if len(row) > 1 else _INDENT)]
    return max(left, key=lambda heading: heading.x).side if left else None
