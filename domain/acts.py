"""The entries that each act makes: listings, reservations, transfers, and everything that goes back."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.accounts import Account, Act, Cause, Entry, Place, fold, guard, totals
from domain.books import NONE
from domain.dossier import Kind
from domain.postings import Listing, Party, Sale, Sold
from domain.quantity import Metal


class Step(NamedTuple):
    """Where kilograms that a deal has in hand may go."""

    back: Account
    onward: Account


STEPS = {
    Account.RESERVED: Step(Account.OFFERED, Account.TRANSFERRED),
    Account.PLEDGED: Step(Account.OPEN, Account.COVERED),
}
_ENDS = {step.onward: account for account, step in STEPS.items()}


def list_figures(known: Sequence[Entry], act: Act, listing: Listing) -> tuple[Entry, ...]:
    """A verified submission; raises Overdrawn where more is offered than is verified and not taken.

    A second supply submission of one reduction project states the same surplus again: only what lies above the
    highest figure so far is added, and a lower one takes nothing back (that is for a person). Its offer is what shall
    be on offer from now on, the remainder of an earlier one included: only the difference is posted, up or down. So
    is the difference of a demand that is stated again for one project, down to what is still open. A paper that names
    no project may mean any: it counts to the company's first, and a first one without name takes in what follows.
    """
    post = _list_supply if listing.kind is Kind.SUPPLY else _list_demand
    metals = [metal for metal in Metal if metal in listing.figures or metal in listing.surplus]
    new = [entry for metal in metals for entry in post(known, act, listing, metal)]
    guard(known, new)
    return tuple(new)


def reserve(known: Sequence[Entry], act: Act, sale: Sale) -> tuple[Entry, ...]:
    """An agreement: the seller's offer is reserved, the buyer's open need pledged; raises Overdrawn.

    The seller's project that the papers name gives first, then those listed earlier. What the buyer takes beyond its
    open need comes from `beyond`: the guide forbids nobody to buy more.
    """
    selling = act.model_copy(update={"counterpart": sale.transferee.uscc})
    buying = act.model_copy(update={"counterpart": sale.transferor.uscc})
    new: list[Entry] = []
    for item in sale.items:
        new += _take([*known, *new], selling, sale.transferor, item)
        new += _pledge([*known, *new], buying, sale.transferee, item)
    guard(known, new)
    return tuple(new)


def transfer(known: Sequence[Entry], act: Act) -> tuple[Entry, ...]:
    """A contract: what the act's deal has reserved and pledged is transferred and covered."""
    new: list[Entry] = []
    for place, quantity, counterpart in _in_hand(known, act):
        ours = act.model_copy(update={"counterpart": counterpart})
        new += _move(ours, place, STEPS[place.account].onward, quantity, Cause.TRANSFERRED)
    guard(known, new)
    return tuple(new)


def revoke(known: Sequence[Entry], act: Act) -> tuple[Entry, ...]:
    """A contract that should never have counted: what its deal has transferred and covered is only reserved again."""
    new: list[Entry] = []
    for place, quantity, counterpart in _in_hand(known, act, _ENDS):
        ours = act.model_copy(update={"counterpart": counterpart})
        new += _move(ours, place, _ENDS[place.account], quantity, Cause.TRANSFER_REVOKED)
    guard(known, new)
    return tuple(new)


def give_back(known: Sequence[Entry], act: Act, cause: Cause) -> tuple[Entry, ...]:
    """A withdrawn deal or a failed notice: what the act's deal has reserved is on offer again, its need open again.

    What the buyer has beyond its need goes first, whichever deal brought it: no need stays open that kilograms of
    another deal could cover.
    """
    new: list[Entry] = []
    for place, quantity, counterpart in _in_hand(known, act):
        ours = act.model_copy(update={"counterpart": counterpart})
        beyond = min(quantity, _beyond([*known, *new], place)) if place.account is Account.PLEDGED else NONE
        new += _move(ours, place, Account.BEYOND, beyond, cause)
        new += _move(ours, place, STEPS[place.account].back, quantity - beyond, cause)
    guard(known, new)
    return tuple(new)


def unlist(known: Sequence[Entry], act: Act, listing: Listing) -> tuple[Entry, ...]:
    """A listing taken back while published (guide 4(3)): what is still on offer is held, what is still open is gone."""
    gone = listing.model_copy(update={"figures": dict.fromkeys(listing.figures, NONE), "surplus": {}})
    post = _list_supply if listing.kind is Kind.SUPPLY else _list_demand
    new = [entry for metal in listing.figures for entry in post(known, act, gone, metal, Cause.UNLISTED)]
    guard(known, new)
    return tuple(new)


