"""Papers that cannot be processed and machines that fail, each with its exit code."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

_SHORT = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS, errno.EIO}


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
    """The bucket or the database does not answer, or this machine's disk is full: retried, then reported loudly."""

    exit_code = ExitCode.STORAGE_AWAY
    retryable = True


def is_machines(error: BaseException) -> bool:
    """Whether a trouble is the machines' and nothing of it is the papers'."""
    return isinstance(error, HeyanError) and error.exit_code is ExitCode.STORAGE_AWAY


def disk_full() -> StorageAway:
    """The error where there is no room left for passing files."""
    return StorageAway("DISK_FULL", "本机临时空间不足或无法写入，腾出空间后自动继续。")


@contextmanager
def on_this_machine() -> Iterator[None]:
    """What is done within may find the disk full: raises StorageAway then, as for every other machine that fails."""
    try:
        yield
    except OSError as error:
        if error.errno not in _SHORT:
            raise
        raise disk_full() from error
