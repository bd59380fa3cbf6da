"""The review queue: what waits for a person, found, counted, taken and given back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from domain.errors import ExitCode, HeyanError
from domain.finding import Severity
from domain.page import Frozen
from domain.people import User
from storage.database import Database
from storage.records import Item


class Filter(Frozen):
    """What is asked of the queue; what is left out does not narrow it.

    `text` is a part of a company's name, a 统一社会信用代码, a permit's or a case's number; `company` is a code or a
    whole name; `state` an ItemState that waits (open, pending); `holder` somebody's name: what they hold now or is
    assigned to them, empty for what is nobody's.
    """

    text: str = ""
    case: str | None = None
    kind: str | None = None
    rule: str | None = None
    company: str | None = None
    county: str | None = None
    state: str | None = None
    holder: str | None = None
    severity: Severity | None = None
    doubt: bool | None = None


class QueuePage(Frozen):
    """One page of what was found.

    `counts` has per filter (`kind`, `rule`, `county`, `state`, `holder`, `severity`, `doubt`) and value how many items
    there are with that value and everything else that was asked; values are texts, `doubt` is `yes` or `no`.
    """

    items: tuple[Item, ...]
    total: int
    page: int
    size: int
    counts: Mapping[str, Mapping[str, int]]


class UnknownItem(HeyanError):
    """No item of this number, or it waits no longer."""

    exit_code = ExitCode.USAGE


class Taken(HeyanError):
    """Somebody else has it: until `until` by a lease, or for good by a supervisor's word (`until` is None)."""

    exit_code = ExitCode.REVIEW

    def __init__(self, holder: str, until: datetime | None) -> None:
        super().__init__("TAKEN", f"该事项正由 {holder} 处理" if until else f"该事项已分派给 {holder}")
        self.holder = holder
        self.until = until


class Changed(HeyanError):
    """The item is not what was on the screen any more."""

    exit_code = ExitCode.REVIEW


class Queue:
    """The queue in a database; every change is one transaction with its event. All methods raise StorageAway."""

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        raise NotImplementedError

    def search(self, asked: Filter, page: int = 1, size: int = 50) -> QueuePage:
        """Gravest and oldest cases first, within a case doubts before what the papers say; pages count from 1."""
        raise NotImplementedError

    def item(self, item_id: int) -> Item:
        """One item, waiting or not; raises UnknownItem."""
        raise NotImplementedError

    def take(self, item_id: int, user: User, edition: int) -> Item:
        """Gives an item to somebody for the time of the lease; raises Taken, Changed, UnknownItem."""
        raise NotImplementedError

    def extend(self, item_id: int, user: User) -> Item:
        """Begins one's lease anew, without an event; raises Taken, UnknownItem."""
        raise NotImplementedError

    def release(self, item_id: int, user: User) -> Item:
        """Gives back what one holds; nothing happens where one does not. Raises UnknownItem."""
        raise NotImplementedError

    def assign(self, item_id: int, to: User | None, by: User) -> Item:
        """Says whose an item is (None: anybody's); whoever holds it meanwhile loses it. Raises UnknownItem."""
        raise NotImplementedError
