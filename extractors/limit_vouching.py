"""Rows of a permit's limit tables settled by other rows, by the other permit and by the printed sums."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from domain.quantity import Metal
from extractors.documents.permit_copy import PermitCopy
from extractors.outlet_limits import Limit, Subtotal, add_up
from extractors.printed_sums import settle_by_sums
from extractors.row_years import SAME_YEARS, settle_years
from extractors.text import fold
from extractors.witness import doubted, settled
from reference.metals import is_other

R = TypeVar("R", Limit, Subtotal)


def vouch_rows(copy: PermitCopy, others: Sequence[PermitCopy]) -> PermitCopy:
    """The copy with its rows' outlets, metals and years settled where other rows, the other permit or the printed sums
    tell them, and its totals added up anew."""
    rows = [row for one in (copy, *others) for row in one.limits]
    outlets = Counter(row.outlet_code.value for row in rows if row.outlet_code.certain)
    limits = tuple(_vouch_metal(_vouch_years(_vouch_outlet(row, outlets)), copy, others) for row in copy.limits)
    named: list[Limit | Subtotal] = [*limits, *(row for other in others for row in other.limits)]
    named += [row for other in others for row in other.subtotals]
    subtotals = tuple(_vouch_years(_vouch_summed(row, limits, named)) for row in copy.subtotals)
    limits = settle_by_sums(limits, subtotals)
    return copy.model_copy(update={"limits": limits, "subtotals": subtotals, "totals": add_up(limits)})


def _vouch_years(row: R) -> R:
    return row.model_copy(update={"annual": settle_years(row.annual)})


def _vouch_outlet(row: Limit, outlets: Mapping[str | None, int]) -> Limit:
    """The outlet's code stands for sure in other rows, of this permit or of the other one."""
    if not doubted(row.outlet_code) or outlets[row.outlet_code.value] < SAME_YEARS:
        return row
    return row.model_copy(update={"outlet_code": settled(row.outlet_code, "同一排放口其他行")})


def _vouch_metal(row: Limit, copy: PermitCopy, others: Sequence[PermitCopy]) -> Limit:
    """The other permit lists this very metal or name at the outlet, and no other row here takes its place; or, of a
    name that cannot be read, the amounts of this row for the one other pollutant that no row here names."""
    if row.metal.certain:
        return row
    code = row.outlet_code.value
    here = _named_at(copy, code)
    there = {name: metal for other in others for name, metal in _named_at(other, code).items()}
    if row.metal.value is None:
        found = is_other(_core(row)) and any(_core(row) in _cores_at(other, code) for other in others)
        found = found or any(_is_left_over(row, copy, other) for other in others)
    else:
        found = row.metal.value in there.values() and row.metal.value not in here.values()
    return row.model_copy(update={"metal": settled(row.metal, "另一本许可证同一排放口")}) if found else row


def _is_left_over(row: Limit, copy: PermitCopy, other: PermitCopy) -> bool:
    """Whether the other permit has this row's amounts at the outlet for a pollutant that is none of the five and named
    by no row here, while each of the five that it lists there is named here."""
    code = row.outlet_code.value
    there = [one for one in other.limits if one.outlet_code.value == code]
    if code is None or not all(one.metal.certain for one in there) or not all(year.certain for year in row.annual):
        return False
    named = {metal for metal in _named_at(copy, code).values() if metal}
    same = [one for one in there if _amounts(one) == _amounts(row) and any(_amounts(row))]
    unnamed = len(same) == 1 and is_other(_core(same[0])) and _core(same[0]) not in _cores_at(copy, code)
    return unnamed and {one.metal.value for one in there if one.metal.value} <= named


def _amounts(row: Limit) -> list[Decimal | None]:
    return [year.value if year.certain else None for year in row.annual]


def _named_at(copy: PermitCopy, code: str | None) -> dict[str, Metal | None]:
    """The surely named rows of an outlet: name as read → metal."""
    rows = (row for row in copy.limits if row.outlet_code.value == code and row.metal.certain)
    return {row.pollutant.raw: row.metal.value for row in rows}


def _core(row: Limit | Subtotal) -> str:
    """A pollutant's name without what it says again in brackets."""
    return fold(row.pollutant.raw).partition("(")[0]


def _cores_at(copy: PermitCopy, code: str | None) -> set[str]:
    return {_core(row) for row in copy.limits if row.outlet_code.value == code}


def _vouch_summed(row: Subtotal, limits: Sequence[Limit], named: Sequence[Limit | Subtotal]) -> Subtotal:
    """A 合计 row's metal stands for sure among the rows of its block; the name of another pollutant among the rows
    that are `named` in its medium, in either permit."""
    if row.metal.certain:
        return row
    if row.metal.value is None:
        beside = [other for other in named if other.medium.value == row.medium.value and _is_surely_other(other)]
        found = is_other(_core(row)) and any(_core(other) == _core(row) for other in beside)
    else:
        block = (limit for limit in limits if limit.medium.value == row.medium.value and limit.metal.certain)
        found = row.metal.value in {limit.metal.value for limit in block}
    return row.model_copy(update={"metal": settled(row.metal, "所汇总的各行")}) if found else row


def _is_surely_other(row: Limit | Subtotal) -> bool:
    return row.metal.certain and row.metal.value is None
