"""Whom another sign-in service knows as whom of ours: linked once, by a person, and never by a name alone."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.people import User
from storage import events
from storage.database import Database, clean
from storage.people_tables import identities, users

LONGEST = 255  # characters of a subject (OpenID Connect Core 1.0, 2)


class BadIdentity(HeyanError):
    """A subject that no service gives, or that is linked to somebody already."""

    exit_code = ExitCode.USAGE


class Identity(Frozen):
    """Somebody's account with another service: its `issuer`, and the `subject` by which that knows them for good."""

    id: int
    issuer: str
    subject: str
    linked_at: datetime
    linked_by: str


class Identities:
    """All links in a database; every change is an event. All methods raise StorageAway; may be shared by threads."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock

    def find(self, issuer: str, subject: str) -> str | None:
        """The name of the user to whom an account of another service is linked; None where it is to nobody."""
        known = (identities.c.issuer == clean(issuer), identities.c.subject == clean(subject))
        wanted = select(users.c.name).join(identities, identities.c.user_id == users.c.id).where(*known)
        with self._database.read() as connection:
            name: str | None = connection.scalar(wanted)
            return name

    def of(self, user: User) -> tuple[Identity, ...]:
        """The accounts elsewhere that are linked to somebody, oldest first."""
        wanted = select(*(identities.c[key] for key in Identity.model_fields)).where(identities.c.user_id == user.id)
        with self._database.read() as connection:
            return tuple(Identity(**row._mapping) for row in connection.execute(wanted.order_by(identities.c.id)))

    def link(self, user: User, issuer: str, subject: str, by: str) -> None:
        """Links an account of another service to somebody; once more it changes nothing. Raises BadIdentity."""
        if not _is_subject(subject):
            raise BadIdentity("BAD_SUBJECT", f"标识须为 1 至 {LONGEST} 个可见字符")
        told = {"issuer": issuer, "subject": subject}
        with self._database.write() as connection:
            events.lock_chain(connection)
            known = (identities.c.issuer == issuer, identities.c.subject == subject)
            row = connection.execute(select(identities).where(*known)).first()
            if row is not None and row.user_id != user.id:
                raise BadIdentity("LINKED", "该统一认证账户已与另一位用户关联")
            if row is None:
                new = told | {"user_id": user.id, "linked_at": self._clock(), "linked_by": by}
                connection.execute(insert(identities).values(new))
                events.append(connection, None, by, "identity linked", {"name": user.name} | told)

    def unlink(self, user: User, number: int, by: str) -> None:
        """Forgets a link of somebody's; nothing happens where there is none."""
        mine = (identities.c.id == number, identities.c.user_id == user.id)
        with self._database.write() as connection:
            events.lock_chain(connection)
            row = connection.execute(select(identities).where(*mine)).first()
            if row is not None:
                connection.execute(delete(identities).where(*mine))
                told = {"name": user.name, "issuer": row.issuer, "subject": row.subject}
                events.append(connection, None, by, "identity unlinked", told)


def _is_subject(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable() and text == text.strip() == clean(text)
