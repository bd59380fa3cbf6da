"""Rows of an EIA's emission table as fields (domain 4)."""

import re
from collections.abc import Sequence
from decimal import Decimal

from domain.document import Row
from domain.field import Field, QuantityField, Status, TextField
from domain.page import Box, Cell, ReadPage
from domain.quantity import Metal
from extractors.emission_rows import Emission, Unread, emissions, name_and_unit
from extractors.fields import blank_field, quantity_field
from extractors.layout import print_in, span_of
from extractors.pollutants import metal_field, name_field
from extractors.specks import SPECK, figure_height, is_speck
from reference.metals import is_heavy


class EiaRow(Row):
    """One heavy metal in water or air; every column in kg/a, a certain None where the paper prints `—` or nothing.

    A column that the form does not have stays `missing`. `metal` is null for a heavy metal that is none of the five.
    """

    medium: TextField
    pollutant: TextField
    metal: Field[Metal]
    existing_actual: QuantityField = QuantityField()
    existing_permitted: QuantityField = QuantityField()
    under_construction: QuantityField = QuantityField()
    this_project: QuantityField = QuantityField()
    replaced: QuantityField = QuantityField()
    regional_offset: QuantityField = QuantityField()
    total_after: QuantityField = QuantityField()
    change: QuantityField = QuantityField()


def read_rows(pages: Sequence[ReadPage], columns: Sequence[str] = ()) -> tuple[list[EiaRow], str | None]:
    """The heavy metals' rows of all tables, and why they may not be all that the paper has.

    `columns` are those that the form has: where one was not found its figures are in doubt.
    """
    found = list(emissions(pages))
    heights = {page.number: figure_height(page) for page in pages}
    rows = [_with_columns(row, columns) for one in found if (row := _row(one, heights[one.page])) is not None]
    media = {one.medium for one in found if isinstance(one, Emission)}
    if not found:
        return rows, "未找到排放量汇总表的数据行"
    if any(isinstance(one, Emission) and one.loose and _has_figure(one) for one in found):
        return rows, "含无组织排放行，是否计入须人工确认"
    if not {"water", "air"} <= media:
        return rows, "未见废水或废气部分，表格可能不全"
    return rows, None


def _with_columns(row: EiaRow, columns: Sequence[str]) -> EiaRow:
    lost = QuantityField(status=Status.UNSURE, page=row.metal.page, why="未找到该栏")
    missing = [key for key in columns if getattr(row, key).status is Status.MISSING]
    return row.model_copy(update=dict.fromkeys(missing, lost)) if missing else row


# ---- one row ---------------------------------------------------------------------------------------------------


def _row(one: Emission | Unread, usual: float) -> EiaRow | None:
    """A heavy metal's row; None for what is surely another pollutant. `usual` is the height of the page's figures."""
    if isinstance(one, Unread):
        return _unread(one.page, one.box, "排放量表无法识读")
    name = name_and_unit(one.name)[0] if one.name else None
    if name is None:
        return _unread(one.page, one.box, "污染物名称无法识读").model_copy(update=_figures(one, usual))
    metal = metal_field(name, one.page)
    if metal.certain and metal.value is None and not is_heavy(name.text):
        return None
    pollutant = name_field(name, one.page)
    if metal.certain and pollutant.value:  # a last character cut in two by its own stroke
        pollutant = pollutant.model_copy(update={"value": re.sub(r"化合勿$", "化合物", pollutant.value)})
    return EiaRow(medium=_medium(one), pollutant=pollutant, metal=metal, **_figures(one, usual))


def _unread(page: int, box: Box, why: str) -> EiaRow:
    """A row that stands for one that could not be told: it leaves doubt on every metal."""
    doubt = TextField(status=Status.UNSURE, page=page, box=box, why=why)
    metal = Field[Metal](status=Status.UNSURE, page=page, box=box, why=why)
    figure = QuantityField(status=Status.UNSURE, page=page, box=box, why=why)
    return EiaRow(medium=doubt, pollutant=doubt, metal=metal, this_project=figure)


def _medium(one: Emission) -> TextField:
    """Water or air, as the section says."""
    box = one.section.box if one.section else one.box
    raw = one.section.raw if one.section else ""
    status = Status.CERTAIN if one.medium else Status.UNSURE
    why = None if one.medium else "未能判断属于废水还是废气"
    return TextField(value=one.medium, raw=raw, page=one.page, box=box, confidence=1.0, status=status, why=why)


def _figures(one: Emission, usual: float) -> dict[str, QuantityField]:
    read = {key: _figure(one, key, cell, usual) for key, cell in one.cells.items()}
    steps = [f.printed.half_step for f in read.values() if f.printed and "." in f.printed.number]
    read = {key: _bare_zero(field, min(steps, default=Decimal(0))) for key, field in read.items()}
    return {key: _pointless(field) if steps else field for key, field in read.items()}


def _figure(one: Emission, key: str, cell: Cell, usual: float) -> QuantityField:
    """A cell's amount; doubt where the cell is not surely this column's, or has ink that gives no number."""
    span = span_of(print_in(cell))
    if span is None:
        return _blank(one, key, cell)
    read = quantity_field(span, one.page, one.units.get(key))
    why = "单元格位置存疑" if key in one.shaky else SPECK if read.value is not None and is_speck(span, usual) else None
    return read.model_copy(update={"status": Status.UNSURE, "why": why}) if why else read


def _blank(one: Emission, key: str, cell: Cell) -> QuantityField:
    if not cell.inked and key not in one.shaky:
        return blank_field(None, one.page, cell.box)
    why = "单元格内有字迹但无法识读" if cell.inked else "单元格位置存疑"
    return QuantityField(status=Status.UNSURE, page=one.page, box=cell.box, why=why)


def _has_figure(one: Emission) -> bool:
    cell = one.cells.get("this_project")
    return cell is not None and any(char.isdigit() and char != "0" for char in cell.text)


def _bare_zero(field: QuantityField, step: Decimal) -> QuantityField:
    """A bare 0 says that there is nothing, not that there is less than half a tonne: it is as fine as its row."""
    if field.value != 0 or field.printed is None or "." in field.printed.number:
        return field
    return field.model_copy(update={"printed": field.printed.model_copy(update={"half_step": step})})


def _pointless(field: QuantityField) -> QuantityField:
    """A whole number among figures with decimals may have lost its point."""
    if not field.certain or not field.value or field.printed is None or "." in field.printed.number:
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "数值缺少小数点，存疑"})
