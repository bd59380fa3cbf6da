"""What a verified package asks the ledger to post, in plain values: a listing of supply or demand, or a sale."""

from datetime import date

from domain.books import Payment
from domain.dossier import Kind
from domain.page import Frozen
from domain.quantity import Amount, Metal


class Basis(Frozen):
    """What a listing rests on, as its papers said it when it was verified.

    `changed_on` is the issue of the changed permit: with its number it names the permit change. `emission` is the
    seller's 基础 − 削减, which registers are held against, `limit` the permit's total after the change, both in kg/a.
    """

    permit: str | None = None
    changed_on: date | None = None
    permit_until: date | None = None
    licence_until: date | None = None
    emission: dict[Metal, Amount] = {}
    limit: dict[Metal, Amount] = {}


class Listing(Frozen):
    """A supply or demand submission, in kg/a per metal: `figures` are offered or needed, `surplus` a seller's alone."""

    kind: Kind
    uscc: str
    name: str
    on: date
    project: str | None = None
    figures: dict[Metal, Amount]
    surplus: dict[Metal, Amount] = {}
    basis: Basis = Basis()


class Party(Frozen):
    """One side of a sale; `project` is what its papers call the reduction, or the project that needs the metal."""

    uscc: str
    name: str
    project: str | None = None


class Sold(Frozen):
    """One metal of a sale: `quantity` in kg/a, `unit_price` in 元/千克, `years` where a term is printed."""

    metal: Metal
    quantity: Amount
    unit_price: Amount | None = None
    years: Amount | None = None


class Sale(Frozen):
    """An agreement, and once it is signed the contract with its payments; `total` in 元.

    `agreement` and `contract` are the numbers of these papers, where they have one. `noticed_on` is the first day of
    the public notice as the contract tells it.
    """

    transferor: Party
    transferee: Party
    items: tuple[Sold, ...]
    agreed_on: date
    agreement: str | None = None
    contract: str | None = None
    noticed_on: date | None = None
    signed_on: date | None = None
    total: Amount | None = None
    payments: tuple[Payment, ...] = ()


Posting = Listing | Sale
