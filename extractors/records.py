"""Tables with a header that run over pages: rows of cells keyed by column, and the section titles between them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.page import Box, Cell, Grid, ReadPage
from extractors.header_columns import Column, columns_under, header_columns, key_of, reach
from extractors.layout import Line, Span, print_in, span_of, text_in
from extractors.lone_heads import lone_head
from extractors.loose_rows import is_limit_row, lay_under, outside
from extractors.melted import set_apart
from extractors.text import is_empty


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
    head: Mapping[str, float] = {}  # at the foot of the page before, without a row
    for page in pages:
        for block in _blocks(page):
            if not isinstance(block, Grid):
                yield _lone_row(page, block, columns, frame) or block
                continue
            header_end, found = header_columns(block, headers, series)
            found, head = found or columns_under(block, head), {}
            columns, frame = _combine(columns, found) if header_end else found or columns, block.box
            block = block if found else _set_apart(block, columns)
            known = found or (columns and _continues(block, columns))
            if known and needed in {column.key for column in columns}:
                yield from _rejoin(_rows(page.number, block, header_end, columns), needed, series)
            elif _holds_limits(block):
                yield Unread(page.number, block.box)
        head = lone_head(page, lambda text: key_of(text, headers))


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


def _continues(grid: Grid, columns: Sequence[Column]) -> bool:
    """Whether a table without header has the columns of the one before: then it goes on with it.

    Without lines between them columns begin anywhere between their print: there it counts what lies in their middle.
    """
    if not grid.ruled:
        return _has_the_same(grid, columns)
    edges = [edge for cell in grid.cells for edge in reach(grid, cell)]
    fits = [min((abs(edge - column.x0) for edge in edges), default=1.0) < 0.015 for column in columns]
    return sum(fits) >= 0.8 * len(fits)


def _has_the_same(grid: Grid, columns: Sequence[Column]) -> bool:
    """Whether each column's middle lies in a column of the grid's own, and the grid has at most two others (their
    headings were not read)."""
    edges = sorted({edge for cell in grid.cells if cell.col_end - cell.col == 1 for edge in reach(grid, cell)})
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


_OFF, _LOOSELY_OFF = 0.35, 0.5  # of a column's width: borders that are no lines lie anywhere between print


def _fits(grid: Grid, cell: Cell, column: Column) -> bool:
    """Whether the cell's borders are the column's own."""
    x0, x1 = reach(grid, cell)
    slack = (_OFF if grid.ruled else _LOOSELY_OFF) * (column.x1 - column.x0)
    return abs(x0 - column.x0) <= slack and abs(x1 - column.x1) <= slack
