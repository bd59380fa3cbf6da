"""The 供需信息 of a moment out of listings and the ledger's entries: what each still has to give, or still needs."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from domain.accounts import Account, Entry, Place, totals
from domain.acts import lot_of
from domain.books import NONE, Submission
from domain.dossier import Kind
from domain.outgoing import Offer
from domain.postings import Listing
from domain.quantity import Metal
from domain.statistics import Home

Lot = tuple[Metal, str]  # of one company: surplus belongs to a project


def publish(
    listed: Sequence[Submission],
    entries: Iterable[Entry],
    homes: Mapping[str, Home],
    published: Mapping[str, date],
) -> tuple[Offer, ...]:
    """What of these listings, oldest first, can still be had; `published` has the day of each case that was published.

    See `share` for how what is left counts to several listings of one company.
    """
    own: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        own[entry.uscc].append(entry)
    standing = [it for it in listed if not it.withdrawn]
    found: list[Offer] = []
    for uscc, theirs in _group(standing).items():
        known = own[uscc]
        found += _offer(theirs, known, homes.get(uscc, Home()), published)
    return tuple(sorted(found, key=lambda it: (it.published_on, it.case, list(Metal).index(it.metal))))


def _group(listed: Iterable[Submission]) -> dict[str, list[Submission]]:
    grouped: dict[str, list[Submission]] = {}
    for one in listed:
        grouped.setdefault(one.uscc, []).append(one)
    return grouped


def share(
    listed: Sequence[Submission], known: Iterable[Entry], published: Container[str]
) -> dict[str, dict[Metal, Decimal]]:
    """What each listing of one company still has to give or still needs, in kg/a by case and metal.

    `listed` are those that were not withdrawn, oldest first, public or not: a buyer's open need is one for all of them,
    and what is covered counts to the oldest first. Of a seller's project the newest public listing speaks, so older
    ones have nothing; none has more than it states.
    """
    entries = list(known)
    left, told = _Left(entries), set[Lot]()
    found: dict[str, dict[Metal, Decimal]] = {}
    for one in reversed(listed):
        found[one.case] = dict.fromkeys(one.figures, NONE)
        for metal, quantity in one.figures.items():
            lot = (metal, _lot(entries, one, metal))
            if one.kind is Kind.SUPPLY and (lot in told or one.case not in published):
                continue
            told.add(lot)
            found[one.case][metal] = left.take(one, lot, quantity)
    return found


def _offer(
    listed: Sequence[Submission], known: Sequence[Entry], home: Home, published: Mapping[str, date]
) -> Iterator[Offer]:
    left = share(listed, known, published)
    for one in (it for it in listed if it.case in published):
        for metal, quantity in one.figures.items():
            if (rest := left[one.case][metal]) > 0:
                yield _present(one, metal, quantity, rest, home, published[one.case])


class _Left:
    """What a company's accounts still have, handed out listing by listing."""

    def __init__(self, known: Sequence[Entry]) -> None:
        self._stand = totals(known)

    def take(self, one: Submission, lot: Lot, most: Decimal) -> Decimal:
        """What is left for this listing in kg/a, at most what it states."""
        metal, project = lot
        if one.kind is Kind.SUPPLY:
            return min(most, self._stand.get(Place(one.uscc, metal, Account.OFFERED, project), NONE))
        place = Place(one.uscc, metal, Account.OPEN)
        rest = min(most, self._stand.get(place, NONE))
        self._stand[place] = self._stand.get(place, NONE) - rest
        return rest


def _lot(known: Sequence[Entry], one: Submission, metal: Metal) -> str:
    account = Account.SOURCE if one.kind is Kind.SUPPLY else Account.NEED
    listing = Listing(
        kind=one.kind, uscc=one.uscc, name=one.name, on=one.verified_on, project=one.project, figures=one.figures
    )
    return lot_of(known, account, listing, metal)


def _present(one: Submission, metal: Metal, quantity: Decimal, rest: Decimal, home: Home, on: date) -> Offer:
    return Offer(
        case=one.case,
        kind=one.kind,
        company=one.name,
        uscc=one.uscc,
        project=one.project or "",
        county=home.county,
        industry=home.industry,
        metal=metal,
        quantity=quantity,
        rest=rest,
        published_on=on,
    )
