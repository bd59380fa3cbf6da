"""`./heyan decide`: the desk's decisions from the terminal."""

import json
from pathlib import Path

import pytest

from cli.main import main
from domain.people import Role
from storage.ledger import Ledger, open_ledger
from storage.people import People
from tests.review.cases import enter, understood


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    monkeypatch.setenv("HEYAN_DATABASE_URL", f"sqlite:///{tmp_path}/heyan.db")
    ledger = opened(tmp_path)
    for name, role in (("wang", Role.REVIEWER), ("zhao", Role.SUPERVISOR), ("chen", Role.OFFICER)):
        People(ledger.database).add(name, name, role, None)
    return enter(ledger, understood("s1211-000"), "s")


def opened(folder: Path) -> Ledger:
    return open_ledger(f"sqlite:///{folder}/heyan.db")


def test_a_correction_tells_what_is_gone(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--place", "supply_form:permit_before.Cr", "--text", "0.024634 吨/年"]
    assert main(["decide", case, "correct", *place, "--as", "wang", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in told["gone"]] == ["QTY-001"]
    assert main(["decide", case, "undo", "--as", "wang"]) == 1
    shown = capsys.readouterr().out
    assert "新增 new" in shown and "QTY-001" in shown


def test_a_notice_is_drafted_edited_and_sent(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", case, "draft", "--json"]) == 0
    draft = json.loads(capsys.readouterr().out) | {"signed": "某局（盖章）"}
    edited, paper = tmp_path / "通知.json", tmp_path / "通知.docx"
    edited.write_text(json.dumps(draft, ensure_ascii=False), encoding="utf-8")
    given = ["--notice", str(edited), "--docx", str(paper), "--as", "wang", "--json"]
    assert main(["decide", case, "return", *given]) == 0
    assert json.loads(capsys.readouterr().out)["decision"]["notice"]["signed"] == "某局（盖章）"
    assert paper.read_bytes().startswith(b"PK")
    assert main(["decide", case, "draft"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["correct", "--place", "supply_form:permit_before.Cr", "--text", "25斤", "--as", "wang"],
        ["correct", "--place", "supply_form:nothing", "--text", "1", "--as", "wang"],
        ["confirm", "--item", "999", "--as", "wang"],
        ["waive", "--item", "1", "--as", "wang"],
        ["refuse", "--reason", "x", "--as", "chen"],
        ["refuse", "--reason", "x", "--as", "nobody"],
        ["return", "--notice", "no-such-file.json", "--as", "wang"],
        ["verify", "--as", "wang"],
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
