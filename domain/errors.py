"""Papers that cannot be processed and machines that fail, each with its exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `./heyan` tells the shell; stable (see `./heyan --help`)."""

    CLEAR = 0
    REVIEW = 1
    USAGE = 2
    UNREADABLE = 3
    STORAGE_AWAY = 4
    INTERNAL = 5


class HeyanError(Exception):
    """A trouble with a code, a Chinese sentence for the user, and what to do about it."""

    exit_code = ExitCode.INTERNAL
    retryable = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type["HeyanError"], tuple[str, str]]:
        return type(self), (self.code, self.message)

    def __str__(self) -> str:
        return f"{self.message}（{self.code}）"


class IntakeError(HeyanError):
    """A paper that cannot be processed: it lands in quarantine with its reason and is not retried."""

    exit_code = ExitCode.UNREADABLE


class StorageAway(HeyanError):
    """The bucket or the database does not answer: retried, then reported loudly."""

    exit_code = ExitCode.STORAGE_AWAY
    retryable = True
