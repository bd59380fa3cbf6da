"""The body of an EIA's emission table, row by row over page breaks: section, pollutant, figures, unit (domain 4.2)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.page import Box, Cell, Grid, ReadPage
from extractors.emission_columns import FIGURES, Column, Header, as_before, continues, find_header, fits, reach, under
from extractors.layout import Span, print_in, span_of, text_in
from extractors.loose_rows import metal_row, outside
from extractors.text import UnitRead, is_empty, unit_in
from reference.metals import is_heavy, metal_of

WATER, AIR, WASTE = "water", "air", "waste"


@dataclass(frozen=True)
class Emission:
    """One body row. `medium` is None where its section could not be told; `cells` by figure.

    `shaky` names the figures whose cell is not tied to their column, or to this row, for sure; `loose` tells that the
    row is of 无组织 emission.
    """

    page: int
    medium: str | None
    section: Span | None
    name: Span | None
    box: Box
    cells: Mapping[str, Cell]
    shaky: frozenset[str]
    units: Mapping[str, UnitRead | None]
    loose: bool = False


@dataclass(frozen=True)
class Unread:
    """A table or a row with metals and figures whose columns could not be told."""

    page: int
    box: Box


@dataclass(frozen=True)
class State:
    """What the tables and lines above say: columns, section, unit in the caption, unit of the heavy metals there."""

    header: Header | None = None
    medium: str | None = None
    unit: UnitRead | None = None
    heavy_unit: UnitRead | None = None
    open: bool = False  # whether a table with columns has begun and not ended
    section: Cell | None = None
    first: bool = False  # whether the next row is the first of a page
    name_left: float = 0.0  # where the pollutants' names begin, as a fraction of the table's width


def emissions(pages: Sequence[ReadPage]) -> Iterator[Emission | Unread]:
    """The rows of all emission tables on some pages, from top to bottom; solid waste is none of them."""
    state = State()
    for page in pages:
        for block in _blocks(page):
            if isinstance(block, Unread):
                yield block
                continue
            if isinstance(block, str):
                state = _title(state, block)
                continue
            header = find_header(block)
            if header is None and state.open and state.header:
                block = as_before(block, state.header)
            if header is None and not (state.open and state.header and continues(block, state.header)):
                if _holds_metals(block):
                    yield Unread(page.number, block.box)
                continue
            state = _enter(state, block, header)
            for row in range(header.end if header else 0, block.rows):
                state, found = _row(state, page.number, block, row)
                if found is not None and found.medium != WASTE:
                    yield found


def _blocks(page: ReadPage) -> Iterator[str | Grid | Unread]:
    """The text of lines outside of tables, rows that were lost there, and the tables, by height on the page."""
    blocks: list[tuple[float, str | Grid | Unread]] = [
        (line.box.cy, Unread(page.number, line.box) if metal_row(line, 4) else line.text) for line in outside(page)
    ]
    blocks += [(grid.box.y0, grid) for grid in page.reading.grids]
    yield from (block for _, block in sorted(blocks, key=lambda pair: pair[0]))


def _enter(state: State, grid: Grid, header: Header | None) -> State:
    """A table begins or goes on; a repeated header of which less could be read does not replace the first."""
    before, start = state.header, header.end if header else 0
    goes_on = state.open and before is not None and continues(grid, before)
    if header is None or (before and goes_on and len(before.keys) >= len(header.keys)):
        header = before
    medium = state.medium if goes_on else None
    left = _name_left(header, grid, start) if header else 0.0
    return replace(state, header=header, open=True, section=None, first=goes_on, medium=medium, name_left=left)


# ---- captions and sections -------------------------------------------------------------------------------------

_NOTE = re.compile(r"^(?:备?注|说明|填)|[。；;=]")
_CAPTION = re.compile(r"(?:计量)?单位:?")
_LONGEST_UNIT = 4  # 千克/年
# What follows the emissions in the 报告书 form, in the same ruled frame.
_END = re.compile(r"保护区|生态保护|主要原料|主要燃料|原辅|治理与排放|治理设施|排放信息|排放口|削减量来源|固体废物信息")


def _title(state: State, text: str) -> State:
    """What a line between tables, or a row over all columns, changes: unit, section, or the end of the table."""
    caption = _CAPTION.search(text)
    if caption and _units(text[caption.end() :]):
        return _captioned(state, text[caption.end() :])
    if _NOTE.search(text) or len(text) > 26:
        return state
    if _END.search(text):
        return replace(state, open=False, medium=None)
    return replace(state, medium=medium_of(text) or state.medium)


def _units(text: str) -> list[UnitRead]:
    """All units of a caption; several where it names another one for some rows (t/a，重金属kg/a)."""
    parts = re.split(r"[,，;；、()]|(?=重金属|铅|其中)", text)
    return [unit for part in parts if (unit := unit_in(part))]


def _captioned(state: State, text: str) -> State:
    """The caption's unit; what stands behind it may say another one for the heavy metals."""
    found = _units(text)
    heavy = re.search(r"重金属|铅", text)
    own = unit_in(text[heavy.start() :]) if heavy else None
    if own is None and len(text.rstrip(")")) > _LONGEST_UNIT:
        own = found[0]._replace(certain=False)
    unit = found[0] if len({one.unit for one in found}) == 1 else found[0]._replace(certain=False)
    return replace(state, unit=unit, heavy_unit=own)


