"""Quantities per metal wherever a paper prints them: tables in either direction, and label：value lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from domain.field import PerMetal, QuantityField, Status, TextField
from domain.page import Grid, ReadPage
from domain.quantity import Metal
from extractors.fields import quantity_field
from extractors.layout import Line, Span, lines
from extractors.loose_rows import metal_row, outside
from extractors.matrix import Entry, entries
from extractors.pollutants import SURE_NAME, name_field
from extractors.prose import passages, summed, told
from extractors.scraps import rejoin
from extractors.strokes import UNREAD, is_stroke
from extractors.text import DAMAGED_MASS, UnitRead, fold, is_empty, unit_in
from reference.metals import IN_TEXT, MetalName, is_other, may_be_metal, metal_of


@dataclass
class Quantities:
    """Figures by key and metal, and those whose metal is none of the five or not beyond doubt."""

    known: dict[tuple[str, Metal], list[QuantityField]] = field(default_factory=dict)
    foreign: list[tuple[str, TextField, QuantityField]] = field(default_factory=list)

    def add(self, key: str, name: Span | None, value: QuantityField, page: int, fifth: MetalName | None = None) -> None:
        """Files a figure under its metal; an uncertain name leaves doubt on the figure and is listed as well, unless it
        is that of the `fifth` metal of a table that names the other four."""
        if name is None:
            unread = TextField(status=Status.UNSURE, page=page, why="金属名称无法识读")
            self.foreign.append((key, unread, value))
            return
        read = metal_of(name.text)
        if read is not None and name.confidence < SURE_NAME:
            read = MetalName(read.metal, False)
        if fifth is not None and read is not None and read.metal is fifth.metal:
            read = fifth
        if read is not None:
            self.known.setdefault((key, read.metal), []).append(value if read.certain else _doubt(value))
        if read is None or not read.certain:
            self.foreign.append((key, _name_field(name, page, read), value))

    def settle_blanks(self) -> None:
        """A worn `/` is ink that gives no word, or a stroke that another reader took for a blank sign or another
        stroke, where all other figures of its metal are blank for sure."""
        for metal in {metal for _, metal in self.known}:
            own = {key: values for key, values in self.known.items() if key[1] is metal}
            unread = [key for key, values in own.items() if not all(map(_is_blank, values))]
            if len(unread) == 1 and len(own) > _BLANKS and all(map(_may_be_blank, own[unread[0]])):
                self.known[unread[0]] = [_as_blank(value) for value in own[unread[0]]]

    def of(self, key: str) -> PerMetal:
        """The figures of one key; metals for which the paper has nothing but `/` or blanks are left out."""
        given = {metal for (_, metal), values in self.known.items() if not _is_blank(_merge(values))}
        return {metal: _merge(values) for (k, metal), values in self.known.items() if k == key and metal in given}

    def others(self, key: str) -> list[tuple[TextField, QuantityField]]:
        """The figures of one key under names that are not (surely) one of the five metals."""
        return [(name, value) for k, name, value in self.foreign if k == key and not _is_blank(value)]


def read_quantities(pages: Sequence[ReadPage], labels: Mapping[str, str]) -> Quantities:
    """All figures that pages print for some labels."""
    quantities = Quantities()
    units: list[tuple[float, UnitRead]] = []  # a table that goes on over the page keeps the unit printed above it
    for page in pages:
        rows = lines(page.words)
        units = _page_units(rows) or units
        for grid in page.reading.grids:
            found = list(entries(rejoin(grid), labels, _unit_above(units, grid)))
            fifth = _fifth(found)
            for entry in found:
                value = _cell_field(entry.value, entry.inked, page.number, entry.unit)
                quantities.add(entry.key, entry.name, value, page.number, fifth)
        for row in outside(page):
            _leave_doubt(row, page.number, labels, quantities)
    if not quantities.known and not quantities.foreign:
        _read_lines(pages, labels, quantities)
    for key, name, figure, number in told(passages(pages), labels):
        quantities.add(key, name, quantity_field(figure, number, None), number)
    _add_sums(pages, labels, quantities)
    quantities.settle_blanks()
    return quantities


_SHARING = 4  # figures with the same unit
_WRITTEN_OUT = "surplus"  # what papers write out as a difference


def _add_sums(pages: Sequence[ReadPage], labels: Mapping[str, str], quantities: Quantities) -> None:
    """What written out differences give of metals for which the paper was read to state no such figure elsewhere."""
    if _WRITTEN_OUT not in labels:
        return
    stated = {metal for key, metal in quantities.known if key == _WRITTEN_OUT}
    for name, figure, number in summed(passages(pages), labels[_WRITTEN_OUT]):
        read = metal_of(name.text)
        if read is not None and read.metal not in stated:
            quantities.add(_WRITTEN_OUT, name, quantity_field(figure, number, None), number)


def _fifth(found: Sequence[Entry]) -> MetalName | None:
    """The one metal of the five that a table does not name for sure, where one name alone is in doubt and looks like
    it."""
    names = {entry.name.text: entry.name for entry in found if entry.name}
    read = {text: metal_of(text) for text in names if not is_other(text)}
    sure = {one.metal for text, one in read.items() if one and one.certain and names[text].confidence >= SURE_NAME}
    doubted = [one for text, one in read.items() if one is None or not one.certain or one.metal not in sure]
    only = doubted[0] if len(doubted) == 1 else None
    return MetalName(only.metal, True) if only and set(Metal) - sure == {only.metal} else None


def _leave_doubt(row: Line, page: int, labels: Mapping[str, str], quantities: Quantities) -> None:
    """A metal's row that stands outside of the table: nobody knows which of its figures is which."""
    name = metal_row(row, 2)
    lost = QuantityField(status=Status.UNSURE, page=page, box=row.box, raw=row.raw, why="该行数值未能对应到表格各列")
    for key in labels if name else ():
        quantities.add(key, name, lost, page)


