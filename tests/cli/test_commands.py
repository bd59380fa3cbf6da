"""The command line: what it prints where, and the numbers it ends with."""

import json
from datetime import date
from pathlib import Path

import pytest

from cli.main import COMMANDS, main, parser
from cli.screen import doubts
from domain.dossier import Dossier, RefusedFile
from domain.errors import StorageAway
from domain.finding import Finding, Outcome, Severity, State
from reports.verdict import Verdict, gravest, quarantined, recall, verdict

EMPTY = Dossier(package="甲", kind=None, today=date(2026, 11, 20), documents=(), pages=())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_example_in_two_languages(command: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"./heyan {command}" in shown
    assert "示例 examples" in shown


def test_help_is_success_and_nothing_is_a_usage_error(capsys) -> None:
    assert main(["--help"]) == 0
    assert main([]) == 2
    shown = capsys.readouterr().out
    assert all(command in shown for command in COMMANDS)


def test_an_unknown_command_is_a_usage_error(capsys) -> None:
    assert main(["chekc"]) == 2
    assert "chekc" in capsys.readouterr().err


def test_an_unknown_option_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--nonsense"])
    assert ended.value.code == 2


def test_a_path_that_is_not_there_is_a_usage_error(capsys) -> None:
    assert main(["check", "没有/这个.zip"]) == 2
    assert "找不到" in capsys.readouterr().err


def test_storage_away_ends_with_four(capsys, monkeypatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("HEYAN_DATABASE_URL", f"sqlite:///{blocked}/heyan.db")
    assert main(["queue"]) == 4
    assert "（" in capsys.readouterr().err


def test_an_error_of_ours_ends_with_five_and_a_traceback(capsys, monkeypatch) -> None:
    monkeypatch.setattr("cli.rules.run", lambda args: 1 / 0)
    assert main(["rules"]) == 5
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_rules_as_json_is_one_object(capsys) -> None:
    assert main(["rules", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["rules"]
    assert {"QTY-003", "IDN-002", "DOC-001"} <= {entry["rule"] for entry in entries}
    assert all(entry["cites"] and entry["severity"] in "BRN" for entry in entries)


def test_an_empty_queue_is_clear(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    assert main(["queue", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": []}


def test_an_unknown_case_is_a_usage_error(capsys, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    assert main(["show", "HY-2026-000404"]) == 2
    assert "HY-2026-000404" in capsys.readouterr().err


def test_the_gravest_package_gives_the_exit_code() -> None:
    clear, unread = verdict(EMPTY, (), 1.0), quarantined("乙", StorageAway("S3", "不可用"), 0.0)
    review = verdict(EMPTY, (failed(),), 1.0)
    assert [gravest(some) for some in ([], [clear], [clear, review], [review, unread])] == [0, 0, 1, 4]


def test_a_refused_file_holds_a_package_back() -> None:
    refused = (RefusedFile(name="a.heic", code="UNSUPPORTED_TYPE", message="不支持"),)
    assert verdict(EMPTY.model_copy(update={"refused": refused}), (), 1.0).state is State.REVIEW


def test_a_verdict_survives_its_json_and_comes_back_as_a_duplicate() -> None:
    first = verdict(EMPTY, (failed(),), 1.0, case="HY-2026-000001")
    again = recall(first.model_dump_json(), "乙", "HY-2026-000001")
    assert again == Verdict(**(dict(first) | {"package": "乙", "duplicate": True}))


def test_findings_stand_gravest_first() -> None:
    note, doubt = failed("DOC-005", Severity.NOTE), failed("IDN-001", Severity.REVIEW, Outcome.UNSURE)
    shown = verdict(EMPTY, (note, doubt, failed()), 1.0).holding
    assert [finding.rule for finding in shown] == ["QTY-003", "IDN-001"]


def test_a_doubt_is_told_once_with_all_rules_that_it_stops() -> None:
    doubt = "第1页“富余排放量（铬）”读数不确定"
    findings = [
        failed(code, outcome=Outcome.UNSURE).model_copy(update={"message": f"{doubt}，无法核对“{code}”"})
        for code in ("QTY-004", "QTY-005")
    ]
    (line,) = doubts([failed(), *findings])
    assert line.count(doubt) == 1 and "QTY-004 QTY-005" in line


def test_today_must_be_a_date() -> None:
    with pytest.raises(SystemExit):
        parser("check").parse_args(["x", "--today", "20.11.2026"])


def failed(rule: str = "QTY-003", severity: Severity = Severity.BLOCK, outcome: Outcome = Outcome.FAILED) -> Finding:
    return Finding(rule=rule, outcome=outcome, severity=severity, message="两处数值不一致")


def test_a_fault_of_the_program_does_not_take_the_next_package_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from cli import examine
    from extractors.recorded import Readings

    def stumble(*_: object, **__: object) -> None:
        raise KeyError("year4")

    monkeypatch.setattr(examine, "understand", stumble)
    verdict = examine.judge(Readings(package="a.pdf", engine="e", seconds=1, pages=(), refused=()), date(2026, 1, 1))
    assert verdict.error is not None and verdict.error.code == "PROGRAM_FAILED" and verdict.exit_code == 5
