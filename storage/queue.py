"""The review queue: what waits for a person, found, counted, taken and given back."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.people import User
from reference.calendar import CHINA
from reference.policy import policy
from storage import events, filters
from storage.database import Database
from storage.filters import NO_FILTER
from storage.filters import Filter as Filter
from storage.holding import hold_of, may_work, tell_item
from storage.items import WAITING, Slice, find_item, list_items
from storage.records import Item
from storage.schema import packages, review_items

LARGEST = 200  # items on a page


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
    """No item of this number."""

    exit_code = ExitCode.USAGE


class Taken(HeyanError):
    """Somebody else has it: until `until` by a lease, or for good by a supervisor's word (`until` is None)."""

    exit_code = ExitCode.REVIEW

    def __init__(self, holder: str, until: datetime | None) -> None:
        time = until and f"{until.astimezone(CHINA):%H:%M}"
        super().__init__("TAKEN", f"该事项正由 {holder} 处理，至 {time} 止" if until else f"该事项已分派给 {holder}")
        self.holder = holder
        self.until = until

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.holder, self.until)


class NotForThem(HeyanError):
    """The person to whom an item shall be assigned is disabled, or their role works on none."""

    exit_code = ExitCode.USAGE


class Changed(HeyanError):
    """The item is not what was on the screen any more."""

    exit_code = ExitCode.REVIEW


class Queue:
    """The queue in a database; every change is one transaction with its event. All methods raise StorageAway.

    May be shared by threads. `lease` is how long one keeps what one took (default: policy), `clock` the time in UTC.
    """

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._lease = lease or timedelta(minutes=policy().lease_minutes.value)
        self._clock = clock

    def search(self, asked: Filter = NO_FILTER, page: int = 1, size: int = 50) -> QueuePage:
        """Gravest and oldest cases first, within a case doubts before what the papers say; pages count from 1."""
        page, size, now = max(page, 1), min(max(size, 1), LARGEST), self._clock()
        where = filters.narrow(asked, now)
        with self._database.read() as connection:
            return QueuePage(
                items=list_items(connection, tuple(where.values()), Slice(offset=(page - 1) * size, limit=size)),
                total=filters.count_all(connection, where),
                page=page,
                size=size,
                counts=filters.count_each(connection, where, now),
            )

    def item(self, item_id: int) -> Item:
        """One item, waiting or not; raises UnknownItem."""
        with self._database.read() as connection:
            return _get_item(connection, item_id)

    def take(self, item_id: int, user: User, edition: int) -> Item:
        """Gives an item to somebody for the time of the lease; `edition` is what was on their screen.

        Leases leave the edition as it is. Raises Taken, Changed, UnknownItem.
        """
        with self._write() as connection:
            row = _get_row(connection, item_id)
            self._refuse_others(connection, row, user)
            if row.edition != edition or row.state not in WAITING:
                raise Changed("CHANGED", "该事项已有变化，请重新打开后再处理")
            if self._holder(row) is None:
                _tell(connection, row, user, "taken", {"until": self._until().isoformat()})
            return self._lend(connection, row, user)

    def extend(self, item_id: int, user: User) -> Item:
        """Begins one's lease anew, without an event; raises Taken, Changed, UnknownItem."""
        with self._write() as connection:
            row = _get_row(connection, item_id)
            self._refuse_others(connection, row, user)
            if row.holder != user.name or row.state not in WAITING:
                raise Changed("NOT_HELD", "该事项已不在您手中，请重新领取")
            return self._lend(connection, row, user)

    def release(self, item_id: int, user: User) -> Item:
        """Gives back what one holds; nothing happens where one does not. Raises UnknownItem."""
        with self._write() as connection:
            row = _get_row(connection, item_id)
            if row.holder == user.name:
                _tell(connection, row, user, "released", {})
                _set(connection, row, {"holder": None, "lease_until": None})
            return _get_item(connection, item_id)

    def assign(self, item_id: int, to: User | None, by: User) -> Item:
        """Says whose an item is (None: anybody's); whoever else holds it loses it. Raises UnknownItem, NotForThem."""
        with self._write() as connection:
            row = _get_row(connection, item_id)
            name = to.name if to is not None else None
            if name is not None and not may_work(connection, name):
                raise NotForThem("NOT_FOR_THEM", f"{name} 已停用，或其角色不处理待办事项，不能分派给该用户")
            lost = {} if row.holder == name else {"holder": None, "lease_until": None}
            _set(connection, row, {"assignee": name} | lost)
            _tell(connection, row, by, "assigned", {"to": name})
            return _get_item(connection, item_id)

    def _refuse_others(self, connection: Connection, row: Row[Any], user: User) -> None:
        hold = hold_of(connection, row, self._clock())
        if hold is not None and hold.holder != user.name:
            raise Taken(hold.holder, hold.until)

    def _holder(self, row: Row[Any]) -> str | None:
        alive = row.lease_until is not None and row.lease_until > self._clock()
        return row.holder if alive else None

    def _lend(self, connection: Connection, row: Row[Any], user: User) -> Item:
        _set(connection, row, {"holder": user.name, "lease_until": self._until()})
        return _get_item(connection, row.id)

    def _until(self) -> datetime:
        return self._clock() + self._lease

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            events.lock_chain(connection)
            yield connection


def _get_row(connection: Connection, item_id: int) -> Row[Any]:
    wanted = select(review_items, packages.c.case_number).join(packages).where(review_items.c.id == item_id)
    row = connection.execute(wanted).first()
    if row is None:
        raise _unknown(item_id)
    return row


def _get_item(connection: Connection, item_id: int) -> Item:
    found = find_item(connection, item_id)
    if found is None:
        raise _unknown(item_id)
    return found


def _set(connection: Connection, row: Row[Any], changes: dict[str, Any]) -> None:
    connection.execute(update(review_items).where(review_items.c.id == row.id).values(changes))


def _tell(connection: Connection, row: Row[Any], user: User, what: str, more: dict[str, Any]) -> None:
    tell_item(connection, row, user.actor, what, more)


def _unknown(item_id: int) -> UnknownItem:
    return UnknownItem("UNKNOWN_ITEM", f"没有编号为 {item_id} 的待办事项")