def _cell_field(span: Span | None, inked: bool, page: int, unit: UnitRead | None) -> QuantityField:
    """A cell's figure; an empty cell is a certain None, one with ink but no reading is doubt."""
    if span is None and not inked:
        return QuantityField(status=Status.CERTAIN, page=page, confidence=1.0)
    if span is None:
        return QuantityField(status=Status.UNSURE, page=page, why=UNREAD)
    return quantity_field(span, page, unit)


def _is_blank(value: QuantityField) -> bool:
    return value.value is None and value.certain


_BLANKS = 4  # other figures of a metal: so many say that the company has none of it


def _may_be_blank(value: QuantityField) -> bool:
    unread = not value.raw and value.why == UNREAD
    seen = {fold(said) for said in value.readers.values()} - {""}
    told = len(seen) > 1 or any(map(is_empty, seen))  # a 1 that is there is a 1 to all
    sign = value.value is None and bool(value.raw) and is_empty(value.raw)  # beside what a seal's own figures left
    return value.status is Status.UNSURE and (unread or sign or (told and is_stroke(value)))


def _as_blank(value: QuantityField) -> QuantityField:
    settled = {"value": None, "printed": None, "status": Status.CERTAIN, "why": "该金属其余各栏均为空值，应为“/”"}
    return value.model_copy(update=settled)


def _doubt(value: QuantityField) -> QuantityField:
    if _is_blank(value):
        return value
    return value.model_copy(update={"status": Status.UNSURE, "why": "金属名称疑似识读有误"})


def _name_field(name: Span, page: int, read: MetalName | None) -> TextField:
    named = name_field(name, page)
    return named if read is None else named.model_copy(update={"status": Status.UNSURE, "why": "金属名称疑似识读有误"})


def _merge(values: Sequence[QuantityField]) -> QuantityField:
    """One figure out of several places of the same paper: they vouch for each other, or leave doubt."""
    read = [value for value in values if not _is_blank(value) and value.value is not None]
    if not read:
        return next((v for v in values if not _is_blank(v)), values[0])
    best = max(read, key=lambda value: (value.certain, value.confidence))
    if any(value.value != best.value for value in read if value.certain):
        both = " / ".join(dict.fromkeys(value.raw for value in read))  # no value: no other paper may settle it
        changed = {"status": Status.UNSURE, "why": "同一文件内前后数值不一致", "value": None, "raw": both}
        return best.model_copy(update=changed)
    return best


_PAGE_UNIT = re.compile(r"(?:计量)?单位:?(?=[^:]{1,6}(?:$|[);,\s])|千克|公斤|吨|kg|t/|克)")


def _page_units(rows: Sequence[Line]) -> list[tuple[float, UnitRead]]:
    """The units that lines such as 单位：千克/年 give, with their heights on the page."""
    found = []
    for row in rows:
        match = _PAGE_UNIT.search(row.text)
        unit = unit_in(row.text[match.end() : match.end() + 8]) if match else None
        if unit:
            found.append((row.box.cy, unit))
    return found


def _unit_above(units: Sequence[tuple[float, UnitRead]], grid: Grid) -> UnitRead | None:
    """The nearest unit line above a table, else the first there is."""
    above = [unit for y, unit in units if y < grid.box.y0 + 0.01]
    return above[-1] if above else next((unit for _, unit in units), None)


