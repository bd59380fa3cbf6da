"""The years of one row as evidence for each other: a permit prints most amounts alike for all of them."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from domain.field import Field, Status
from domain.quantity import Amount, Unit
from extractors.other_readings import borne_out
from extractors.witness import rests_on_two

SAME_YEARS = 2  # so many other years of a row must say the same
_BY = "同一行其他年度"


def settle_years(annual: Sequence[Field[Amount]]) -> tuple[Field[Amount], ...]:
    """The same amount stands for sure in other years of the row: each was read on its own, and by both readers. Where
    the others all say one thing, it is this year's too if any reader of its place read so."""
    sure: Counter[Decimal | None] = Counter(field.value for field in annual if rests_on_two(field))
    return tuple(_settle(field, sure) for field in annual)


def _settle(field: Field[Amount], sure: Counter[Decimal | None]) -> Field[Amount]:
    others = sure - Counter([field.value]) if rests_on_two(field) else sure
    if field.status is not Status.UNSURE:
        return field
    if field.value is not None and others[field.value] >= SAME_YEARS:
        return field.model_copy(update={"status": Status.CERTAIN, "why": f"{_BY}识读一致"})
    stated = [value for value, count in others.items() if count >= SAME_YEARS]
    if len(stated) != 1:
        return field
    many = others[stated[0]] > SAME_YEARS and others.total() == others[stated[0]]
    return borne_out(field, stated[0], _BY, Unit.TONNE, beyond_chance=many) or field
