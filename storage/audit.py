"""The log as auditors see it: whether it is whole, where it ends, and what of it proves one case."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, func, select

from domain.page import Frozen
from storage import events
from storage.comparing import Difference, compare
from storage.database import Database
from storage.events import START, Break
from storage.schema import chain
from storage.schema import events as log


class Mark(Frozen):
    """An event's number and hash: to keep elsewhere, and to compare with later. 0 is the beginning."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class Audited(Frozen):
    """What a check found: where the log is broken, and the first records that are not as it tells; `end` is its end."""

    broken: Break | None
    end: Mark
    wrong: tuple[Difference, ...] = ()

    @property
    def whole(self) -> bool:
        return self.broken is None and not self.wrong


class Audit:
    """The log in a database; nothing is written. All methods raise StorageAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def verify(self, expected: Mark | None = None) -> Audited:
        """Checks every event, and all records against them; with a mark that was kept also that the log was not
        rewritten as a whole since."""
        with self._database.read() as connection:
            broken = events.verify(connection) or (expected and _compare(connection, expected))
            wrong = () if broken else compare(connection)
            return Audited(broken=broken, end=end_of(connection), wrong=wrong)

    def end(self) -> Mark:
        """The last event, as the log itself says; nothing is checked."""
        with self._database.read() as connection:
            return end_of(connection)

    def prove(self, case: str, write: Callable[[dict[str, Any]], object]) -> Mark:
        """Writes what proves a case: the Mark before its first event, then every event up to the end of the log.

        The case's own events are written whole; of all others only the hash of their content, by which the chain can
        be followed. Gives the end of the log.
        """
        with self._database.read() as connection:
            first = connection.scalar(select(func.min(log.c.id)).where(log.c.case_number == case)) or 1
            before = connection.scalar(select(log.c.hash).where(log.c.id == first - 1)) or START
            write(Mark(number=first - 1, hash=before).model_dump())
            wanted = select(log).where(log.c.id >= first).order_by(log.c.id)
            for row in connection.execution_options(yield_per=1000).execute(wanted):
                write(_show(row) if row.case_number == case else _hide(row))
            return end_of(connection)


def _compare(connection: Connection, expected: Mark) -> Break | None:
    found = START if expected.number == 0 else connection.scalar(select(log.c.hash).where(log.c.id == expected.number))
    wrong = Break(number=expected.number, why="与抄存的哈希不符，日志曾被整体改写或截短")
    return None if found == expected.hash else wrong


def end_of(connection: Connection) -> Mark:
    """The last event that a connection sees."""
    row = connection.execute(select(chain.c.length, chain.c.hash)).one()
    return Mark(number=row.length, hash=row.hash)


def _show(row: Row[Any]) -> dict[str, Any]:
    old = {"old": True} if events.is_old(row) else {}
    return events.spell(row._asdict()) | {"hash": row.hash} | old


def _hide(row: Row[Any]) -> dict[str, Any]:
    # An event of the first versions cannot be hidden and followed at once: its hash stands for it.
    return (
        {"id": row.id, "hash": row.hash} if events.is_old(row) else {"id": row.id, "own": events.digest(row._asdict())}
    )
