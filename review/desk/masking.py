"""Bank accounts stay hidden on the desk until somebody asks to see them, which is written down."""

import re
from collections.abc import Iterable
from datetime import timedelta

from domain.people import User
from review.desk.office import Office
from storage.records import Event

WITH_ACCOUNTS = frozenset({"transfer_agreement", "contract", "payment_slip"})  # types of documents that name accounts
REVEALED = "accounts revealed"
LASTS = timedelta(minutes=30)
_SHOWN = 4  # digits at the end, by which people tell accounts apart
_LEAST = 8  # shorter runs of digits are no account


def is_account(path: str) -> bool:
    """Whether a field holds a bank account's number."""
    return path.rpartition(".")[2].endswith("account")


def is_revealed(office: Office, events: Iterable[Event], user: User) -> bool:
    """Whether this person asked to see the accounts of the case that these events belong to, a short while ago."""
    since = office.clock() - LASTS
    return any(event.what == REVEALED and event.actor == user.actor and event.at >= since for event in events)


def reveal(office: Office, case: str, user: User) -> None:
    """Writes down that somebody looks at a case's accounts; raises UnknownCase, StorageAway."""
    office.ledger.claimed(case)
    office.ledger.note(case, REVEALED, {"minutes": LASTS.seconds // 60}, user.actor)


def hide(number: str) -> str:
    """`6222 0212 3456 7890` → `•••• 7890`."""
    kept = re.sub(r"\W", "", number)
    return f"•••• {kept[-_SHOWN:]}" if len(kept) > _SHOWN else "••••"


class Mask:
    """Hides known account numbers wherever they occur; `numbers` are as papers print them."""

    def __init__(self, numbers: Iterable[str]) -> None:
        plain = {re.sub(r"\W", "", number) for number in numbers}
        spaced = [r"\W?".join(number) for number in sorted(plain, key=len, reverse=True) if len(number) >= _LEAST]
        self._pattern = re.compile("|".join(spaced)) if spaced else None

    def __call__(self, text: str | None) -> str:
        """The text with only the last digits of each account."""
        if not text or self._pattern is None:
            return text or ""
        return self._pattern.sub(lambda found: hide(found[0]), text)
