"""The people who may sign in, their sessions and tokens; every change is an event, without secrets."""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from domain.people import WORKING, Role, User
from storage import events, sign_ins, tokens
from storage.database import Database, clean
from storage.holding import hand_back
from storage.passwords import Passwords, WeakPassword, derive_csrf, digest, new_token, refuse_weak
from storage.people_records import BadCredentials as BadCredentials
from storage.people_records import BadName as BadName
from storage.people_records import LastSupervisor as LastSupervisor
from storage.people_records import Session as Session
from storage.people_records import Token as Token
from storage.people_records import UnknownUser as UnknownUser
from storage.people_records import UserExists as UserExists
from storage.people_tables import users
from storage.sign_ins import LockedOut as LockedOut

SYSTEM = "system"


class People:
    """All people in a database; every change is one transaction with its event. All methods raise StorageAway.

    May be shared by threads. `clock` gives the time in UTC.
    """

    def __init__(
        self,
        database: Database,
        *,
        passwords: Passwords | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._passwords = passwords or Passwords()
        self._clock = clock

    def add(
        self, name: str, display: str, role: Role, password: str | None, by: str = SYSTEM, *, once: bool = False
    ) -> User:
        """Adds a person; without a password only `admit` lets them in. Raises UserExists, BadName, WeakPassword.

        A password given for `once` must be changed before anything else.
        """
        own = {"name": _check_name(name), "display": clean(display.strip()) or _fold(name), "role": Role(role)}
        kept = self._hash(password, own["name"]) if password is not None else None
        with self._write() as connection:
            if _find(connection, own["name"]) is not None:
                raise UserExists("USER_EXISTS", f"用户 {own['name']} 已存在，用户名不重复使用")
            new = own | {"password": kept, "must_change": once, "disabled": False, "added_at": self._clock()}
            row = connection.execute(insert(users).values(new).returning(users)).one()
            events.append(connection, None, by, "user added", own)
            return _present(row)

    def list(self) -> tuple[User, ...]:
        """Everybody, disabled people too, in order of their names."""
        with self._database.read() as connection:
            return tuple(_present(row) for row in connection.execute(select(users).order_by(users.c.name)))

    def find(self, name: str) -> User:
        """Somebody by name; raises UnknownUser."""
        with self._database.read() as connection:
            return _present(_get(connection, name))

    def disable(self, name: str, by: str = SYSTEM) -> User:
        """Shuts somebody out at once: sessions end, tokens are revoked. Raises UnknownUser, LastSupervisor."""
        return self._change(name, {"disabled": True}, "user disabled", by)

    def enable(self, name: str, by: str = SYSTEM) -> User:
        """Lets somebody in again, with the same password and without the old tokens. Raises UnknownUser."""
        return self._change(name, {"disabled": False}, "user enabled", by)

    def set_role(self, name: str, role: Role, by: str = SYSTEM) -> User:
        """Gives somebody another role, from their next request on. Raises UnknownUser, LastSupervisor."""
        return self._change(name, {"role": Role(role)}, "role changed", by)

    def set_password(self, name: str, password: str, by: str = SYSTEM, *, once: bool = False) -> None:
        """Sets a password: sessions end, tokens are revoked, a lock is lifted. Raises UnknownUser, WeakPassword.

        One that was given for `once` must be changed before anything else.
        """
        kept = self._hash(password, _fold(name))
        with self._write() as connection:
            row = _get(connection, name)
            revoked = tokens.revoke_tokens(connection, row.id, self._clock())
            told = ({"once": True} if once else {}) | ({"tokens": revoked} if revoked else {})
            self._keep_password(connection, row, kept, by, told)

    def change_password(self, session: Session, old: str, new: str) -> None:
        """One's own password, by the old one; other sessions end. Raises BadCredentials, LockedOut, WeakPassword.

        Tokens stay: their owner sees them beside the form and revokes them one by one.
        """
        if old == new:
            raise WeakPassword("SAME_PASSWORD", "新密码不得与原密码相同")
        kept = self._hash(new, session.user.name)  # first: a weak new password is no try of the old one
        row = self._judge(session.user.name, old)
        with self._write() as connection:
            current = _get(connection, row.name)
            if current.disabled or current.password != row.password:
                raise _bad_credentials()
            self._keep_password(connection, current, kept, session.user.actor, {}, digest(session.token))

    def sign_in(self, name: str, password: str) -> Session:
        """Raises BadCredentials; LockedOut after five wrong passwords in a row, for whoever comes next as well."""
        row = self._judge(name, password)
        renewed = self._passwords.hash(password) if self._passwords.is_old(row.password) else row.password
        return self._open(row, "signed in", renewed)

    def _judge(self, name: str, password: str) -> Row[Any]:
        # The try is counted before it is judged: guesses sent all at once are no more than guesses one by one.
        folded = _fold(name)
        with self._write() as connection:
            tries = sign_ins.take_attempt(connection, folded, self._clock())
        with self._database.read() as connection:
            row = _find(connection, folded)
        fits = self._passwords.fits(password, row.password if row is not None else None)
        if row is None or row.disabled or not fits:
            self._tell_lock(folded if row is not None else None, tries)
            raise _bad_credentials()
        return row

    def admit(self, name: str) -> Session:
        """A session for somebody whom another sign-in service vouches for; raises BadCredentials."""
        with self._database.read() as connection:
            row = _find(connection, _fold(name))
        if row is None or row.disabled:
            raise _bad_credentials()
        return self._open(row, "admitted", row.password)

    def session(self, token: str) -> Session | None:
        """The session of a cookie, None where there is none or it has run out."""
        now = self._clock()
        with self._database.read() as connection:
            row = sign_ins.find_session(connection, digest(token), now)
        if row is None:
            return None
        if now - row.seen_at >= sign_ins.TOUCH_EVERY:
            with self._database.write() as connection:
                sign_ins.touch(connection, row.session_id, now)
        return _session(token, row, row.started_at, row.admitted)

    def sign_out(self, token: str) -> None:
        """Ends a session; nothing happens where there is none."""
        with self._write() as connection:
            row = sign_ins.find_session(connection, digest(token), self._clock())
            if row is not None:
                sign_ins.end_session(connection, row.session_id)
                events.append(connection, None, _present(row).actor, "signed out", {"name": row.name})

    def issue_token(self, user: User, label: str, by: str = SYSTEM) -> str:
        """A new token for programs, which is shown this once. Raises UnknownUser."""
        token, told = new_token(), {"name": user.name, "label": clean(label)}
        with self._write() as connection:
            row = _get(connection, user.name)
            tokens.keep_token(connection, row.id, told["label"], digest(token), self._clock())
            events.append(connection, None, by, "token issued", told)
        return token

    def by_token(self, token: str) -> User | None:
        """Whose token this is; None where it is nobody's or was revoked, where its owner is disabled, or has yet to
        change the password."""
        with self._database.read() as connection:
            row = tokens.find_owner(connection, digest(token))
            return None if row is None else _present(row)

    def tokens(self, user: User) -> tuple[Token, ...]:
        """A person's tokens, oldest first, revoked ones too."""
        with self._database.read() as connection:
            return tokens.list_tokens(connection, user.id)

    def revoke(self, user: User, token_id: int, by: str = SYSTEM) -> None:
        """Makes a person's token worthless; nothing happens where it is already. Raises UnknownUser."""
        with self._write() as connection:
            label = tokens.revoke_token(connection, user.id, token_id, self._clock())
            if label is not None:
                events.append(connection, None, by, "token revoked", {"name": user.name, "label": label})

    def _change(self, name: str, changes: dict[str, Any], what: str, by: str) -> User:
        with self._write() as connection:
            row = _get(connection, name)
            _keep_a_supervisor(connection, row, changes)
            changed = update(users).where(users.c.id == row.id).values(changes).returning(users)
            user = _present(connection.execute(changed).one())
            if user.disabled:
                sign_ins.end_sessions(connection, row.id)
                tokens.revoke_tokens(connection, row.id, self._clock())
            events.append(connection, None, by, what, {"name": row.name, "role": user.role})
            if user.disabled or user.role not in WORKING:
                hand_back(connection, user.name, by)
            return user

    def _keep_password(
        self, connection: Connection, row: Row[Any], kept: str, by: str, told: dict[str, Any], spared: str = ""
    ) -> None:
        changed = {"password": kept, "must_change": bool(told.get("once"))}
        connection.execute(update(users).where(users.c.id == row.id).values(changed))
        sign_ins.end_sessions(connection, row.id, spared=spared)
        sign_ins.forget_attempts(connection, row.name)
        events.append(connection, None, by, "password set", {"name": row.name} | told)

    def _open(self, row: Row[Any], what: str, password: str | None) -> Session:
        token, now = new_token(), self._clock()
        with self._write() as connection:
            current = _get(connection, row.name)
            if current.disabled or current.password != row.password:  # changed while the password was judged
                raise _bad_credentials()
            connection.execute(update(users).where(users.c.id == row.id).values(password=password))
            sign_ins.forget_attempts(connection, row.name)
            admitted = sign_ins.open_session(connection, row.id, digest(token), now, admitted=what == "admitted")
            events.append(connection, None, _present(current).actor, what, {"name": row.name})
        return _session(token, current, now, admitted)

    def _tell_lock(self, known: str | None, tries: int) -> None:
        # An event tells of a lock, not of every slip, and never of a name that is nobody's.
        if known is not None and tries == sign_ins.TRIES:
            with self._write() as connection:
                events.append(connection, None, SYSTEM, "locked out", {"name": known})

    def _hash(self, password: str, name: str) -> str:
        refuse_weak(password, name)
        return self._passwords.hash(password)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            events.lock_chain(connection)
            yield connection


def _fold(name: str) -> str:
    return clean(unicodedata.normalize("NFKC", name).strip().casefold())


def _check_name(name: str) -> str:
    folded = _fold(name)
    if not 2 <= len(folded) <= 32 or not all(char.isalnum() or char in "._-" for char in folded):
        raise BadName("BAD_NAME", "用户名须为 2 至 32 个字母、汉字、数字、点、下划线或连字符")
    return folded


def _find(connection: Connection, folded: str) -> Row[Any] | None:
    return connection.execute(select(users).where(users.c.name == folded)).first()


def _get(connection: Connection, name: str) -> Row[Any]:
    row = _find(connection, _fold(name))
    if row is None:
        raise UnknownUser("UNKNOWN_USER", f"没有用户 {_fold(name)}")
    return row


def _present(row: Row[Any]) -> User:
    return User(id=row.id, name=row.name, display=row.display, role=Role(row.role), disabled=row.disabled)


def _session(token: str, row: Row[Any], started: datetime, admitted: bool) -> Session:
    # Whoever came by another sign-in service did not use the password that is to be changed.
    due, until = row.must_change and not admitted, started + sign_ins.LONGEST
    return Session(token=token, csrf=derive_csrf(token), user=_present(row), until=until, must_change=due)


def _keep_a_supervisor(connection: Connection, row: Row[Any], changes: dict[str, Any]) -> None:
    """Raises LastSupervisor; the chain is locked, so that no two supervisors remove each other at once."""
    if row.role != Role.SUPERVISOR or row.disabled or not {"disabled", "role"} & changes.keys():
        return
    if changes.get("role", row.role) == Role.SUPERVISOR and not changes.get("disabled", False):
        return
    others = select(users.c.id).where(users.c.role == Role.SUPERVISOR, ~users.c.disabled, users.c.id != row.id)
    if connection.execute(others).first() is None:
        raise LastSupervisor("LAST_SUPERVISOR", f"{row.name} 是唯一在用的负责人，请先另设一位负责人")


def _bad_credentials() -> BadCredentials:
    return BadCredentials("BAD_CREDENTIALS", "用户名或密码不正确，或该用户已停用")
