"""Which column of a register says what, by its headings in any order and in one row or two."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.errors import IntakeError
from domain.quantity import Metal, Unit
from extractors.spreadsheets import Row
from reference.metals import is_other, metal_of

HEADER_WITHIN = 30  # rows from the top
WANTED = "企业名称、统一社会信用代码、年份，以及“重金属＋排放量”两列或“铅排放量(千克)”等各金属一列"
_WORDS = {
    "name": r"(?:排污|重点|涉重金?属?)?(?:企业|公司|单位|企业单位)(?:名称|全称)|企业|公司|名称",
    "uscc": r".*信用代码|USCC|企业代码",
    "metal": r"(?:重金属污染物|重金属|污染物|污染因子|金属|元素)(?:种类|名称|类别|因子|元素)?",
    "year": r"(?:统计|核算|数据|基准|所属|清单)?(?:年份|年度|年)",
    "unit": r"(?:计量|排放量|数量)?单位",
}
_FIGURE = r"排放总?量|数量"
_NO_DAY = r"(?!度?\d{1,2}月)"
_YEAR = r"(20\d\d)(?!年\d{1,2}月)年?度?"
# Quantities other than what was emitted in all; a sum of water and air alone would have to be guessed.
_NOT_MEANT = re.compile(r"许可|产生|削减|允许|目标|基础|基准|环评|批复|处理|去除|废水|废气|大气|组织|水|气|浓度")
_BOTH = re.compile(r"废?水[和及与、+]?(?:废|大)?气")  # what the guide counts
_GENERIC = re.compile(r"全口径|清单|统计|重金属|污染物|实际|核算|年度|年|总|合计|企业|的")
_UNITS = {
    "千克": Unit.KG,
    "公斤": Unit.KG,
    "kg": Unit.KG,
    "吨": Unit.TONNE,
    "t": Unit.TONNE,
    "克": Unit.GRAM,
    "g": Unit.GRAM,
}
_UNIT = re.compile(r"(?<![万毫微千百a-z])(千克|公斤|吨|克|kg|t|g)(?:(?:/|每)?(?:年|a))?(?![a-z])")


class Figure(NamedTuple):
    """A column of quantities: its place, and the metal, year and unit that its heading tells."""

    at: int
    heading: str
    metal: Metal | None
    year: int | None
    unit: Unit | None


class Columns(NamedTuple):
    """Where a table says what; `first` is the index of its first row, `year` and `unit` stand above the headings."""

    first: int
    headings: Row
    figures: tuple[Figure, ...]
    places: dict[str, int]
    year: int | None
    unit: Unit | None


# A row of headings, the index of the first row below it and the text above it; None where it has no such headings.
Cut = Callable[[Row, int, str], Columns | None]


def fold(text: str) -> str:
    """Half-width, without spaces and invisible characters."""
    return (
        re.sub(r"[\s\u200b-\u200d\ufeff*]", "", unicodedata.normalize("NFKC", text))
        .replace("〔", "(")
        .replace("〕", ")")
    )


def unit_of(text: str) -> Unit | None:
    """The one unit that a heading or cell names, None where it names none or several."""
    found = {_UNITS[name] for name in _UNIT.findall(fold(text).lower())}
    return found.pop() if len(found) == 1 else None


def find_columns(rows: Sequence[Row]) -> Columns | None:
    """The columns of a 全口径清单, None where a sheet has no such headings; raises IntakeError UNCLEAR_HEADING."""
    return look_for(rows, _columns, "uscc")


def look_for(rows: Sequence[Row], cut: Cut, by: str) -> Columns | None:
    """The columns that `cut` finds in a row of headings or two; every row of data has something in column `by`."""
    for index in range(min(len(rows), HEADER_WITHIN)):
        above = " ".join(cell for row in rows[:index] for cell in row)
        found = cut(rows[index], index + 1, above)
        below = rows[index + 1] if index + 1 < len(rows) else ()
        if below and not (found and _is_data(below, found, by)):
            found = _more(found, cut(_joined(rows[index], below), index + 2, above))
        if found is not None:
            return found
    return None


def _is_data(row: Row, columns: Columns, by: str) -> bool:
    """A row with a code or a bare number is no second row of headings."""
    at = columns.places[by]
    return (at < len(row) and bool(row[at])) or any(re.fullmatch(r"[\d.,]+", fold(cell)) for cell in row)


def _more(one: Columns | None, two: Columns | None) -> Columns | None:
    """The one that finds more figures: a heading over several columns alone names but the first of them."""
    if one is None or two is None:
        return one or two
    return two if len(two.figures) > len(one.figures) else one


def _joined(upper: Row, lower: Row) -> Row:
    """Headings of two rows as one; a heading over several columns stands in the file over the first of them."""
    joined, over = [], ""
    for index in range(max(len(upper), len(lower))):
        top, below = ((row[index] if index < len(row) else "") for row in (upper, lower))
        over = top or (over if below else "")
        joined.append(over + below)
    return tuple(joined)


def _columns(headings: Row, first: int, above: str) -> Columns | None:
    places = find_places(headings, _WORDS)
    if not {"name", "uscc"} <= places.keys():
        return None
    figures = tuple(f for at, heading in enumerate(headings) if (f := _figure(at, heading)) is not None)
    if not figures or ("metal" not in places and any(figure.metal is None for figure in figures)):
        return None
    told = [(figure.metal, figure.year) for figure in figures]
    if len(set(told)) < len(told):
        twice = "、".join(f"“{figure.heading}”" for figure in figures)
        raise IntakeError("UNCLEAR_HEADING", f"表头中有几列排放量含义相同，无法判断取哪一列：{twice}。")
    return Columns(first, headings, figures, places, _year_above(above), unit_above(above))


def find_places(headings: Row, wanted: Mapping[str, str]) -> dict[str, int]:
    """Which column stands under which words (patterns by what they mean); raises IntakeError UNCLEAR_HEADING."""
    places: dict[str, int] = {}
    for at, heading in enumerate(headings):
        bare = re.sub(r"\(.*?\)", "", fold(heading))
        for what, words in wanted.items():
            if re.fullmatch(words, bare, re.IGNORECASE):
                if what in places:
                    raise IntakeError("UNCLEAR_HEADING", f"表头中有两列“{bare}”，无法判断取哪一列。")
                places[what] = at
    return places


def _figure(at: int, heading: str) -> Figure | None:
    """None for what is no column of quantities, or one of quantities that are not meant."""
    text = fold(heading)
    year = re.search(_YEAR, text)
    bare = re.sub(r"\(.*?\)|20\d\d年?度?|[/:].*$", "", text)
    named, counts = re.subn(_FIGURE, "", bare)
    if unit_of(bare):
        named = _UNIT.sub("", named.lower())
    if _NOT_MEANT.search(_BOTH.sub("", named)):
        return None
    metal = metal_of(named) if named else None
    certain = metal.metal if metal is not None and metal.certain else None
    if certain is None and (not counts or is_other(named)):
        return None
    if certain is None and _GENERIC.sub("", _BOTH.sub("", named)):
        raise IntakeError("UNCLEAR_HEADING", f"表头“{heading}”的重金属名称无法确认。")
    return Figure(at, heading, certain, int(year[1]) if year else None, unit_of(text))


def _year_above(above: str) -> int | None:
    """The year that the title tells, unless it tells several; the year of a day (填报日期) is none."""
    years = set(re.findall(r"(20\d\d)年" + _NO_DAY, fold(above)))
    return int(years.pop()) if len(years) == 1 else None


def unit_above(above: str) -> Unit | None:
    """The one unit after 单位; what stands after 填报单位 is an office."""
    told = re.findall(r"(?<!填报)(?<!填表)(?<!编制)(?<!报送)单位[:为]?(.{1,8})", fold(above))
    found = {unit for words in told if (unit := unit_of(words))}
    return found.pop() if len(found) == 1 else None
