from collections.abc import Callable
from pathlib import Path

import pytest

from storage.bucket import Bucket, Damaged
from storage.originals import fetch, keep, name_original


def test_an_original_lies_under_its_hash_and_comes_back_unchanged(
    bucket: Bucket, paper: Callable[..., Path], tmp_path: Path
) -> None:
    sha256 = keep(bucket, paper(b"as scanned"))
    assert name_original(sha256) == f"originals/sha256/{sha256[:2]}/{sha256}"
    fetch(bucket, sha256, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"as scanned"


def test_keeping_twice_stores_once(bucket: Bucket, paper: Callable[..., Path]) -> None:
    first = keep(bucket, paper(b"same"))
    before = bucket.stat(name_original(first))
    assert keep(bucket, paper(b"same")) == first
    assert bucket.stat(name_original(first)) == before


def test_an_original_of_another_size_is_told(bucket: Bucket, paper: Callable[..., Path]) -> None:
    sha256 = keep(bucket, paper(b"whole"))
    bucket.write(name_original(sha256), b"cut")
    with pytest.raises(Damaged):
        keep(bucket, paper(b"whole"))


def test_an_altered_original_is_not_handed_out(bucket: Bucket, paper: Callable[..., Path], tmp_path: Path) -> None:
    sha256 = keep(bucket, paper(b"whole"))
    bucket.write(name_original(sha256), b"wrong")
    with pytest.raises(Damaged):
        fetch(bucket, sha256, tmp_path / "copy")
