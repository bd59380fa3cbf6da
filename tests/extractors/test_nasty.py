"""Broken, hostile and odd files are read or refused with their reason, each as it must (whole way: bench/nasty.py)."""

from pathlib import Path

import pytest

from domain.errors import IntakeError
from extractors.opening import open_package
from fixtures.make.nasty import READ, Nasty, all_nasty

ALL = all_nasty()


def test_there_are_many_and_no_two_of_one_name() -> None:
    assert len({one.name for one in ALL}) == len(ALL) >= 60
    assert all(one.ends and one.what for one in ALL)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("nasty", ALL, ids=[one.what.replace(" ", "-")[:50] for one in ALL])
def test_it_ends_as_it_must(nasty: Nasty, tmp_path: Path) -> None:
    path = tmp_path / "papers" / nasty.name
    path.parent.mkdir()
    nasty.make(path)
    try:
        opened = open_package(path, tmp_path / "work")
    except IntakeError as error:
        assert error.code in nasty.ends, error
        assert any("一" <= sign <= "鿿" for sign in error.message)
    else:
        assert READ in nasty.ends
        assert opened.images
    for name in ("climbed*", "injected", "launched"):
        assert not list(tmp_path.rglob(name))
    assert not Path("/tmp/climbed.png").exists()
