"""`./heyan audit verify` on an embedded database."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.main import main
from storage.ledger import Ledger
from tests.storage.databases import open_embedded


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    made = open_embedded(tmp_path / "heyan.db")
    for number in range(3):
        made.note(None, "told", {"number": number})
    return made


def _mark(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["audit", "verify", "--json"]) == 0
    end = json.loads(capsys.readouterr().out)["end"]
    return f"{end['number']}:{end['hash']}"


def _force(ledger: Ledger, statement: str) -> None:
    with ledger.database.write() as connection:
        for name in ("events_no_update", "events_no_delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(text(statement))


def test_a_whole_log_is_clear_and_tells_what_to_keep(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    mark = _mark(capsys)
    assert main(["audit", "verify"]) == 0
    assert "共 3 条" in (shown := capsys.readouterr().out) and mark in shown


def test_an_empty_log_is_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path / "new"))
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--expect", f"0:{'0' * 64}"]) == 0


@pytest.mark.parametrize(
    ("statement", "number"),
    [("UPDATE events SET detail = '{}' WHERE id = 2", 2), ("DELETE FROM events WHERE id = 3", 3)],
)
def test_a_changed_or_missing_row_is_exit_code_three(
    ledger: Ledger, capsys: pytest.CaptureFixture[str], statement: str, number: int
) -> None:
    _force(ledger, statement)
    assert main(["audit", "verify"]) == 3
    assert f"第 {number} 条" in capsys.readouterr().err
    assert main(["audit", "verify", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["whole"] is False and told["broken"]["number"] == number


def test_a_log_rewritten_as_a_whole_is_found_by_the_mark_that_was_kept(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = _mark(capsys)
    ledger.note(None, "later", {})
    assert main(["audit", "verify", "--expect", mark]) == 0
    _force(ledger, "DELETE FROM events")
    _force(ledger, f"UPDATE chain SET length = 0, hash = '{'0' * 64}'")
    for number in range(4):
        ledger.note(None, "forged", {"number": number})
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--expect", mark]) == 3
    assert "整体改写" in capsys.readouterr().err


def test_a_mark_that_is_none_is_a_usage_error(ledger: Ledger) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["audit", "verify", "--expect", "nothing"])
    assert raised.value.code == 2


def test_a_draw_that_does_not_follow_from_the_log_is_told(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    told = {
        "version": 1,
        "seed": "2026",
        "share": "0.05",
        "from": "0" * 64,
        "drawn": False,
    }  # not the end it came after
    ledger.note("HY-2026-000001", "drawn", told)
    assert main(["audit", "verify"]) == 3
    assert "复核抽签与日志不符：第 4 条" in capsys.readouterr().err
