"""Which column of a permit register says what, as the public platform prints the headings, and yearly limits if any."""

import re
from collections.abc import Sequence

from domain.errors import IntakeError
from extractors.register_columns import Columns, Figure, find_places, fold, look_for, unit_above, unit_of
from extractors.spreadsheets import Row
from reference.metals import is_other, metal_of

WANTED = (
    "排污许可证编号、单位名称、有效期限；可有统一社会信用代码、行业类别、发证日期、管理类别、状态、“铅许可年排放量(kg)”"
)
_WORDS = {
    "number": r"(?:排污)?许可证(?:证书)?(?:编号|号)|证书编号",
    "name": r"(?:排污)?(?:单位|企业|公司)(?:名称|全称)|排污单位",
    "uscc": r".*信用代码|USCC",
    "industry": r"(?:所属)?行业(?:类别|名称|类型)?",
    "valid": r"(?:许可证)?有效期限?",
    "valid_from": r"(?:许可证)?有效期限?(?:起始?|开始)(?:日期|时间)?",
    "valid_until": r"(?:许可证)?有效期限?(?:止|至|截止|终止|届满)(?:日期|时间)?|到期(?:日期|日)",
    "issued_on": r"(?:发证|核发)(?:日期|时间)",
    "management": r"(?:排污许可)?管理(?:类别|类型)",
    "standing": r"(?:许可证|证书)?(?:当前)?状态",
    "unit": r"(?:计量|排放量)?单位",
}
_FIGURE = re.compile(r"(?:许可|申请)?年?度?(?:许可|允许)?年?排放总?量(?:限值|上限)?|年?许可量|总量指标|限值")
# A limit of one medium alone would have to be added up, 六价铬 is a part of 总铬.
_NOT_MEANT = re.compile(r"六价|6\+|浓度|速率|实际|产生|削减|废水|废气|大气|组织|烷基")
_BOTH = re.compile(r"废?水[和及与、+]?(?:废|大)?气")


def find_permit_columns(rows: Sequence[Row]) -> Columns | None:
    """The columns of a sheet, None where it has no such headings; raises IntakeError UNCLEAR_HEADING."""
    return look_for(rows, _cut, "number")


def _cut(headings: Row, first: int, above: str) -> Columns | None:
    places = find_places(headings, _WORDS)
    if not {"number", "name"} <= places.keys() or not places.keys() & {"valid", "valid_until"}:
        return None
    named = set(places.values())
    told = [_figure(at, heading) for at, heading in enumerate(headings) if at not in named]
    figures = tuple(one for one in told if one is not None)
    metals = [one.metal for one in figures]
    if len(set(metals)) < len(metals):
        twice = "、".join(f"“{one.heading}”" for one in figures)
        raise IntakeError("UNCLEAR_HEADING", f"表头中有几列许可排放量是同一种重金属，无法判断取哪一列：{twice}。")
    return Columns(first, headings, figures, places, None, unit_above(above))


def _figure(at: int, heading: str) -> Figure | None:
    """A column of yearly limits of one of the five metals, None for any other."""
    text = fold(heading)
    bare = re.sub(r"\(.*?\)|[/:].*$", "", text)
    named, counts = _FIGURE.subn("", _BOTH.sub("", bare))
    if _NOT_MEANT.search(named) or not named:
        return None
    metal = metal_of(named)
    if metal is None or is_other(named):
        return None
    if not metal.certain:
        if counts:
            raise IntakeError("UNCLEAR_HEADING", f"表头“{heading}”的重金属名称无法确认。")
        return None
    return Figure(at, heading, metal.metal, None, unit_of(text))
