"""The life of a trade in the database: every act takes its step, illegal ones leave nothing, counter-records undo."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.accounts import Overdrawn
from domain.books import Pause
from domain.decision import Act
from domain.errors import HeyanError
from domain.life import LIFE as LAWS
from domain.life import IllegalStep, Side, Step, Subject, check_step
from domain.postings import Posting
from storage.audit import Audit
from storage.books import Mentioned
from storage.ledger import Ledger
from storage.life import Life, Lives, UnknownLife
from storage.records import Drop
from storage.steps import steps_of
from tests.storage.databases import open_embedded
from tests.storage.test_books import BUYER, DAY, PB, SELLER, agreement, contract, demand, payment, supply
from tests.storage.test_half_done import PowerCut, cut_before
from tests.storage.test_taking_back import decide, verified

S = Step
Post = Callable[[Posting], str]
SIGNED = DAY + timedelta(25)


def life(ledger: Ledger, case: str) -> Life:
    return Lives(ledger.database).of(case)


def standing(ledger: Ledger, case: str) -> list[Step]:
    """What a case, its deal and its companies took and did not take back."""
    return [it.step for it in life(ledger, case).taken if not it.undone]


@pytest.fixture
def listed(ledger: Ledger, claim: Callable[[], str]) -> tuple[str, str]:
    """Verified listings that are not public."""
    cases = claim(), claim()
    for case, posting in zip(cases, (supply(), demand()), strict=True):
        ledger.post(case, posting)
    return cases


@pytest.fixture
def market(ledger: Ledger, listed: tuple[str, str]) -> tuple[str, str]:
    for case in listed:
        ledger.publish(case, DAY, "reviewer:li")
    return listed


def sell(ledger: Ledger, case: str, *, quantity: str = "30") -> str:
    ledger.post(case, contract(quantity, "X-1", BUYER, payment(case)))
    return case


def test_a_trade_takes_all_its_steps_with_side_actor_and_day(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    case = claim()
    ledger.open_notice(case, DAY, agreement(), "reviewer:li")
    sell(ledger, case)
    ledger.announce(case, date(2026, 11, 30), "supervisor:zhao")
    assert [it.step for it in life(ledger, market[0]).taken] == [
        *(S.SUBMITTED, S.REGISTERED, S.VERIFIED, S.PUBLISHED, S.REOFFERED)
    ]
    own = [it for it in life(ledger, case).taken if it.subject == case]
    assert [it.step for it in own] == [S.SUBMITTED, S.AGREED, S.NOTICED, S.VERIFIED, S.CONTRACTED, S.FILED, S.ANNOUNCED]
    told = {it.step: (it.side, it.actor, it.on, it.section) for it in own}
    assert told[S.NOTICED] == (Side.PROVINCE, "reviewer:li", DAY, "4(4)")
    assert told[S.CONTRACTED] == (Side.ENTERPRISE, "system", SIGNED, "4(4)")
    assert told[S.FILED] == (Side.ENTERPRISE, "system", date(2026, 11, 23), "4(5)")
    assert told[S.ANNOUNCED] == (Side.PROVINCE, "supervisor:zhao", date(2026, 11, 30), "4(6)")
    assert Audit(ledger.database).verify().whole


def test_a_listing_that_is_not_public_is_sold_by_nobody(
    ledger: Ledger, listed: tuple[str, str], claim: Callable[[], str]
) -> None:
    case, before = claim(), ledger.balances()
    with pytest.raises(IllegalStep, match=f"出让方.*{listed[0]}.*发布供需信息") as raised:
        sell(ledger, case)
    assert raised.value.missing == (S.PUBLISHED,)
    assert ledger.balances() == before
    assert standing(ledger, case) == [S.SUBMITTED]
    ledger.publish(listed[0], DAY)
    with pytest.raises(IllegalStep, match="受让方"):
        ledger.open_notice(case, DAY, agreement())
    ledger.publish(listed[1], DAY)
    sell(ledger, case)


def test_a_contract_without_notice_names_the_notice(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    case, bare = claim(), contract().model_copy(update={"noticed_on": None})
    with pytest.raises(IllegalStep, match="公示") as raised:
        ledger.post(case, bare)
    assert raised.value.missing == (S.NOTICED,)
    ledger.open_notice(case, DAY, agreement())
    ledger.post(case, bare)
    assert S.CONTRACTED in standing(ledger, case)


def test_an_open_objection_stops_the_contract_and_the_clock(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    case, came, settled = claim(), DAY + timedelta(3), DAY + timedelta(7)
    ledger.open_notice(case, DAY, agreement())
    (before,) = Lives(ledger.database).open_notices(came)
    ledger.object_to(case, "数量有误", came)
    with pytest.raises(IllegalStep, match="异议"):
        sell(ledger, case)
    (paused,) = Lives(ledger.database).open_notices(came)
    assert paused.paused and paused in Lives(ledger.database).week(came)
    with pytest.raises(IllegalStep, match="早于异议日期"):
        ledger.settle_objection(case, "不成立", came - timedelta(1))
    ledger.settle_objection(case, "不成立", settled)
    with pytest.raises(IllegalStep, match="没有未办结的异议"):
        ledger.settle_objection(case, "再办", settled)
    (after,) = Lives(ledger.database).open_notices(settled)
    assert after.calendar == before.calendar + timedelta(5)  # both days of the objection stand still
    assert [(it.number, it.text, it.settlement) for it in after.objections] == [(1, "数量有误", "不成立")]
    (told,) = ledger.books(Mentioned(codes=frozenset({SELLER}))).notices
    assert told.pauses == (Pause(first=came, last=settled),)
    sell(ledger, case)
    assert Lives(ledger.database).open_notices(settled) == ()


def test_objections_come_while_the_notice_runs_and_are_settled_by_their_number(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    case = claim()
    with pytest.raises(IllegalStep, match="公示"):
        ledger.object_to(case, "无公示", DAY)
    ledger.open_notice(case, DAY, agreement())
    for day, why in ((DAY - timedelta(1), "早于公示起始日"), (DAY + timedelta(60), "期满")):
        with pytest.raises(IllegalStep, match=why):
            ledger.object_to(case, "异议", day)
    for number in (1, 2):
        ledger.object_to(case, f"第{number}件", DAY + timedelta(number))
    ledger.settle_objection(case, "办结", DAY + timedelta(4), 2)
    with pytest.raises(IllegalStep, match="编号"):
        ledger.settle_objection(case, "办结", DAY + timedelta(4), 2)
    (notice,) = Lives(ledger.database).open_notices(DAY + timedelta(4))
    assert [(it.number, it.pause.last is None) for it in notice.objections] == [(1, True), (2, False)]


def test_a_failed_deal_is_over_and_another_case_may_agree_anew(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    case, other = claim(), claim()
    ledger.open_notice(case, DAY, agreement())
    ledger.give_back(case, "异议成立", DAY + timedelta(5))
    assert standing(ledger, case)[-1] is S.FAILED
    with pytest.raises(IllegalStep, match="公示未通过"):
        sell(ledger, case)
    sell(ledger, other)
    assert S.FILED in standing(ledger, other)


def test_what_is_left_is_offered_again_by_hand_or_with_the_announcement(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    with pytest.raises(IllegalStep, match="无须更新"):
        ledger.publish(market[0], DAY)
    case = sell(ledger, claim())
    assert ledger.publish(market[0], DAY + timedelta(30)) is S.REOFFERED
    number = ledger.announce(case, date(2026, 12, 1))
    published = {it.case: it for it in Lives(ledger.database).published()}
    assert (published[market[0]].free, published[market[0]].stated) == ({PB: D(15)}, {PB: D(15)})
    assert published[market[0]].renewed_on == DAY + timedelta(30)
    assert published[market[1]].free == {PB: D(15)}
    (updated,) = [it for it in life(ledger, market[1]).taken if it.step is S.UPDATED]
    assert updated.detail == {"figures": {"Pb": "15"}, "announcement": number}
    (told,) = Lives(ledger.database).announced()
    assert (told.number, told.deal, told.quantities, told.prices) == (number, case, {PB: D(30)}, {PB: D(12000)})
    assert (told.sale.transferor.name, told.sale.transferee.name) == ("甲公司", "乙公司")
    with pytest.raises(IllegalStep, match="已办理过"):
        ledger.announce(case, date(2026, 12, 1))


def test_a_need_of_several_projects_is_told_once_and_what_is_covered_counts_to_the_oldest(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    other = claim()
    ledger.post(other, demand("20").model_copy(update={"project": "扩建"}))
    assert ledger.publish(other, DAY) is S.PUBLISHED
    sell(ledger, claim())
    published = {it.case: it.free for it in Lives(ledger.database).published()}
    assert (published[market[1]], published[other]) == ({PB: D(15)}, {PB: D(20)})
    sell_more(ledger, claim(), "15")
    assert [it.free for it in Lives(ledger.database).published() if it.case != market[0]] == [{PB: D(0)}, {PB: D(20)}]
    assert ledger.publish(market[1], DAY + timedelta(40)) is S.UPDATED
    (updated,) = [it for it in life(ledger, market[1]).taken if it.step is S.UPDATED]
    assert updated.detail == {"figures": {"Pb": "0"}}


def sell_more(ledger: Ledger, case: str, quantity: str) -> None:
    ledger.post(case, contract(quantity, "X-2", BUYER, payment(case, "S-2")))


def test_a_listing_without_its_projects_name_states_what_is_left_of_the_project_that_it_counts_to(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    again = claim()
    ledger.post(again, supply("40").model_copy(update={"project": None}))
    assert ledger.publish(again, DAY) is S.PUBLISHED
    published = {it.case: it.free for it in Lives(ledger.database).published() if it.case != market[1]}
    assert sum((free[PB] for free in published.values()), D(0)) == D(40)
    assert published[again] == {PB: D(40)}


def test_nothing_is_announced_before_it_is_filed(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    case = claim()
    with pytest.raises(IllegalStep, match="没有登记的成交"):
        ledger.announce(case)
    ledger.open_notice(case, DAY, agreement())
    with pytest.raises(IllegalStep, match="交易结果报备"):
        ledger.announce(case)
    sell(ledger, case)
    with pytest.raises(IllegalStep, match="早于报备日期"):
        ledger.announce(case, date(2026, 11, 22))


def test_a_withdrawn_listing_is_public_no_more(ledger: Ledger, listed: tuple[str, str]) -> None:
    with pytest.raises(IllegalStep, match="发布供需信息"):
        ledger.withdraw(listed[0], "自用", DAY)
    ledger.publish(listed[0], DAY)
    ledger.withdraw(listed[0], "自用", DAY)
    assert standing(ledger, listed[0])[-1] is S.WITHDRAWN
    assert Lives(ledger.database).published() == () and Lives(ledger.database).unpublished() == (listed[1],)
    with pytest.raises(IllegalStep, match="撤回"):
        ledger.publish(listed[0], DAY)


def test_a_reopened_case_takes_its_steps_back_by_counter_records(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str]
) -> None:
    verified(ledger, case := claim(), contract("30", "X-1", BUYER, payment(case)))
    ledger.announce(case, date(2026, 12, 1))
    decide(ledger, case, Act.REOPEN)
    assert [it for it in standing(ledger, case) if LAWS[it].subject is not Subject.COMPANY] == [S.SUBMITTED]
    undone = [it.step for it in life(ledger, case).taken if it.undone]
    assert {S.VERIFIED, S.AGREED, S.NOTICED, S.CONTRACTED, S.FILED, S.ANNOUNCED} <= set(undone)
    assert Lives(ledger.database).announced() == ()
    verified(ledger, case, contract("10", "X-1", BUYER, payment(case, amount=D(120000))))
    assert ledger.announce(case, date(2026, 12, 2)).endswith("0002")
    assert Audit(ledger.database).verify().whole


def test_a_reopened_listing_is_public_no_more_until_it_is_published_again(
    ledger: Ledger, market: tuple[str, str]
) -> None:
    decide(ledger, market[0], Act.REOPEN)
    assert Lives(ledger.database).published()[0].case == market[1]
    decide(ledger, market[0], Act.REFUSE)
    assert standing(ledger, market[0])[-1] is S.REFUSED


def test_a_life_tells_what_may_come_and_what_is_missing(
    ledger: Ledger, listed: tuple[str, str], claim: Callable[[], str]
) -> None:
    found = life(ledger, listed[0])
    assert [it.step for it in found.next] == [S.PUBLISHED]
    assert {it.step: it.missing for it in found.ahead}[S.WITHDRAWN] == (S.PUBLISHED,)
    for case in listed:
        ledger.publish(case, DAY)
    ledger.open_notice(deal := claim(), DAY, agreement())
    assert {S.OBJECTED, S.FAILED} <= {it.step for it in life(ledger, deal).next}
    assert S.ANNOUNCED not in {it.step for it in life(ledger, deal).next}
    assert {it.subject for it in life(ledger, SELLER).taken} == {SELLER, listed[0], deal}
    with pytest.raises(UnknownLife):
        life(ledger, "HY-1999-000001")


def publish(ledger: Ledger, cases: dict[str, str]) -> None:
    ledger.publish(cases["seller"], DAY)


def open_notice(ledger: Ledger, cases: dict[str, str]) -> None:
    ledger.open_notice(cases["new"], DAY, agreement("1", "N"))


def settle(ledger: Ledger, cases: dict[str, str]) -> None:
    ledger.settle_objection(cases["noticed"], "不成立", DAY + timedelta(2))


def fail(ledger: Ledger, cases: dict[str, str]) -> None:
    ledger.give_back(cases["noticed"], "异议成立", DAY + timedelta(2))


def announce(ledger: Ledger, cases: dict[str, str]) -> None:
    ledger.announce(cases["sold"], date(2026, 12, 1))


def reopen(ledger: Ledger, cases: dict[str, str]) -> None:
    decide(ledger, cases["sold"], Act.REOPEN)


@pytest.mark.parametrize("act", [publish, open_notice, settle, fail, announce, reopen])
def test_a_crash_between_any_two_writes_leaves_no_step_half_recorded(
    ledger: Ledger, market: tuple[str, str], claim: Callable[[], str], act: Callable[[Ledger, dict[str, str]], None]
) -> None:
    cases = {"seller": market[0], "new": claim(), "noticed": claim(), "sold": claim()}
    verified(ledger, cases["sold"], contract("20", "X-1", BUYER, payment("A")))
    ledger.open_notice(cases["noticed"], DAY, agreement("5", "X-2"))
    ledger.object_to(cases["noticed"], "异议", DAY + timedelta(1))
    before, count = everything(ledger), 0
    for write in range(1, 100):
        with cut_before(ledger, write), suppress(PowerCut):
            act(ledger, cases)
            break
        assert everything(ledger) == before
        count += 1
    assert count >= 2 and everything(ledger) != before
    assert Audit(ledger.database).verify().whole


def everything(ledger: Ledger) -> tuple[object, ...]:
    lives = Lives(ledger.database)
    known = [lives.of(case.case) for case in ledger.cases()]
    return known, lives.published(), lives.announced(), ledger.balances(), ledger.events()


ACTS = ("supply", "demand", "publish", "notice", "object", "settle", "fail", "sell", "announce", "withdraw", "reopen")
acts = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), min_size=5, max_size=25)


@settings(max_examples=12, deadline=None)
@given(acts)
def test_random_acts_never_record_an_illegal_sequence(wanted: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_embedded(Path(folder) / "heyan.db")
        cases = [ledger.claim(Drop(package=n, content_hash=n * 64, submitted_on=DAY, files=())).case for n in "abcdef"]
        for name, number in [("supply", 0), ("demand", 1), ("publish", 0), ("publish", 1), *wanted]:
            with suppress(IllegalStep, Overdrawn, HeyanError):
                act(ledger, name, cases[number])
        replay(ledger)
        assert Audit(ledger.database).verify().whole
        ledger.close()


def act(ledger: Ledger, name: str, case: str) -> None:
    today = date(2026, 12, 1)
    {
        "supply": lambda: ledger.post(case, supply()),
        "demand": lambda: ledger.post(case, demand()),
        "publish": lambda: ledger.publish(case, today),
        "notice": lambda: ledger.open_notice(case, DAY, agreement("5", case)),
        "object": lambda: ledger.object_to(case, "异议", DAY),
        "settle": lambda: ledger.settle_objection(case, "办结", today),
        "fail": lambda: ledger.give_back(case, "未通过", today),
        "sell": lambda: ledger.post(case, contract("5", case, BUYER, payment(case, case))),
        "announce": lambda: ledger.announce(case, today),
        "withdraw": lambda: ledger.withdraw(case, "撤回", today),
        "reopen": lambda: decide(ledger, case, Act.REOPEN),
    }[name]()


def replay(ledger: Ledger) -> None:
    """Every step again by the log alone: each must have been legal when it was taken."""
    taken: dict[str, list[Step]] = {}
    listings: set[str] = set()
    for event in ledger.events():
        what, _, name = event.what.partition(" ")
        if what not in ("step", "undone"):
            continue
        subject, step = event.detail["subject"], Step(name)
        own = taken.setdefault(subject, [])
        if what == "undone":
            del own[len(own) - 1 - own[::-1].index(step)]
            continue
        law, public = LAWS[step], [S.PUBLISHED] if step is S.AGREED and listings else []
        registered = step is not S.REGISTERED and any(S.REGISTERED in it for it in taken.values())
        firm = [S.REGISTERED] if registered else []
        check_step(
            step, subject, [it for it in own if LAWS[it].subject is law.subject or it in law.needs] + public + firm
        )
        own.append(step)
        listings = {it for it, found in taken.items() if S.PUBLISHED in found and S.WITHDRAWN not in found}
    with ledger.database.read() as connection:
        assert taken == {it: [one.step for one in steps_of(connection, [it])] for it in taken}
