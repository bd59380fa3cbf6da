"""Bank accounts stay hidden on the desk until somebody asks to see them, which is written down."""

from collections.abc import Collection
from datetime import timedelta

from domain.people import User
from review.desk.office import Office
from review.masking import REVEALED
from storage.traces import find_askers

LASTS = timedelta(minutes=30)


def revealed(office: Office, cases: Collection[str], user: User) -> frozenset[str]:
    """Those of these cases whose accounts this person asked to see a short while ago; raises StorageAway."""
    return find_askers(office.ledger.database, cases, REVEALED, user.actor, office.clock() - LASTS)


def is_revealed(office: Office, case: str, user: User) -> bool:
    """Whether this person asked to see the accounts of a case a short while ago; raises StorageAway."""
    return bool(revealed(office, [case], user))


def reveal(office: Office, case: str, user: User) -> None:
    """Writes down that somebody looks at a case's accounts; raises UnknownCase, StorageAway."""
    office.ledger.claimed(case)
    office.ledger.note(case, REVEALED, {"minutes": LASTS.seconds // 60}, user.actor)
