"""Tables of quantities by metal: labels on one axis, metals on the other, in either direction."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from domain.page import Cell, Grid
from extractors.layout import Span, print_in, span_of, text_in
from extractors.text import UnitRead, is_empty, unit_in


class Entry(NamedTuple):
    """One figure of a table: its label's key, the name on the other axis, its own cell and the unit of its headers."""

    key: str
    name: Span | None  # None where something is printed that could not be read
    value: Span | None
    inked: bool
    unit: UnitRead | None


class Label(NamedTuple):
    """A cell that names a quantity; `own_unit` where it brackets some unit, known (`unit`) or not."""

    key: str
    cell: Cell
    unit: UnitRead | None
    own_unit: bool

    def unit_or(self, other: UnitRead | None) -> UnitRead | None:
        """Its own unit, even an unknown one, before the row's, the column's or the page's."""
        return self.unit if self.own_unit else other


Head = Sequence[Cell | None]  # the cells that may name a row's or a column's metal, the nearest first
_SOME_UNIT = re.compile(r"\([^)]*[/每][^)]*(?:\)|$)|\((?:吨|千克|公斤|克|kg|t|g)\)|单位")
_NO_METAL = re.compile(r"^(合计|总计|小计|五项合计|备注|说明|序号|单位|计量单位)")


def entries(grid: Grid, labels: Mapping[str, str], page_unit: UnitRead | None) -> Iterator[Entry]:
    """Every figure of a grid whose labels stand in one row (metals below) or in one column (metals beside)."""
    found = [label for cell in grid.cells if (label := _label(cell, labels))]
    rows = _most_common([label.cell.row_end for label in found])
    columns = _most_common([label.cell.col for label in found])
    in_row = [label for label in found if label.cell.row_end == rows]
    in_column = [label for label in found if label.cell.col == columns]
    if len(in_row) >= 2 and len(in_row) >= len(in_column):
        yield from _metals_below(grid, in_row, page_unit)
    elif len(in_column) >= 2:
        yield from _metals_beside(grid, in_column, page_unit)


def _label(cell: Cell, labels: Mapping[str, str]) -> Label | None:
    """The quantity that a cell names, also where a speck beside the name was read as a sign."""
    return _told_label(cell, labels) or _told_label(_without_specks(cell), labels)


_SPECK = 0.5  # of the height of the tallest print of a cell: what is lower is no sign of it


def _without_specks(cell: Cell) -> Cell:
    tallest = max((word.box.height for word in cell.words), default=0.0)
    return cell.model_copy(update={"words": tuple(w for w in cell.words if w.box.height >= _SPECK * tallest)})


def _told_label(cell: Cell, labels: Mapping[str, str]) -> Label | None:
    text = text_in(cell)
    bare = re.sub(r"[(（].*?(?:[)）]|$)|单位:?.*$", "", text)
    sealed = any(word.under_seal for word in cell.words)  # a seal may have left marks around the label
    fits = re.search if sealed else re.fullmatch
    key = next((key for key, pattern in labels.items() if fits(pattern, bare)), None)
    return Label(key, cell, unit_in(text), bool(_SOME_UNIT.search(text))) if key else None


def _most_common(numbers: list[int]) -> int | None:
    return max(set(numbers), key=numbers.count, default=None)


def _metals_below(grid: Grid, labels: list[Label], page_unit: UnitRead | None) -> Iterator[Entry]:
    first = min(label.cell.col for label in labels)
    top = max(label.cell.row_end for label in labels)
    unit_column = next((c.col for c in grid.cells if c.row_end <= top and text_in(c) in ("单位", "计量单位")), None)
    heads = {row: [grid.at(row, column) for column in range(first - 1, -1, -1)] for row in range(top, grid.rows)}
    for row, head in heads.items():
        places = [(row, label.cell.col) for label in labels]
        if not (_name(head) or _is_unread(head) or _is_nameless(grid, head, places, heads.values())):
            continue
        name = _name(head)
        own = grid.at(row, unit_column) if unit_column is not None else None
        unit = (unit_in(name.text) if name else None) or (unit_in(own.text) if own else None) or page_unit
        yield from (_entry(grid, label, name, row, label.cell.col, label.cell.col_end, unit) for label in labels)


