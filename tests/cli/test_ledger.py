"""`./heyan ledger`, `notice` and `withdraw` on an embedded ledger."""

import json
from decimal import Decimal as D
from pathlib import Path

import pytest

from cli.main import main
from domain.dossier import Kind
from domain.finding import State
from domain.people import Role
from domain.postings import Listing
from domain.quantity import Metal
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from storage.ledger import Ledger
from storage.people import People
from storage.records import Drop
from tests.storage.databases import open_embedded
from tests.validators.deals import AGREED, BUYER, BUYER_CODE, DEAL
from tests.validators.papers import CODE, NAME


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path))
    opened = open_embedded(tmp_path / "heyan.db")
    people = People(opened.database)
    for name, role in (("wang", Role.REVIEWER), ("chen", Role.OFFICER)):
        people.add(name, name, role, None)
    monkeypatch.setenv("HEYAN_TOKEN", people.issue_token(people.find("wang"), "试验"))
    return opened


@pytest.fixture
def listed(ledger: Ledger) -> str:
    """The seller's case; both parties are verified."""
    figures = {Metal.PB: D("45.0"), Metal.AS: D("2")}
    surplus = {Metal.PB: D("46.4"), Metal.AS: D("2")}
    seller = Listing(kind=Kind.SUPPLY, uscc=CODE, name=NAME, on=AGREED, figures=figures, surplus=surplus)
    buyer = Listing(kind=Kind.DEMAND, uscc=BUYER_CODE, name=BUYER, on=AGREED, figures={Metal.PB: D(50)})
    cases = [_claim(ledger, content) for content in "sb"]
    for case, listing in zip(cases, (seller, buyer), strict=True):
        ledger.post(case, listing)
        ledger.publish(case, listing.on)
    return cases[0]


@pytest.fixture
def agreed(ledger: Ledger) -> str:
    """A case with nothing but an agreement over 45 kg of lead."""
    case, dossier = _claim(ledger, "a"), DEAL.without(Contract).without(PaymentSlip).dossier
    ledger.record(case, dossier, (), state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
    return case


def _claim(ledger: Ledger, content: str) -> str:
    return ledger.claim(Drop(package=content, content_hash=content, submitted_on=AGREED, files=())).case


def _balances(capsys: pytest.CaptureFixture[str], *words: str) -> dict[tuple[str, str], dict[str, str]]:
    capsys.readouterr()
    assert main(["ledger", "--json", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    return {(it["uscc"], it["metal"]): it for it in told["balances"]}


def test_an_empty_ledger_says_so(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger"]) == 0
    assert "没有记录" in capsys.readouterr().out


def test_the_table_has_both_sides_and_sums_per_metal(
    ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger"]) == 0
    shown = capsys.readouterr().out
    assert NAME in shown and BUYER in shown and "可出让" in shown and "待落实" in shown
    assert [line.split()[2] for line in shown.splitlines() if "合计" in line] == ["Pb", "As", "Pb"]


def test_json_has_balances_with_names_and_sums(ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = _balances(capsys)
    assert found[CODE, "Pb"]["name"] == NAME
    assert (found[CODE, "Pb"]["verified"], found[CODE, "Pb"]["held"], found[CODE, "Pb"]["free"]) == (
        "46.4",
        "1.4",
        "45",
    )
    main(["ledger", "--json"])
    sums = json.loads(capsys.readouterr().out)["sums"]
    assert (sums["Pb"]["free"], sums["Pb"]["needed"], sums["As"]["free"]) == ("45", "50", "2")


@pytest.mark.parametrize("company", [CODE, NAME, NAME[2:6]])
def test_one_company_may_be_asked_for(
    ledger: Ledger, listed: str, company: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {code for code, _ in _balances(capsys, company)} == {CODE}


def test_an_unknown_company_is_a_usage_error(ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "无此企业"]) == 2
    assert "无此企业" in capsys.readouterr().err


def test_a_notice_reserves_and_a_failed_one_gives_back(
    ledger: Ledger, listed: str, agreed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", agreed, "--from", "2024-08-05"]) == 0
    assert _balances(capsys)[CODE, "Pb"]["reserved"] == "45"
    assert main(["notice", agreed, "--failed", "有单位提出异议"]) == 0
    assert _balances(capsys)[CODE, "Pb"]["reserved"] == "0"
    assert main(["notice", agreed, "--failed", "再次"]) == 2
    assert "已退回" in capsys.readouterr().err
    assert ledger.events()[-1].actor == "reviewer:wang"


def test_a_notice_over_more_than_is_free_is_refused(
    ledger: Ledger, agreed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", agreed, "--from", "2024-08-05"]) == 1
    assert f"{CODE} 的 Pb 尚可动用 0 千克/年，不足所需的 45 千克/年" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["notice", "HY-1999-000001", "--from", "2024-08-05"], "没有案卷"),
        (["notice", "HY-1999-000001", "--failed", "x"], "没有案卷"),
        (["notice", "HY-1999-000001"], "--from"),
        (["withdraw", "HY-1999-000001"], "没有案卷"),
    ],
)
def test_what_cannot_be_is_a_usage_error(
    ledger: Ledger, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert why in capsys.readouterr().err


def test_a_listing_has_no_agreement_to_notice(ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", listed, "--from", "2024-08-05"]) == 2
    assert "没有可公示的协议转让书" in capsys.readouterr().err


def test_a_listing_is_withdrawn_once(ledger: Ledger, listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["withdraw", listed, "--reason", "企业自用"]) == 0
    assert _balances(capsys)[CODE, "Pb"]["free"] == "0"
    assert main(["withdraw", listed]) == 2
    assert "已撤回" in capsys.readouterr().err


def test_an_agreement_in_notice_is_withdrawn(
    ledger: Ledger, listed: str, agreed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["notice", agreed, "--from", "2024-08-05"])
    assert main(["withdraw", agreed]) == 0
    assert _balances(capsys)[CODE, "Pb"]["free"] == "45"


@pytest.mark.parametrize("words", [["notice", "--from", "2024-08-05"], ["notice", "--failed", "x"], ["withdraw"]])
@pytest.mark.parametrize("who", ["nobody", "chen"])
def test_only_whoever_may_and_proves_who_they_are_moves_the_books(
    ledger: Ledger, listed: str, agreed: str, words: list[str], who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, before = People(ledger.database), ledger.events(agreed)
    monkeypatch.setenv("HEYAN_TOKEN", people.issue_token(people.find("chen"), "试验") if who == "chen" else "")
    monkeypatch.setenv("USER", "wang")
    assert main([words[0], agreed, *words[1:]]) == 2
    assert ledger.events(agreed) == before
