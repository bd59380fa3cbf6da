"""No command prints an account number before somebody asked for it, which is recorded."""

import json
import re
from pathlib import Path

import pytest

from cli import screen
from cli.main import COMMANDS, main
from domain.finding import Finding, Outcome, Severity, State
from domain.people import Role
from reports.verdict import verdict
from storage.ledger import Ledger
from storage.people import People
from tests.review.cases import enter, understood
from tests.storage.databases import open_embedded

PAYER, SELLER = "4218792949986252203", "68992080190077543"
MESSAGE = f"收款账号{PAYER}与合同所载6899 2080 1900 7754 3不符"
# Every command that tells of what was handed in, as it is called.
TELLING = {
    "queue": ["queue"],
    "show": ["show", "CASE"],
    "decide": ["decide", "CASE", "draft"],
    "ledger": ["ledger"],
    "register": ["register", "list"],
    "rules": ["rules"],
    "user": ["user", "list"],
    "webhook": ["webhook", "list"],
    "audit": ["audit", "verify"],
    "publish": ["publish"],
    "life": ["life", "CASE"],
    "calendar": ["calendar"],
}
# Written to by others, told by `test_a_verdict…`, or measuring against truth files that lie beside in clear.
OTHERWISE = {"check", "intake", "notice", "announce", "withdraw", "serve", "export", "eval"}
# These tell counts, names of files and codes alone.
OTHERWISE |= {"backup", "restore", "watch", "migrate", "reconcile"}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    monkeypatch.setenv("HEYAN_DATABASE_URL", f"sqlite:///{tmp_path}/heyan.db")
    ledger = opened(tmp_path)
    People(ledger.database).add("wang", "wang", Role.REVIEWER, None)
    case = enter(ledger, understood("d405-000"), "d")
    dossier, found = understood("d405-000"), findings()
    told = verdict(dossier, found, 1.0, case).model_dump_json()
    ledger.record(case, dossier, found, state=State.REVIEW, seconds=1.0, ruleset="x", verdict=told)
    return case


def findings() -> list[Finding]:
    return [Finding(rule="PAY-001", outcome=Outcome.FAILED, severity=Severity.BLOCK, message=MESSAGE)]


def opened(folder: Path) -> Ledger:
    return open_embedded(folder / "heyan.db")


def clear(text: str) -> list[str]:
    told = re.sub(r"[\W_]", "", text)
    return [number for number in (PAYER, SELLER) if number in told]


def test_every_command_is_walked() -> None:
    assert set(TELLING) | OTHERWISE == set(COMMANDS)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_listing_shows_an_account(case: str, form: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for words in TELLING.values():
        code = main([word.replace("CASE", case) for word in words] + form)
        shown = capsys.readouterr()
        assert code in (0, 1) and not clear(shown.out + shown.err), words
    main(["show", case])
    assert "•••• 2203" in capsys.readouterr().out


def test_accounts_are_shown_to_who_asks_which_is_recorded(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["show", case, "--accounts", "--json"])
    assert clear(capsys.readouterr().out) == [PAYER, SELLER]
    assert opened(tmp_path).events(case)[-1].what == "accounts revealed"


def test_a_verdict_on_the_spot_shows_no_account(capsys: pytest.CaptureFixture[str]) -> None:
    told = verdict(understood("d405-000"), findings(), 1.0)
    for as_json in (False, True):
        screen.show([told], as_json)
        shown = capsys.readouterr().out
        assert not clear(shown) and "•••• 2203" in shown
    assert json.loads(shown)


def test_a_notice_on_paper_shows_no_account(case: str, tmp_path: Path) -> None:
    import docx

    paper = tmp_path / "通知.docx"
    assert main(["decide", case, "draft", "--docx", str(paper)]) == 0
    assert not clear(" ".join(part.text for part in docx.Document(str(paper)).paragraphs))


def test_errors_and_tracebacks_show_no_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise ValueError(f"input_value={PAYER}")

    monkeypatch.setattr("cli.rules.run", fail)
    assert main(["rules"]) == 5
    shown = capsys.readouterr().err
    assert "ValueError" in shown and not clear(shown)