def medium_of(text: str) -> str | None:
    """The section that a text names; None where it names none, or both."""
    if re.search(r"固体|固废|危险|危废|废物|噪声|垃圾", text):
        return WASTE
    water, air = "水" in text, bool(re.search("气", text))
    return None if water == air else WATER if water else AIR


# ---- rows ------------------------------------------------------------------------------------------------------


def _row(state: State, page: int, grid: Grid, row: int) -> tuple[State, Emission | None]:
    cells = [cell for cell in grid.cells if cell.row <= row < cell.row_end]
    widest = max(cells, key=lambda cell: cell.box.width, default=None)
    if widest is None:
        return state, None
    if widest.box.width > 0.8 * grid.box.width:
        return (_title(state, text_in(widest)) if widest.row == row else state), None
    state = _section(state, grid, cells, row)
    if not state.open or state.header is None:
        return state, None
    return state, _emission(state, state.header, page, grid, cells, row)


def _name_left(header: Header, grid: Grid, start: int) -> float:
    """Where most rows' last cell before the figures begins; a letter's stroke may have cut that cell in some rows."""
    rows = ([c for c in grid.cells if c.row <= row < c.row_end] for row in range(start, grid.rows))
    starts = [round(reach(grid, left[-1])[0], 2) for cells in rows if (left := _left(header, grid, cells))]
    return max(set(starts), key=starts.count, default=0.0)


def _left(header: Header, grid: Grid, cells: Sequence[Cell]) -> list[Cell]:
    """The cells before the figures that name something, from left to right."""
    skip = [column for column in header.columns if column.key in ("unit", "way", "serial")]
    named = header.of("name")
    right = named.x1 if named and named.x1 <= header.left + 0.02 else header.left
    left = [cell for cell in cells if reach(grid, cell)[1] <= right + 0.02]
    return sorted((c for c in left if not any(_is_in(grid, c, column) for column in skip)), key=lambda c: c.box.x0)


