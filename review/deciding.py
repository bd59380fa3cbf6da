"""Takes a decision: rights, the edition that was on the screen, one transaction, the rules again, what changed."""

from domain.decision import Decision, Wish
from domain.errors import ExitCode, HeyanError
from domain.finding import Finding
from domain.page import Frozen
from domain.people import User
from storage.bucket import Bucket
from storage.ledger import Ledger
from storage.records import Case


class Unreadable(HeyanError):
    """What was typed cannot be the value of this field; the message says what is expected."""

    exit_code = ExitCode.USAGE


class NotNow(HeyanError):
    """The case or the item is not where this could be decided; the message says what stands in the way."""

    exit_code = ExitCode.USAGE


class Decided(Frozen):
    """What came of a decision: the findings that hold the case back and are gone, new, or still there."""

    decision: Decision
    case: Case
    gone: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    same: tuple[Finding, ...] = ()


def decide(ledger: Ledger, wish: Wish, by: User, bucket: Bucket | None = None) -> Decided:
    """Records a decision with everything that follows from it, or nothing at all.

    The verdict is published to `bucket`, where one is given. Raises Forbidden, storage.decisions.Conflict, Unreadable,
    NotNow, UnknownCase, UnknownItem, StorageAway.
    """
    raise NotImplementedError
