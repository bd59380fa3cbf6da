"""`./heyan user` on an embedded database."""

import io
import json
from pathlib import Path

import pytest

from cli import user
from cli.main import main
from domain.people import Role
from storage.ledger import Ledger
from storage.people import BadCredentials, People
from tests.storage.databases import open_embedded

GOOD = "铅锌镉汞砷-2026 验"


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    return open_embedded(tmp_path / "heyan.db")


@pytest.fixture
def people(ledger: Ledger) -> People:
    return People(ledger.database)


@pytest.fixture
def password(tmp_path: Path) -> str:
    path = tmp_path / "password"
    path.write_text(f"{GOOD}\r\nsecond line", encoding="utf-8")
    return str(path)


@pytest.fixture
def wang(ledger: Ledger, password: str) -> str:
    assert main(["user", "add", "Wang", "--role", "reviewer", "--display", "王[梅]", "--password-file", password]) == 0
    return "wang"


def test_the_first_user_is_made_from_a_file_and_signs_in(people: People, wang: str) -> None:
    found = people.sign_in(wang, GOOD).user
    assert (found.display, found.role) == ("王[梅]", Role.REVIEWER)


def test_a_password_is_asked_for_twice(people: People, monkeypatch: pytest.MonkeyPatch,
                                       capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    said = iter([GOOD, GOOD + "x", GOOD, GOOD])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(user.getpass, "getpass", lambda prompt: next(said))
    assert main(["user", "add", "wang", "--role", "supervisor"]) == 2
    assert "两次输入的密码不同" in capsys.readouterr().err
    assert main(["user", "add", "wang", "--role", "supervisor"]) == 0
    assert people.sign_in("wang", GOOD).user.role is Role.SUPERVISOR


def test_without_a_terminal_a_file_or_standard_input_is_needed(people: People, monkeypatch: pytest.MonkeyPatch,
                                                               capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(GOOD + "\n"))
    assert main(["user", "add", "wang", "--role", "officer"]) == 2
    assert "--password-file" in capsys.readouterr().err
    assert main(["user", "add", "wang", "--role", "officer", "--password-file", "-"]) == 0
    assert people.sign_in("wang", GOOD).user.name == "wang"


def test_the_list_shows_people_and_never_a_hash(ledger: Ledger, wang: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["user", "add", "li", "--role", "auditor", "--no-password"])
    main(["user", "disable", "li"])
    capsys.readouterr()
    assert main(["user", "list"]) == 0
    shown = capsys.readouterr().out
    assert "王[梅]" in shown and "审核人" in shown and "停用" in shown
    assert main(["user", "list", "--json"]) == 0
    told = capsys.readouterr().out
    assert [(it["name"], it["role"], it["disabled"]) for it in json.loads(told)["users"]] == [
        ("li", "auditor", True), ("wang", "reviewer", False),
    ]  # fmt: skip
    assert "argon2" not in shown + told


def test_nobody_yet_is_said(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "list"]) == 0
    assert "没有用户" in capsys.readouterr().out


def test_disabling_enabling_role_and_password(people: People, wang: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("another one 2027", encoding="utf-8")
    assert main(["user", "disable", wang]) == 0
    with pytest.raises(BadCredentials):
        people.sign_in(wang, GOOD)
    assert main(["user", "enable", wang]) == main(["user", "role", wang, "supervisor"]) == 0
    assert main(["user", "password", wang, "--password-file", str(other)]) == 0
    assert people.sign_in(wang, "another one 2027").user.role is Role.SUPERVISOR


def test_a_token_alone_is_printed_listed_without_itself_and_revoked(
    people: People, wang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["user", "token", wang, "--label", "台账同步"]) == 0
    token = capsys.readouterr().out.strip()
    owner = people.by_token(token)
    assert owner is not None and owner.name == wang
    assert main(["user", "tokens", wang, "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["tokens"]
    assert listed["label"] == "台账同步" and token not in str(listed)
    assert main(["user", "revoke", wang, str(listed["id"])]) == 0
    assert people.by_token(token) is None
    assert main(["user", "tokens", wang]) == 0
    assert "已作废" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "王 梅", "--role", "officer", "--no-password"], "用户名须为"),
        (["add", "wang", "--role", "officer", "--no-password"], "已存在"),
        (["add", "li", "--role", "officer", "--password-file", "missing"], "密码文件"),
        (["disable", "nobody"], "没有用户 nobody"),
        (["password", "nobody"], "没有用户 nobody"),
        (["revoke", "wang", "7"], "没有编号为 7 的令牌"),
    ],
)
def test_what_cannot_be_is_a_usage_error(
    wang: str, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["user", *words]) == 2
    assert why in capsys.readouterr().err


def test_a_role_that_is_none_is_a_usage_error(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["user", "add", "li", "--role", "king"])
    assert raised.value.code == 2


def test_whoever_ran_the_command_is_in_the_log(ledger: Ledger, wang: str) -> None:
    (event,) = ledger.events()
    assert event.what == "user added" and event.actor.startswith("console:") and "@" in event.actor
