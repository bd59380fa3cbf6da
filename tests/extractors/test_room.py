"""A full disk is no fault of the papers that were on it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.breaking import fill, paper, scan
from bench.servers import small_disk
from domain.errors import StorageAway
from extractors.opening import open_package


@pytest.fixture
def disk() -> Iterator[Path]:
    try:
        with small_disk(4) as place:
            yield place
    except PermissionError as why:
        pytest.skip(f"no disk of our own may be mounted here: {why}")


@pytest.mark.parametrize("kind", ["pdf", "zip"])
def test_a_package_that_finds_no_room_is_not_called_broken(disk: Path, tmp_path: Path, kind: str) -> None:
    package = disk / f"a.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(package, "w") as zipped:
            zipped.writestr("a.png", scan("PAGE"))
    else:
        package.write_bytes(paper("PAGE"))
    fill(disk / "ballast")
    with pytest.raises(StorageAway) as full:
        open_package(package, disk)
    assert full.value.code == "DISK_FULL"
    (disk / "ballast").unlink()
    assert len(open_package(package, disk).images) == 1
