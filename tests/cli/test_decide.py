"""`./heyan decide`: the desk's decisions from the terminal."""

import json
from pathlib import Path

import pytest

from cli.main import main
from domain.people import Role
from storage.ledger import Ledger
from storage.people import People
from tests.review.cases import enter, understood
from tests.storage.databases import open_embedded

PASSWORD = "清水江边-2026-九月"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    monkeypatch.setenv("HEYAN_DATABASE_URL", f"sqlite:///{tmp_path}/heyan.db")
    ledger = opened(tmp_path)
    people = People(ledger.database)
    for name, role in (("wang", Role.REVIEWER), ("zhao", Role.SUPERVISOR), ("chen", Role.OFFICER)):
        people.add(name, name, role, PASSWORD)
    monkeypatch.setenv("HEYAN_TOKEN", people.issue_token(people.find("wang"), "试验"))
    return enter(ledger, understood("s1211-000"), "s")


def opened(folder: Path) -> Ledger:
    return open_embedded(folder / "heyan.db")


def test_a_correction_tells_what_is_gone(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--place", "supply_form:permit_before.Cr", "--text", "0.024634 吨/年", "--reason", "看错"]
    assert main(["decide", case, "correct", *place, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in told["gone"]] == ["QTY-001"]
    assert main(["decide", case, "undo"]) == 1
    shown = capsys.readouterr().out
    assert "新增 new" in shown and "QTY-001" in shown


def test_a_notice_is_drafted_edited_and_sent(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", case, "draft", "--json"]) == 0
    draft = json.loads(capsys.readouterr().out) | {"signed": "某局（盖章）"}
    edited, paper = tmp_path / "通知.json", tmp_path / "通知.docx"
    edited.write_text(json.dumps(draft, ensure_ascii=False), encoding="utf-8")
    given = ["--notice", str(edited), "--docx", str(paper), "--json"]
    assert main(["decide", case, "return", *given]) == 0
    assert json.loads(capsys.readouterr().out)["decision"]["notice"]["signed"] == "某局（盖章）"
    assert paper.read_bytes().startswith(b"PK")
    assert main(["decide", case, "draft"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["correct", "--place", "supply_form:permit_before.Cr", "--text", "25斤"],
        ["correct", "--place", "supply_form:nothing", "--text", "1"],
        ["confirm", "--item", "999"],
        ["waive", "--item", "1"],
        ["refuse", "--reason", "x", "--as", "zhao"],
        ["refuse", "--reason", "x", "--as", "nobody"],
        ["return", "--notice", "no-such-file.json"],
        ["verify"],
    ],
)
def test_what_cannot_be_decided_is_a_usage_error_and_changes_nothing(
    case: str, tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = opened(tmp_path).show(case).case
    assert main(["decide", case, *arguments]) == 2
    assert "错误：" in capsys.readouterr().err
    assert opened(tmp_path).show(case).case == before


def test_what_is_not_a_place_or_an_act_is_refused(case: str) -> None:
    for arguments in (["correct", "--place", "offered.Pb"], ["forget"]):
        with pytest.raises(SystemExit) as raised:
            main(["decide", case, *arguments])
        assert raised.value.code == 2


CONFIRM = ["confirm", "--item", "1"]


@pytest.fixture
def nobody(case: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The case, and nothing that proves who acts."""
    monkeypatch.delenv("HEYAN_TOKEN")
    monkeypatch.setenv("USER", "wang")
    return case


def actors(folder: Path, case: str) -> list[str]:
    return [event.actor for event in opened(folder).events(case) if event.what == "decided"]


@pytest.mark.parametrize("named", [[], ["--as", "wang"], ["--as", "zhao"]])
def test_a_name_alone_proves_nothing(
    nobody: str, tmp_path: Path, named: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decide", nobody, *CONFIRM, *named]) == 2
    assert "须证明身份" in capsys.readouterr().err
    assert actors(tmp_path, nobody) == []


def test_a_password_proves_whose_decision_it_is(nobody: str, tmp_path: Path) -> None:
    secret = tmp_path / "密码"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    assert main(["decide", nobody, *CONFIRM, "--as", "wang", "--password-file", str(secret)]) == 1
    assert actors(tmp_path, nobody) == ["reviewer:wang"]


@pytest.mark.parametrize("wrong", ["错的密码-2026", ""])
def test_a_wrong_password_decides_nothing(nobody: str, tmp_path: Path, wrong: str) -> None:
    secret = tmp_path / "密码"
    secret.write_text(wrong, encoding="utf-8")
    assert main(["decide", nobody, *CONFIRM, "--as", "wang", "--password-file", str(secret)]) == 2
    assert actors(tmp_path, nobody) == []


def test_a_password_that_somebody_else_set_must_be_changed_first(nobody: str, tmp_path: Path) -> None:
    People(opened(tmp_path).database).set_password("wang", PASSWORD + "二", once=True)
    secret = tmp_path / "密码"
    secret.write_text(PASSWORD + "二", encoding="utf-8")
    assert main(["decide", nobody, *CONFIRM, "--as", "wang", "--password-file", str(secret)]) == 2
    assert actors(tmp_path, nobody) == []


def test_a_token_may_lie_in_a_file(nobody: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people, secret = People(opened(tmp_path).database), tmp_path / "令牌"
    secret.write_text(people.issue_token(people.find("zhao"), "试验") + "\n", encoding="utf-8")
    monkeypatch.setenv("HEYAN_TOKEN_FILE", str(secret))
    assert main(["decide", nobody, *CONFIRM, "--as", "zhao"]) == 1
    assert actors(tmp_path, nobody) == ["supervisor:zhao"]


@pytest.mark.parametrize("token", ["nonsense", "disabled"])
def test_a_worthless_token_decides_nothing(
    nobody: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    people = People(opened(tmp_path).database)
    issued = people.issue_token(people.find("wang"), "试验")
    people.disable("wang")
    monkeypatch.setenv("HEYAN_TOKEN", issued if token == "disabled" else token)
    assert main(["decide", nobody, *CONFIRM]) == 2
    assert actors(tmp_path, nobody) == []
