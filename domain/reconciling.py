"""What the nightly run holds against each other: a company's records in plain values, and what does not agree."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.accounts import Entry
from domain.books import InventoryRow, Payment
from domain.books import Pause as Pause
from domain.dossier import Kind
from domain.finding import Severity
from domain.page import Frozen
from domain.postings import Basis, Sale
from domain.quantity import Amount, Metal

NOBODY = ""  # the code under which stands what no company can be told of


class Listed(Frozen):
    """A verified submission; `figures` in kg/a are offered or needed, `surplus` a seller's alone.

    `registers` are by kind the versions that were the newest when it was verified.
    """

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
    registers: dict[str, int] = {}


class PublicNotice(Frozen):
    """The notice of a deal's agreement, from the day it was uploaded."""

    opened_on: date
    failed: str | None = None
    pauses: tuple[Pause, ...] = ()


class Bargain(Frozen):
    """A deal with all that came of it, kg/a per metal.

    `cases` told of it, `numbers` are its contract's as they give it. `out` left the seller's account and `into` reached
    the buyer's by the contract; `announced` is None until then. `returned` tells that what was reserved went back.
    """

    deal: str
    sale: Sale
    cases: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    notice: PublicNotice | None = None
    returned: bool = False
    out: dict[Metal, Amount] = {}
    into: dict[Metal, Amount] = {}
    announced: dict[Metal, Amount] | None = None
    announced_on: date | None = None


class Source(StrEnum):
    """Where kilograms stand that no deal accounts for."""

    SOLD = "sold"
    BOUGHT = "bought"
    ANNOUNCED = "announced"


class Loose(Frozen):
    """Kilograms that were sold, bought or announced by a deal of which no paper tells."""

    source: Source
    deal: str
    quantities: dict[Metal, Amount]
    on: date
    case: str


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


class Damage(Frozen):
    """A stored original, by its hash, or an event of the log, by its number, that is not what it was."""

    name: str
    why: str
    cases: tuple[str, ...] = ()


class Account(Frozen):
    """All that the house holds of one company; `bargains` are those in which it sells, `payments` those made to it.

    `damaged` is what the house itself has damaged: nobody's.

    `inventory` and `permits` are of the newest registers, whose numbers `versions` has; None where none is loaded.
    """

    uscc: str
    name: str
    entries: tuple[Entry, ...] = ()
    listings: tuple[Listed, ...] = ()
    bargains: tuple[Bargain, ...] = ()
    payments: tuple[Payment, ...] = ()
    loose: tuple[Loose, ...] = ()
    damaged: tuple[Damage, ...] = ()
    inventory: tuple[InventoryRow, ...] | None = None
    permits: tuple[PermitRow, ...] | None = None
    versions: dict[str, int] = {}


class Difference(Frozen):
    """Something that does not agree; `rule`, `subject` and `key` name it the same in every run.

    `cases` are those that it concerns, the last one foremost; `left` and `right` the two figures, `message` one Chinese
    sentence.
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


Told = Iterator[Difference | Later]


class Sides(StrEnum):
    """What is held against what; the first names the left figure."""

    CONTRACT_LEDGER = "contract_ledger"
    SOLD_BOUGHT = "sold_bought"
    LEDGER_ANNOUNCED = "ledger_announced"
    CONTRACT_PAID = "contract_paid"


class Match(StrEnum):
    """How two sides stand to each other."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    NO_LEFT = "no_left"
    NO_RIGHT = "no_right"


class Pair(Frozen):
    """Two figures that should be one: kg/a of a metal, or 元 where `metal` is None. `month` is its first day.

    Figures are None on the side where there is none. `case` is the deal's, or where there is none what told of it.
    """

    sides: Sides
    case: str
    month: date
    metal: Metal | None
    left: Amount | None
    right: Amount | None
    match: Match
    seller: str = ""
    buyer: str = ""


class Tally(Frozen):
    """How many pairs of a month and metal stand alike, and what both sides add up to."""

    sides: Sides
    month: date
    metal: Metal | None
    match: Match
    count: int
    left: Amount = Decimal(0)
    right: Amount = Decimal(0)


class Sums(Frozen):
    """What one company adds to the report: its tallies, and the pairs that do not match."""

    name: str
    tallies: tuple[Tally, ...] = ()
    apart: tuple[Pair, ...] = ()
