"""What the nightly run holds against each other: a company's records in plain values, and what does not agree."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.accounts import Entry
from domain.books import InventoryRow, Payment
from domain.books import Pause as Pause
from domain.dossier import Kind
from domain.finding import Severity
from domain.page import Frozen
from domain.postings import Basis, Sale
from domain.quantity import Amount, Metal


class Listed(Frozen):
    """A verified submission; `figures` in kg/a are offered or needed, `surplus` a seller's alone."""

    case: str
    kind: Kind
    uscc: str
    name: str
    listed_on: date
    project: str | None = None
    figures: dict[Metal, Amount] = {}
    surplus: dict[Metal, Amount] = {}
    withdrawn_on: date | None = None
    basis: Basis = Basis()


class PublicNotice(Frozen):
    """The notice of a deal's agreement, from the day it was uploaded."""

    opened_on: date
    failed: str | None = None
    pauses: tuple[Pause, ...] = ()


class Bargain(Frozen):
    """A deal with all that came of it, kg/a per metal.

    `out` left the seller's account and `into` reached the buyer's by the contract; `announced` is None until then.
    `returned` tells that what was reserved went back.
    """

    deal: str
    sale: Sale
    cases: tuple[str, ...] = ()
    notice: PublicNotice | None = None
    returned: bool = False
    out: dict[Metal, Amount] = {}
    into: dict[Metal, Amount] = {}
    payments: tuple[Payment, ...] = ()
    filed_on: date | None = None
    announced: dict[Metal, Amount] | None = None
    announced_on: date | None = None


class PermitRow(Frozen):
    """A permit as the permit register has it; `limits` in kg/a where it tells them, `place` is its file and row.

    `standing` is 正常, 注销, 撤销, 吊销 or 遗失, with what stands behind it in brackets; `management` is 重点管理,
    简化管理 or 登记管理.
    """

    uscc: str
    name: str
    number: str
    valid_from: date | None = None
    valid_until: date | None = None
    standing: str | None = None
    limits: dict[Metal, Amount] = {}
    industry: str | None = None
    issued_on: date | None = None
    management: str | None = None
    place: str = ""


class Account(Frozen):
    """All that the house holds of one company; `bargains` are those in which it sells.

    `strays` are payments of which no deal is known. `inventory` and `permits` are of the newest register, None where
    none is loaded.
    """

    uscc: str
    name: str
    entries: tuple[Entry, ...] = ()
    listings: tuple[Listed, ...] = ()
    bargains: tuple[Bargain, ...] = ()
    strays: tuple[Payment, ...] = ()
    inventory: tuple[InventoryRow, ...] | None = None
    permits: tuple[PermitRow, ...] | None = None


class Difference(Frozen):
    """Something that does not agree; `rule`, `subject` and `key` name it the same in every run.

    `cases` are those that it concerns, `left` and `right` the two figures, `message` one Chinese sentence.
    """

    rule: str
    severity: Severity
    subject: str
    key: str
    message: str
    left: str = ""
    right: str = ""
    cases: tuple[str, ...] = ()


class Later(NamedTuple):
    """A day from which on time alone may change what a rule says."""

    day: date


class Flow(Frozen):
    """Sums of one metal and month (its first day) in kg/a, and of the money of contracts signed in it in 元."""

    month: date
    metal: Metal
    sold: Amount = Decimal(0)
    bought: Amount = Decimal(0)
    announced: Amount = Decimal(0)


Told = Iterator[Difference | Later]
