"""`./heyan webhook`: addresses are added with a secret that is shown once, listed, tried and removed."""

import json
from pathlib import Path

import pytest

from cli.main import main
from storage.ledger import open_ledger


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    monkeypatch.delenv("HEYAN_DATABASE_URL", raising=False)
    return tmp_path


def test_a_webhook_from_its_secret_to_its_removal(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["webhook", "add", "https://oa.example.com/heyan", "--label", "办公系统"]) == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("whsec_")
    assert main(["webhook", "list", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["webhooks"]
    assert (told["id"], told["url"], told["label"]) == (1, "https://oa.example.com/heyan", "办公系统")
    assert secret not in str(told)
    assert main(["webhook", "log", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"deliveries": []}
    assert main(["webhook", "remove", "1"]) == 0
    assert main(["webhook", "remove", "1"]) == 2
    ledger = open_ledger(f"sqlite:///{data}/heyan.db")
    assert [event.what for event in ledger.events()] == ["webhook added", "webhook removed"]
    assert secret not in str(ledger.events())
    ledger.close()


def test_an_inner_address_is_refused_unless_the_administrator_allows_it(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["webhook", "add", "http://127.0.0.1:1/"]) == 2
    assert main(["webhook", "add", "https://127.0.0.1:1/"]) == 0  # looked up when something is sent
    assert main(["webhook", "test", "1"]) == 1
    assert "HEYAN_WEBHOOK_HOSTS" in capsys.readouterr().err
    monkeypatch.setenv("HEYAN_WEBHOOK_HOSTS", "127.0.0.1:1")
    assert main(["webhook", "add", "http://127.0.0.1:1/"]) == 0
    assert main(["webhook", "test", "2"]) == 1
    assert "ConnectError" in capsys.readouterr().err
