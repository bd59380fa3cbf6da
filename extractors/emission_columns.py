"""The columns of an EIA's emission table, told by their header text and never by the circled digit (domain 4.2)."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.page import Cell, Grid
from extractors.layout import lines, print_in, text_in
from extractors.melted import cut_at
from extractors.text import UnitRead, unit_in

FIGURES = (
    "existing_actual",
    "existing_permitted",
    "under_construction",
    "this_project",
    "replaced",
    "regional_offset",
    "total_after",
    "change",
)
# In this order: a heading may hold words of a later one (区域平衡替代本工程削减量 names the 本工程).
_HEADINGS: tuple[tuple[str, str], ...] = (
    ("nothing", r"(?<!物)产生量|自身削减|浓度|速率|标准|来源"),
    ("replaced", r"以新|新.{0,2}老|带老"),
    ("regional_offset", r"区域平衡|区域.{0,4}削减|替代本.?[工项]..?削减"),
    ("total_after", r"建成后|全厂|排放总量|总排放量"),
    ("change", r"增减量|变化量|增减$"),
    ("under_construction", r"在建(?:工程|项目)"),
    ("existing_permitted", r"许可"),
    ("existing_actual", r"现有(?:工程|项目).*排放量|实际排放"),
    ("this_project", r"(?:本|拟建|新建|改建|扩建)(?:工程|项目)(?:预测)?排放|预测排放(?!总)"),
)
_BARE = re.compile(r"^(?:预测)?排放量$")  # says whose only together with the heading above it
_EXTRA: Mapping[str, str] = {
    "name": r"污染物|污染因子",
    "unit": r"^(?:计量)?单位$",
    "way": r"排放(?:方式|形式)",
    "serial": r"^序号$",
}
_LEAST = 3  # so many different headings make a header
_LONGEST = 40  # what is longer is a sentence
_EDGE = 0.015  # of the table's width: how far a border may be off


class Column(NamedTuple):
    """Where a column stands, as fractions of the table's width, and the unit that its heading gives.

    `odd` where the heading gives a unit that is none of the known ones.
    """

    key: str
    x0: float
    x1: float
    unit: UnitRead | None = None
    odd: bool = False

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True)
class Header:
    """The header of one table: its first body row, its columns, and where on the page the table begins and ends."""

    end: int
    columns: tuple[Column, ...]
    sides: tuple[float, float]

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that its columns give, in their order."""
        return tuple(column.key for column in self.columns if column.key in FIGURES)

    @property
    def left(self) -> float:
        """Where the figures begin; names and sections stand left of it."""
        return min(column.x0 for column in self.columns if column.key in FIGURES)

    @property
    def unit(self) -> UnitRead | None:
        """The unit that most of the figures' headings give."""
        units = [column.unit.unit for column in self.columns if column.unit and column.key in FIGURES]
        return UnitRead(max(set(units), key=units.count), len(set(units)) == 1) if units else None

    @property
    def strange(self) -> bool:
        """Whether this_project stands behind what is worked out with it: then its heading may be another's."""
        this = self.of("this_project")
        behind = [column for key in ("replaced", "total_after", "change") if (column := self.of(key))]
        return this is not None and any(column.x0 < this.x0 for column in behind)

    def of(self, key: str) -> Column | None:
        """The one column of a key; None where there is none, or several that cannot be told apart."""
        found = [column for column in self.columns if column.key == key]
        return found[0] if len(found) == 1 else None


def bare(text: str) -> str:
    """A heading without what stands in brackets, circled digits and quotes."""
    without = re.sub(r"\([^()]*(?:\)|$)", "", text)
    return re.sub(r"[①-⑳“”\"'‘’]", "", without)


def heading_key(path: Sequence[str]) -> str | None:
    """What a heading means, `path` being its own text after those of the headings above it."""
    own, whole = bare(path[-1]), "".join(bare(text) for text in path)
    text = whole if _BARE.fullmatch(re.sub(r"[\d.]", "", own)) else own
    # What is 预测 is none of the plant as it stands: a heading over several columns may say 现有 of another one.
    found = (key for key, pattern in _HEADINGS if re.search(pattern, text))
    key = next((key for key in found if not ("预测" in own and key.startswith("existing"))), None)
    if key == "this_project" and re.search("总体|全厂", whole):
        return "total_after"
    return key


def find_header(grid: Grid) -> Header | None:
    """The header of an emission table, wherever in the grid it stands; None where the grid has none."""
    leaves = _leaves(grid)
    if len({key for key, _ in leaves}) < _LEAST:
        return None
    end = max(cell.row_end for _, cell in leaves)
    start = _top(grid, min(cell.row for _, cell in leaves))
    band = [cell for cell in grid.cells if start <= cell.row and cell.row_end <= end]
    columns = (_column(grid, band, group) for group in _headings(grid, band, end))
    return Header(end, tuple(column for column in columns if column), (grid.box.x0, grid.box.x1))


