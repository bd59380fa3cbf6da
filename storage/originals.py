"""Original files, stored unchanged and once, under the hash of their content."""

import hashlib
from pathlib import Path

from storage.bucket import ORIGINALS, Bucket
from storage.folder_bucket import damaged


def name_original(sha256: str) -> str:
    """Where the original with this hash lies."""
    return f"{ORIGINALS}{sha256[:2]}/{sha256}"


def keep(bucket: Bucket, path: Path) -> str:
    """Stores a local file under its SHA-256 and returns it; an original that is there already is left as it is.

    Raises Damaged when what is there has another size (a broken store), StorageAway.
    """
    sha256 = hash_file(path)
    name = name_original(sha256)
    if not bucket.put_new(name, path) and bucket.stat(name).size != path.stat().st_size:
        raise damaged(name)
    return sha256


def fetch(bucket: Bucket, sha256: str, path: Path) -> None:
    """Copies an original to a local path and checks its hash; raises NotFound, Damaged, StorageAway."""
    bucket.get(name_original(sha256), path, sha256)


def hash_file(path: Path) -> str:
    """The SHA-256 (hex) of a local file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
