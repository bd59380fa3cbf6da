"""From a dossier to what the ledger is asked and what it is given to post."""

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from domain.accounts import Overdrawn
from domain.document import present
from domain.dossier import Dossier, Kind
from domain.field import Field
from domain.finding import Outcome, State, settle
from domain.postings import Listing, Sale
from domain.quantity import Metal
from extractors.documents.contract import Contract
from extractors.documents.demand_form import DemandForm
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.supply_form import SupplyForm
from extractors.documents.transfer_agreement import TransferAgreement
from reports.postings import Unpostable, agreed, mentioned, objected, posting
from storage.payments import SerialUsed
from tests.validators.deals import (
    AGREED,
    AGREEMENT,
    BUYER,
    BUYER_CASE,
    BUYER_CODE,
    CONTRACT,
    DEAL,
    PROJECT,
    SIGNED,
    SLIP,
    SUPPLY_PROJECT,
    item,
)
from tests.validators.papers import CLEAN, CODE, NAME, kilograms, sure, unsure
from validators import check


def with_more(dossier: Dossier, *documents: Any) -> Dossier:
    return dossier.model_copy(update={"documents": (*dossier.documents, *documents)})


def test_a_sellers_package_lists_what_is_offered_with_its_surplus() -> None:
    listing = posting(CLEAN.dossier, "C")
    assert isinstance(listing, Listing)
    assert (listing.kind, listing.uscc, listing.name, listing.on) == (Kind.SUPPLY, CODE, NAME, CLEAN.dossier.today)
    assert (listing.figures[Metal.PB], listing.surplus[Metal.PB]) == (D("45.0"), D("46.4"))


def test_a_metal_left_empty_is_not_offered() -> None:
    changed = CLEAN.change(SupplyForm, None, offered={**kilograms("45.0"), Metal.CD: sure(None, raw="/")})
    listing = posting(changed.dossier, "C")
    assert set(listing.figures) == {Metal.PB}


def test_a_buyers_package_lists_what_is_needed() -> None:
    listing = posting(BUYER_CASE.dossier, "C")
    assert (listing.kind, listing.uscc, listing.name, listing.figures) == (
        Kind.DEMAND,
        BUYER_CODE,
        BUYER,
        {Metal.PB: D("45.0")},
    )
    assert PROJECT in str(listing.project)


def test_a_deal_is_sold_with_its_payments() -> None:
    sale = posting(DEAL.dossier, "C")
    assert isinstance(sale, Sale)
    assert (sale.transferor.uscc, sale.transferee.uscc) == (CODE, BUYER_CODE)
    assert (sale.transferor.project, sale.transferee.project) == (SUPPLY_PROJECT, PROJECT)
    assert (sale.agreement, sale.contract, sale.agreed_on, sale.signed_on) == ("XY-1", "HT-1", AGREED, SIGNED)
    assert [(it.metal, it.quantity, it.unit_price, it.years) for it in sale.items] == [(Metal.PB, 45, 12000, None)]
    (paid,) = sale.payments
    assert (paid.case, paid.serial, paid.amount, paid.contract) == ("C", "2024091200017", 540000, "HT1")


def test_a_reprint_is_the_same_payment_and_a_fee_none() -> None:
    reprint = SLIP.model_copy(update={"reprint": sure(True), "serial": sure("20240912 00017")})
    fee = SLIP.model_copy(update={"kind": sure("fee"), "serial": sure("9")})
    assert len(posting(with_more(DEAL.dossier, reprint, fee), "C").payments) == 1


@pytest.mark.parametrize("printed", ["540000", "-540000"])
def test_a_refund_is_a_payment_below_zero(printed: str) -> None:
    back = SLIP.model_copy(update={"kind": sure("refund"), "serial": sure("R1"), "amount": sure(D(printed))})
    again = SLIP.model_copy(update={"serial": sure("P2")})
    paid = posting(with_more(DEAL.dossier, back, again), "C").payments
    assert [(it.serial, it.amount) for it in paid] == [("2024091200017", 540000), ("R1", -540000), ("P2", 540000)]
    assert {(it.transferor, it.transferee) for it in paid} == {(CODE, BUYER_CODE)}


def test_what_the_contract_leaves_out_the_agreement_tells() -> None:
    side = CONTRACT.transferee.model_copy(update={"uscc": Field()})
    changed = DEAL.change(Contract, None, transferee=side)
    assert posting(changed.dossier, "C").transferee.uscc == BUYER_CODE


