"""A permit's printed 合计 as evidence: where rows add up to it to the last digit, none of them was misread."""

from collections.abc import Sequence
from decimal import Decimal

from domain.field import Field, Status
from domain.quantity import Amount
from extractors.other_readings import borne_out
from extractors.outlet_limits import Limit, Subtotal
from reference.metals import is_hexavalent

_BY = "与所印合计相符"


def settle_by_sums(limits: Sequence[Limit], subtotals: Sequence[Subtotal]) -> tuple[Limit, ...]:
    """The rows, with doubts on years settled in which a 合计 that names its metal, medium and scope comes out exactly.

    A row whose metal or outlet is in doubt may belong to any sum: then nothing is proved.
    """
    rows = list(limits)
    if all(row.metal.certain and row.outlet_kind.certain and row.medium.certain for row in rows):
        for total in subtotals:
            rows = [_choose(row, rows, total) for row in rows]
            for year in _years_that_come_out(rows, total):
                rows = [_settle(row, year) if _belongs(row, total) else row for row in rows]
    return tuple(rows)


def _belongs(row: Limit, total: Subtotal) -> bool:
    same = row.metal.value is total.metal.value and row.medium.value == total.medium.value
    part = is_hexavalent(row.pollutant.raw) is is_hexavalent(total.pollutant.raw)
    return same and part and total.scope.value in ("all", row.outlet_kind.value)


def _years_that_come_out(rows: Sequence[Limit], total: Subtotal) -> list[int]:
    own = [row for row in rows if _belongs(row, total)]
    if len(own) < 2 or not (total.metal.certain and total.metal.value and total.medium.certain and total.scope.certain):
        return []
    return [
        year
        for year in range(len(total.annual))
        if _comes_out([row.annual[year : year + 1] for row in own], total, year)
    ]


def _comes_out(parts: Sequence[tuple[Field[Amount], ...]], total: Subtotal, year: int) -> bool:
    printed = total.annual[year].value
    figures = [field for part in parts for field in part]
    if printed is None or len(figures) < len(parts) or any(f.value is None and not f.certain for f in figures):
        return False
    return sum((field.value for field in figures if field.value is not None), Decimal(0)) == printed


def _choose(row: Limit, rows: Sequence[Limit], total: Subtotal) -> Limit:
    """The row with what else was read for a year where that alone makes the year's sum come out."""
    own = [other for other in rows if _belongs(other, total)]
    if row not in own or len(own) < 2:
        return row
    return row.model_copy(update={"annual": tuple(_choose_year(row, own, total, y) for y in range(len(row.annual)))})


def _choose_year(row: Limit, own: Sequence[Limit], total: Subtotal, year: int) -> Field[Amount]:
    field = row.annual[year]
    others = [other.annual[year] for other in own if other is not row and year < len(other.annual)]
    printed = total.annual[year] if year < len(total.annual) else None
    if printed is None or printed.value is None or not all(f.certain for f in (printed, *others)):
        return field
    return borne_out(field, printed.value - sum((f.value or Decimal(0) for f in others), Decimal(0)), _BY) or field


def _settle(row: Limit, year: int) -> Limit:
    field = row.annual[year]
    if field.certain or field.value is None:
        return row
    sure = field.model_copy(update={"status": Status.CERTAIN, "why": f"{_BY}，识读一致"})
    return row.model_copy(update={"annual": (*row.annual[:year], sure, *row.annual[year + 1 :])})
