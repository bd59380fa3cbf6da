"""What the arithmetic of an EIA's rows confirms (domain 4.2), and the net new emission that they add up to."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import reduce

from domain.field import PerMetal, QuantityField, Status
from domain.page import Box
from domain.quantity import Metal, Printed, Unit
from extractors.emission_columns import FIGURES
from extractors.emission_names import may_be
from extractors.emissions import EiaRow
from extractors.other_readings import borne_out
from extractors.specks import SPECK
from extractors.strokes import LIKE_FIGURE, LIKE_ZERO, is_stroke
from extractors.text import is_empty
from reference.metals import is_hexavalent

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
    unpermitted = permitted.status is Status.MISSING or (permitted.certain and not permitted.value)
    return (_REPORT_UNPERMITTED if unpermitted else _REPORT[0], _REPORT[1])


def confirm(rows: Sequence[EiaRow], form: str | None) -> list[EiaRow]:
    """The rows with doubtful figures settled that come out exactly by an identity from figures read for sure."""
    filled = any(row.this_project.value and (row.total_after.value or row.change.value) for row in rows)
    return [_confirm_row(_unfounded(_zeros(_blank_strokes(row))) if filled else row, form) for row in rows]


def _confirm_row(row: EiaRow, form: str | None) -> EiaRow:
    for _ in range(2):  # a figure that one identity settles may settle another
        for terms in identities(row, form):
            row = _confirm(row, terms)
    return _confirm_two(row, identities(row, form))


def _confirm_two(row: EiaRow, all_terms: Sequence[Terms]) -> EiaRow:
    """本工程 and 以新带老 both in doubt, but read so that every identity of the row comes out: two misreadings would
    have to be wrong by the very same amount."""
    pair = [key for key in ("this_project", "replaced") if not getattr(row, key).certain]
    keys = {key for terms in all_terms for key in terms}
    figures: dict[str, QuantityField] = {key: getattr(row, key) for key in keys}
    others = all(field.certain for key, field in figures.items() if key not in pair)
    read = all(figures[key].value is not None and _has_unit(figures[key]) for key in pair)
    if len(pair) < 2 or not all_terms or not others or not read:
        return row
    sums = [
        sum((sign * (figures[k].value or Decimal(0)) for k, sign in terms.items()), Decimal(0)) for terms in all_terms
    ]
    return row.model_copy(update={k: _settled(figures[k], "与本行算式识读一致") for k in pair} if not any(sums) else {})


def _confirm(row: EiaRow, terms: Terms) -> EiaRow:
    fields: dict[str, QuantityField] = {key: getattr(row, key) for key in terms}
    doubted = [key for key, field in fields.items() if not field.certain]
    if len(doubted) != 1:
        return row
    key, field = doubted[0], fields[doubted[0]]
    rest = sum((sign * (fields[k].value or Decimal(0)) for k, sign in terms.items() if k != key), Decimal(0))
    given = any(fields[k].value is not None for k in terms if k != key)
    if field.value is not None and _has_unit(field) and rest + terms[key] * field.value == 0:
        return row.model_copy(update={key: _settled(field, "与本行算式识读一致")})
    other = borne_out(field, -rest * terms[key], "本行算式") if given else None
    if other is not None:
        return row.model_copy(update={key: other})
    if rest == 0 and given and _may_be_blank(field, LIKE_ZERO):
        return row.model_copy(update={key: _settled(field, "按本行算式应为空值“/”", None)})
    return row


def _may_be_blank(field: QuantityField, unlike: re.Pattern[str]) -> bool:
    """A doubtful cell that may hold a mere sign: read as a stroke and by no reader as anything `unlike` it, or not
    read at all."""
    unread = field.value is None and is_empty(field.raw)
    return field.status is Status.UNSURE and (field.why == SPECK or unread or is_stroke(field, unlike))


def _blank_strokes(row: EiaRow) -> EiaRow:
    """A row of blanks but for strokes: where a paper works out its totals, a row without them has no figure."""
    fields: dict[str, QuantityField] = {key: getattr(row, key) for key in FIGURES}
    present = {key: field for key, field in fields.items() if field.status is not Status.MISSING}
    strokes = [key for key, field in present.items() if _may_be_blank(field, LIKE_FIGURE)]
    blank = {key for key, field in present.items() if _is_none(field)}
    if not {"total_after", "change"} <= blank or blank | set(strokes) != set(present):
        return row
    return row.model_copy(
        update={key: _settled(present[key], "本行其余各栏均为空值，应为“/”", None) for key in strokes}
    )


def _zeros(row: EiaRow) -> EiaRow:
    """A row of zeros but for what is left of some: where a paper works out its totals and they are 0 here, so is what
    another reader read as 0 there."""
    fields: dict[str, QuantityField] = {key: getattr(row, key) for key in FIGURES}
    present = {key: field for key, field in fields.items() if field.status is not Status.MISSING}
    zeros = {key for key, field in present.items() if field.certain and field.value == 0}
    broken = [key for key, field in present.items() if not field.certain and LIKE_ZERO.fullmatch(field.raw.strip())]
    if not {"total_after", "change"} <= zeros or zeros | set(broken) != set(present):
        return row
    told = {key: borne_out(present[key], Decimal(0), "本行其余各栏均为0，", Unit.KG) for key in broken}
    like = {"printed": row.change.printed}  # as precise as the row's other zeros
    return row.model_copy(update={key: f.model_copy(update=like) for key, f in told.items() if f is not None})


def _unfounded(row: EiaRow) -> EiaRow:
    """A figure in doubt where the row's totals are blank: where a paper works them out, a figure would show in them."""
    if not (_is_none(row.total_after) and _is_none(row.change)):
        return row
    keys = [key for key in ("this_project", "replaced") if getattr(row, key).certain and getattr(row, key).value]
    doubt = {"status": Status.UNSURE, "why": "本行合计栏为空值，数值存疑"}
    return row.model_copy(update={key: getattr(row, key).model_copy(update=doubt) for key in keys})


def _settled(field: QuantityField, why: str, *value: None) -> QuantityField:
    """The figure without doubt; with a None behind, as the blank that it is."""
    changed = {"status": Status.CERTAIN, "why": why} | ({"value": None, "printed": None} if value else {})
    return field.model_copy(update=changed)


def _has_unit(field: QuantityField) -> bool:
    return field.printed is not None and field.printed.unit is not None


# ---- net new emission ------------------------------------------------------------------------------------------

FIGURES_IN_DOUBT = "行数值存疑"


def net_new(rows: Sequence[EiaRow], doubt: str | None) -> PerMetal:
    """Σ over water and air of this_project − replaced per metal in kg/a; doubt on all five where a row may be lost."""
    totals = {metal: _net(rows, metal, doubt) for metal in Metal}
    return {metal: total for metal, total in totals.items() if total is not None}


def may_count(rows: Sequence[EiaRow], row: EiaRow, metal: Metal) -> bool:
    """Rows of the metal, and rows with a figure whose damaged name may be its name."""
    if row.metal.value == metal:
        return True
    return may_be(rows, row, metal) and not (_is_nothing(row.this_project) and _is_nothing(row.replaced))


def _is_nothing(field: QuantityField) -> bool:
    return field.certain and not field.value


def _net(rows: Sequence[EiaRow], metal: Metal, doubt: str | None) -> QuantityField | None:
    own = [row for row in rows if row.metal.value == metal]
    counted = [row for row in rows if may_count(rows, row, metal)]
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
