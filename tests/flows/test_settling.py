"""Settling: the ledger moves with a clear case only, and never behind the rules' back."""

import asyncio
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from domain.books import Balance
from domain.decision import Act, Wish
from domain.dossier import Dossier, Kind
from domain.errors import IntakeError
from domain.field import Field
from domain.finding import State
from domain.quantity import Metal
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.supply_form import SupplyForm
from extractors.documents.surplus_statement import SurplusStatement
from extractors.documents.transfer_agreement import TransferAgreement
from flows import intake_flow
from reports.postings import Unpostable, agreed
from reports.verdict import Verdict, quarantined, verdict
from review.deciding import decide
from storage.bucket import Bucket, open_bucket
from storage.ledger import Ledger
from storage.records import Drop
from storage.results import set_aside
from tests.review.cases import WANG
from tests.storage.databases import open_embedded
from tests.validators.deals import BUYER_CASE, BUYER_SIDE, CONTRACT, DEAL, OPENED
from tests.validators.papers import CLEAN, CODE, Case, kilograms, sure


@pytest.fixture
def store(tmp_path: Path) -> tuple[Bucket, Ledger]:
    return open_bucket(tmp_path / "bucket"), open_embedded(tmp_path / "heyan.db")


def claim(ledger: Ledger, content: str) -> str:
    drop = Drop(package=content, content_hash=content.rjust(64, "0"), submitted_on=CLEAN.dossier.today, files=())
    return ledger.claim(drop).case


def check(ledger: Ledger, case: str, dossier: Dossier) -> Verdict:
    findings = asyncio.run(intake_flow.check.fn(dossier, ledger, case))
    return verdict(dossier, findings, 1.0, case)


def settle(store: tuple[Bucket, Ledger], dossier: Dossier, result: Verdict) -> Verdict:
    return asyncio.run(intake_flow.settle.fn(store, dossier, result))


def examine(store: tuple[Bucket, Ledger], case: Case, content: str) -> Verdict:
    """A package through check and settle; a listing that passes is published."""
    number = claim(store[1], content)
    told = settle(store, case.dossier, check(store[1], number, case.dossier))
    if told.state is State.CLEAR and case.dossier.kind is not Kind.TRANSFER:
        store[1].publish(number, case.dossier.today)
    return told


def of_seller(ledger: Ledger) -> Balance:
    return next(it for it in ledger.balances() if (it.uscc, it.metal) == (CODE, Metal.PB))


def renumbered(case: Case) -> Case:
    """The same parties and kilograms under other papers: another deal."""
    numbers = {TransferAgreement: "XY-2", Contract: "HT-2"}
    for kind, number in numbers.items():
        case = case.change(kind, None, number=sure(number))
    return case.change(PaymentSlip, None, serial=sure("2024091200018"))


def test_seller_buyer_and_deal_pass_and_the_ledger_moves(store: tuple[Bucket, Ledger]) -> None:
    """As the guide goes: both are listed, the agreement is in public notice, then the contract is filed."""
    ledger = store[1]
    assert [examine(store, it, it.dossier.package).state for it in (CLEAN, BUYER_CASE)] == [State.CLEAR] * 2
    noticed = examine(store, DEAL.without(Contract).without(PaymentSlip), "a")
    assert noticed.state is State.REVIEW
    ledger.open_notice(str(noticed.case), OPENED, agreed(ledger.show(str(noticed.case)).documents))
    assert (of_seller(ledger).free, of_seller(ledger).reserved) == (0, 45)
    deal = examine(store, DEAL, "d")
    assert (deal.state, [finding.message for finding in deal.holding]) == (State.CLEAR, [])
    assert (of_seller(ledger).free, of_seller(ledger).reserved, of_seller(ledger).transferred) == (0, 0, 45)
    told = [event.what for event in ledger.events(str(deal.case)) if "step" not in event.what]
    assert told == ["received", "checked", "drawn", "transferred"]


def test_a_deal_whose_listings_are_not_public_waits_until_they_are(store: tuple[Bucket, Ledger]) -> None:
    ledger, stated = store[1], DEAL.change(Contract, None, notice_from=sure(OPENED))
    listed = []
    for case in (CLEAN, BUYER_CASE):
        listed.append(claim(ledger, case.dossier.package))
        settle(store, case.dossier, check(ledger, listed[-1], case.dossier))
    told = examine(store, stated, "d")
    assert told.state is State.REVIEW
    (found,) = [finding for finding in told.holding if finding.rule == "DEA-007"]
    assert "尚未发布" in found.message and listed[0] in found.message
    for number in listed:
        ledger.publish(number, CLEAN.dossier.today)
    assert examine(store, stated, "d2").state is State.CLEAR


def test_a_listing_withdrawn_behind_the_rules_back_sends_the_deal_to_review(store: tuple[Bucket, Ledger]) -> None:
    ledger, stated = store[1], DEAL.change(Contract, None, notice_from=sure(OPENED))
    buyer = [str(examine(store, case, case.dossier.package).case) for case in (CLEAN, BUYER_CASE)][1]
    number = claim(ledger, "d")
    checked = check(ledger, number, stated.dossier)
    assert checked.state is State.CLEAR
    ledger.withdraw(buyer, "不再需要", CLEAN.dossier.today)
    told = settle(store, stated.dossier, checked)
    assert told.state is State.REVIEW
    assert "DEA-007" in {finding.rule for finding in told.holding}
    assert of_seller(ledger).transferred == 0


def test_a_deal_without_its_sellers_listing_waits_and_moves_nothing(store: tuple[Bucket, Ledger]) -> None:
    told = examine(store, DEAL, "d")
    assert told.state is State.REVIEW
    assert "DEA-007" in {finding.rule for finding in told.holding}
    assert store[1].balances() == ()


