"""Accounts of surplus and demand in double entries per company and metal; nothing is ever changed in place.

A seller's kilograms go source → held → offered → reserved → transferred, a buyer's need → open → pledged → covered.
Surplus belongs to the reduction project that saved it: all of a seller's entries name one, and no project lends to
another. What is bought serves the company: only the entries that state a need name a project.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import AwareDatetime
from pydantic import Field as Meta

from domain.books import NONE, Balance
from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.quantity import Amount, Metal, plain


class Account(StrEnum):
    """Where kilograms stand; those of `OUTSIDE` are never above zero, all others never below it."""

    SOURCE = "source"  # below zero by all surplus ever verified
    HELD = "held"  # verified and not on offer
    OFFERED = "offered"
    RESERVED = "reserved"
    TRANSFERRED = "transferred"
    NEED = "need"  # below zero by the demand that stands
    BEYOND = "beyond"  # below zero by what is bought beyond the demand
    OPEN = "open"
    PLEDGED = "pledged"
    COVERED = "covered"


OUTSIDE = frozenset({Account.SOURCE, Account.NEED, Account.BEYOND})
BUYING = frozenset({Account.NEED, Account.BEYOND, Account.OPEN, Account.PLEDGED, Account.COVERED})


class Cause(StrEnum):
    """Why an entry was made."""

    VERIFIED = "verified"
    OFFERED = "offered"
    REOFFERED = "reoffered"
    NEEDED = "needed"
    RESERVED = "reserved"
    TRANSFERRED = "transferred"
    DEAL_WITHDRAWN = "deal_withdrawn"
    NOTICE_FAILED = "notice_failed"
    UNLISTED = "unlisted"
    TRANSFER_REVOKED = "transfer_revoked"


class Act(Frozen):
    """What the entries of one act share: the case it belongs to, the moment, the day on which it counts.

    `deal` is the case under which a deal was first entered; `counterpart` the other party's code.
    """

    case: str
    at: AwareDatetime
    on: date
    deal: str | None = None
    counterpart: str | None = None


class Entry(Act):
    """`quantity` kg/a of a company's metal left `credit` and went to `debit`; `project` is folded (see `fold`)."""

    uscc: str
    metal: Metal
    credit: Account
    debit: Account
    quantity: Annotated[Amount, Meta(gt=0)]
    cause: Cause
    project: str = ""


class Place(NamedTuple):
    """One account of a company's metal: a seller's for one project, a buyer's for all together."""

    uscc: str
    metal: Metal
    account: Account
    project: str = ""


class Overdrawn(HeyanError):
    """More kilograms are asked for than an account has: somebody else was faster, or the figures are wrong."""

    exit_code = ExitCode.REVIEW

    def __init__(self, uscc: str, metal: Metal, asked: Decimal, free: Decimal) -> None:
        told = f"{uscc} 的 {metal} 尚可动用 {plain(free)} 千克/年，不足所需的 {plain(asked)} 千克/年"
        super().__init__("OVERDRAWN", told)
        self.uscc, self.metal, self.asked, self.free = uscc, metal, asked, free

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.uscc, self.metal, self.asked, self.free)


def fold(project: str | None) -> str:
    """A project's name without the widths and blanks that differ from paper to paper."""
    return "".join(unicodedata.normalize("NFKC", project or "").split())


def totals(entries: Iterable[Entry]) -> dict[Place, Decimal]:
    """What stands on every account in kg/a; over all accounts of a company's metal this adds up to zero."""
    found: defaultdict[Place, Decimal] = defaultdict(Decimal)
    for entry in entries:
        found[_place(entry, entry.credit)] -= entry.quantity
        found[_place(entry, entry.debit)] += entry.quantity
    return dict(found)


def balance(entries: Iterable[Entry], uscc: str, metal: Metal) -> Balance:
    """A company's account of one metal, over all its projects."""
    stand: defaultdict[Account, Decimal] = defaultdict(Decimal)
    for place, quantity in totals(entries).items():
        if (place.uscc, place.metal) == (uscc, metal):
            stand[place.account] += quantity
    return Balance(
        uscc=uscc,
        metal=metal,
        verified=NONE - stand[Account.SOURCE],
        held=stand[Account.HELD],
        free=stand[Account.OFFERED],
        reserved=stand[Account.RESERVED],
        transferred=stand[Account.TRANSFERRED],
        needed=NONE - stand[Account.NEED],
        beyond=NONE - stand[Account.BEYOND],
        open=stand[Account.OPEN],
        pledged=stand[Account.PLEDGED],
        covered=stand[Account.COVERED],
    )


def balances(entries: Iterable[Entry]) -> tuple[Balance, ...]:
    """The balances of all companies and metals that the entries name, by code and metal."""
    grouped: defaultdict[tuple[str, Metal], list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.uscc, entry.metal].append(entry)
    order = list(Metal)  # the guide's
    return tuple(balance(grouped[key], *key) for key in sorted(grouped, key=lambda key: (key[0], order.index(key[1]))))


def guard(known: Iterable[Entry], new: Sequence[Entry]) -> None:
    """Raises Overdrawn where the new entries bring an account below zero, or an outside one above it."""
    before = totals(known)
    for place, change in totals(new).items():
        after = before.get(place, NONE) + change
        if after > 0 if place.account in OUTSIDE else after < 0:
            raise Overdrawn(place.uscc, place.metal, _asked(new, place), abs(_stand(before, place)))


def _place(entry: Entry, account: Account) -> Place:
    project = "" if account in BUYING else entry.project
    return Place(entry.uscc, entry.metal, account, project)


def _asked(new: Iterable[Entry], place: Place) -> Decimal:
    wanted = (place.uscc, place.metal, place.account)
    return sum((it.quantity for it in new if (it.uscc, it.metal, it.credit) == wanted), NONE)


def _stand(before: dict[Place, Decimal], place: Place) -> Decimal:
    """What an account has over all projects: what the error names as free."""
    return sum((quantity for other, quantity in before.items() if other[:3] == place[:3]), NONE)
