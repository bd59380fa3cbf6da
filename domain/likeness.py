"""Whether two tellings are of one thing: two filings of one deal, two names of one bank."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from pydantic import BaseModel

from domain.accounts import fold
from domain.acts import name_lot
from domain.postings import Party, Sale, Sold

Pair = tuple[Any, Any]


class Likeness(Enum):
    """How sure it is that two filings are of one deal; `OPEN`: nothing says so, and nothing says otherwise."""

    SAME = auto()
    OPEN = auto()
    DOUBTFUL = auto()
    OTHER = auto()


def liken(told: Sale, sale: Sale) -> Likeness:
    """Whether a sale of the same two parties is one that was told before.

    A number or a payment that both tell alike makes them the same. Other kilograms or numbers make them two, and so
    does another day or price, unless a number is shared. Project names vary from paper to paper: they only doubt.
    """
    if _kilograms(told) != _kilograms(sale) or any(map(_differ, _numbers(told, sale))):
        return Likeness.OTHER
    shared = any(None not in pair for pair in _numbers(told, sale)) or bool(_slips(told) & _slips(sale))
    if any(map(_differ, _terms(told, sale))) or _paid_twice(told, sale):
        return Likeness.DOUBTFUL if shared else Likeness.OTHER
    if not all(map(_may_be_one_project, *_sides(told, sale))):
        return Likeness.DOUBTFUL
    return Likeness.SAME if shared else Likeness.OPEN


def may_be_one_bank(left: str | None, right: str | None) -> bool:
    """Whether two names may be one bank's: one left out, or one within the other, with or without branch."""
    one, other = fold(left).upper(), fold(right).upper()
    return one in other or other in one


def agree(one: Any, other: Any) -> bool:
    """Whether two postings say the same, however they spell it; what one of them does not tell agrees with anything."""
    if one is None or other is None:
        return True
    if isinstance(one, str):
        return _letters(one) == _letters(other)
    if isinstance(one, BaseModel):
        return all(agree(value, getattr(other, name)) for name, value in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(agree, one, other))
    return bool(one == other)


def join(one: Any, other: Any) -> Any:
    """The first of two that agree, with what only the other tells."""
    if isinstance(one, BaseModel):
        return one.model_copy(update={name: join(value, getattr(other, name)) for name, value in one})
    if isinstance(one, tuple):
        return tuple(map(join, one, other))
    return other if one is None else one


def _letters(text: str) -> str:
    """Widths, blanks, dots, hyphens and quotation marks differ from copy to copy of one paper."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()


def _kilograms(sale: Sale) -> list[tuple[str, Decimal]]:
    return [(item.metal.value, item.quantity) for item in _in_order(sale)]


def _numbers(told: Sale, sale: Sale) -> Iterator[Pair]:
    for one, other in ((told.agreement, sale.agreement), (told.contract, sale.contract)):
        yield _letters(one or "") or None, _letters(other or "") or None


def _terms(told: Sale, sale: Sale) -> Iterator[Pair]:
    yield told.agreed_on, sale.agreed_on
    yield told.signed_on, sale.signed_on
    yield told.total, sale.total
    for one, other in zip(_in_order(told), _in_order(sale), strict=True):
        yield one.unit_price, other.unit_price
        yield one.years, other.years


def _in_order(sale: Sale) -> list[Sold]:
    return sorted(sale.items, key=lambda item: (item.metal.value, item.quantity))


def _differ(pair: Pair) -> bool:
    """What one of them does not tell agrees with everything."""
    return None not in pair and pair[0] != pair[1]


def _slips(sale: Sale) -> set[tuple[str, Decimal]]:
    return {(it.serial, it.amount) for it in sale.payments}


def _paid_twice(told: Sale, sale: Sale) -> bool:
    """Both were paid in full, by payments of which none is the other's."""
    full = all(it.total and sum((p.amount for p in it.payments), Decimal(0)) >= it.total for it in (told, sale))
    return full and not {it.serial for it in told.payments} & {it.serial for it in sale.payments}


def _sides(told: Sale, sale: Sale) -> tuple[tuple[Party, Party], tuple[Party, Party]]:
    return (told.transferor, told.transferee), (sale.transferor, sale.transferee)


def _may_be_one_project(left: Party, right: Party) -> bool:
    one, other = name_lot(left.project, left.name), name_lot(right.project, right.name)
    return one in other or other in one
