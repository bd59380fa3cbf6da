"""What a case had put into the books goes back once it is reopened or refused, and nothing of it is removed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import func, select

from domain.accounts import Cause
from domain.decision import Act, Draft
from domain.finding import State
from domain.life import IllegalStep
from domain.postings import Posting, Sale
from storage.accounts import read_entries
from storage.book_tables import payments, sales
from storage.books import Mentioned
from storage.deals import DealUnclear
from storage.decisions import Decisions, Taking
from storage.ledger import Ledger
from tests.storage.test_books import BUYER, DAY, SELLER, agreement, contract, demand, of, payment, supply

Post = Callable[[Posting], str]


@pytest.fixture
def market(ledger: Ledger, post: Post) -> Ledger:
    """45 kg on offer, 20 kg needed."""
    post(supply()), post(demand("20"))
    return ledger


def decide(ledger: Ledger, case: str, act: Act, posting: Posting | None = None) -> None:
    state = {Act.REOPEN: State.REVIEW, Act.REFUSE: "refused", Act.VERIFY: "verified"}[act]
    draft = Draft(case=case, version=1, actor="supervisor:zhao", act=act, reason="合同系伪造")
    Decisions(ledger.database).take(Taking(draft=draft, by="zhao", state=state, posting=posting))


def verified(ledger: Ledger, case: str, sale: Sale) -> str:
    decide(ledger, case, Act.VERIFY, sale)
    return case


def standing(ledger: Ledger) -> tuple[D, ...]:
    seller, buyer = of(ledger, SELLER), of(ledger, BUYER)
    return (seller.free, seller.reserved, seller.transferred, buyer.open, buyer.pledged, buyer.covered, buyer.beyond)


BEFORE, SOLD = (45, 0, 0, 20, 0, 0, 0), (15, 0, 30, 0, 0, 30, 10)


def test_the_deal_of_a_reopened_case_goes_back_by_entries_the_other_way_round(
    market: Ledger, claim: Callable[[], str]
) -> None:
    assert standing(market) == BEFORE
    case = verified(market, claim(), contract("30", "X-1", BUYER, payment()))
    assert standing(market) == SOLD
    count = len(entries(market))
    decide(market, case, Act.REOPEN)
    assert standing(market) == BEFORE
    new = entries(market)[count:]
    assert {it.case for it in new} == {case} and Cause.TRANSFER_REVOKED in {it.cause for it in new}
    (told,) = [it for it in market.events(case) if it.what == "taken_back"]
    assert (told.actor, told.detail["reason"]) == ("supervisor:zhao", "合同系伪造")
    assert len(told.detail["entries"]) == len(new)
    decide(market, case, Act.REFUSE)
    assert standing(market) == BEFORE
    with pytest.raises(IllegalStep):
        market.withdraw(case, "再撤回")
    assert market.verify_events() is None


def test_a_reopened_deal_is_told_anew_with_other_figures_and_payments(market: Ledger, claim: Callable[[], str]) -> None:
    case = claim()
    verified(market, case, contract("30", "X-1", BUYER, payment(case)))
    decide(market, case, Act.REOPEN)
    assert market.books(Mentioned(serials=frozenset({"0001"}))).payments == ()
    verified(market, case, contract("10", "X-1", BUYER, payment(case, amount=D(120000))))
    assert standing(market) == (35, 0, 10, 10, 0, 10, 0)
    assert [it.amount for it in market.books(Mentioned(serials=frozenset({"0001"}))).payments] == [120000]
    with market.database.read() as connection:  # what was told before stays in the tables
        assert connection.scalar(select(func.count()).select_from(sales)) == 2
        assert connection.scalar(select(func.count()).select_from(payments)) == 2


def test_what_the_other_partys_case_proves_as_well_stays_until_that_one_is_reopened_too(
    market: Ledger, claim: Callable[[], str]
) -> None:
    first, second = claim(), claim()
    verified(market, first, contract("30", "X-1", BUYER, payment(first)))
    verified(market, second, contract("30", "X-1", BUYER, payment(second)))
    decide(market, first, Act.REOPEN)
    assert standing(market) == SOLD
    assert [it.detail["kept_by"] for it in market.events(first) if it.what == "taken_back"] == [[second]]
    assert [it.case for it in market.books(Mentioned(serials=frozenset({"0001"}))).payments] == [second]
    with pytest.raises(DealUnclear, match=second):  # another sale would go by the number of the one that stands
        verified(market, first, contract("5", "Y-9"))
    decide(market, second, Act.REOPEN)
    assert standing(market) == BEFORE


def test_a_deal_whose_notice_stands_is_reserved_again_and_a_refused_case_gives_that_back_too(
    market: Ledger, claim: Callable[[], str]
) -> None:
    noticed, case = claim(), claim()
    market.open_notice(noticed, DAY, agreement())
    verified(market, case, contract())
    for act in (Act.REOPEN, Act.REFUSE):
        decide(market, case, act)
        assert standing(market) == (15, 30, 0, 0, 30, 0, 10)
    verified(market, other := claim(), contract())
    assert standing(market) == SOLD
    decide(market, other, Act.REOPEN)
    decide(market, noticed, Act.REFUSE)
    assert standing(market) == BEFORE
    (told,) = market.books(Mentioned(codes=frozenset({SELLER}))).notices
    assert told.failed == "合同系伪造"


def test_a_case_that_sold_nothing_is_refused_without_a_trace_in_the_books(market: Ledger, post: Post) -> None:
    case = post(supply("5", "5", "别的项目"))
    before = len(entries(market))
    decide(market, case, Act.REFUSE)
    told = [it.what for it in market.events(case) if "step" not in it.what and "undone" not in it.what]
    assert told == ["received", "listed", "decided", "unlisted"]
    assert len(entries(market)) > before


def test_a_deal_taken_back_is_no_earlier_deal_of_a_new_sale(market: Ledger, claim: Callable[[], str]) -> None:
    decide(market, verified(market, claim(), contract("30", None)), Act.REOPEN)
    later = contract("30", None).model_copy(update={"signed_on": DAY + timedelta(40)})
    mentioned = Mentioned(codes=frozenset({SELLER, BUYER}), sale=later)
    assert market.books(mentioned).deals == ()
    verified(market, claim(), later)
    assert standing(market) == SOLD


def entries(ledger: Ledger) -> tuple:
    with ledger.database.read() as connection:
        return read_entries(connection)
