"""`./heyan publish`, `notice`, `announce`, `life` and `calendar` on an embedded ledger."""

import json

import pytest

from cli.main import main
from domain.people import Role
from storage.ledger import Ledger
from storage.people import People
from tests.cli.test_ledger import agreed, ledger, listed
from tests.validators.deals import BUYER, CODE, DEAL, NAME

__all__ = ["agreed", "ledger", "listed"]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def steps(capsys: pytest.CaptureFixture[str], name: str) -> list[str]:
    return [it["step"] for it in told(capsys, "life", name)["taken"] if not it["undone"]]


def test_what_is_public_is_listed_with_what_is_left(
    ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish"]) == 0
    shown = capsys.readouterr().out
    assert NAME in shown and BUYER in shown and listed in shown
    found = told(capsys, "publish")["published"]
    assert [(it["kind"], it["free"]) for it in found] == [("supply", {"Pb": "45", "As": "2"}), ("demand", {"Pb": "50"})]


def test_a_listing_is_published_once_and_renewed_only_where_something_changed(
    ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", listed]) == 2
    assert "无须更新" in capsys.readouterr().err
    assert main(["publish", "--all"]) == 0  # all are


def test_a_notice_with_an_objection_is_told_by_life_and_calendar(
    ledger: Ledger, listed: str, agreed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", agreed, "--from", "2026-11-23"]) == 0
    assert main(["notice", agreed, "--objection", "数量有误", "--on", "2026-11-25"]) == 0
    assert main(["calendar", "--week", "--today", "2026-11-26"]) == 0
    assert "中止" in capsys.readouterr().out
    assert main(["notice", agreed, "--settle", "不成立", "--on", "2026-11-26"]) == 0
    assert steps(capsys, agreed)[-4:] == ["agreed", "noticed", "objected", "settled"]
    (notice,) = told(capsys, "calendar", "--today", "2026-11-27")["notices"]
    assert (notice["opened_on"], notice["calendar"], notice["paused"]) == ("2026-11-23", "2026-12-15", False)
    assert told(capsys, "calendar", "--week", "--today", "2026-11-27")["notices"] == []
    assert main(["calendar"]) == 0


def test_an_illegal_step_says_which_is_missing_and_the_exit_code_is_2(
    ledger: Ledger, listed: str, agreed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", agreed, "--objection", "早了"]) == 2
    assert "尚未完成“公示”（指南4(4)）" in capsys.readouterr().err
    assert main(["notice", agreed, "--objection", " "]) == 2
    assert main(["notice", agreed]) == 2


def test_only_a_supervisor_announces_and_only_what_is_filed(
    ledger: Ledger, listed: str, agreed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["notice", agreed, "--from", "2024-08-05"])
    assert main(["announce", agreed]) == 2
    assert "权限" in capsys.readouterr().err
    people = People(ledger.database)
    people.add("zhao", "赵某", Role.SUPERVISOR, None)
    monkeypatch.setenv("HEYAN_TOKEN", people.issue_token(people.find("zhao"), "试验"))
    assert main(["announce", agreed]) == 2
    assert "交易结果报备" in capsys.readouterr().err
    from reports.postings import posting

    ledger.post(agreed, posting(DEAL.dossier, agreed))
    found = told(capsys, "announce", agreed)
    assert (found["deal"], found["quantities"]) == (agreed, {"Pb": "45"})
    assert steps(capsys, listed)[-1] in ("updated", "reoffered")


def test_a_companys_life_has_its_cases_and_an_unknown_one_is_a_usage_error(
    ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert steps(capsys, CODE) == ["submitted", "registered", "verified", "published"]
    assert main(["life", listed]) == 0
    assert "未成交部分二次出让" in capsys.readouterr().out
    assert main(["life", "无此企业"]) == 2
