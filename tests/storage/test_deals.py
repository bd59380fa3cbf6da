"""Which deal a sale belongs to: taken over, filed again, sold a second time, or not to be told."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from domain.dossier import Kind
from domain.field import Field
from domain.finding import Finding, Outcome
from domain.postings import Listing, Posting, Sale
from domain.quantity import Metal
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.transfer_agreement import TransferAgreement
from reports.postings import mentioned, posting
from storage.deals import DealUnclear
from storage.ledger import Ledger
from tests.storage.test_books import (
    BUYER,
    DAY,
    SELLER,
    agreement,
    contract,
    demand,
    of,
    payment,
    supply,
)
from tests.validators import deals
from tests.validators.papers import CODE, NAME, Case, sure, unsure
from validators import check

PB = Metal.PB
BARE = deals.both(deals.DEAL, number=Field())


@pytest.fixture
def market(ledger: Ledger, post: Callable[[Posting], str]) -> Ledger:
    """Both parties of the deal by hand are listed."""
    figures = {PB: D("45.0")}
    seller = {"kind": Kind.SUPPLY, "uscc": CODE, "name": NAME, "project": deals.SUPPLY_PROJECT}
    buyer = {"kind": Kind.DEMAND, "uscc": deals.BUYER_CODE, "name": deals.BUYER, "project": deals.PROJECT}
    post(Listing(**seller, on=DAY, figures=figures, surplus={PB: D("46.4")}))
    post(Listing(**buyer, on=DAY, figures=figures))
    return ledger


def notice(ledger: Ledger, number: str, case: Case) -> None:
    sale = posting(case.dossier, number)
    assert isinstance(sale, Sale)
    ledger.open_notice(number, deals.OPENED, sale.model_copy(update={"signed_on": None, "payments": ()}))


def judge(ledger: Ledger, number: str, case: Case) -> list[Finding]:
    return [it for it in check(case.dossier, ledger.books(mentioned(case.dossier), number)) if it.holds]


def second_of(case: Case) -> Case:
    """Another contract on the same terms, paid by another payment."""
    later = case.change(Contract, None, signed_on=sure(date(2024, 9, 15), 2))
    return later.change(PaymentSlip, None, serial=sure("OTHER1", 3), paid_on=sure(date(2024, 9, 16), 3))


def test_a_sale_on_another_day_for_another_price_is_another_deal(
    ledger: Ledger,
    post: Callable[[Posting], str],
) -> None:
    post(supply("60", "60")), post(demand("60"))
    first = contract("30", None, BUYER, payment("P", "1"))
    post(first)
    other = {"signed_on": DAY + timedelta(40), "total": D(390000), "payments": (payment("P", "2"),)}
    post(first.model_copy(update=other))
    assert (of(ledger, SELLER).free, of(ledger, SELLER).transferred) == (0, 60)


def test_a_second_sale_of_the_same_kilograms_is_no_second_filing(
    market: Ledger,
    claim: Callable[[], str],
) -> None:
    notice(market, claim(), BARE)
    first, second = claim(), claim()
    assert judge(market, first, BARE) == []
    market.post(first, posting(BARE.dossier, first))
    held = judge(market, second, second_of(BARE))
    assert ("DEA-004", Outcome.FAILED) in {(it.rule, it.outcome) for it in held}


def test_what_may_be_the_same_deal_without_number_or_payment_in_common_is_doubt(
    market: Ledger,
    claim: Callable[[], str],
) -> None:
    case = claim()
    market.post(case, posting(BARE.dossier, case).model_copy(update={"noticed_on": deals.OPENED, "payments": ()}))
    again = claim()
    (doubt,) = [it for it in judge(market, again, BARE) if it.rule == "DEA-004"]
    assert doubt.outcome is Outcome.UNSURE and case in doubt.message
    with pytest.raises(DealUnclear, match=case):
        market.post(again, posting(BARE.dossier, again).model_copy(update={"noticed_on": deals.OPENED, "payments": ()}))


def test_one_number_on_two_terms_is_doubt(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply("60", "60")), post(demand("0"))
    post(contract("30", "X-1"))
    with pytest.raises(DealUnclear):
        post(contract("30", "X-1").model_copy(update={"total": D(1)}))
    with pytest.raises(DealUnclear):
        post(contract("30", "X-1").model_copy(update={"transferor": party("别的改造")}))


def test_one_payment_makes_two_filings_one_deal(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply("60", "60")), post(demand("0"))
    post(contract("30", None, BUYER, payment("A", "77")))
    post(contract("30", None, BUYER, payment("B", "77")))
    assert of(ledger, SELLER).transferred == 30


def test_a_notice_without_number_is_taken_over_once(ledger: Ledger, post: Any, claim: Any) -> None:
    post(supply("30", "30")), post(demand("0"))
    ledger.open_notice(claim(), DAY, agreement("30", None))
    post(contract("30", None))
    assert (of(ledger, SELLER).reserved, of(ledger, SELLER).transferred) == (0, 30)
    with pytest.raises(DealUnclear):
        post(contract("30", None))


@pytest.mark.parametrize(
    "doubtful",
    [
        deals.DEAL.change(Contract, None, total=unsure(D(540000))),
        deals.DEAL.change(TransferAgreement, None, signed_on=unsure(deals.AGREED)),
        deals.DEAL.change(Contract, None, items=(deals.item(unit_price=unsure(D(12000))),)),
    ],
)
def test_a_doubtful_field_makes_no_failure_of_the_deals_own_reservation(
    market: Ledger,
    claim: Callable[[], str],
    doubtful: Case,
) -> None:
    notice(market, claim(), deals.DEAL)
    held = [it for it in judge(market, claim(), doubtful) if it.rule == "DEA-004"]
    assert [it.outcome for it in held] == [Outcome.UNSURE]


def test_another_deals_reservation_is_no_excuse_for_a_doubtful_one(market: Ledger, claim: Any) -> None:
    notice(market, claim(), deals.DEAL)
    other = deals.DEAL.change(TransferAgreement, None, number=sure("XY-2"), signed_on=unsure(deals.AGREED))
    assert ("DEA-004", Outcome.FAILED) in {(it.rule, it.outcome) for it in judge(market, claim(), other)}


def party(project: str) -> Any:
    return contract().transferor.model_copy(update={"project": project})