def _list_supply(
    known: Sequence[Entry], act: Act, listing: Listing, metal: Metal, cause: Cause | None = None
) -> Iterator[Entry]:
    lot = lot_of(known, Account.SOURCE, listing, metal)
    held = Place(listing.uscc, metal, Account.HELD, lot)
    source, offer = held._replace(account=Account.SOURCE), held._replace(account=Account.OFFERED)
    stand = totals(known)
    more = listing.surplus.get(metal, NONE) + stand.get(source, NONE)
    yield from _move(act, source, Account.HELD, more, Cause.VERIFIED)
    cause = cause or (Cause.REOFFERED if offer in stand else Cause.OFFERED)
    change = listing.figures.get(metal, NONE) - stand.get(offer, NONE)
    yield from _move(act, held, Account.OFFERED, change, cause)
    yield from _move(act, offer, Account.HELD, -change, cause)


def _list_demand(
    known: Sequence[Entry], act: Act, listing: Listing, metal: Metal, cause: Cause | None = None
) -> Iterator[Entry]:
    project = lot_of(known, Account.NEED, listing, metal)
    need = Place(listing.uscc, metal, Account.NEED, project)
    still_open = totals(known).get(Place(listing.uscc, metal, Account.OPEN), NONE)
    change = listing.figures.get(metal, NONE) - _needed(known, need)
    cause = cause or Cause.NEEDED
    yield from _move(act, need, Account.OPEN, change, cause)
    yield from _move(act, need._replace(account=Account.OPEN), Account.NEED, min(-change, still_open), cause)


def lot_of(known: Iterable[Entry], account: Account, listing: Listing, metal: Metal) -> str:
    """The project that a listing counts to: its own, or the one that its missing name, or that of the first, may be."""
    ours = [it for it in known if (it.uscc, it.metal, it.credit) == (listing.uscc, metal, account)]
    lots, own = list(dict.fromkeys(entry.project for entry in ours)), name_lot(listing.project, listing.name)
    if own in lots:
        return own
    if not own and lots:
        return lots[0]
    return "" if "" in lots else own


def name_lot(project: str | None, company: str) -> str:
    """A project as entries name it: papers put the company's name before it, or leave it off."""
    return fold(project).removeprefix(fold(company))


def _needed(known: Iterable[Entry], need: Place) -> Decimal:
    """What still stands of the demand that a project's submissions stated."""
    ours = [
        entry for entry in known if (entry.uscc, entry.metal, entry.project) == (need.uscc, need.metal, need.project)
    ]
    more = sum((entry.quantity for entry in ours if entry.credit is Account.NEED), NONE)
    return more - sum((entry.quantity for entry in ours if entry.debit is Account.NEED), NONE)


def _take(known: Sequence[Entry], act: Act, seller: Party, item: Sold) -> Iterator[Entry]:
    own = name_lot(seller.project, seller.name)
    stand = totals(known)
    offers = [it for it in stand if it[:3] == (seller.uscc, item.metal, Account.OFFERED)]
    offers.sort(key=lambda place: place.project != own)  # stable: then those listed earlier
    rest = item.quantity
    for place in offers:
        share = min(rest, stand[place])
        rest -= share
        yield from _move(act, place, Account.RESERVED, share, Cause.RESERVED)
    # What nobody offers is asked for all the same: the guard names it.
    lacking = offers[0] if offers else Place(seller.uscc, item.metal, Account.OFFERED, own)
    yield from _move(act, lacking, Account.RESERVED, rest, Cause.RESERVED)


def _pledge(known: Sequence[Entry], act: Act, buyer: Party, item: Sold) -> Iterator[Entry]:
    place = Place(buyer.uscc, item.metal, Account.OPEN)
    share = min(item.quantity, totals(known).get(place, NONE))
    yield from _move(act, place, Account.PLEDGED, share, Cause.RESERVED)
    beyond = place._replace(account=Account.BEYOND)
    yield from _move(act, beyond, Account.PLEDGED, item.quantity - share, Cause.RESERVED)


def _beyond(known: Iterable[Entry], place: Place) -> Decimal:
    return -totals(known).get(place._replace(account=Account.BEYOND), NONE)


def _in_hand(
    known: Sequence[Entry], act: Act, accounts: Collection[Account] = STEPS
) -> Iterator[tuple[Place, Decimal, str | None]]:
    """What the act's deal has on these accounts by now (reserved and pledged), with the other party of each."""
    ours = [entry for entry in known if entry.deal == act.deal]
    parties = {entry.uscc: entry.counterpart for entry in ours}
    for place, quantity in totals(ours).items():
        if place.account in accounts and quantity > 0:
            yield place, quantity, parties[place.uscc]


def _move(act: Act, place: Place, debit: Account, quantity: Decimal, cause: Cause) -> Iterator[Entry]:
    """One entry, or none where there is nothing to move."""
    if quantity > 0:
        own = place._asdict() | {"credit": place.account, "debit": debit, "quantity": quantity, "cause": cause}
        del own["account"]
        yield Entry(**act.model_dump(), **own)
