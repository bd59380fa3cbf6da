"""The bucket as a folder on the local disk: the twin of the S3 bucket, for one machine and for tests."""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from domain.errors import IntakeError, StorageAway
from storage.bucket import SMALL, Damaged, NotFound, Stored, check_name

_UNFINISHED = ".unfinished"  # beside the objects, so that renaming stays on one file system
_CHUNK = 1024 * 1024
_AWAY = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ESTALE, errno.EMFILE}
_TRIES = 5
_STALE_SECONDS = 86_400


@dataclass(frozen=True)
class FolderBucket:
    """Objects as files below `root`; see Bucket for what each method does."""

    root: Path

    def put(self, name: str, path: Path) -> None:
        with self._prepare(name, path) as (ready, target):
            _place(os.replace, ready, target)

    def put_new(self, name: str, path: Path) -> bool:
        with self._prepare(name, path) as (ready, target):
            ready.chmod(0o444)
            try:
                _place(os.link, ready, target)
            except FileExistsError:
                return False
        return True

    def write(self, name: str, body: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "body")
            path.write_bytes(body)
            self.put(name, path)

    def get(self, name: str, path: Path, sha256: str | None = None) -> str:
        with self._opened(name) as source, path.open("wb") as target:
            found = copy_hashed(source, target)
        if sha256 not in (None, found):
            path.unlink()
            raise damaged(name)
        return found

    def read(self, name: str) -> bytes:
        with self._opened(name) as source:
            body = source.read(SMALL + 1)
        if len(body) > SMALL:
            raise damaged(name)
        return body

    def list(self, prefix: str = "") -> Iterator[Stored]:
        with _translated(prefix):
            yield from sorted(self._walk(prefix), key=lambda stored: stored.name)

    def stat(self, name: str) -> Stored:
        with _translated(name):
            return _describe(name, self._path(name).lstat())

    def exists(self, name: str) -> bool:
        return self._path(name).is_file()

    def remove(self, name: str) -> None:
        path = self._path(name)
        with _translated(name):
            path.unlink(missing_ok=True)
            _prune(path.parent, self.root)

    def _path(self, name: str) -> Path:
        # Names that are listed may be odd (officers copy files straight into the folder), but never lead out of it.
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\0" in name or parts[0] == _UNFINISHED:
            raise IntakeError("BAD_NAME", "文件名不可用。")
        return self.root.joinpath(*parts)

    @contextmanager
    def _prepare(self, name: str, path: Path) -> Iterator[tuple[Path, Path]]:
        target = self._path(check_name(name))
        with (
            path.open("rb") as source,
            _translated(name),
            tempfile.TemporaryDirectory(dir=self.root / _UNFINISHED) as folder,
        ):
            ready = Path(folder, "object")
            with ready.open("xb") as copy:
                shutil.copyfileobj(source, copy, _CHUNK)
                copy.flush()
                os.fsync(copy.fileno())
            yield ready, target

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        # No link is followed: a link dropped into the intake must not fetch another file of this machine.
        path = self._path(name)
        with _translated(name), os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source:
            yield source

    def _walk(self, prefix: str) -> Iterator[Stored]:
        start = self.root.joinpath(*prefix.split("/")[:-1])
        for folder, folders, files in os.walk(start):
            folders[:] = [one for one in folders if one != _UNFINISHED]
            for file in files:
                path = Path(folder, file)
                name = path.relative_to(self.root).as_posix()
                if name.startswith(prefix) and path.is_file() and not path.is_symlink():
                    yield from _look(name, path)


def open_folder(root: Path) -> FolderBucket:
    """The bucket in this folder, which is made if need be; raises StorageAway."""
    with _translated(str(root)):
        (root / _UNFINISHED).mkdir(parents=True, exist_ok=True)
        _sweep(root / _UNFINISHED)
    return FolderBucket(root.resolve())


def _sweep(folder: Path) -> None:
    # Halves that killed processes left behind; nobody takes a day to copy a file.
    for half in folder.iterdir():
        if time.time() - half.lstat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(half, ignore_errors=True)


def copy_hashed(source: BinaryIO, target: BinaryIO) -> str:
    """Copies to the end and returns the SHA-256 (hex) of what was copied."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def damaged(name: str) -> Damaged:
    """The error for an object that is not what it should be."""
    return Damaged("DAMAGED", f"存储对象与其校验值或大小不符：{name}")


def _look(name: str, path: Path) -> Iterator[Stored]:
    try:
        yield _describe(name, path.lstat())
    except FileNotFoundError:
        return  # removed since the folder was read


def _describe(name: str, stat: os.stat_result) -> Stored:
    etag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"
    return Stored(name=name, size=stat.st_size, modified=datetime.fromtimestamp(stat.st_mtime, UTC), etag=etag)


def _place(put: object, ready: Path, target: Path) -> None:
    for attempt in range(_TRIES):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            put(ready, target)  # type: ignore[operator]
            break
        except FileNotFoundError:
            if attempt == _TRIES - 1:  # else: `remove` pruned the empty folder in between
                raise
    _sync(target.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prune(folder: Path, root: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return  # not empty, or gone already
        folder = folder.parent


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound("NOT_FOUND", f"存储中没有该对象：{name}") from None
    except (NotADirectoryError, IsADirectoryError):
        raise IntakeError("BAD_NAME", "文件名不可用：同名的文件与文件夹并存。") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise IntakeError("BAD_NAME", "不接受符号链接。") from None
        if error.errno not in _AWAY:
            raise
        raise StorageAway("STORAGE_AWAY", f"存储文件夹无法读写：{error.strerror}") from error