def _parts(state: State, header: Header, grid: Grid, cells: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """The cells of the section and those of the pollutant's name."""
    left = _left(header, grid, cells)
    names = [cell for cell in left if reach(grid, cell)[0] >= state.name_left - 0.02] or left[-1:]
    return [cell for cell in left if cell not in names], names


def _is_in(grid: Grid, cell: Cell, column: Column) -> bool:
    x0, x1 = reach(grid, cell)
    return x0 - 0.01 <= column.middle <= x1 + 0.01


def _section(state: State, grid: Grid, cells: Sequence[Cell], row: int) -> State:
    """The section as the row's first cells tell it; a blank one at the top of a page goes on with the one before."""
    header = state.header
    first = state.first
    state = replace(state, first=False)
    if header is None:
        return state
    sections, names = _parts(state, header, grid, cells)
    if _END.search("".join(text_in(cell) for cell in [*sections, *names])):
        return replace(state, open=False, medium=None)
    text = "".join(text_in(cell) for cell in sections)
    last = sections[-1] if sections else None
    if last is None or last is state.section or last.row < row:
        return state
    told = medium_of(text)
    blank = not any(cell.inked for cell in sections)
    medium = told or (state.medium if blank and first else None)
    return replace(state, section=last, medium=medium)


def _emission(state: State, header: Header, page: int, grid: Grid, cells: Sequence[Cell], row: int) -> Emission | None:
    sections, names = _parts(state, header, grid, cells)
    placed = {column.key: cell for column in header.columns if (cell := under(grid, cells, column))}
    figures = {key: placed[key] for key in header.keys if key in placed}
    if not any(cell.row == row for cell in figures.values()):
        return None
    name = span_of([word for cell in names for word in print_in(cell)])
    if name is None and not any(cell.inked for cell in names) and not _any_print(figures):
        return None
    section = span_of(print_in(sections[-1])) if sections else None
    return Emission(
        page=page,
        medium=state.medium,
        section=section,
        name=name,
        box=(names or cells)[0].box,
        cells=figures,
        shaky=frozenset(_shaky(header, grid, figures, names)),
        units=_row_units(state, header, name, placed.get("unit")),
        loose="无组织" in (text_in(placed["way"]) if "way" in placed else "") + (name.text if name else ""),
    )


def _any_print(figures: Mapping[str, Cell]) -> bool:
    return any(cell.inked or cell.words for cell in figures.values())


def _shaky(header: Header, grid: Grid, figures: Mapping[str, Cell], names: Sequence[Cell]) -> Iterator[str]:
    """Figures whose cell is wider than their column or reaches over more rows than the name."""
    tall = min((name.row_end - name.row for name in names), default=1)
    for key, cell in figures.items():
        column = header.of(key)
        strange = key == "this_project" and header.strange
        if column is None or strange or not fits(grid, cell, column) or cell.row_end - cell.row > tall:
            yield key


# ---- units -----------------------------------------------------------------------------------------------------

# A pollutant's own name: Chinese but for units, and brackets that name it again (以As计, Pb, 氨气).
_NAME = re.compile(
    r"(?:(?:Pb|Hg|Cd|Cr|As)(?:6\+)?(?![a-z])|(?!千克|公斤|毫克|单位|[吨克年每])[一-鿿+]"
    r"|\((?:以[A-Z][a-z]?计|Pb|Hg|Cd|Cr6?\+?|Cr6\+|As|HW\d+|(?![^()]*[吨克年])[一-鿿]{1,6})\))+"
)


def name_and_unit(name: Span) -> tuple[Span | None, str]:
    """A pollutant's name and the rest behind it, which can only be its unit: `铅（kg/a）`, `汞 g/a`."""
    match = _NAME.match(name.text)
    if match is None or not re.search(r"[\w/]", name.text[match.end() :]):
        return name, ""
    return name.cut(0, match.end()), name.text[match.end() :]


def _row_units(state: State, header: Header, name: Span | None, own: Cell | None) -> dict[str, UnitRead | None]:
    """Each figure's unit: the row's own, even an unknown one, before that of the column, before that of the table."""
    printed = name_and_unit(name)[1] if name else ""
    printed = printed or (text_in(own) if own else "")
    if printed and not is_empty(printed):
        return dict.fromkeys(FIGURES, unit_in(printed))
    heavy = state.heavy_unit if name and (metal_of(name.text) or is_heavy(name.text)) else None
    return {column.key: heavy or _column_unit(column, header.unit, state.unit) for column in header.columns}


def _column_unit(column: Column, header: UnitRead | None, table: UnitRead | None) -> UnitRead | None:
    """The heading's unit, else the caption's; where headings or caption differ or are damaged nothing is certain."""
    unit = column.unit or (None if column.odd else table) or header
    if unit is None:
        return None
    others = [other for other in (header, table) if other]
    sure = column.unit is not None or (table is not None and header is None)
    return unit._replace(certain=unit.certain and sure and all(other.unit == unit.unit for other in others))


# ---- tables that cannot be read --------------------------------------------------------------------------------


def _holds_metals(grid: Grid) -> bool:
    """Whether a row that begins with a metal's name has several figures or blanks beside it."""
    named = {cell.row for cell in grid.cells if metal_of(text_in(cell)) and cell.row_end == cell.row + 1}
    figures = [cell.row for cell in grid.cells if cell.row in named and _is_figure(text_in(cell))]
    return any(figures.count(row) >= 4 for row in named)


def _is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(?:\.\d+)?", text)) or (bool(text) and is_empty(text))
