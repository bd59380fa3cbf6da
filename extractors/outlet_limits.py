"""The rows of a permit's limit tables and what they add up to (domain 2.4)."""

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from itertools import combinations

from domain.document import Row
from domain.field import Field, PerMetal, QuantityField, Status, TextField
from domain.page import Box
from domain.quantity import Amount, Metal, Printed, Unit


class Limit(Row):
    """One row of a limit table; `annual` are the five years' t/a (certain None for `/`, `—`, blank)."""

    medium: TextField
    outlet_code: TextField
    outlet_name: TextField
    outlet_kind: TextField
    pollutant: TextField
    metal: Field[Metal]
    concentration_limit: TextField
    rate_limit: TextField
    annual: tuple[Field[Amount], ...]
    commitment: TextField


class Subtotal(Row):
    """A printed 合计 row: what it sums up (`outlet_kind`, or `all`), in which medium, per year t/a."""

    medium: TextField
    scope: TextField
    pollutant: TextField
    metal: Field[Metal]
    annual: tuple[Field[Amount], ...]


_TELLING = 2  # other years of a row that tell how many decimals it prints
# On copies of copies both readers take 4 for 1 and 3 for 8 at 0.5 to 0.8, where the amount beside it is read right.
_CLEAR = 0.9
_PERFECT = 0.995


def doubt_cut(years: Sequence[Field[Amount]]) -> list[Field[Amount]]:
    """The years of a row, with doubt on one that has fewer decimals than most that are sure: a seal's rim or a border
    may have taken its last digits (0.0 beside 0.0052), alike in the eyes of both readers."""
    return [_doubted(year) if year.certain and _is_cut(year, years) else year for year in years]


def _is_cut(year: Field[Amount], years: Sequence[Field[Amount]]) -> bool:
    if year.printed is None:
        return False
    own = _decimals(year)
    others = [_decimals(other) for other in years if other is not year and other.certain and other.printed]
    return sum(one > own for one in others) >= max(_TELLING, len(others) // 2 + 1)


def doubt_inked(years: Sequence[Field[Amount]]) -> list[Field[Amount]]:
    """The years of a row, with doubt on one under ink that has one digit unlike all others of its row, which agree: the
    rim of a stamp makes another digit of one (8.12 beside 8.42), alike in the eyes of both readers."""
    return [_unlike(year) if year.certain and _is_odd_one(year, years) else year for year in years]


def _is_odd_one(year: Field[Amount], years: Sequence[Field[Amount]]) -> bool:
    others = {other.printed.number for other in years if other is not year and other.printed}
    sure = sum(other.certain and other.printed is not None for other in years if other is not year)
    if not year.under_seal or year.printed is None or len(others) != 1 or sure < _TELLING:
        return False
    return _is_one_off(year.printed.number, *others)


def _is_one_off(number: str, other: str) -> bool:
    return len(number) == len(other) and sum(a != b for a, b in zip(number, other, strict=True)) == 1


def _unlike(year: Field[Amount]) -> Field[Amount]:
    return year.model_copy(update={"status": Status.UNSURE, "why": "印章下的数字与同一行其他年度仅一位不同"})


def doubt_faint(years: Sequence[Field[Amount]]) -> list[Field[Amount]]:
    """The years of a row, with doubt on one that is not clear and one digit off what is read more clearly in another:
    it may be that one."""
    faint = {"status": Status.UNSURE, "why": "字迹不清，与同一行其他年度仅一位不同"}
    return [year.model_copy(update=faint) if year.certain and _is_faint(year, years) else year for year in years]


def _is_faint(year: Field[Amount], years: Sequence[Field[Amount]]) -> bool:
    if year.printed is None or year.confidence >= _CLEAR:
        return False
    clearer = [other.printed.number for other in years if other.printed and other.confidence > year.confidence]
    return any(_is_one_off(year.printed.number, number) for number in clearer)


def doubt_rising(years: Sequence[Field[Amount]]) -> list[Field[Amount]]:
    """The years of a row, with doubt on those that are not perfectly clear and by one digit less than a later year or
    more than an earlier one: what a permit allows falls from year to year or stays."""
    faint = {"status": Status.UNSURE, "why": "与同一行其他年度仅一位不同，且逐年上升"}
    rising = {n for a, b in combinations(range(len(years)), 2) if _rises(years[a], years[b]) for n in (a, b)}
    return [
        year.model_copy(update=faint) if year.certain and n in rising and year.confidence < _PERFECT else year
        for n, year in enumerate(years)
    ]


def _rises(year: Field[Amount], later: Field[Amount]) -> bool:
    if year.printed is None or later.printed is None or not _is_one_off(year.printed.number, later.printed.number):
        return False
    return Decimal(year.printed.number) < Decimal(later.printed.number)


def _decimals(year: Field[Amount]) -> int:
    return len(year.printed.number.partition(".")[2]) if year.printed else 0


def _doubted(year: Field[Amount]) -> Field[Amount]:
    return year.model_copy(update={"status": Status.UNSURE, "why": "小数位数少于同一行其他年度，可能缺少末位数字"})


def add_up(limits: Sequence[Limit]) -> PerMetal:
    """Σ first-year tonnes of 主要排放口 and 车间 rows, water + air, ×1000 (HJ 942; 六价铬 is no row of its own)."""
    metals = dict.fromkeys(row.metal.value for row in limits if row.metal.value)
    totals = {metal: _total([row for row in limits if may_count(row, metal)]) for metal in metals}
    return {metal: total for metal, total in totals.items() if total is not None}


def may_count(row: Limit, metal: Metal) -> bool:
    """Rows of the metal, and rows with an amount whose name is not surely that of something else."""
    if row.outlet_kind.value == "general":
        return False
    return row.metal.value == metal or (not row.metal.certain and row.metal.value is None and not _is_blank(row))


def _is_blank(row: Limit) -> bool:
    return row.annual[0].certain and row.annual[0].value is None


def _total(rows: Sequence[Limit]) -> QuantityField | None:
    figures = [row.annual[0] for row in rows if row.metal.value]
    if not any(field.value is not None or not field.certain for field in figures):
        return None
    kilograms = sum((field.value for field in figures if field.value is not None), Decimal(0)) * 1000
    step = sum((f.printed.half_step for f in figures if f.printed), Decimal(0))
    doubts = [row for row in rows if not (row.annual[0].certain and row.metal.certain and row.outlet_kind.certain)]
    first = next(field for field in figures if field.box or not field.certain)
    return QuantityField(
        value=kilograms,
        raw=" + ".join(field.raw for field in figures if field.value is not None),
        page=first.page,
        box=_around([f for f in figures if f.page == first.page]),
        confidence=min(field.confidence for field in figures),
        status=Status.UNSURE if doubts else Status.CERTAIN,
        under_seal=any(field.under_seal for field in figures),
        printed=Printed(number=str(kilograms), unit=Unit.KG, half_step=step),
        why=f"{len(doubts)} 行数值或名称存疑" if doubts else None,
    )


def _around(figures: Sequence[Field[Amount]]) -> Box | None:
    boxes = [field.box for field in figures if field.box]
    return reduce(Box.join, boxes) if boxes else None