@pytest.mark.parametrize(
    "changed",
    [
        CLEAN.change(SupplyForm, None, offered={Metal.PB: unsure(D(45))}),
        CLEAN.change(SupplyForm, None, uscc=unsure(CODE)),
        CLEAN.change(SupplyForm, None, offered={**kilograms("45.0"), **kilograms("1", Metal.HG)}),
        BUYER_CASE.change(DemandForm, None, demand={Metal.PB: unsure(D(45))}),
        DEAL.change(Contract, None, signed_on=unsure(SIGNED)),
        DEAL.change(Contract, None, items=(item().model_copy(update={"quantity": unsure(D(45))}),)),
        DEAL.change(PaymentSlip, None, amount=unsure(D(540000))),
        DEAL.without(Contract),
        replace(DEAL, dossier=DEAL.dossier.model_copy(update={"kind": None})),
    ],
)
def test_nothing_in_doubt_is_ever_posted(changed: Any) -> None:
    with pytest.raises(Unpostable, match="未记账"):
        posting(changed.dossier, "C")


def test_a_copy_of_a_form_says_nothing_new_and_another_form_is_refused() -> None:
    form = CLEAN.dossier.of(SupplyForm)[0]
    assert posting(with_more(CLEAN.dossier, form), "C") == posting(CLEAN.dossier, "C")
    other = form.model_copy(update={"offered": kilograms("44")})
    with pytest.raises(Unpostable, match="不一致"):
        posting(with_more(CLEAN.dossier, other), "C")


def test_copies_that_differ_in_spelling_and_gaps_are_one_and_fill_each_other() -> None:
    side = CONTRACT.transferee.model_copy(update={"name": sure(BUYER.replace("（", " (").replace("）", ")"), 2)})
    copy = CONTRACT.model_copy(update={"transferee": side, "number": sure("ＨＴ—1"), "demand_project": Field()})
    bare = CONTRACT.model_copy(update={"number": Field()})
    assert posting(with_more(DEAL.dossier, copy, bare), "C") == posting(DEAL.dossier, "C")
    first = DEAL.change(Contract, None, number=Field())
    assert posting(with_more(first.dossier, CONTRACT), "C").contract == "HT-1"
    other = CONTRACT.model_copy(update={"number": sure("HT-2")})
    with pytest.raises(Unpostable, match="不一致"):
        posting(with_more(first.dossier, CONTRACT, other), "C")


def test_the_ledger_is_asked_for_all_whom_the_papers_name_doubtful_readings_too() -> None:
    side = AGREEMENT.transferor.model_copy(update={"uscc": unsure("91520000ANOTHER001")})
    asked = mentioned(DEAL.change(TransferAgreement, None, transferor=side).dossier)
    assert asked.codes == {CODE, BUYER_CODE, "91520000ANOTHER001"}
    assert (asked.serials, asked.contracts) == ({"2024091200017"}, {"HT1"})
    assert asked.sale is not None and asked.sale.agreement == "XY-1"


def test_a_sale_in_doubt_is_not_told_to_the_books() -> None:
    assert mentioned(DEAL.change(Contract, None, signed_on=unsure(SIGNED)).dossier).sale is None
    assert mentioned(CLEAN.dossier).sale is None


def test_a_recorded_agreement_tells_what_its_notice_reserves() -> None:
    recorded = [present(document) for document in DEAL.dossier.documents]
    sale = agreed(recorded)
    assert sale is not None and sale.signed_on is None and sale.contract is None
    assert (sale.agreement, sale.agreed_on) == ("XY-1", AGREED)
    assert agreed([present(document) for document in CLEAN.dossier.documents]) is None
    doubtful = AGREEMENT.model_copy(update={"signed_on": unsure(AGREED)})
    with pytest.raises(Unpostable, match="协议转让书"):
        agreed([present(doubtful)])


@pytest.mark.parametrize(
    ("case", "trouble", "code"),
    [
        (DEAL, Overdrawn(CODE, Metal.PB, D(45), D(1)), "DEA-004"),
        (CLEAN, Overdrawn(CODE, Metal.PB, D(45), D(1)), "QTY-005"),
        (DEAL, SerialUsed("SERIAL_USED", "已用于另一笔付款"), "PAY-004"),
    ],
)
def test_what_the_ledger_refuses_holds_a_case_that_no_rule_holds(case: Any, trouble: Any, code: str) -> None:
    findings = check(case.dossier, case.books)
    assert settle(findings) is State.CLEAR
    told = objected(case.dossier, findings, trouble)
    (held,) = [finding for finding in told if finding.holds]
    assert (held.rule, held.outcome, held.message) == (code, Outcome.FAILED, trouble.message)
    assert objected(case.dossier, told, trouble) == told
