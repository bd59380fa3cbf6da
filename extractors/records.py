"""Tables with a header that run over pages: rows of cells keyed by column, and the section titles between them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from domain.page import Box, Cell, Grid, ReadPage
from extractors.layout import Line, Span, print_in, span_of, text_in
from extractors.loose_rows import is_limit_row, lay_under, outside
from extractors.melted import set_apart
from extractors.text import fold, is_empty


class Column(NamedTuple):
    """Where a column stands, as fractions of the table's width, so that it fits the continued table too."""

    key: str
    x0: float
    x1: float


@dataclass(frozen=True)
class Title:
    """A section title: a line outside a table, or a row that spans all of it."""

    page: int
    text: str


@dataclass(frozen=True)
class Unread:
    """A table or a row that looks like limits, but whose columns could not be told."""

    page: int
    box: Box


@dataclass(frozen=True)
class Record:
    """One body row: its cells by column key; `shaky` names columns whose cell is not tied to them for sure."""

    page: int
    row: int
    cells: Mapping[str, Cell]
    shaky: frozenset[str] = frozenset()

    def span(self, key: str) -> Span | None:
        """What stands in a column."""
        cell = self.cells.get(key)
        return span_of(print_in(cell)) if cell else None

    def inked(self, key: str) -> bool:
        """Whether anything is printed in a column."""
        cell = self.cells.get(key)
        return cell is not None and cell.inked

    def text(self, key: str) -> str:
        """The folded text of a column, empty where nothing stands."""
        cell = self.cells.get(key)
        return text_in(cell) if cell else ""


def records(
    pages: Sequence[ReadPage], headers: Mapping[str, str], needed: str, series: Sequence[str] = ()
) -> Iterator[Title | Record | Unread]:
    """Titles and body rows of all tables, from top to bottom; a table without header continues the one before.

    Without the `needed` column a table cannot be read: one that looks like limits is then Unread. Columns of a
    `series` follow each other, so that one whose heading is lost is told from its neighbours.
    """
    columns: tuple[Column, ...] = ()
    frame: Box | None = None  # of the table whose rows may go on at the top of the next page
    for page in pages:
        for block in _blocks(page):
            if not isinstance(block, Grid):
                yield _lone_row(page, block, columns, frame) or block
                continue
            header_end, found = _header(block, headers, series)
            columns, frame = _combine(columns, found), block.box
            block = block if found else _set_apart(block, columns)
            known = found or (columns and _continues(block, columns))
            if known and needed in {column.key for column in columns}:
                yield from _rejoin(_rows(page.number, block, header_end, columns), needed, series)
            elif _holds_limits(block):
                yield Unread(page.number, block.box)


def _set_apart(grid: Grid, columns: Sequence[Column]) -> Grid:
    """A continued table with those of its columns apart that ran together."""
    ordered = sorted(columns, key=lambda column: column.x0)
    return set_apart(grid, [(c.x0 + c.x1) / 2 for c in ordered], [c.x0 for c in ordered[1:]])


