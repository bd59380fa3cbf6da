"""Rows of an EIA's emission table as fields, what their arithmetic confirms, and the net new emission (domain 4)."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from domain.document import Row
from domain.field import Field, PerMetal, QuantityField, Status, TextField
from domain.page import Box, Cell, ReadPage
from domain.quantity import Metal, Printed, Unit
from extractors.emission_rows import Emission, Unread, emissions, name_and_unit
from extractors.fields import blank_field, metal_field, name_field, quantity_field
from extractors.layout import print_in, span_of
from reference.metals import is_heavy, is_hexavalent


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


def read_rows(pages: Sequence[ReadPage]) -> tuple[list[EiaRow], str | None]:
    """The heavy metals' rows of all tables, and why they may not be all that the paper has."""
    found = list(emissions(pages))
    rows = [row for one in found if (row := _row(one)) is not None]
    media = {one.medium for one in found if isinstance(one, Emission)}
    if not found:
        return rows, "未找到排放量汇总表的数据行"
    if any(isinstance(one, Emission) and one.loose and _has_figure(one) for one in found):
        return rows, "含无组织排放行，是否计入须人工确认"
    if not {"water", "air"} <= media:
        return rows, "未见废水或废气部分，表格可能不全"
    return rows, None


# ---- one row ---------------------------------------------------------------------------------------------------


def _row(one: Emission | Unread) -> EiaRow | None:
    """A heavy metal's row; None for what is surely another pollutant."""
    if isinstance(one, Unread):
        return _unread(one.page, one.box, "排放量表无法识读")
    name = name_and_unit(one.name)[0] if one.name else None
    if name is None:
        return _unread(one.page, one.box, "污染物名称无法识读").model_copy(update=_figures(one))
    metal = metal_field(name, one.page)
    if metal.certain and metal.value is None and not is_heavy(name.text):
        return None
    return EiaRow(medium=_medium(one), pollutant=name_field(name, one.page), metal=metal, **_figures(one))


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


def _figures(one: Emission) -> dict[str, QuantityField]:
    read = {key: _figure(one, key, cell) for key, cell in one.cells.items()}
    steps = [f.printed.half_step for f in read.values() if f.printed and "." in f.printed.number]
    read = {key: _bare_zero(field, min(steps, default=Decimal(0))) for key, field in read.items()}
    return {key: _pointless(field) if steps else field for key, field in read.items()}


def _figure(one: Emission, key: str, cell: Cell) -> QuantityField:
    """A cell's amount; doubt where the cell is not surely this column's, or has ink that gives no number."""
    span = span_of(print_in(cell))
    if span is None:
        return _blank(one, key, cell)
    read = quantity_field(span, one.page, one.units.get(key))
    shaky = key in one.shaky
    return read.model_copy(update={"status": Status.UNSURE, "why": "单元格位置存疑"}) if shaky else read


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


# ---- what the row's own arithmetic confirms --------------------------------------------------------------------

Terms = dict[str, int]
_REPORT: tuple[Terms, ...] = (
    {"total_after": 1, "existing_permitted": -1, "replaced": 1, "this_project": -1},
    {"change": 1, "this_project": -1, "replaced": 1, "regional_offset": 1},
)
_REPORT_UNPERMITTED: Terms = {"total_after": 1, "existing_actual": -1, "replaced": 1, "this_project": -1}
_FORM: tuple[Terms, ...] = (
    {"total_after": 1, "existing_actual": -1, "under_construction": -1, "this_project": -1, "replaced": 1},
    {"change": 1, "total_after": -1, "existing_actual": 1},
)


def identities(row: EiaRow, form: str | None) -> tuple[Terms, ...]:
    """What must add up to 0 in a row (domain 4.2): column → sign; nothing where the form is not known."""
    if form == "form":
        return _FORM
    if form != "report":
        return ()
    permitted = row.existing_permitted
    unpermitted = permitted.certain and not permitted.value
    return (_REPORT_UNPERMITTED if unpermitted else _REPORT[0], _REPORT[1])


def confirm(row: EiaRow, form: str | None) -> EiaRow:
    """The row with doubtful figures settled that come out exactly by an identity from figures read for sure."""
    for _ in range(2):  # a figure that one identity settles may settle another
        for terms in identities(row, form):
            row = _confirm(row, terms)
    return row


