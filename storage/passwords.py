"""Passwords as argon2 hashes, and random tokens of which only a hash is kept."""

import hashlib
import hmac
import secrets
import unicodedata
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import ExitCode, HeyanError

LEAST, MOST = 10, 200  # characters; NIST SP 800-63B asks for eight and for no mixture of kinds
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1
_AT_ONCE = 4  # each hashing takes 64 MiB: a flood of sign-ins must not take the machine's memory


class WeakPassword(HeyanError):
    """A password that would be guessed."""

    exit_code = ExitCode.USAGE


class Passwords:
    """Makes and checks hashes; `hasher` is a quicker one in tests."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash to keep."""
        with self._room:
            return self._hasher.hash(_spell(password))

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; takes as long where there is none to compare with."""
        nobodys = self._nobodys
        with self._room:
            try:
                return self._hasher.verify(kept or nobodys, _spell(password)) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_old(self, kept: str) -> bool:
        """Whether a hash was made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_hex())


def refuse_weak(password: str, name: str) -> None:
    """Raises WeakPassword."""
    if not LEAST <= len(password) <= MOST:
        raise WeakPassword("WEAK_PASSWORD", f"密码须为 {LEAST} 至 {MOST} 个字符")
    if len(set(password)) < 5 or name in password.casefold():
        raise WeakPassword("WEAK_PASSWORD", "密码过于简单：不得包含用户名，至少要有 5 个不同的字符")


def new_token() -> str:
    """A token that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """A password for one sign-in, to be read out and typed: 16 letters and digits that nobody mistakes, 79 bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


def digest(token: str) -> str:
    """What is kept of a token. It is random, so that one plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derive_csrf(token: str) -> str:
    """The token that a session's forms carry; it tells nothing of the session's own."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"csrf", hashlib.sha256).hexdigest()


def _spell(password: str) -> bytes:
    # Half or full width is a matter of the keyboard; nothing beyond the longest password is ever hashed.
    return unicodedata.normalize("NFKC", password[: MOST + 1]).encode("utf-8", "surrogatepass")
