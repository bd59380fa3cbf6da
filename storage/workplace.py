"""A folder of a process's own for all that is temporary, and the end of those that dead processes left behind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from domain.errors import on_this_machine

PREFIX = "heyan-work-"


@contextmanager
def workplace() -> Iterator[Path]:
    """As long as this lasts, whatever this process and those that it starts write for a while lies below one folder.

    The folder is locked: the system gives the lock back when the process is gone, however that came about, and the
    next one to start then removes the folder. Raises StorageAway where the disk is full.
    """
    top = Path(tempfile.gettempdir())
    sweep(top)
    with on_this_machine():
        folder, lock = _make(top)
    before = (tempfile.tempdir, os.environ.get("TMPDIR"))
    tempfile.tempdir, os.environ["TMPDIR"] = str(folder), str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before[0]
        _restore(before[1])
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(top: Path) -> int:
    """Removes the folders whose processes are gone, of this user only; gives how many."""
    return sum(_remove(one) for one in top.glob(f"{PREFIX}*") if one.is_dir() and not one.is_symlink())


def _make(top: Path) -> tuple[Path, int]:
    # Only what is locked already gets the name by which others look for it.
    hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=top))
    lock = _lock(hidden)
    assert lock is not None
    return hidden.rename(top / hidden.name.removeprefix(".")), lock


def _lock(folder: Path) -> int | None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove(folder: Path) -> bool:
    with suppress(FileNotFoundError, PermissionError):
        if folder.stat().st_uid != os.getuid() or (lock := _lock(folder)) is None:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        return True
    return False


def _restore(variable: str | None) -> None:
    if variable is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = variable
