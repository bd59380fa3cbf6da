"""What is told of people: their sessions and tokens, and what may go wrong with them."""

from datetime import datetime

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.people import User


class UnknownUser(HeyanError):
    """Nobody of this name, or no such token or session."""

    exit_code = ExitCode.USAGE


class UserExists(HeyanError):
    """The name is taken; names are never given twice."""

    exit_code = ExitCode.USAGE


class BadName(HeyanError):
    """A name that cannot be signed in with."""

    exit_code = ExitCode.USAGE


class BadCredentials(HeyanError):
    """The name or the password is wrong, or the person may not sign in; which of these is not told."""

    exit_code = ExitCode.USAGE


class LastSupervisor(HeyanError):
    """Without this person nobody could look after the people any more."""

    exit_code = ExitCode.USAGE


class Session(Frozen):
    """Somebody who is signed in. `token` goes into the cookie, `csrf` into every form; neither is kept anywhere.

    `until` is when it ends at the latest; it ends earlier when nothing is asked for `sign_ins.IDLE`. With `must_change`
    the password was set by somebody else: nothing may be done before it is changed.
    """

    token: str
    csrf: str
    user: User
    until: datetime
    must_change: bool = False


class Token(Frozen):
    """A token for programs, as it is listed: never the token itself."""

    id: int
    label: str
    issued_at: datetime
    revoked_at: datetime | None


class OpenSession(Frozen):
    """A session as its owner sees it: since when, last used when (to the minute), and whether it is the asking one."""

    id: int
    started_at: datetime
    seen_at: datetime
    current: bool


class Account(Frozen):
    """A person as supervisors see them; `seen_at` is None where nobody of this name is signed in."""

    user: User
    has_password: bool
    must_change: bool
    locked_until: datetime | None
    seen_at: datetime | None
