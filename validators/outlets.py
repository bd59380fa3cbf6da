"""The arithmetic inside a permit's limit tables, in t/a as printed: parts of a metal, and sums of rows.

Totals rest on the first year; later years are compared where they were read for sure, and raise no doubt.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from domain.field import Doubt, Field
from domain.quantity import Metal, Unit, agree, plain
from extractors.documents.permit_copy import PermitCopy
from extractors.outlet_limits import Limit, Subtotal
from reference.metals import is_hexavalent
from validators.compare import Check
from validators.places import Place, cell, place
from validators.registry import Problem
from validators.wording import METALS

YEARS = "一二三四五"


def chromium_problems(copy: PermitCopy) -> Iterator[Check]:
    """A check for each year's 六价铬 of each outlet against 总铬 at that outlet."""
    for index, row in enumerate(copy.limits):
        if _hexavalent(row):
            for other, whole in enumerate(copy.limits):
                if whole.metal.value is Metal.CR and not _hexavalent(whole) and _one_outlet(row, whole):
                    yield from (partial(_part, copy, index, other, year) for year in _years(row, whole))


def subtotal_problems(copy: PermitCopy) -> Iterator[Check]:
    """A check for each year of each printed 合计 of a metal against the sum of its rows."""
    for index, row in enumerate(copy.subtotals):
        if not (row.metal.certain and row.metal.value is None):
            yield from (partial(_sum, copy, index, year) for year in range(len(row.annual)))


def _hexavalent(row: Limit | Subtotal) -> bool:
    return is_hexavalent(row.pollutant.value or row.pollutant.raw)


def _one_outlet(row: Limit, other: Limit) -> bool:
    return (row.medium.value, row.outlet_code.value) == (other.medium.value, other.outlet_code.value)


def _years(*rows: Limit | Subtotal) -> range:
    return range(min(len(row.annual) for row in rows))


def _annual(copy: PermitCopy, table: str, index: int, year: int) -> Place[Decimal]:
    row = getattr(copy, table)[index]
    words = f"{_named(row)}第{YEARS[year : year + 1]}年许可排放量"
    field: Field[Decimal] = row.annual[year] if year < len(row.annual) else Field()
    return place(copy, f"{table}[{index}].annual[{year}]", words, field, Unit.TONNE)


def _part(copy: PermitCopy, part: int, whole: int, year: int) -> Problem | None:
    """Blank beside blank says nothing; one side blank cannot be compared."""
    hexavalent, total = _annual(copy, "limits", part, year), _annual(copy, "limits", whole, year)
    if year and not (hexavalent.field.certain and total.field.certain):
        return None
    if hexavalent.blank or total.blank or hexavalent.known <= total.known:
        return None
    evidence = (hexavalent.evidence, total.evidence)
    return Problem(f"{hexavalent.says}，大于{total.stands}的{total.shown}，六价铬不应超过总铬", evidence)


def _sum(copy: PermitCopy, index: int, year: int) -> Problem | None:
    printed = _annual(copy, "subtotals", index, year)
    if printed.blank:
        return None
    rows = [_annual(copy, "limits", row, year) for row in _rows_of(copy, index)]
    if year and not all(it.field.certain for it in (printed, *rows)):
        return None
    added = sum((row.known for row in rows if not row.blank), Decimal(0))
    slack = sum((_slack(row) for row in [printed, *rows]), Decimal(0))
    if agree(printed.known, added, slack):
        return None
    if any(not row.metal.certain for row in copy.limits):  # a row whose name is not sure may belong to this sum
        raise Doubt(why=f"{printed.says}，与各行之和不一致，但限值表有污染物名称读数不确定")
    evidence = (printed.evidence, *(row.evidence for row in rows))
    metal = copy.subtotals[index].metal.known
    return Problem(f"{printed.says}，所列各行{METALS[metal]}之和为{plain(added)} t/a，二者不一致", evidence)


def _rows_of(copy: PermitCopy, index: int) -> Iterator[int]:
    """The rows that a 合计 sums up; raises Doubt where it, or a row of its metal, is not sure what it speaks of."""
    total = copy.subtotals[index]
    metal, medium, scope = (_told(copy, "subtotals", index, key) for key in ("metal", "medium", "scope"))
    for number, row in enumerate(copy.limits):
        if row.metal.value is not metal or _hexavalent(row) is not _hexavalent(total):
            continue
        own = _told(copy, "limits", number, "medium") == medium
        if own and scope in ("all", _told(copy, "limits", number, "outlet_kind")):
            yield number


_TOLD = {"metal": "污染物", "medium": "废气或废水", "scope": "所合计的排放口类型", "outlet_kind": "排放口类型"}


def _told(copy: PermitCopy, table: str, index: int, key: str) -> object:
    """What a row says of itself; raises Doubt that names row and page where that is not sure."""
    row = getattr(copy, table)[index]
    return cell(copy, f"{table}[{index}]", row, key, f"{_named(row)}一行的{_TOLD[key]}").known


def _named(row: Limit | Subtotal) -> str:
    """A row as a sentence names it: its outlet, or 合计, and its pollutant."""
    where = "合计" if isinstance(row, Subtotal) else row.outlet_code.value or ""
    return f"{where}{row.pollutant.value or row.pollutant.raw}"


def _slack(it: Place[Decimal]) -> Decimal:
    """Half of the last printed digit in t/a."""
    return it.field.printed.half_step / Unit.TONNE.kilograms if it.field.printed else Decimal(0)
