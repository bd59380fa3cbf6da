"""What the house knows beyond one package: the ledger, the register and earlier pages, as far as they concern it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.dossier import Kind
from domain.page import Frozen
from domain.quantity import Amount, Metal

NONE = Decimal(0)


class Submission(Frozen):
    """A verified supply or demand submission; `figures` in kg/a: what is offered, or what is needed, per metal.

    `published` tells that the province made it public, `withdrawn` that the company took it back since (guide 4(3)).
    """

    case: str
    kind: Kind
    uscc: str
    name: str
    verified_on: date
    project: str | None = None
    figures: dict[Metal, Amount] = {}
    published: bool = True
    withdrawn: bool = False


class Balance(Frozen):
    """A company's account of one metal in kg/a.

    Supply: `verified` surplus, of which `held` is not on offer, `free` is on offer and taken by nobody, `reserved` by
    agreements and `transferred` by contracts. Demand: `needed`, of which `open` has no source, `pledged` and `covered`
    have one; what is bought `beyond` it is pledged or covered too.
    """

    uscc: str
    metal: Metal
    verified: Amount = NONE
    held: Amount = NONE
    free: Amount = NONE
    reserved: Amount = NONE
    transferred: Amount = NONE
    needed: Amount = NONE
    beyond: Amount = NONE
    open: Amount = NONE
    pledged: Amount = NONE
    covered: Amount = NONE


class Pause(Frozen):
    """An objection to a notice: from the day it came, to the day it was settled."""

    first: date
    last: date | None = None


class Notice(Frozen):
    """A public notice of an agreement (guide 4(4)) from the day it was uploaded; `failed` says why it came to nothing.

    `number` is the agreement's, where it has one. The days of `pauses` do not count.
    """

    transferor: str
    transferee: str
    opened_on: date
    number: str | None = None
    failed: str | None = None
    pauses: tuple[Pause, ...] = ()


class Payment(Frozen):
    """A payment that an earlier case was settled with; `contract` is that contract's number, `amount` in 元.

    A refund is an amount below zero. `bank` is the bank's name as the slip prints it: serials are its own.
    `transferor` and `transferee` are the codes of the contract's parties: numbers are these companies' own.
    """

    case: str
    serial: str
    amount: Amount
    paid_on: date | None = None
    contract: str | None = None
    bank: str | None = None
    transferor: str | None = None
    transferee: str | None = None


class InventoryRow(Frozen):
    """A company's emission of a metal in kg/a by the newest 全口径清单; `place` is the register's file and row."""

    uscc: str
    name: str
    metal: Metal
    year: int
    quantity: Amount
    place: str


class StandingDeal(Frozen):
    """A deal that another case told of and whose kilograms are reserved or transferred; numbers where it has them."""

    case: str
    transferor: str
    transferee: str
    quantities: dict[Metal, Amount] = {}
    agreement: str | None = None
    contract: str | None = None


class CopiedPage(Frozen):
    """A page of this package that another company handed in before, as page `their_page` of `case`."""

    page: int
    case: str
    name: str
    their_page: int


class Books(Frozen):
    """What a package is checked against; its own case is never among it.

    `complete` tells whether the whole ledger was at hand. If not (`check` on the spot), what is not in here may be
    known elsewhere, and nothing may fail because of it. `inventory` is None where no register is loaded. `deals` are
    those that may be this package's own, filed before, though nothing says so for certain: `balances` count them.
    """

    complete: bool = False
    submissions: tuple[Submission, ...] = ()
    balances: tuple[Balance, ...] = ()
    notices: tuple[Notice, ...] = ()
    payments: tuple[Payment, ...] = ()
    inventory: tuple[InventoryRow, ...] | None = None
    copies: tuple[CopiedPage, ...] = ()
    deals: tuple[StandingDeal, ...] = ()

    def balance(self, uscc: str, metal: Metal) -> Balance:
        """The account of a company's metal; all zero where it has none."""
        found = (it for it in self.balances if (it.uscc, it.metal) == (uscc, metal))
        return next(found, Balance(uscc=uscc, metal=metal))

    def listed(self, kind: Kind, uscc: str) -> Iterator[Submission]:
        """A company's verified submissions of a kind that stand."""
        return (it for it in self.submissions if (it.kind, it.uscc) == (kind, uscc) and not it.withdrawn)
