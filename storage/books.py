"""What the ledger knows beyond one case, and the posting of what a case settles."""

from datetime import date

from sqlalchemy import Connection

from domain.accounts import Entry, balances
from domain.books import Balance, Books, StandingDeal
from domain.copies import Seen
from domain.page import Frozen
from domain.postings import Listing, Posting, Sale
from storage.accounts import read_entries
from storage.deals import find_between, find_deal, find_unclear, read_sales, settle
from storage.listings import latest, read_submissions, take_out, verify
from storage.objecting import read_notices
from storage.payments import read_payments
from storage.prints import find_copies
from storage.registers import inventory_of
from storage.taking_back import take_back_deals


class Mentioned(Frozen):
    """What a package speaks of: companies' codes, payments' serials, contracts' numbers.

    `sale` is what its papers sell, where they tell it for sure; `pages` is what its pages are compared by with all
    earlier ones.
    """

    codes: frozenset[str] = frozenset()
    serials: frozenset[str] = frozenset()
    contracts: frozenset[str] = frozenset()
    sale: Sale | None = None
    pages: Seen | None = None


def read_books(connection: Connection, case: str | None, mentioned: Mentioned) -> Books:
    """The books about these companies without what the case itself put there, be it under another case's number.

    An agreement that was reserved during its public notice is the contract's own: it counts as still free.
    """
    deal = find_deal(connection, mentioned.sale) if mentioned.sale else None
    known = read_entries(connection, mentioned.codes)
    paid = read_payments(connection, mentioned.serials, mentioned.contracts)
    return Books(
        complete=True,
        submissions=tuple(latest([it for it in read_submissions(connection, mentioned.codes) if it.case != case])),
        balances=balances(entry for entry in known if not _is_own(entry, case, deal)),
        notices=read_notices(connection, mentioned.codes),
        payments=tuple(it for it in paid if it.case != case),
        inventory=inventory_of(connection, mentioned.codes),
        copies=find_copies(connection, case, mentioned.pages) if mentioned.pages else (),
        deals=_read_deals(connection, case, mentioned),
    )


def _read_deals(connection: Connection, case: str | None, mentioned: Mentioned) -> tuple[StandingDeal, ...]:
    """The deals that the package's own may be; any between its companies where its sale is in doubt."""
    if mentioned.sale is not None:
        return find_unclear(connection, case, mentioned.sale)
    return find_between(connection, case, mentioned.codes)


def read_balances(connection: Connection) -> tuple[Balance, ...]:
    """Every company's account of every metal."""
    return balances(read_entries(connection))


def read_names(connection: Connection) -> dict[str, str]:
    """The companies of submissions and deals by their codes, as the newest papers write their names."""
    deals = dict(party for sale in read_sales(connection) for party in _parties(sale))
    return deals | {it.uscc: it.name for it in read_submissions(connection)}


def post(connection: Connection, case: str, posting: Posting, actor: str) -> None:
    """Posts what a case settles, once; raises Overdrawn, SerialUsed, DealUnclear, IllegalStep."""
    if isinstance(posting, Listing):
        verify(connection, case, posting, actor)
    else:
        settle(connection, case, posting, actor)


def take_back(connection: Connection, case: str, reason: str, on: date, actor: str, *, refused: bool) -> None:
    """Takes out of the books what a case put there that was passed wrongly, by entries the other way round."""
    take_out(connection, case, reason, on, actor)
    take_back_deals(connection, case, reason, on, actor, refused=refused)


def _is_own(entry: Entry, case: str | None, deal: str | None) -> bool:
    return (case is not None and case in (entry.case, entry.deal)) or (deal is not None and entry.deal == deal)


def _parties(sale: Sale) -> list[tuple[str, str]]:
    return [(party.uscc, party.name) for party in (sale.transferor, sale.transferee)]
