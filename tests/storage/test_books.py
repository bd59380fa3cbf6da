"""The ledger of quantities in the database: posted once, guarded, returned, and told to the rules."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.accounts import Overdrawn
from domain.books import Balance, Payment
from domain.dossier import Dossier, Kind
from domain.finding import State
from domain.life import IllegalStep
from domain.postings import Listing, Party, Posting, Sale, Sold
from domain.quantity import Metal
from storage.books import Mentioned
from storage.cases import UnknownCase
from storage.ledger import Ledger
from storage.payments import SerialUsed

PB = Metal.PB
SELLER, BUYER, OTHER = "91520000SELLER0001", "91520000BUYER00002", "91520000OTHER00003"
DAY = date(2024, 1, 22)
AFresh = multiprocessing.get_context("forkserver")


def supply(offered: str = "45", surplus: str = "46.4", project: str = "除尘改造", metal: Metal = PB) -> Listing:
    figures = {"figures": {metal: D(offered)}, "surplus": {metal: D(surplus)}}
    return Listing(kind=Kind.SUPPLY, uscc=SELLER, name="甲公司", on=DAY, project=project, **figures)


def demand(needed: str = "45", uscc: str = BUYER) -> Listing:
    return Listing(kind=Kind.DEMAND, uscc=uscc, name="乙公司", on=DAY, project="新建", figures={PB: D(needed)})


def agreement(quantity: str = "30", number: str | None = "X-1", buyer: str = BUYER) -> Sale:
    seller, to = Party(uscc=SELLER, name="甲公司", project="除尘改造"), Party(uscc=buyer, name="乙公司")
    items = (Sold(metal=PB, quantity=D(quantity), unit_price=D(12000)),)
    return Sale(transferor=seller, transferee=to, items=items, agreed_on=DAY, agreement=number, total=D(360000))


def contract(quantity: str = "30", number: str | None = "X-1", buyer: str = BUYER, *payments: Payment) -> Sale:
    signed = {"contract": number and f"HT-{number}", "noticed_on": DAY, "signed_on": DAY + timedelta(25)}
    return agreement(quantity, number, buyer).model_copy(update=signed | {"payments": payments})


def payment(case: str = "P", serial: str = "0001", **more: object) -> Payment:
    return Payment(**{"case": case, "serial": serial, "amount": D(360000), "bank": "工商银行", "paid_on": DAY} | more)


def of(ledger: Ledger, uscc: str) -> Balance:
    return next(it for it in ledger.balances() if (it.uscc, it.metal) == (uscc, PB))


def shown(ledger: Ledger, uscc: str, *names: str) -> list[str]:
    flat = of(ledger, uscc).model_dump(mode="json")
    return [flat[name] for name in names]


def test_listings_and_a_contract_move_the_kilograms(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    for posting in (supply(), demand(), contract()):
        post(posting)
    assert shown(ledger, SELLER, "verified", "held", "free", "reserved", "transferred") == [
        "46.4",
        "1.4",
        "15",
        "0",
        "30",
    ]
    assert shown(ledger, BUYER, "needed", "open", "pledged", "covered") == ["45", "15", "0", "30"]
    told = [event.what for event in ledger.events() if event.what != "received" and "step" not in event.what]
    assert told == ["listed", "listed", "transferred"]
    assert ledger.verify_events() is None


def test_a_case_posts_once(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    posted = [(post(posting), posting) for posting in (supply(), demand(), contract("30", "X-1", BUYER, payment()))]
    before, events = ledger.balances(), len(ledger.events())
    for case, posting in posted:
        ledger.post(case, posting)
    assert (ledger.balances(), len(ledger.events())) == (before, events)


def test_an_unknown_case_posts_nothing(ledger: Ledger) -> None:
    with pytest.raises(UnknownCase):
        ledger.post("HY-1999-000001", supply())
    assert ledger.balances() == ()


def test_what_cannot_be_posted_leaves_no_trace(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply())
    before, events = ledger.balances(), len(ledger.events())
    with pytest.raises(Overdrawn) as raised:
        post(contract("45.1"))
    assert (raised.value.asked, raised.value.free) == (D("45.1"), D(45))
    assert ledger.balances() == before
    assert len(ledger.events()) == events + 2  # the case was received and submitted
    assert ledger.books(Mentioned(codes=frozenset({SELLER, BUYER}))).payments == ()


def test_a_run_and_its_posting_are_one_transaction(
    ledger: Ledger, claim: Callable[[], str], dossier: Dossier, post: Callable[[Posting], str]
) -> None:
    case = claim()
    told = {"state": State.CLEAR, "seconds": 1.0, "ruleset": "1", "verdict": "{}"}
    with pytest.raises(Overdrawn):
        ledger.record(case, dossier, (), posting=contract(), **told)
    assert ledger.show(case).case.state == "received"
    post(supply()), post(demand("0"))
    ledger.record(case, dossier, (), posting=contract(), **told)
    assert ledger.show(case).case.state == "clear"
    assert of(ledger, SELLER).transferred == 30


@pytest.mark.parametrize("statement", ["UPDATE entries SET quantity = '1000'", "DELETE FROM entries"])
def test_the_database_refuses_to_change_entries(ledger: Ledger, post: Callable[[Posting], str], statement: str) -> None:
    post(supply())
    with pytest.raises(DBAPIError, match="append-only"), ledger.database.write() as connection:
        connection.execute(text(statement))
    assert of(ledger, SELLER).verified == D("46.4")


def test_a_quantity_comes_back_exactly(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply("0.1000000000000000055", "12345678.000000001"))
    assert shown(ledger, SELLER, "verified", "free") == ["12345678.000000001", "0.1000000000000000055"]


def _sell(ledger: Ledger, case: str, posting: Posting) -> str:
    try:
        ledger.post(case, posting)
    except Overdrawn:
        return "overdrawn"
    return "sold"


def test_two_deals_at_once_on_the_last_kilogram_have_one_winner(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply("1", "1")), post(demand("0")), post(demand("0", OTHER))
    deals = [(claim(), contract("1", f"X-{n}", buyer)) for n, buyer in enumerate([BUYER, OTHER] * 4)]
    with ProcessPoolExecutor(2, AFresh) as processes, ThreadPoolExecutor(6) as threads:
        pools = [processes] * 2 + [threads] * 6
        runs = [pool.submit(_sell, ledger, *deal) for pool, deal in zip(pools, deals, strict=True)]
        ends = sorted(run.result() for run in runs)
    assert ends == ["overdrawn"] * 7 + ["sold"]
    assert shown(ledger, SELLER, "free", "transferred") == ["0", "1"]
    assert ledger.verify_events() is None


def test_many_deals_at_once_sell_exactly_what_is_there(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply("7", "7.5")), post(demand("0"))
    deals = [(claim(), contract("2", f"X-{n}")) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(lambda deal: _sell(ledger, *deal), deals))
    assert ends.count("sold") == 3
    assert shown(ledger, SELLER, "held", "free", "transferred") == ["0.5", "1", "6"]


def test_accounts_are_locked_by_themselves_too(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    """Whoever does not queue at the chain of events still waits for the account."""
    from storage.accounts import lock_accounts

    if ledger.database.on_sqlite:
        pytest.skip("SQLite has one lock for everything")
    post(supply())
    with ledger.database.write() as first, ledger.database.write() as second:
        lock_accounts(first, [(SELLER, PB)])
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError, match=r"(?i)lock"):
            lock_accounts(second, [(SELLER, PB)])
        second.rollback()


def test_a_notice_reserves_and_the_contract_of_another_case_takes_it_over(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand())
    noticed = claim()
    ledger.open_notice(noticed, DAY, agreement("45"))
    assert shown(ledger, SELLER, "free", "reserved") == ["0", "45"]
    post(contract("45"))
    assert shown(ledger, SELLER, "free", "reserved", "transferred") == ["0", "0", "45"]
    assert shown(ledger, BUYER, "open", "pledged", "covered") == ["0", "0", "45"]
    with pytest.raises(IllegalStep, match="已按合同转让"):
        ledger.give_back(noticed, "异议")


def test_the_same_contract_filed_by_the_other_party_moves_nothing_again(
    ledger: Ledger, post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand())
    first = post(contract("20", "X-1", BUYER, payment("A")))
    post(contract("20", "X-1", BUYER, payment("B", bank=None)))
    assert shown(ledger, SELLER, "free", "transferred") == ["25", "20"]
    assert ledger.events()[-1].what == "filed_again"
    assert ledger.events()[-1].detail["deal"] == first


def test_another_contract_of_the_same_parties_is_another_deal(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply()), post(demand())
    post(contract("20", "X-1")), post(contract("20", "X-2"))
    assert of(ledger, SELLER).transferred == 40


def test_a_failed_notice_gives_back_and_is_remembered(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand())
    before = ledger.balances()
    case = claim()
    ledger.open_notice(case, DAY, agreement())
    ledger.give_back(case, "有单位提出异议")
    assert ledger.balances() == before
    (notice,) = ledger.books(Mentioned(codes=frozenset({SELLER})), case).notices
    assert (notice.number, notice.opened_on, notice.failed) == ("X-1", DAY, "有单位提出异议")
    with pytest.raises(IllegalStep, match="已退回"):
        ledger.give_back(case, "再次")


def test_a_withdrawn_agreement_without_notice_is_told_as_such(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand("0"))
    case = claim()
    ledger.open_notice(case, DAY, agreement())
    ledger.withdraw(case, "双方撤回")
    assert shown(ledger, SELLER, "free", "reserved") == ["45", "0"]


def test_a_case_whose_papers_tell_another_sale_now_gives_back_the_first(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand("0")), post(supply("5", "5", metal=Metal.CD))
    case = claim()
    both = (*agreement().items, Sold(metal=Metal.CD, quantity=D(5)))
    ledger.open_notice(case, DAY, agreement().model_copy(update={"items": both}))
    ledger.post(case, contract("20"))
    assert shown(ledger, SELLER, "free", "reserved", "transferred") == ["25", "0", "20"]
    assert [it.free for it in ledger.balances() if it.uscc == SELLER] == [25, 5]


def test_a_notice_does_not_begin_before_its_agreement(ledger: Ledger, claim: Callable[[], str]) -> None:
    with pytest.raises(IllegalStep, match="早于协议签订日"):
        ledger.open_notice(claim(), DAY - timedelta(1), agreement())


def test_illegal_steps_are_told(ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]) -> None:
    listed, other = post(supply()), claim()
    for step, why in (
        (lambda: ledger.open_notice(other, DAY), "没有可公示的协议"),
        (lambda: ledger.give_back(other, "x"), "没有占用排放量的协议"),
        (lambda: ledger.withdraw(other, "x"), "没有已核验并发布"),
        (lambda: ledger.give_back(listed, "x"), "没有占用排放量的协议"),
    ):
        with pytest.raises(IllegalStep, match=why) as raised:
            step()
        assert raised.value.exit_code == 2
    ledger.withdraw(listed, "x")
    with pytest.raises(IllegalStep, match="已撤回"):
        ledger.withdraw(listed, "x")
    for step in (ledger.withdraw, ledger.give_back):
        with pytest.raises(UnknownCase):
            step("HY-1999-000001", "x")


def test_a_notice_is_opened_once_whichever_case_asks(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand("0"))
    case = claim()
    ledger.open_notice(case, DAY, agreement())
    for again in (case, claim()):
        with pytest.raises(IllegalStep, match="公示"):
            ledger.open_notice(again, DAY, agreement())
    sold = post(contract("5", "X-9"))
    with pytest.raises(IllegalStep, match="已签约成交"):
        ledger.open_notice(sold, DAY, agreement("5", "X-9"))


def test_a_withdrawn_listing_is_off_the_market_with_all_of_its_project(
    ledger: Ledger, post: Callable[[Posting], str]
) -> None:
    first = post(supply("20"))
    post(supply("5", "5", metal=Metal.CD))
    post(supply("25"))
    ledger.withdraw(first, "企业撤回", on=DAY)
    assert [it.free for it in ledger.balances()] == [0, 0]
    assert all(it.withdrawn for it in ledger.submissions())


def test_books_leave_out_what_the_case_itself_put_there(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    seller, buyer = post(supply()), post(demand())
    case = post(contract("30", "X-1", BUYER, payment("C")))
    asked = Mentioned(codes=frozenset({SELLER, BUYER}), serials=frozenset({"0001"}))
    books = ledger.books(asked, case)
    assert books.complete
    assert books.balance(SELLER, PB).free == 45
    assert [it.case for it in books.submissions] == [seller, buyer]
    assert ledger.books(asked, seller).balance(SELLER, PB).verified == 0
    assert [it.case for it in ledger.books(asked, seller).submissions] == [buyer]
    assert [it.serial for it in ledger.books(asked, seller).payments] == ["0001"]
    assert ledger.books(asked).balance(SELLER, PB).transferred == 30


def test_books_leave_out_the_cases_own_payments(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    seller, case = post(supply()), claim()
    post(demand("0"))
    ledger.post(case, contract("30", "X-1", BUYER, payment(case)))
    asked = Mentioned(serials=frozenset({"0001"}))
    assert ledger.books(asked, case).payments == ()
    assert [it.case for it in ledger.books(asked, seller).payments] == [case]


def test_what_the_notice_reserved_counts_as_free_for_its_own_contract(
    ledger: Ledger, claim: Callable[[], str], post: Callable[[Posting], str]
) -> None:
    post(supply()), post(demand("0"))
    ledger.open_notice(claim(), DAY, agreement("45"))
    codes = frozenset({SELLER, BUYER})
    own = ledger.books(Mentioned(codes=codes, sale=contract("45")), claim())
    foreign = ledger.books(Mentioned(codes=codes, sale=contract("45", "X-2")), claim())
    assert [books.balance(SELLER, PB).free for books in (own, foreign)] == [45, 0]


def test_books_tell_only_the_newest_submission_of_a_projects_metal(
    ledger: Ledger, post: Callable[[Posting], str]
) -> None:
    post(supply("20")), post(supply("5", "5", metal=Metal.CD))
    newest = post(supply("25"))
    found = ledger.books(Mentioned(codes=frozenset({SELLER}))).submissions
    assert [(it.case, metal) for it in found for metal in it.figures if metal is PB] == [(newest, PB)]
    assert [metal for it in found for metal in it.figures] == [Metal.CD, PB]


def test_a_serial_pays_once(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply()), post(demand("0"))
    post(contract("10", "X-1", BUYER, payment("A")))
    with pytest.raises(SerialUsed, match="0001"):
        post(contract("10", "X-2", BUYER, payment("B", contract="HT-X-2", amount=D(1))))
    post(contract("10", "X-3", BUYER, payment("B", bank="农业银行", amount=D(1))))
    assert of(ledger, SELLER).transferred == 20


def test_a_banks_branch_gives_the_serials_of_its_bank(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply()), post(demand("0"))
    post(contract("10", "X-1", BUYER, payment("A", bank="贵州（中国）银行", contract="HTX1")))
    with pytest.raises(SerialUsed):
        post(contract("10", "X-2", BUYER, payment("B", bank="贵州(中国)银行 贵阳分行", contract="HTX2")))
    assert of(ledger, SELLER).transferred == 10


def test_a_payment_comes_back_with_its_companies_and_its_sign(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply()), post(demand("0")), post(demand("0", OTHER))
    back = payment("A", "R1", amount=D(-5), contract="HTX1", transferor=SELLER, transferee=BUYER)
    post(contract("10", "X-1", BUYER, back))
    assert ledger.books(Mentioned(contracts=frozenset({"HTX1"}))).payments == (back,)
    with pytest.raises(SerialUsed):
        post(contract("10", "X-2", OTHER, back.model_copy(update={"transferee": OTHER})))


def test_companies_are_named(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    post(supply()), post(demand("0")), post(contract())
    assert ledger.companies() == {SELLER: "甲公司", BUYER: "乙公司"}
