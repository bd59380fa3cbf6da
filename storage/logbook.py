"""The log page by page, narrowed by case, actor, what happened, and day."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from storage.claims import CHINA
from storage.database import Database
from storage.records import Event
from storage.schema import events


class UnknownEvent(HeyanError):
    """The log has no event of this number."""

    exit_code = ExitCode.USAGE


class Narrowing(Frozen):
    """What is asked of the log; empty means everything. `actor` is a name, with its role before it or not.

    `day` is one of the calendar in Guizhou.
    """

    case: str = ""
    actor: str = ""
    what: str = ""
    day: date | None = None


class LogPage(Frozen):
    """Some events, the newest first; `older` and `newer` tell whether there are more on that side."""

    events: tuple[Event, ...]
    older: bool
    newer: bool


class Logbook:
    """The log in a database; nothing is written. All methods raise StorageAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(self, asked: Narrowing, size: int, *, before: int | None = None, after: int | None = None) -> LogPage:
        """The newest events that fit, or those just before or just after one of them, by its number."""
        rows, more = self._read(list(_conditions(asked)), size, before, after)
        found = tuple(_present(row) for row in rows)
        if after is not None:
            return LogPage(events=found[::-1], older=True, newer=more)
        return LogPage(events=found, older=more, newer=before is not None)

    def find(self, number: int) -> Event:
        """One event; raises UnknownEvent."""
        with self._database.read() as connection:
            row = connection.execute(select(events).where(events.c.id == number)).first()
        if row is None:
            raise UnknownEvent("UNKNOWN_EVENT", f"操作日志没有第 {number} 条")
        return _present(row)

    def _read(
        self, wanted: list[ColumnElement[bool]], size: int, before: int | None, after: int | None
    ) -> tuple[Sequence[Row[Any]], bool]:
        if after is not None:
            ordered = select(events).where(*wanted, events.c.id > after).order_by(events.c.id)
        else:
            older = [events.c.id < before] if before is not None else []
            ordered = select(events).where(*wanted, *older).order_by(events.c.id.desc())
        with self._database.read() as connection:
            rows = connection.execute(ordered.limit(size + 1)).all()
        return rows[:size], len(rows) > size


def _conditions(asked: Narrowing) -> Iterator[ColumnElement[bool]]:
    if asked.case:
        yield events.c.case_number == asked.case
    if asked.actor:
        yield or_(events.c.actor == asked.actor, events.c.actor.endswith(f":{asked.actor}", autoescape=True))
    if asked.what:
        yield events.c.what == asked.what
    if asked.day is not None:
        start = datetime.combine(asked.day, time(), CHINA).astimezone(UTC)
        yield events.c.at >= start
        yield events.c.at < start + timedelta(days=1)


def _present(row: Row[Any]) -> Event:
    told = {"number": row.id, "case": row.case_number, "detail": json.loads(row.detail)}
    return Event(**told, at=row.at, actor=row.actor, what=row.what, prev_hash=row.prev_hash, hash=row.hash)
