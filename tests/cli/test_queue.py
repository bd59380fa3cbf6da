"""`./heyan queue` on an embedded ledger."""

import json
from datetime import date
from pathlib import Path

import pytest

from cli.main import main
from domain.finding import Finding, Outcome, Severity, State
from domain.people import Role, User
from storage.ledger import Ledger
from storage.queue import Queue
from storage.records import Drop
from tests.storage.databases import open_embedded
from tests.validators.deals import BUYER, DEAL


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    ledger = open_embedded(tmp_path / "heyan.db")
    case = ledger.claim(Drop(package="甲", content_hash="a", submitted_on=date(2026, 11, 24), files=())).case
    found = [
        Finding(rule=rule, outcome=Outcome.FAILED, severity=Severity.BLOCK, message="不符")
        for rule in ("DEA-001", "QTY-003")
    ]
    ledger.record(case, DEAL.dossier, found, state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
    return ledger


def _rules(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    capsys.readouterr()
    code = main(["queue", "--json", *words])
    found = [item["finding"]["rule"] for item in json.loads(capsys.readouterr().out)["items"]]
    assert code == (1 if found else 0)
    return found


def test_the_queue_is_searched_and_narrowed(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    wang = User(id=1, name="wang", display="", role=Role.REVIEWER)
    item = ledger.queue()[0]
    Queue(ledger.database).take(item.id, wang, item.edition)
    assert _rules(capsys) == ["DEA-001", "QTY-003"]
    assert _rules(capsys, BUYER[:6], "--rule", "QTY-003") == ["QTY-003"]
    assert _rules(capsys, "--holder", "wang") == [item.finding.rule]
    assert len(_rules(capsys, "--holder", "-")) == 1
    assert (
        _rules(capsys, "--kind", "supply") == _rules(capsys, "无此企业") == _rules(capsys, "--county", "赫章县") == []
    )


def test_the_table_says_who_until_when_and_what(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue"]) == 1
    shown = capsys.readouterr().out
    assert "期限" in shown and "DEA-001" in shown and f"{ledger.queue()[0].due_on:%m-%d}" in shown
