"""Who is signed in, and how often a name was tried in vain."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from domain.errors import ExitCode, HeyanError
from storage.people_tables import attempts, sessions, users

TRIES = 5
LOCK = timedelta(minutes=15)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)  # looking at a page does not write each time


class LockedOut(HeyanError):
    """Too many wrong passwords for this name, known or not; `until` is when the next may be tried."""

    exit_code = ExitCode.USAGE

    def __init__(self, until: datetime) -> None:
        minutes = f"{int(LOCK.total_seconds() // 60)} 分钟"
        super().__init__("LOCKED_OUT", f"连续 {TRIES} 次密码不正确，已锁定 {minutes}，请稍后再试")
        self.until = until

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.until,)


def take_attempt(connection: Connection, name: str, now: datetime) -> int:
    """Counts a try before it is judged: which one in a row it is; raises LockedOut."""
    mine = attempts.c.name_hash == _hash(name)
    connection.execute(delete(attempts).where(attempts.c.last_at <= now - LOCK))
    row = connection.execute(select(attempts).where(mine).with_for_update()).first()
    if row is not None and row.locked_until is not None:
        raise LockedOut(row.locked_until)
    tries = row.tries + 1 if row is not None else 1
    tried = {"tries": tries, "last_at": now, "locked_until": now + LOCK if tries >= TRIES else None}
    if row is None:
        connection.execute(insert(attempts).values(tried | {"name_hash": _hash(name)}))
    else:
        connection.execute(update(attempts).where(mine).values(tried))
    return tries


def forget_attempts(connection: Connection, name: str) -> None:
    """After the right password the count starts anew."""
    connection.execute(delete(attempts).where(attempts.c.name_hash == _hash(name)))


def find_locks(connection: Connection, names: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Which of these names are locked, and until when."""
    locked = attempts.c.locked_until > now
    found = connection.execute(select(attempts.c.name_hash, attempts.c.locked_until).where(locked))
    until: dict[str, datetime] = {row.name_hash: row.locked_until for row in found}
    return {name: until[_hash(name)] for name in names if _hash(name) in until}


def open_session(
    connection: Connection, user_id: int, token_hash: str, now: datetime, *, admitted: bool = False
) -> bool:
    """Notes that somebody is signed in, and whether another service vouched; what has run out is cleared away."""
    over = (sessions.c.started_at <= now - LONGEST) | (sessions.c.seen_at <= now - IDLE)
    connection.execute(delete(sessions).where(over))
    new = {"user_id": user_id, "token_hash": token_hash, "started_at": now, "seen_at": now, "admitted": admitted}
    connection.execute(insert(sessions).values(new))
    return admitted


def find_session(connection: Connection, token_hash: str, now: datetime) -> Row[Any] | None:
    """The user's row with `session_id` and the session's own columns, None where the session has run out."""
    own = [sessions.c.id.label("session_id"), sessions.c.started_at, sessions.c.seen_at, sessions.c.admitted]
    wanted = select(users, *own).join(sessions, sessions.c.user_id == users.c.id)
    alive = (*_alive(now), ~users.c.disabled)
    return connection.execute(wanted.where(sessions.c.token_hash == token_hash, *alive)).first()


def list_sessions(connection: Connection, user_id: int, now: datetime) -> Sequence[Row[Any]]:
    """A person's sessions that have not run out, the one used last first."""
    wanted = select(sessions).where(sessions.c.user_id == user_id, *_alive(now))
    return connection.execute(wanted.order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())).all()


def find_last_uses(connection: Connection, now: datetime) -> dict[int, datetime]:
    """When each person who is signed in was there last, by the person's number."""
    last = select(sessions.c.user_id, func.max(sessions.c.seen_at).label("at")).where(*_alive(now))
    return {row.user_id: row.at for row in connection.execute(last.group_by(sessions.c.user_id))}


def touch(connection: Connection, session_id: int, now: datetime) -> None:
    """Notes that somebody is still there."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def end_session(connection: Connection, session_id: int) -> None:
    """Ends one session."""
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def end_sessions(connection: Connection, user_id: int, *, spared: str = "") -> int:
    """Ends all sessions of a person, but for one by the hash of its token; gives how many there were."""
    mine = (sessions.c.user_id == user_id, sessions.c.token_hash != spared)
    return connection.execute(delete(sessions).where(*mine)).rowcount


def _alive(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return sessions.c.started_at > now - LONGEST, sessions.c.seen_at > now - IDLE


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