_METAL_NAME = re.compile(IN_TEXT)
_IN_BRACKETS = re.compile(r"(?<=\()(?:[一-鿿]|[A-Z][a-z0-9])(?<![吨克])(?=\))")  # a metal's name, however badly read
_VALUE = re.compile(
    rf"[:为]?(-?[\d.,Ool]*\d[\d.,Ool]*|/|—|-)((?:千克|公斤|吨|克|kg|t|g|{DAMAGED_MASS}|[vu](?=[/1lI|]?a))"
    r"[/每1lI|]?[年a牛平]?)?",
    re.IGNORECASE,
)


_NOTES = re.compile(r"^(?:填[表报写]?)?说明[:：]|^注[:：\d]")  # what follows explains labels and gives no figures


def _read_lines(pages: Sequence[ReadPage], labels: Mapping[str, str], quantities: Quantities) -> None:
    for page in pages:
        rows = lines(page.words)
        unit = next((unit for _, unit in _page_units(rows)), None)
        shared = _shared_unit(rows)
        heading: Span | None = None
        for row in takewhile(lambda row: not _NOTES.search(row.text), rows):
            heading = _metal_heading(row) or heading
            for key, name, value in _on_line(row, labels, heading):
                figure, whole = _without_cut_unit(value, shared)
                quantity = quantity_field(figure, page.number, whole or unit_in(row.text) or unit)
                quantities.add(key, name, quantity.model_copy(update={"raw": value.raw}), page.number)


def _shared_unit(rows: Sequence[Line]) -> UnitRead | None:
    """The unit that stands behind all figures of a page, of which there are some."""
    units = [unit for row in rows if re.search(r":[\d.,]+\D{1,6}$", row.text) and (unit := unit_in(row.text))]
    return units[0] if len(units) >= _SHARING and len(set(units)) == 1 and units[0].certain else None


def _without_cut_unit(value: Span, shared: UnitRead | None) -> tuple[Span, UnitRead | None]:
    """A figure without a unit that lost its 年 at the line's end (24.6千克/), and the whole unit as all others have."""
    cut = re.search(r"(?<=\d)(千克|公斤|kg|吨|t)/$", value.text)
    if shared is None or cut is None or unit_in(f"{cut[1]}/年") != shared:
        return value, None
    return value.cut(0, cut.start()) or value, shared


def _metal_heading(row: Line) -> Span | None:
    """A line that only names a metal, one of the five or another: the figures below are its own. Where its character
    was read faintly, the symbol behind it names it as well (鉻（Cr）)."""
    match = re.fullmatch(
        r"(?:[（(]?[一二三四五六\d]+[)）、.]?)?(?:重金属种类:?|污染物:?|金属:?)?([^:\d()]{1,6}?)(?:\((.{1,4})\))?:?",
        row.text,
    )
    if match is None:
        return None
    numbered = re.match(r"[(（]?[一二三四五六\d]+[)）、.]", row.text) is not None
    names_one = metal_of(match[1]) or is_other(match[1]) or (numbered and may_be_metal(match[1]))
    name = row.cut(*match.span(1)) if names_one else None
    symbol = row.cut(*match.span(2)) if match[2] else None
    named, again = (metal_of(one.text) if one else None for one in (name, symbol))
    faint = name is not None and name.confidence < SURE_NAME
    return symbol if faint and named and again and named.metal is again.metal else name


def _on_line(row: Line, labels: Mapping[str, str], heading: Span | None) -> Iterator[tuple[str, Span, Span]]:
    """Every label on a line with the metal named beside it (or in the heading) and its figure."""
    pattern = re.compile("|".join(f"(?P<{key}>{variants})" for key, variants in labels.items()))
    matches = list(pattern.finditer(row.text))
    for match, follower in zip(matches, [*matches[1:], None], strict=False):
        end = follower.start() if follower else len(row.text)
        metal = _METAL_NAME.search(row.text, match.end(), end) or _METAL_NAME.search(row.text, 0, match.start())
        metal = metal or _IN_BRACKETS.match(row.text, match.end() + 1, end)
        start = metal.end() if metal and metal.start() >= match.end() else match.end()
        value = _VALUE.search(row.text, start, end)
        key = next(k for k in labels if match[k] is not None)
        name = row.cut(*metal.span()) if metal else heading
        figure = row.cut(value.start(1), value.end()) if value else None
        if name and figure:
            yield key, name, figure