def _metals_beside(grid: Grid, labels: list[Label], page_unit: UnitRead | None) -> Iterator[Entry]:
    top = min(label.cell.row for label in labels)
    left = max(label.cell.col_end for label in labels)
    heads = {column: [grid.at(row, column) for row in range(top - 1, -1, -1)] for column in range(left, grid.cols)}
    for column, head in heads.items():
        if _goes_on(head, column):
            continue
        places = [(label.cell.row, column) for label in labels]
        if not (_name(head) or _is_unread(head) or _is_nameless(grid, head, places, heads.values())):
            continue
        name = _name(head)
        for label in labels:
            yield _entry(
                grid,
                label,
                name,
                label.cell.row,
                column,
                _end(head, column),
                (unit_in(name.text) if name else None) or _row_unit(grid, label) or page_unit,
            )


def _goes_on(head: Head, column: int) -> bool:
    """Whether what names a column began in one before: a stroke cut this one off in some row below."""
    naming = _naming(head)
    return naming is not None and naming.col < column


def _end(head: Head, column: int) -> int:
    """Where the column under a heading ends."""
    naming = _naming(head)
    return naming.col_end if naming else column + 1


def _row_unit(grid: Grid, label: Label) -> UnitRead | None:
    """A cell of the label's row that holds nothing but a unit."""
    cells = (grid.at(label.cell.row, column) for column in range(label.cell.col_end, grid.cols))
    return next((unit_in(c.text) for c in cells if c and unit_in(c.text) and not re.search(r"\d", c.text)), None)


def _name(head: Head) -> Span | None:
    """What the nearest cell that names something says, unless it names a sum or a remark."""
    cell = _naming(head)
    return None if cell is None or _NO_METAL.match(text_in(cell)) else span_of(print_in(cell))


def _naming(head: Head) -> Cell | None:
    """The nearest cell that holds something other than a number or a unit."""
    for cell in head:
        text = text_in(cell) if cell else ""
        if not cell or is_empty(text) or re.fullmatch(r"[\d.]+", text) or (unit_in(text) and len(text) < 6):
            continue
        return cell
    return None


def _is_unread(head: Head) -> bool:
    nearest = head[0] if head else None
    return nearest is not None and nearest.inked and not nearest.words


def _is_nameless(grid: Grid, head: Head, places: list[tuple[int, int]], heads: Iterable[Head]) -> bool:
    """Whether figures of a table of metals stand where nothing names their metal; numbers of columns are none."""
    if _naming(head) or not any(_name(other) for other in heads):
        return False
    cells = [cell for place in places if (cell := grid.at(*place)) and (cell.row, cell.col) == place]
    figures = [Decimal(text) for cell in cells if re.fullmatch(r"\d+(?:\.\d+)?", text := text_in(cell))]
    numbered = len(figures) > 1 and all(right - left == 1 for left, right in pairwise(figures))
    return bool(figures) and not numbered


def _entry(
    grid: Grid, label: Label, name: Span | None, row: int, col: int, col_end: int, unit: UnitRead | None
) -> Entry:
    cells = [cell for n in range(col, col_end) if (cell := grid.at(row, n))]
    parts = [cell for n, cell in enumerate(cells) if cell not in cells[:n]]
    apart = any(cell.col < col or cell.col_end > col_end or cell.row_end - cell.row > 1 for cell in parts)
    inked = [cell for cell in parts if cell.inked]
    if not parts or apart or len(inked) > 1:  # what a stroke cut in two is no figure that anybody knows
        return Entry(label.key, name, None, True, label.unit_or(unit))
    words = print_in(inked[0]) if inked else ()
    return Entry(label.key, name, span_of(words), bool(inked), label.unit_or(unit))
