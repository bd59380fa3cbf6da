"""Statistics of the trade, counted from the entries of the ledger alone, so that they add up to it.

Everything is kept per metal: kilograms of different metals are never added. A group's seller figures are those of the
sellers in it, its buyer figures those of the buyers.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.accounts import Account
from domain.books import NONE
from domain.page import Frozen
from domain.quantity import Amount, Metal


class Dimension(StrEnum):
    """What figures are grouped by; within each by metal."""

    METAL = "metal"
    COUNTY = "county"
    INDUSTRY = "industry"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


PERIODS = frozenset({Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR})


class Home(NamedTuple):
    """Where a company is and what it does; empty where its papers do not tell."""

    county: str = ""
    industry: str = ""


class Move(NamedTuple):
    """What statistics need of an entry (`domain.accounts.Entry`)."""

    uscc: str
    metal: Metal
    credit: Account
    debit: Account
    quantity: Decimal
    on: date
    at: datetime
    deal: str | None


class Contracted(NamedTuple):
    """What a deal's metals cost in 元 by the contract that a case told of at a moment."""

    at: datetime
    money: Mapping[Metal, Decimal]


class Tally(Frozen):
    """Kilograms a year, and 元.

    What happened within the period: `verified` surplus, `offered` and taken back (`withdrawn`), `sold` for `money`;
    `needed` and `bought`. What stands at its end: `free` to be bought and `reserved` by agreements; `open` need.
    At the end of a period free + reserved = what was at its beginning + offered − withdrawn − sold.
    """

    verified: Amount = NONE
    offered: Amount = NONE
    withdrawn: Amount = NONE
    sold: Amount = NONE
    money: Amount = NONE
    free: Amount = NONE
    reserved: Amount = NONE
    needed: Amount = NONE
    bought: Amount = NONE
    open: Amount = NONE


STANDING = ("free", "reserved", "open")
MEASURES = tuple(Tally.model_fields)


class Row(Frozen):
    """The figures of one group and metal; `group` is the metal itself, a county, an industry, `2026-11`, `2026Q4`."""

    dimension: Dimension
    group: str
    metal: Metal
    tally: Tally


class Statistics(Frozen):
    """All figures asked for; those per metal are always among them. `since` None: from the beginning."""

    since: date | None
    until: date
    by: tuple[Dimension, ...]
    rows: tuple[Row, ...]

    def of(self, dimension: Dimension) -> tuple[Row, ...]:
        """The rows of one dimension."""
        return tuple(row for row in self.rows if row.dimension is dimension)