def _combine(before: tuple[Column, ...], found: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of a new header; one that shares no heading with the last is its second line, cut off by the page."""
    if not found:
        return before
    shared = {column.key for column in before} & {column.key for column in found}
    return found if shared else before + found


def _blocks(page: ReadPage) -> Iterator[Title | Grid | Unread]:
    """Lines outside of tables and the tables, by height on the page; such a line may be a row that was lost."""
    found = [(line.box.cy, _unread_row(page, line) or Title(page.number, line.text)) for line in outside(page)]
    blocks: list[tuple[float, Title | Grid | Unread]] = [*found, *((grid.box.y0, grid) for grid in page.reading.grids)]
    yield from (block for _, block in sorted(blocks, key=lambda pair: pair[0]))


def _unread_row(page: ReadPage, line: Line) -> Unread | None:
    return Unread(page.number, line.box) if is_limit_row(line) else None


def _lone_row(page: ReadPage, block: Title | Unread, columns: Sequence[Column], frame: Box | None) -> Record | None:
    """A row that stands alone at the top of a page, too little to be found as a table, as one of the table before."""
    if frame is None or not isinstance(block, Unread) or any(grid.box.y0 < block.box.y0 for grid in page.reading.grids):
        return None
    line = next((line for line in outside(page) if line.box == block.box), None)
    reach = [(c.key, frame.x0 + frame.width * c.x0, frame.x0 + frame.width * c.x1) for c in columns]
    cells = lay_under(line, reach) if line else None
    return Record(page.number, 0, cells) if cells else None


def _header(grid: Grid, headers: Mapping[str, str], series: Sequence[str]) -> tuple[int, tuple[Column, ...]]:
    """The first body row and the columns, from the top rows that carry at least three known headings."""
    cells = [(key, cell) for cell in grid.cells if cell.row < 4 and (key := _heading(cell, headers))]
    if len({key for key, _ in cells}) < 3:
        return 0, ()
    end = max(cell.row_end for _, cell in cells)
    told = {key: cell for key, cell in reversed(cells) if key in series}
    known = [(key, cell) for key, cell in cells if key not in series or _is_alone(cell, told.values())]
    columns = tuple(Column(key, *_reach(grid, cell)) for key, cell in known)
    return end, columns + tuple(_between(grid, columns, series))


def _is_alone(cell: Cell, others: Collection[Cell]) -> bool:
    """A heading cell over several columns where its fellows cover one each has melted together with others; one as wide
    as its fellows lies over a border that some row alone has."""
    fewest = min(other.col_end - other.col for other in others)
    return cell.col_end - cell.col <= fewest or cell.box.width < _AS_WIDE * min(other.box.width for other in others)


_AS_WIDE = 1.3  # of the narrowest of its fellows: less is one column


def _between(grid: Grid, columns: Sequence[Column], series: Sequence[str]) -> Iterator[Column]:
    """The columns of a series that lost their headings, where as many columns of the table lie between their like."""
    at = {column.key: column for column in columns}
    known = [key for key in series if key in at]
    for left, right in pairwise(known):
        lost = series[series.index(left) + 1 : series.index(right)]
        edges = _edges(grid, at[left].x1, at[right].x0)
        if lost and len(edges) == len(lost) + 1:
            yield from (Column(key, *ends) for key, ends in zip(lost, pairwise(edges), strict=True))


_TWICE = 0.012  # as a fraction of the table's width: less than a digit and its margins


def _edges(grid: Grid, start: float, end: float) -> list[float]:
    """Where the table's columns have their borders from one place to another, both included.

    A border found twice makes a column too narrow for print: that is none.
    """
    borders = {cell.col: _reach(grid, cell)[0] for cell in grid.cells}
    single = [cell for cell in grid.cells if cell.col_end - cell.col == 1]
    wide = {cell.col for cell in single if cell.inked or cell.box.width > _TWICE * grid.box.width}
    borders = {col: x for col, x in borders.items() if col in wide or not any(cell.col == col for cell in single)}
    return sorted(x for x in borders.values() if start - 0.005 <= x <= end + 0.005)


def _heading(cell: Cell, headers: Mapping[str, str]) -> str | None:
    """The heading of a cell; a short one, which must stand for itself, is told even where a stain stands beside it."""
    text = text_in(cell)
    if len(text) >= 30:
        return None
    told = next((key for key, pattern in headers.items() if re.search(pattern, text)), None)
    beside = [fold(word.text) for word in cell.words] if len(cell.words) > 1 else []
    alone = (key for one in beside for key, pattern in headers.items() if _stands_alone(pattern, one))
    return told or next(alone, None)


def _stands_alone(pattern: str, text: str) -> bool:
    return pattern.startswith("^") and pattern.endswith("$") and re.search(pattern, text) is not None


def _reach(grid: Grid, cell: Cell) -> tuple[float, float]:
    return (cell.box.x0 - grid.box.x0) / grid.box.width, (cell.box.x1 - grid.box.x0) / grid.box.width


def _continues(grid: Grid, columns: Sequence[Column]) -> bool:
    """Whether a table without header has the columns of the one before: then it goes on with it.

    Without lines between them columns begin anywhere between their print: there it counts what lies in their middle.
    """
    if not grid.ruled:
        return _has_the_same(grid, columns)
    edges = [edge for cell in grid.cells for edge in _reach(grid, cell)]
    fits = [min((abs(edge - column.x0) for edge in edges), default=1.0) < 0.015 for column in columns]
    return sum(fits) >= 0.8 * len(fits)


def _has_the_same(grid: Grid, columns: Sequence[Column]) -> bool:
    """Whether each column's middle lies in a column of the grid's own, and the grid has at most two others (their
    headings were not read)."""
    edges = sorted({edge for cell in grid.cells if cell.col_end - cell.col == 1 for edge in _reach(grid, cell)})
    slots = [sum(edge < (column.x0 + column.x1) / 2 for edge in edges) for column in columns]
    return len(set(slots)) == len(columns) >= grid.cols - 2 and 0 not in slots


def _holds_limits(grid: Grid) -> bool:
    """Whether a row with an outlet's code has several amounts or blanks beside it."""
    outlets = {cell.row for cell in grid.cells if re.fullmatch(r"D[AW]\d{3}", text_in(cell))}
    amounts = [cell.row for cell in grid.cells if cell.row in outlets and _is_amount(text_in(cell))]
    return any(amounts.count(row) >= 4 for row in outlets)


def _is_amount(text: str) -> bool:
    return bool(re.fullmatch(r"\d+\.\d+", text)) or (bool(text) and is_empty(text))


def _rows(page: int, grid: Grid, start: int, columns: Sequence[Column]) -> Iterator[Title | Record]:
    for row in range(start, grid.rows):
        cells = [cell for cell in grid.cells if cell.row <= row < cell.row_end]
        if not cells:
            continue
        widest = max(cells, key=lambda cell: cell.box.width)
        if widest.box.width > 0.8 * grid.box.width:
            if widest.text and widest.row == row:
                yield Title(page, text_in(widest))
            continue
        yield _record(page, grid, row, cells, columns)


def _rejoin(rows: Iterable[Title | Record], needed: str, series: Sequence[str]) -> Iterator[Title | Record]:
    """The rows with two as one where a stray line cut nothing but the `needed` cell of a row: all of the `series` are
    the same cells in both, and no more than one part has print. Two with print are two names: nobody knows then."""
    held: Title | Record | None = None
    for row in rows:
        if isinstance(held, Record) and isinstance(row, Record) and _is_cut(held, row, needed, series):
            held = _put_together(held, row, needed)
            continue
        if held is not None:
            yield held
        held = row
    if held is not None:
        yield held


def _is_cut(row: Record, below: Record, needed: str, series: Sequence[str]) -> bool:
    upper, lower = row.cells.get(needed), below.cells.get(needed)
    if upper is None or lower is None or upper is lower or (upper.words and lower.words):
        return False
    return bool(series) and all(key in row.cells and row.cells[key] is below.cells.get(key) for key in series)


def _put_together(row: Record, below: Record, needed: str) -> Record:
    upper, lower = row.cells[needed], below.cells[needed]
    whole = upper.model_copy(
        update={
            "row_end": lower.row_end,
            "box": upper.box.join(lower.box),
            "words": upper.words + lower.words,
            "inked": upper.inked or lower.inked,
        }
    )
    return Record(row.page, row.row, {**row.cells, needed: whole}, row.shaky | below.shaky)


def _record(page: int, grid: Grid, row: int, cells: Sequence[Cell], columns: Sequence[Column]) -> Record:
    placed: dict[str, Cell] = {}
    shaky = set()
    for column in columns:
        cell = _under(grid, cells, column)
        if cell is None:
            shaky.add(column.key)
            continue
        placed[column.key] = cell
        if not _fits(grid, cell, column):
            shaky.add(column.key)
    return Record(page, row, placed, frozenset(shaky))


def _under(grid: Grid, cells: Sequence[Cell], column: Column) -> Cell | None:
    """The row's cell that covers the middle of a column."""
    middle = grid.box.x0 + grid.box.width * (column.x0 + column.x1) / 2
    return next((cell for cell in cells if cell.box.x0 <= middle <= cell.box.x1), None)


def _fits(grid: Grid, cell: Cell, column: Column) -> bool:
    """Whether the cell's borders are the column's own."""
    x0, x1 = _reach(grid, cell)
    slack = 0.35 * (column.x1 - column.x0)
    return abs(x0 - column.x0) <= slack and abs(x1 - column.x1) <= slack