def _headings(grid: Grid, band: Sequence[Cell], end: int) -> list[list[Cell]]:
    """The cells of each column's heading: one, or several where strokes of letters cut it within the column below."""
    leaves = [cell for cell in band if cell.row_end == end]
    groups: list[list[Cell]] = []
    for col, col_end in _body_columns(grid, end):
        inside = [leaf for leaf in leaves if col <= leaf.col and leaf.col_end <= col_end]
        if inside:
            groups.append(inside)
    taken = [leaf for group in groups for leaf in group]
    return groups + [[leaf] for leaf in leaves if leaf not in taken]


def _body_columns(grid: Grid, start: int) -> Sequence[tuple[int, int]]:
    """The columns that most rows below the header have."""
    rows = ([c for c in grid.cells if c.row <= row < c.row_end] for row in range(start, grid.rows))
    shapes = Counter(tuple((cell.col, cell.col_end) for cell in cells) for cells in rows)
    return max(shapes, key=lambda shape: (shapes[shape], len(shape)), default=())


def _leaves(grid: Grid) -> list[tuple[str, Cell]]:
    """Cells that name a figure by themselves, those of the first header only."""
    found = [(key, cell) for cell in grid.cells if (key := _own_key(cell))]
    bottoms = [cell.row_end for _, cell in found]
    first = next((row for row in sorted(set(bottoms)) if bottoms.count(row) >= _LEAST), None)
    return [(key, cell) for key, cell in found if first is not None and first - 2 <= cell.row_end <= first]


def _own_key(cell: Cell) -> str | None:
    text = text_in(cell)
    key = heading_key([text]) if text and len(text) <= _LONGEST else None
    return None if key == "nothing" else key


def _top(grid: Grid, row: int) -> int:
    """The header's first row: that of the 污染物 cell or of the headings over several columns, if they stand higher."""
    above = [cell for cell in grid.cells if cell.row == row - 1 and cell.row_end >= row]
    over = [cell for cell in above if re.search(r"污染物|[现总].{0,2}[工项][程目]|[本拟].?[工项][程目]", text_in(cell))]
    return row - 1 if len(over) >= 2 else row


def _column(grid: Grid, band: Sequence[Cell], heading: Sequence[Cell]) -> Column | None:
    first = heading[0]
    over = [other for other in band if other.row < first.row and other.col <= first.col < other.col_end]
    own = "".join(line.text for line in lines([word for cell in heading for word in print_in(cell)]))
    path = [text_in(other) for other in sorted(over, key=lambda other: other.row)] + [own]
    key = heading_key(path) or next((k for k, pattern in _EXTRA.items() if re.search(pattern, path[-1])), None)
    if key is None and over and (over[-1].col, over[-1].col_end) == (first.col, heading[-1].col_end):
        key = heading_key(["".join(path[-2:])])  # a stroke of a seal cut the heading in two
    if key is None:
        return None
    x0, x1 = min(reach(grid, cell)[0] for cell in heading), max(reach(grid, cell)[1] for cell in heading)
    unit = next((unit for text in reversed(path) if (unit := unit_in(text))), None)
    return Column(key, x0, x1, unit, unit is None and any(map(has_unit, path)))


_SOME_UNIT = re.compile(r"\([^()]{0,8}[/每][年ad天][^()]{0,2}\)|\((?:吨|千克|公斤|克|毫克|kg|mg|t|g)\)")


def has_unit(text: str) -> bool:
    """Whether some unit stands in brackets, known or not."""
    return bool(_SOME_UNIT.search(text))


def reach(grid: Grid, cell: Cell) -> tuple[float, float]:
    """A cell's left and right border as fractions of the table's width."""
    return (cell.box.x0 - grid.box.x0) / grid.box.width, (cell.box.x1 - grid.box.x0) / grid.box.width


def continues(grid: Grid, header: Header) -> bool:
    """Whether a grid has the figures' columns of the header before."""
    edges = [edge for cell in grid.cells for edge in reach(grid, cell)]
    starts = [column.x0 for column in header.columns if column.key in FIGURES]
    fits = [min((abs(edge - x0) for edge in edges), default=1.0) < _EDGE for x0 in starts]
    return sum(fits) >= 0.8 * len(fits)


def as_before(grid: Grid, header: Header) -> Grid:
    """A table that goes on with the figures' columns that it had before, where nothing is printed in some of them here
    and print lies in the others as it did. One that is not as wide as before ends where its print does: nobody knows
    then which columns are missing."""
    figures = sorted((column for column in header.columns if column.key in FIGURES), key=lambda column: column.x0)
    moved = max(abs(here - there) for here, there in zip((grid.box.x0, grid.box.x1), header.sides, strict=True))
    if continues(grid, header) or not figures or moved > _EDGE:
        return grid
    return cut_at(grid, [*(column.x0 for column in figures), figures[-1].x1])


def under(grid: Grid, cells: Sequence[Cell], column: Column) -> Cell | None:
    """The one of a row's cells that covers the middle of a column."""
    x = grid.box.x0 + grid.box.width * column.middle
    return next((cell for cell in cells if cell.box.x0 <= x <= cell.box.x1), None)


def fits(grid: Grid, cell: Cell, column: Column) -> bool:
    """Whether the cell's borders are the column's own."""
    x0, x1 = reach(grid, cell)
    slack = 0.35 * (column.x1 - column.x0)
    return abs(x0 - column.x0) <= slack and abs(x1 - column.x1) <= slack
