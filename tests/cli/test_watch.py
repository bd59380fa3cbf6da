"""`./heyan watch` and `./heyan migrate`: what they say of a watcher and of a schema. They run in tests/deploy as well."""

import json
from pathlib import Path

import pytest

from cli.main import main
from storage.database import Database
from storage.migrations import head, read_revision
from storage.migrations.upgrade import migrate
from storage.pulse import beat


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    monkeypatch.delenv("HEYAN_DATABASE_URL", raising=False)
    return tmp_path


def test_a_watcher_is_alive_while_its_loop_turns(data: Path) -> None:
    assert main(["watch", "--alive"]) == 5
    beat(data)
    assert main(["watch", "--alive"]) == 0
    beat(data, later=-61)
    assert main(["watch", "--alive"]) == 5


def test_migrate_tells_from_where_to_where_and_makes_the_bucket(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    migrate(Database(f"sqlite:///{data}/heyan.db"), "0007")
    assert main(["migrate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"from": "0007", "to": head()}
    assert read_revision(Database(f"sqlite:///{data}/heyan.db")) == head()
    assert (data / "bucket").is_dir()
    assert main(["migrate"]) == 0
    assert "nothing to do" in capsys.readouterr().out
