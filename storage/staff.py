"""People as they see themselves and as supervisors see them: sessions that are open, names that are locked."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from domain.people import Role, User
from storage import events, sign_ins
from storage.database import Database
from storage.passwords import digest
from storage.people_records import Account, OpenSession, Session, UnknownUser
from storage.people_tables import sessions, users


class Staff:
    """What a database knows of people besides who they are; every change is an event. All methods raise StorageAway."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def list(self) -> tuple[Account, ...]:
        """Everybody in order of their names, disabled people too."""
        now = self._clock()
        with self._database.read() as connection:
            rows = connection.execute(select(users).order_by(users.c.name)).all()
            locks = sign_ins.find_locks(connection, [row.name for row in rows], now)
            seen = sign_ins.find_last_uses(connection, now)
        return tuple(
            Account(
                user=User(id=row.id, name=row.name, display=row.display, role=Role(row.role), disabled=row.disabled),
                has_password=row.password is not None,
                must_change=row.must_change,
                locked_until=locks.get(row.name),
                seen_at=seen.get(row.id),
            )
            for row in rows
        )

    def find(self, number: int) -> Account:
        """Somebody by number; raises UnknownUser."""
        for account in self.list():
            if account.user.id == number:
                return account
        raise UnknownUser("UNKNOWN_USER", f"没有编号为 {number} 的用户")

    def unlock(self, user: User, by: str) -> None:
        """Lets somebody try again after too many wrong passwords; nothing happens where there is no lock."""
        with self._database.write() as connection:
            events.lock_chain(connection)
            if sign_ins.find_locks(connection, [user.name], self._clock()):
                sign_ins.forget_attempts(connection, user.name)
                events.append(connection, None, by, "unlocked", {"name": user.name})

    def sessions(self, session: Session) -> tuple[OpenSession, ...]:
        """The open sessions of whoever asks, the one used last first."""
        own = digest(session.token)
        with self._database.read() as connection:
            rows = sign_ins.list_sessions(connection, session.user.id, self._clock())
        return tuple(
            OpenSession(id=row.id, started_at=row.started_at, seen_at=row.seen_at, current=row.token_hash == own)
            for row in rows
        )

    def end_session(self, session: Session, number: int) -> None:
        """Ends one of one's own other sessions; raises UnknownUser where it is not one's own."""
        mine = (sessions.c.id == number, sessions.c.user_id == session.user.id)
        with self._database.write() as connection:
            events.lock_chain(connection)
            row = connection.execute(select(sessions).where(*mine)).first()
            if row is None:
                raise UnknownUser("UNKNOWN_SESSION", "该登录已经结束")
            if row.token_hash != digest(session.token):
                sign_ins.end_session(connection, row.id)
                events.append(connection, None, session.user.actor, "sessions ended", _told(session.user, 1))

    def end_others(self, session: Session) -> int:
        """Ends all of one's own sessions but the asking one; gives how many there were."""
        with self._database.write() as connection:
            events.lock_chain(connection)
            ended = sign_ins.end_sessions(connection, session.user.id, spared=digest(session.token))
            if ended:
                events.append(connection, None, session.user.actor, "sessions ended", _told(session.user, ended))
            return ended


def _told(user: User, number: int) -> dict[str, object]:
    return {"name": user.name, "number": number}
