"""Who is signed in, and how often a name was tried in vain."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

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


def open_session(connection: Connection, user_id: int, token_hash: str, now: datetime) -> None:
    """Notes that somebody is signed in; sessions that have run out are cleared away."""
    over = (sessions.c.started_at <= now - LONGEST) | (sessions.c.seen_at <= now - IDLE)
    connection.execute(delete(sessions).where(over))
    new = {"user_id": user_id, "token_hash": token_hash, "started_at": now, "seen_at": now}
    connection.execute(insert(sessions).values(new))


def find_session(connection: Connection, token_hash: str, now: datetime) -> Row[Any] | None:
    """The user's row with `session_id`, `started_at` and `seen_at`, None where the session has run out."""
    own = [sessions.c.id.label("session_id"), sessions.c.started_at, sessions.c.seen_at]
    wanted = select(users, *own).join(sessions, sessions.c.user_id == users.c.id)
    alive = (sessions.c.started_at > now - LONGEST, sessions.c.seen_at > now - IDLE, ~users.c.disabled)
    return connection.execute(wanted.where(sessions.c.token_hash == token_hash, *alive)).first()


def touch(connection: Connection, session_id: int, now: datetime) -> None:
    """Notes that somebody is still there."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def end_session(connection: Connection, session_id: int) -> None:
    """Ends one session."""
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def end_sessions(connection: Connection, user_id: int) -> None:
    """Ends all sessions of a person."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
