"""The append-only log of everything that happened, each event bound to the one before it by its hash."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from domain.page import Frozen
from storage.database import clean
from storage.records import Event
from storage.schema import chain, events

START = "0" * 64
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_SPELT = '{"actor":%s,"at":%s,"case_number":%s,"detail":%s,"id":%d,"what":%s}'


class Break(Frozen):
    """Where the log is not what was once written: the number of the first wrong event, and what is wrong."""

    number: int
    why: str


def lock_chain(connection: Connection) -> None:
    """Makes all other writers of events wait until this transaction ends.

    Every write transaction starts with it: so what it reads afterwards stays true, and no two wait for each other.
    SQLite needs no more than its one write lock.
    """
    connection.execute(select(chain.c.id).with_for_update())


def append(connection: Connection, case: str | None, actor: str, what: str, detail: Mapping[str, Any]) -> None:
    """Adds an event to the log; `detail` must be JSON."""
    end = connection.execute(select(chain.c.length, chain.c.hash).with_for_update()).one()
    number, at, text = end.length + 1, datetime.now(UTC), clean(canonical(detail))
    row = {"id": number, "at": at, "case_number": case, "actor": actor, "what": what, "detail": text}
    found = link(end.hash, digest(row))
    connection.execute(insert(events).values(**row, prev_hash=end.hash, hash=found))
    connection.execute(update(chain).values(length=number, hash=found))


def list_events(connection: Connection, case: str | None = None) -> tuple[Event, ...]:
    """The events of a case, or all, oldest first."""
    wanted = select(events).order_by(events.c.id)
    if case is not None:
        wanted = wanted.where(events.c.case_number == case)
    return tuple(_present(row) for row in connection.execute(wanted))


class Link(NamedTuple):
    """An event by its number and hash; 0 is the beginning."""

    number: int
    hash: str


def verify(connection: Connection) -> Break | None:
    """None when the whole log is as it was written, else the first event that is changed or missing."""
    return follow(connection, 0, START)[1]


def follow(connection: Connection, number: int, known: str, most: int | None = None) -> tuple[Link, Break | None]:
    """Goes along the log from an event that is known to be right, so many events at most.

    Gives the last that is as it was written, and what is wrong after it. At the end, nothing may be cut off.
    """
    previous, start = known, number
    wanted = select(events).where(events.c.id > number).order_by(events.c.id).limit(most)
    for row in connection.execution_options(yield_per=1000).execute(wanted):
        why = _judge(row, number + 1, previous)
        if why:
            return Link(number, previous), Break(number=number + 1, why=why)
        number, previous = number + 1, row.hash
    if most is not None and number - start == most:
        return Link(number, previous), None
    end = connection.execute(select(chain.c.length, chain.c.hash)).one()
    whole = (end.length, end.hash) == (number, previous)
    return Link(number, previous), None if whole else Break(number=number + 1, why="日志末尾的事件缺失")


def canonical(detail: Mapping[str, Any]) -> str:
    """JSON text that is the same for the same content: keys sorted, no blanks."""
    return _encode(detail)


def spell(row: Mapping[str, Any]) -> dict[str, Any]:
    """An event as its hash is made of it: what happened, in texts and numbers alone."""
    body = {key: row[key] for key in ("id", "case_number", "actor", "what", "detail")}
    return body | {"at": _moment(row["at"])}


def digest(row: Mapping[str, Any]) -> str:
    """The hash of an event's own content: of `canonical(spell(row))`."""
    return _digest(row["id"], row["at"], row["case_number"], row["actor"], row["what"], row["detail"])


def link(previous: str, own: str) -> str:
    """The hash of an event: of the one before it and of its own content's hash.

    So a chain can be followed by somebody who may not see what every event says.
    """
    return _sha256(f"{previous}\n{own}")


def is_old(row: Row[Any]) -> bool:
    """Whether an event's hash was made as in the first versions, from its content without a hash in between."""
    return bool(row.hash == _sha256(f"{row.prev_hash}\n{canonical(spell(row._asdict()))}"))


def _judge(row: Row[Any], number: int, previous: str) -> str | None:
    if row.id != number:
        return "事件缺失"
    if row.prev_hash != previous:
        return "与前一事件不衔接"
    own = _digest(row.id, row.at, row.case_number, row.actor, row.what, row.detail)
    right = row.hash == link(previous, own) or is_old(row)
    return None if right else "事件内容被改动"


def _digest(number: int, at: datetime, case: str | None, actor: str, what: str, detail: str) -> str:
    """Its JSON is put together by hand: logs are followed over millions of events."""
    whose = "null" if case is None else quote(case)
    return _sha256(_SPELT % (quote(actor), quote(_moment(at)), whose, quote(detail), number, quote(what)))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _present(row: Row[Any]) -> Event:
    return Event(
        number=row.id,
        at=row.at,
        case=row.case_number,
        actor=row.actor,
        what=row.what,
        detail=json.loads(row.detail),
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