def test_whoever_comes_second_to_the_last_kilogram_goes_to_review(store: tuple[Bucket, Ledger]) -> None:
    ledger = store[1]
    for case, content in ((CLEAN, "s"), (BUYER_CASE, "b")):
        examine(store, case, content)
    stated = DEAL.change(Contract, None, notice_from=sure(OPENED))
    other = renumbered(stated)
    first, second = claim(ledger, "d1"), claim(ledger, "d2")
    both = [(first, stated.dossier), (second, other.dossier)]
    checked = [check(ledger, number, dossier) for number, dossier in both]  # at the same time: both see it free
    assert [it.state for it in checked] == [State.CLEAR] * 2
    told = [settle(store, dossier, result) for (_, dossier), result in zip(both, checked, strict=True)]
    assert [it.state for it in told] == [State.CLEAR, State.REVIEW]
    assert "DEA-004" in {finding.rule for finding in told[1].holding if finding.outcome == "failed"}
    assert ledger.show(second).case.state == "review"
    assert (of_seller(ledger).free, of_seller(ledger).transferred) == (0, 45)
    assert '"review"' in store[0].read(f"results/{second}.json").decode()


def test_a_case_in_review_moves_nothing(store: tuple[Bucket, Ledger]) -> None:
    changed = CLEAN.change(SupplyForm, None, offered=kilograms("46.0"))
    assert examine(store, changed, "s").state is State.REVIEW
    assert store[1].balances() == ()


def test_settling_again_after_a_crash_moves_nothing_twice(store: tuple[Bucket, Ledger]) -> None:
    case = claim(store[1], "s")
    for _ in range(2):
        result = check(store[1], case, CLEAN.dossier)
        assert settle(store, CLEAN.dossier, result).state is State.CLEAR
    assert of_seller(store[1]).free == 45


def test_the_unsold_remainder_is_offered_again(store: tuple[Bucket, Ledger]) -> None:
    examine(store, CLEAN, "s")
    again = CLEAN
    for kind in (SupplyForm, SurplusStatement):
        again = again.change(kind, None, offered=kilograms("40.0"))
    assert examine(store, again, "s2").state is State.CLEAR
    found = of_seller(store[1])
    assert (found.verified, found.held, found.free) == (D("46.4"), D("6.4"), D("40"))


@pytest.mark.parametrize(("case", "rule"), [(CLEAN, "QTY-006"), (BUYER_CASE, "DEM-002"), (DEAL, "DEA-001")])
def test_a_clear_case_that_cannot_be_posted_waits_for_a_person(
    store: tuple[Bucket, Ledger], monkeypatch: pytest.MonkeyPatch, case: Case, rule: str
) -> None:
    def refuse(*_: Any) -> None:
        raise Unpostable("UNPOSTABLE", "字段缺失")

    monkeypatch.setattr(intake_flow, "posting", refuse)
    ledger, number = store[1], claim(store[1], "s")
    monkeypatch.setattr(Ledger, "books", lambda *_: case.books)
    told = settle(store, case.dossier, check(ledger, number, case.dossier))
    assert [(it.rule, it.outcome, it.message) for it in told.holding] == [(rule, "unsure", "字段缺失")]
    assert ledger.show(number).case.state == "review"
    assert [it.finding.rule for it in ledger.queue()] == [rule]
    assert ledger.balances() == ()


def test_a_copy_of_a_contract_in_other_brackets_is_posted_all_the_same(store: tuple[Bucket, Ledger]) -> None:
    for case, content in ((CLEAN, "s"), (BUYER_CASE, "b")):
        examine(store, case, content)
    side = BUYER_SIDE.model_copy(update={"name": sure("铜仁(贵州)冶炼有限公司", 2)})
    copy = CONTRACT.model_copy(update={"transferee": side, "demand_project": Field(), "number": Field()})
    stated = DEAL.change(Contract, None, notice_from=sure(OPENED))
    two = stated.dossier.model_copy(update={"documents": (*stated.dossier.documents, copy)})
    number = claim(store[1], "d")
    findings = [it for it in check(store[1], number, two).findings if not it.holds]
    told = settle(store, two, verdict(two, findings, 1.0, number))
    assert told.state is State.CLEAR
    assert of_seller(store[1]).transferred == 45


@pytest.mark.parametrize("act", [Act.RETURN, Act.REFUSE])
def test_a_run_that_ends_late_leaves_what_a_person_decided_meanwhile(store: tuple[Bucket, Ledger], act: Act) -> None:
    bucket, ledger = store
    case = claim(ledger, "s")
    taken_up, hanging = ledger.claimed(case), check(ledger, case, CLEAN.dossier)
    trouble = IntakeError("NOT_FINISHED", "多次核验均未能完成")
    text = quarantined("s", trouble, 1.0, case).model_dump_json()
    assert set_aside(*store, case, trouble, text) is None
    decide(ledger, Wish(case=case, act=act, reason="材料不清"), WANG, bucket)
    before = ledger.show(case)
    told = asyncio.run(intake_flow.settle.fn(store, CLEAN.dossier, hanging, taken_up))
    asyncio.run(intake_flow.quarantine.fn(store, IntakeError("X", "坏"), hanging, taken_up))
    after = ledger.show(case)
    assert (after.case, after.verdict, after.items) == (before.case, before.verdict, before.items)
    assert after.case.state in ("returned", "refused")
    assert ledger.balances() == ()
    assert (bucket.read(f"results/{case}.json").decode(), told.state) == (text, "quarantined")
    late = after.events[len(before.events) :]
    assert [it.what for it in late] == ["superseded"] * 2
    assert late[0].detail["found"] == "clear" and late[1].detail["code"] == "X"
