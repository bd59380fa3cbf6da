"""A bucket of named objects: what every kind of it does, and where things lie in it."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.errors import ExitCode, HeyanError, IntakeError
from domain.page import Frozen
from storage.settings import Settings, load_settings

INTAKE = "intake/"
ORIGINALS = "originals/sha256/"
QUARANTINE = "quarantine/"
RESULTS = "results/"

SMALL = 16 * 1024 * 1024  # bytes that `read` takes into memory at most
_LONGEST_NAME = 1024  # bytes of UTF-8: the limit of S3
_LONGEST_PART = 255  # bytes of UTF-8: the limit of common file systems


class NotFound(HeyanError):
    """No object of this name."""


class Damaged(HeyanError):
    """An object's bytes are not what its hash or size says."""


class StorageDenied(HeyanError):
    """The store answers, but not to these keys: trying again does not help."""

    exit_code = ExitCode.STORAGE_AWAY


class Stored(Frozen):
    """An object as listed: `size` in bytes, `modified` in UTC; a changed object has another `etag`.

    The etag is no content hash: S3 gives something else for objects sent in parts.
    """

    name: str
    size: int
    modified: datetime
    etag: str


class Bucket(Protocol):
    """Objects under names with `/`. All methods raise StorageAway when the store does not answer.

    Nobody ever sees a half-written object: it appears whole or not at all.
    """

    def put(self, name: str, path: Path) -> None:
        """Stores a local file, replacing what was there; raises IntakeError `BAD_NAME`."""

    def put_new(self, name: str, path: Path) -> bool:
        """Stores a local file only if the name is free; tells whether it did. Of concurrent writers one wins."""

    def write(self, name: str, body: bytes) -> None:
        """Stores a few bytes, replacing what was there."""

    def get(self, name: str, path: Path, sha256: str | None = None) -> str:
        """Copies an object to a local path and returns its SHA-256 (hex); raises NotFound, Damaged."""

    def read(self, name: str) -> bytes:
        """The bytes of an object of at most `SMALL`; raises NotFound, Damaged when it is bigger."""

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """All objects whose name starts with the prefix, in order of name."""

    def stat(self, name: str) -> Stored:
        """The object as it is now; raises NotFound."""

    def exists(self, name: str) -> bool:
        """Whether there is such an object."""

    def remove(self, name: str) -> None:
        """Removes an object; nothing happens where there is none."""


def open_bucket(where: Settings | str | Path) -> Bucket:
    """The bucket that settings, a folder or `s3://name` (keys from the environment) point to, made if need be.

    Raises SettingsError, StorageAway, StorageDenied.
    """
    settings = where if isinstance(where, Settings) else load_settings(bucket=str(where))
    if settings.on_s3:
        from storage.s3_bucket import open_s3

        return open_s3(settings)
    from storage.folder_bucket import open_folder

    return open_folder(Path(settings.bucket))


def check_name(name: str) -> str:
    """The name itself when it is safe on every kind of bucket and disk; raises IntakeError `BAD_NAME`."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise _bad_name("含空路径段、“.”或“..”")
    if "\\" in name or any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        raise _bad_name("含控制字符、反斜杠或无法识别的编码")
    if len(name.encode()) > _LONGEST_NAME or any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise _bad_name("过长")
    return name


def _bad_name(why: str) -> IntakeError:
    return IntakeError("BAD_NAME", f"文件名不可用：{why}。请改名后重新提交。")