def _confirm(row: EiaRow, terms: Terms) -> EiaRow:
    fields: dict[str, QuantityField] = {key: getattr(row, key) for key in terms}
    doubted = [key for key, field in fields.items() if not field.certain]
    if len(doubted) != 1 or fields[doubted[0]].value is None or not _has_unit(fields[doubted[0]]):
        return row
    if sum((sign * (fields[key].value or Decimal(0)) for key, sign in terms.items()), Decimal(0)) != 0:
        return row
    settled = {"status": Status.CERTAIN, "why": "与本行算式识读一致"}
    return row.model_copy(update={doubted[0]: fields[doubted[0]].model_copy(update=settled)})


def _has_unit(field: QuantityField) -> bool:
    return field.printed is not None and field.printed.unit is not None


# ---- net new emission ------------------------------------------------------------------------------------------

FIGURES_IN_DOUBT = "行数值存疑"


def net_new(rows: Sequence[EiaRow], doubt: str | None) -> PerMetal:
    """Σ over water and air of this_project − replaced per metal in kg/a; doubt on all five where a row may be lost."""
    totals = {metal: _net(rows, metal, doubt) for metal in Metal}
    return {metal: total for metal, total in totals.items() if total is not None}


def may_count(row: EiaRow, metal: Metal) -> bool:
    """Rows of the metal, and rows with a figure whose name is not surely that of something else."""
    if row.metal.value is not None or row.metal.certain:
        return row.metal.value == metal
    return not _is_nothing(row.this_project) or bool(row.replaced.value)


def _is_nothing(field: QuantityField) -> bool:
    return field.certain and not field.value


def _net(rows: Sequence[EiaRow], metal: Metal, doubt: str | None) -> QuantityField | None:
    own = [row for row in rows if row.metal.value == metal]
    counted = [row for row in rows if may_count(row, metal)]
    why = doubt or _why(counted) or _hexavalent_only(rows, own, metal)
    if why is None and all(_is_none(row.this_project) and _is_none(row.replaced) for row in own):
        return None
    parts = [field for row in own for field in (row.this_project, row.replaced) if field.value is not None]
    value = sum((_gain(row) for row in own), Decimal(0)) if parts else None
    step = sum((field.printed.half_step for field in parts if field.printed), Decimal(0))
    return QuantityField(
        value=value,
        raw=" ".join(_told(row) for row in own if row.this_project.value is not None or row.replaced.value is not None),
        page=own[0].pollutant.page if own else None,
        box=_around(parts),
        confidence=min((field.confidence for field in parts), default=1.0),
        status=Status.UNSURE if why else Status.CERTAIN,
        under_seal=any(field.under_seal for field in parts),
        printed=Printed(number=str(value), unit=Unit.KG, half_step=step) if value is not None else None,
        why=why,
    )


def _is_none(field: QuantityField) -> bool:
    return field.certain and field.value is None


def _gain(row: EiaRow) -> Decimal:
    return (row.this_project.value or Decimal(0)) - (row.replaced.value or Decimal(0))


def _told(row: EiaRow) -> str:
    return f"+{row.this_project.raw or 0}-{row.replaced.raw or 0}"


def _why(rows: Sequence[EiaRow]) -> str | None:
    """What leaves doubt on a sum over some rows."""
    unsure = [row for row in rows if not (row.metal.certain and row.medium.certain)]
    figures = [row for row in rows if not (row.this_project.certain and row.replaced.certain)]
    if unsure:
        return f"{len(unsure)} 行污染物或介质存疑"
    return f"{len(figures)} {FIGURES_IN_DOUBT}" if figures else None


def _hexavalent_only(rows: Sequence[EiaRow], own: Sequence[EiaRow], metal: Metal) -> str | None:
    """Chromium of which the paper gives the hexavalent part alone."""
    if metal is not Metal.CR or any(row.this_project.value is not None for row in own):
        return None
    parts = [row for row in rows if is_hexavalent(row.pollutant.raw) and not _is_nothing(row.this_project)]
    return "仅列出六价铬，未列总铬" if parts else None


def _around(fields: Sequence[QuantityField]) -> Box | None:
    boxes = [field.box for field in fields if field.box and field.page == fields[0].page]
    return reduce(Box.join, boxes) if boxes else None
