"""Decisions on cases from recorded readings: what each does, what follows from it, and what it must not do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from domain.decision import Act, Place, Wish
from domain.quantity import Metal
from reference.policy import policy
from review import deciding
from review.correcting import UnknownPlace
from review.deciding import Conflict, Decided, Unreadable, decide
from review.roles import Forbidden
from review.second_review import check_draws
from storage.bucket import open_bucket
from storage.decisions import Decisions, NotNow
from storage.ledger import Ledger
from storage.outgoing_tables import uploads
from storage.people import People
from storage.queue import Queue, Taken
from storage.records import Item
from storage.schema import review_items
from tests.review.cases import BOSS, LI, OFFICER, WANG, enter, misread, read, understood

LEAD_IN_AIR = Place(document="eia_table", path="rows[5].this_project")
CHROMIUM = Place(document="supply_form", path="permit_before.Cr")


@pytest.fixture
def buyer(ledger: Ledger) -> str:
    """A buyer's clean package on which one figure was misread alike by both readers."""
    return enter(ledger, misread_buyer(), "b")


@pytest.fixture
def seller(ledger: Ledger) -> str:
    """A seller whose form counts 六价铬 twice: QTY-001 and QTY-002 fail."""
    return enter(ledger, understood("s1211-000"), "s")


def misread_buyer() -> Any:
    return understood("b072-002", misread(read("b072-002").pages, 3, "0.0157", "0.0151"))


def items(ledger: Ledger, case: str) -> dict[str, Item]:
    return {item.finding.rule: item for item in Decisions(ledger.database).items(case)}


def act(ledger: Ledger, case: str, what: Act, by: Any = WANG, **more: Any) -> Decided:
    reason = {"reason": "与纸面核对"} if what is Act.CORRECT else {}
    return decide(ledger, Wish(case=case, act=what, **(reason | more)), by)


def waive(ledger: Ledger, case: str, rule: str, by: Any = WANG) -> Decided:
    return act(ledger, case, Act.WAIVE, by, item=items(ledger, case)[rule].id, reason="企业已说明")


# ---- readings --------------------------------------------------------------------------------------------------


def test_a_planted_misreading_corrected_takes_its_findings_away(ledger: Ledger, buyer: str) -> None:
    held = {item.finding.rule for item in ledger.queue()}
    assert "DEM-002" in held
    told = act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157")
    assert {finding.rule for finding in told.gone} == held
    assert (told.new, told.changed, told.same) == ((), (), ())
    assert (told.decision.before, told.decision.after) == ("0.0151 t/a", "0.0157 t/a")
    assert ledger.queue() == ()
    assert told.case.state == "review"  # a person verifies it, the rules do not


def test_the_machines_reading_stays_beside_the_persons(ledger: Ledger, buyer: str) -> None:
    act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157 吨/年")
    papers = {paper["type"]: paper for paper in ledger.show(buyer).documents}
    field = papers["eia_table"]["rows"][5]["this_project"]
    assert (field["value"], field["status"], field["corrected_by"]) == ("15.7", "certain", "reviewer:wang")
    assert field["readers"] == {"rapidocr": "0.0151", "tesseract": "0.0151"}
    assert papers["eia_table"]["net_new"]["Pb"]["value"] == "22.7"  # what rests on it follows


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        (CHROMIUM, "约25", "应为数字加计量单位"),
        (CHROMIUM, "25斤", "计量单位“斤”无法识别"),
        (Place(document="supply_form", path="uscc"), "9152", "18 位"),
        (Place(document="supply_form", path="filled_on"), "2026-13-01", "有效日期"),
        (Place(document="permit_copy", version="before", path="limits[0].annual[0]"), "3千克/年", "吨/年"),
        (CHROMIUM, "  ", "填写纸面所印内容"),
        (CHROMIUM, "1" * 60 + "吨/年", "内容过长"),
        (Place(document="supply_form", path="contact"), "张\0三", "不会有的字符"),
        (Place(document="supply_form", path="contact"), "张\udcff", "不会有的字符"),
    ],
)
def test_what_cannot_be_the_value_is_refused_with_what_is_expected(
    ledger: Ledger, seller: str, place: Place, text: str, told: str
) -> None:
    with pytest.raises(Unreadable) as raised:
        act(ledger, seller, Act.CORRECT, place=place, text=text)
    assert told in raised.value.message
    assert Decisions(ledger.database).of_case(seller) == ()


def test_a_bare_number_has_the_unit_that_was_printed(ledger: Ledger, seller: str) -> None:
    told = act(ledger, seller, Act.CORRECT, place=CHROMIUM, text="0.024634")
    assert told.decision.after == "0.024634 t/a"
    assert [finding.rule for finding in told.gone] == ["QTY-001"]


def test_the_last_of_two_corrections_counts_and_both_stay_recorded(ledger: Ledger, seller: str) -> None:
    for text in ("0.02", "0.024634"):
        told = act(ledger, seller, Act.CORRECT, place=CHROMIUM, text=text)
    assert told.decision.before == "0.02 t/a"
    assert [one.text for one in Decisions(ledger.database).of_case(seller)] == ["0.02", "0.024634"]


@pytest.mark.parametrize(
    "place",
    [
        Place(document="supply_form", path=""),
        Place(document="supply_form", path="type"),
        Place(document="supply_form", path="offered"),
        Place(document="supply_form", path="offered.Zn"),
        Place(document="supply_form", path="offered.Pb.value"),
        Place(document="supply_form", ordinal=2, path="name"),
        Place(document="supply_form", ordinal=-1, path="name"),
        Place(document="permit_copy", path="number"),
        Place(document="permit_copy", version="before", path="limits[9999999999].metal"),
        Place(document="nothing", path="name"),
    ],
)
def test_a_place_that_is_not_there_is_told(ledger: Ledger, seller: str, place: Place) -> None:
    with pytest.raises(UnknownPlace):
        act(ledger, seller, Act.CORRECT, place=place, text="1")


def test_a_figure_that_the_machine_lost_is_put_in(ledger: Ledger, seller: str) -> None:
    told = act(ledger, seller, Act.CORRECT, place=Place(document="supply_form", path="offered.Hg"), text="0.5 千克/年")
    assert (told.decision.before, told.decision.after) == ("", "0.5 kg/a")
    assert {finding.subject for finding in told.new} == {"Hg"}


# ---- items -----------------------------------------------------------------------------------------------------


def test_a_waiver_of_what_blocks_waits_for_another_person(ledger: Ledger, seller: str) -> None:
    assert waive(ledger, seller, "QTY-001", BOSS).decision.after == "pending"
    item = items(ledger, seller)["QTY-001"]
    with pytest.raises(NotNow) as own:
        act(ledger, seller, Act.APPROVE, BOSS, item=item.id)
    assert own.value.code == "SECOND_PERSON"
    with pytest.raises(Forbidden):
        act(ledger, seller, Act.APPROVE, LI, item=item.id)
    assert items(ledger, seller)["QTY-001"].state == "pending"


def test_a_second_persons_word_makes_the_waiver_count(ledger: Ledger, seller: str) -> None:
    waive(ledger, seller, "QTY-001")
    act(ledger, seller, Act.APPROVE, BOSS, item=items(ledger, seller)["QTY-001"].id)
    assert items(ledger, seller)["QTY-001"].state == "waived"
    assert [item.finding.rule for item in ledger.queue()] == ["QTY-002"]


def test_a_waiver_needs_a_reason(ledger: Ledger, seller: str) -> None:
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.WAIVE, item=items(ledger, seller)["QTY-001"].id, reason=" ")
    assert raised.value.code == "NO_REASON"


def test_a_waiver_reopens_when_the_other_sides_fact_changes_and_only_then(ledger: Ledger, seller: str) -> None:
    waive(ledger, seller, "QTY-001")
    act(ledger, seller, Act.APPROVE, BOSS, item=items(ledger, seller)["QTY-001"].id)
    act(ledger, seller, Act.CORRECT, place=Place(document="supply_form", path="contact"), text="韦文斌")
    assert items(ledger, seller)["QTY-001"].state == "waived"
    limit = first_of_chromium(ledger, seller)
    told = act(ledger, seller, Act.CORRECT, place=limit, text="0.009999")
    assert "QTY-001" in {finding.rule for finding in told.changed}
    assert items(ledger, seller)["QTY-001"].state == "open"
    assert "waiver_reopened" in [event.what for event in ledger.events(seller)]
    act(ledger, seller, Act.UNDO)  # the facts are again those that were waived
    assert items(ledger, seller)["QTY-001"].state == "waived"


def first_of_chromium(ledger: Ledger, case: str) -> Place:
    """A row of the permit before that counts to its chromium."""
    (paper,) = [it for it in ledger.show(case).documents if (it["type"], it["version"]) == ("permit_copy", "before")]
    rows = enumerate(paper["limits"])
    row = next(n for n, it in rows if it["metal"]["value"] == "Cr" and it["outlet_kind"]["value"] != "general")
    return Place(document="permit_copy", version="before", path=f"limits[{row}].annual[0]")


def test_a_confirmed_finding_stays_confirmed_and_holds_the_case(ledger: Ledger, seller: str) -> None:
    for rule in ("QTY-001", "QTY-002"):
        act(ledger, seller, Act.CONFIRM, item=items(ledger, seller)[rule].id)
    act(ledger, seller, Act.CORRECT, place=first_of_chromium(ledger, seller), text="0.009999")
    assert {items(ledger, seller)[rule].state for rule in ("QTY-001", "QTY-002")} == {"confirmed"}
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.VERIFY, LI)
    assert "已确认属实" in raised.value.message


def test_an_item_in_somebody_elses_hands_is_not_decided(ledger: Ledger, seller: str) -> None:
    item = items(ledger, seller)["QTY-001"]
    Queue(ledger.database).take(item.id, LI, item.edition)
    with pytest.raises(Taken) as raised:
        act(ledger, seller, Act.CONFIRM, item=item.id)
    assert raised.value.holder == "li"
    act(ledger, seller, Act.CONFIRM, LI, item=item.id)
    assert items(ledger, seller)["QTY-001"].holder is None


@pytest.fixture
def held(ledger: Ledger, seller: str) -> Item:
    """QTY-001, on which LI works."""
    for person in (WANG, LI, BOSS):
        People(ledger.database).add(person.name, person.display, person.role, None)
    item = items(ledger, seller)["QTY-001"]
    return Queue(ledger.database).take(item.id, LI, item.edition)


ON_HELD = [
    {"what": Act.CORRECT, "place": CHROMIUM, "text": "0.024634", "reason": "看错"},
    {"what": Act.WAIVE, "reason": "企业已说明"},
    {"what": Act.CONFIRM},
    {"what": Act.RETURN},
    {"what": Act.REFUSE, "reason": "不实"},
]


@pytest.mark.parametrize("wish", ON_HELD, ids=lambda wish: wish["what"])
@pytest.mark.parametrize("how", ["lease", "assignment"])
def test_no_act_changes_what_is_in_another_persons_hands(
    ledger: Ledger, seller: str, held: Item, wish: dict[str, Any], how: str
) -> None:
    if how == "assignment":
        Queue(ledger.database).assign(held.id, LI, BOSS)
        Queue(ledger.database).release(held.id, LI)
    before = (ledger.show(seller), Decisions(ledger.database).items(seller))
    with pytest.raises(Taken) as raised:
        act(ledger, seller, by=WANG, item=held.id, **wish)
    until = held.lease_until if how == "lease" else None
    assert (raised.value.holder, raised.value.until) == ("li", until)
    assert "li" in raised.value.message
    assert (ledger.show(seller), Decisions(ledger.database).items(seller)) == before


@pytest.mark.parametrize("wish", ON_HELD, ids=lambda wish: wish["what"])
def test_a_supervisor_takes_over_and_it_is_recorded(
    ledger: Ledger, seller: str, held: Item, wish: dict[str, Any]
) -> None:
    act(ledger, seller, by=BOSS, item=held.id, **wish)
    (event,) = [it for it in ledger.events(seller) if it.what == "taken over"]
    assert (event.actor, event.detail["item"], event.detail["from"]) == ("supervisor:zhao", held.id, "li")
    assert items(ledger, seller)["QTY-001"].holder is None


def test_the_other_items_of_a_case_are_decided_while_somebody_works_on_one(
    ledger: Ledger, seller: str, held: Item
) -> None:
    act(ledger, seller, Act.CONFIRM, WANG, item=items(ledger, seller)["QTY-002"].id)
    act(ledger, seller, Act.UNDO, WANG)
    assert items(ledger, seller)["QTY-001"].holder == "li"


def test_whoever_waived_lets_go_of_it_for_the_second_person(ledger: Ledger, seller: str, held: Item) -> None:
    Queue(ledger.database).assign(held.id, LI, BOSS)
    waived = waive(ledger, seller, "QTY-001", LI)
    assert waived.decision.after == "pending"
    item = items(ledger, seller)["QTY-001"]
    assert (item.holder, item.assignee) == (None, None)
    act(ledger, seller, Act.APPROVE, BOSS, item=item.id)
    assert "taken over" not in [it.what for it in ledger.events(seller)]


def date_back(ledger: Ledger, days: int) -> None:
    """Everything that waits was opened so many days earlier."""
    with ledger.database.write() as connection:
        for row in connection.execute(select(review_items)).all():
            earlier = {"opened_at": row.opened_at - timedelta(days=days)}
            connection.execute(update(review_items).where(review_items.c.id == row.id).values(earlier))


def test_the_same_mismatch_is_due_when_it_was_however_often_it_went_and_came_back(ledger: Ledger, seller: str) -> None:
    date_back(ledger, 40)
    before = items(ledger, seller)["QTY-001"]
    for text, reason in (("0.024634", "看错"), ("0.02", "又看错")):  # gone; back with other facts
        act(ledger, seller, Act.CORRECT, place=CHROMIUM, text=text, reason=reason)
    for _ in range(2):
        assert items(ledger, seller)["QTY-001"].opened_at in (before.opened_at,)
        act(ledger, seller, Act.UNDO)
    act(ledger, seller, Act.RETURN)
    act(ledger, seller, Act.UNDO)
    after = items(ledger, seller)["QTY-001"]
    assert (after.state, after.opened_at, after.due_on) == ("open", before.opened_at, before.due_on)


# ---- cases -----------------------------------------------------------------------------------------------------


def test_a_verified_case_posts_to_the_ledger_once(ledger: Ledger, buyer: str, tmp_path: Path) -> None:
    act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157")
    assert ledger.balances() == ()
    bucket = open_bucket(tmp_path / "bucket")
    told = decide(ledger, Wish(case=buyer, act=Act.VERIFY), LI, bucket)
    assert told.case.state == "verified"
    assert [it.needed for it in ledger.balances() if it.metal is Metal.PB] == [Decimal("22.7")]
    assert b'"state":"clear"' in bucket.read(f"results/{buyer}.json")
    for again in (Act.VERIFY, Act.UNDO, Act.CORRECT):
        with pytest.raises(NotNow):
            act(ledger, buyer, again, place=LEAD_IN_AIR, text="0.0151")
    assert [event.what for event in ledger.events(buyer)].count("listed") == 1
    assert ledger.verify_events() is None


def test_nothing_is_verified_while_anything_waits(ledger: Ledger, seller: str) -> None:
    waive(ledger, seller, "QTY-001")
    act(ledger, seller, Act.WAIVE, item=items(ledger, seller)["QTY-002"].id, reason="企业已说明")
    act(ledger, seller, Act.APPROVE, BOSS, item=items(ledger, seller)["QTY-002"].id)
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.VERIFY, LI)
    assert "QTY-001（Cr）待复核同意" in raised.value.message
    assert ledger.show(seller).case.state == "review"
    act(ledger, seller, Act.APPROVE, BOSS, item=items(ledger, seller)["QTY-001"].id)
    assert act(ledger, seller, Act.VERIFY, LI).case.state == "verified"


def test_what_the_ledger_refuses_waits_for_a_person(
    ledger: Ledger, buyer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.postings import Unpostable
    from review import acts

    def refuse(*_: Any) -> None:
        raise Unpostable("UNPOSTABLE", "字段缺失")

    act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157")
    monkeypatch.setattr(acts, "posting", refuse)
    with pytest.raises(NotNow) as raised:
        act(ledger, buyer, Act.VERIFY, LI)
    assert raised.value.code == "NOT_POSTED"
    assert [(item.finding.rule, item.finding.message) for item in ledger.queue()] == [("DEM-002", "字段缺失")]
    assert (ledger.show(buyer).case.state, ledger.balances()) == ("review", ())


def test_whoever_comes_second_to_what_the_ledger_has_decides_again(
    ledger: Ledger, buyer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.payments import SerialUsed

    def beaten(*_: Any) -> None:
        raise SerialUsed("SERIAL_USED", "流水号已用")

    act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157")
    monkeypatch.setattr("storage.books.post", beaten)
    with pytest.raises(NotNow) as raised:
        act(ledger, buyer, Act.VERIFY, LI)
    assert "流水号已用" in raised.value.message
    assert [item.finding.rule for item in ledger.queue()] == ["PAY-004"]
    assert [one.act for one in Decisions(ledger.database).of_case(buyer)] == ["correct"]


def test_a_refused_case_leaves_the_queue_and_stays_refused(ledger: Ledger, seller: str) -> None:
    assert act(ledger, seller, Act.REFUSE, reason="材料不实").case.state == "refused"
    assert ledger.queue() == ()
    with pytest.raises(NotNow):
        act(ledger, seller, Act.UNDO)


def test_a_returned_case_keeps_its_notice_and_may_be_taken_back(ledger: Ledger, seller: str) -> None:
    told = act(ledger, seller, Act.RETURN)
    assert told.case.state == "returned"
    assert ledger.queue() == ()
    assert told.decision.notice is not None
    assert [defect.rule for defect in told.decision.notice.defects] == ["QTY-001", "QTY-002"]
    assert act(ledger, seller, Act.UNDO).case.state == "review"
    assert len(ledger.queue()) == 2


def test_undo_goes_back_step_by_step_and_is_recorded(ledger: Ledger, seller: str) -> None:
    act(ledger, seller, Act.CONFIRM, item=items(ledger, seller)["QTY-002"].id)
    act(ledger, seller, Act.CORRECT, place=CHROMIUM, text="0.024634")
    undone = act(ledger, seller, Act.UNDO)
    assert [finding.rule for finding in undone.new] == ["QTY-001"]
    assert items(ledger, seller)["QTY-002"].state == "confirmed"
    act(ledger, seller, Act.UNDO)
    assert {item.state for item in items(ledger, seller).values()} == {"open"}
    with pytest.raises(NotNow):
        act(ledger, seller, Act.UNDO)
    recorded = Decisions(ledger.database).of_case(seller)
    assert [(one.number, one.act, one.undoes) for one in recorded[2:]] == [(3, "undo", 2), (4, "undo", 1)]


def test_a_passed_case_that_was_passed_wrongly_is_open_again(ledger: Ledger) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    assert ledger.show(case).case.state == "clear"
    told = act(ledger, case, Act.REOPEN, reason="需求量读错")
    assert told.case.state == "review"
    assert [it.needed for it in ledger.balances()] == [0, 0]
    act(ledger, case, Act.VERIFY)
    assert [it.needed for it in ledger.balances() if it.metal is Metal.PB] == [Decimal("22.7")]
    with pytest.raises(NotNow) as raised:
        act(ledger, case, Act.REOPEN, reason="再看")
    assert raised.value.code == "OWN_CASE"
    assert act(ledger, case, Act.AGREE, LI).case.state == "verified"


# ---- the second person -----------------------------------------------------------------------------------------


def test_what_was_read_for_certain_is_corrected_with_a_reason_alone(ledger: Ledger, seller: str) -> None:
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.CORRECT, place=CHROMIUM, text="0.024634 吨/年", reason=" ")
    assert raised.value.code == "NO_REASON"
    lost = Place(document="supply_form", path="offered.Hg")  # the machine read nothing there
    assert act(ledger, seller, Act.CORRECT, place=lost, text="0.5 千克/年", reason="").decision.after == "0.5 kg/a"


def clear_away(ledger: Ledger, case: str, by: Any = WANG) -> None:
    """Both blocking findings vanish by corrections."""
    for path, text in (("permit_before.Cr", "0.024634 吨/年"), ("permit_after.Cr", "0.019087 吨/年")):
        act(ledger, case, Act.CORRECT, by, place=Place(document="supply_form", path=path), text=text)


def test_nobody_corrects_what_blocks_away_and_verifies_alone(ledger: Ledger, seller: str) -> None:
    clear_away(ledger, seller)
    assert [one.alters for one in Decisions(ledger.database).of_case(seller)] == [("QTY-001",), ("QTY-002",)]
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.VERIFY)
    assert raised.value.code == "SECOND_PERSON"
    assert "QTY-001、QTY-002" in raised.value.message
    assert (ledger.show(seller).case.state, ledger.balances()) == ("review", ())
    assert act(ledger, seller, Act.VERIFY, LI).case.state == "verified"


def test_typing_the_same_again_makes_nobody_else_answer_for_it(ledger: Ledger, seller: str) -> None:
    clear_away(ledger, seller)
    act(ledger, seller, Act.CORRECT, LI, place=CHROMIUM, text="0.024634 吨/年")
    for person in (WANG, LI):
        with pytest.raises(NotNow):
            act(ledger, seller, Act.VERIFY, person)
    assert act(ledger, seller, Act.VERIFY, BOSS).case.state == "verified"


def test_what_was_undone_needs_no_second_person(ledger: Ledger, buyer: str) -> None:
    act(ledger, buyer, Act.CORRECT, LI, place=LEAD_IN_AIR, text="0.0157")
    act(ledger, buyer, Act.UNDO, LI)
    act(ledger, buyer, Act.CORRECT, WANG, place=LEAD_IN_AIR, text="0.0157")
    assert act(ledger, buyer, Act.VERIFY, LI).case.state == "verified"


def test_what_corrections_do_shows_even_where_no_step_told_of_it(
    ledger: Ledger, seller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review import acts

    monkeypatch.setattr(acts, "altered", lambda *_: ())
    clear_away(ledger, seller)
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.VERIFY)
    assert "QTY-001、QTY-002" in raised.value.message


def test_a_correction_of_what_blocks_nothing_leaves_verifying_to_the_same_person(ledger: Ledger) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    act(ledger, case, Act.REOPEN, LI, reason="再看")
    act(ledger, case, Act.CORRECT, place=Place(document="demand_form", path="contact"), text="韦文斌")
    assert act(ledger, case, Act.VERIFY).case.state == "verified"


def test_who_waived_what_blocks_does_not_verify_but_who_agreed_may(ledger: Ledger, seller: str) -> None:
    for rule in ("QTY-001", "QTY-002"):
        waive(ledger, seller, rule)
        act(ledger, seller, Act.APPROVE, BOSS, item=items(ledger, seller)[rule].id)
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.VERIFY)
    assert raised.value.code == "SECOND_PERSON"
    assert act(ledger, seller, Act.VERIFY, BOSS).case.state == "verified"


def test_who_handed_the_package_in_does_not_verify_it(ledger: Ledger) -> None:
    case = enter(ledger, understood("b072-002"), "b")
    with ledger.database.write() as connection:
        for number, (user, duplicate) in enumerate(((WANG, False), (BOSS, True))):
            told = {"receipt": f"SJ-{number}", "user_name": user.name, "at": datetime.now(UTC), "package": "材料"}
            claimed = {"files": 1, "size": 1, "case_number": case, "version": 1, "duplicate": duplicate}
            connection.execute(insert(uploads).values(told | claimed))
    act(ledger, case, Act.REOPEN, LI, reason="再看")
    with pytest.raises(NotNow) as raised:
        act(ledger, case, Act.VERIFY)
    assert "递交了本案材料" in raised.value.message
    assert act(ledger, case, Act.VERIFY, BOSS).case.state == "verified"  # who brought the same once more did not


def test_where_policy_asks_for_no_second_person_one_is_enough(
    ledger: Ledger, seller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = policy().two_person_verify.model_copy(update={"value": False})
    lone = policy().model_copy(update={"two_person_verify": alone})
    monkeypatch.setattr("review.second_person.policy", lambda: lone)
    clear_away(ledger, seller)
    assert act(ledger, seller, Act.VERIFY).case.state == "verified"


def test_whoever_took_part_does_not_look_a_second_time(ledger: Ledger, seller: str) -> None:
    clear_away(ledger, seller)
    act(ledger, seller, Act.VERIFY, LI)
    for person in (WANG, LI):
        with pytest.raises(NotNow) as raised:
            act(ledger, seller, Act.AGREE, person)
        assert raised.value.code == "OWN_CASE"
    assert act(ledger, seller, Act.AGREE, BOSS).case.state == "verified"


def test_somebody_elses_decision_is_undone_by_a_supervisor_alone_who_says_why(ledger: Ledger, seller: str) -> None:
    item = items(ledger, seller)["QTY-001"].id
    act(ledger, seller, Act.CONFIRM, LI, item=item)
    with pytest.raises(NotNow) as raised:
        act(ledger, seller, Act.UNDO, WANG)
    assert raised.value.code == "OTHERS_DECISION" and "li" in raised.value.message
    with pytest.raises(NotNow) as silent:
        act(ledger, seller, Act.UNDO, BOSS)
    assert silent.value.code == "NO_REASON"
    assert items(ledger, seller)["QTY-001"].state == "confirmed"
    act(ledger, seller, Act.UNDO, BOSS, reason="误点")
    assert items(ledger, seller)["QTY-001"].state == "open"


def test_only_those_decide_who_may(ledger: Ledger, seller: str) -> None:
    for what in Act:
        with pytest.raises(Forbidden):
            act(ledger, seller, what, OFFICER)


# ---- at once, and half done ------------------------------------------------------------------------------------


def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told_who(shared: Ledger) -> None:
    case = enter(shared, understood("s1211-000"), "s")
    item = items(shared, case)["QTY-001"]

    def confirm(by: Any) -> Decided | Conflict:
        try:
            return act(shared, case, Act.CONFIRM, by, item=item.id, edition=item.edition)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(confirm, (WANG, LI)))
    (won,) = [one for one in told if isinstance(one, Decided)]
    (lost,) = [one for one in told if isinstance(one, Conflict)]
    assert (lost.who, lost.at) == (won.decision.actor, won.decision.at)
    assert len(Decisions(shared.database).of_case(case)) == 1


def test_of_two_corrections_at_once_one_wins(shared: Ledger) -> None:
    case = enter(shared, misread_buyer(), "b")
    edition = shared.show(case).case.edition

    def correct(text: str) -> Decided | Conflict:
        try:
            return act(shared, case, Act.CORRECT, place=LEAD_IN_AIR, text=text, edition=edition)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(correct, ("0.0157", "0.0159")))
    assert sorted(type(one).__name__ for one in told) == ["Conflict", "Decided"]
    assert len(Decisions(shared.database).of_case(case)) == 1
    assert shared.verify_events() is None


def test_leases_draws_and_the_second_person_are_the_same_on_either_database(shared: Ledger) -> None:
    for person in (WANG, LI, BOSS):
        People(shared.database).add(person.name, person.display, person.role, None)
    case = enter(shared, understood("s1211-000"), "s")
    item = items(shared, case)["QTY-001"]
    opened = item.opened_at
    Queue(shared.database).assign(item.id, LI, BOSS)
    with pytest.raises(Taken):
        clear_away(shared, case)
    clear_away(shared, case, BOSS)
    assert "taken over" in [event.what for event in shared.events(case)]
    act(shared, case, Act.UNDO, BOSS)
    act(shared, case, Act.UNDO, BOSS)
    assert items(shared, case)["QTY-001"].opened_at == opened
    clear_away(shared, case)
    with pytest.raises(NotNow):
        act(shared, case, Act.VERIFY)
    assert act(shared, case, Act.VERIFY, LI).case.state == "verified"
    assert "drawn" in [event.what for event in shared.events(case)]
    assert check_draws(shared) == ()
    People(shared.database).disable("li")


def test_what_was_on_an_old_screen_is_not_decided(ledger: Ledger, seller: str) -> None:
    seen = ledger.show(seller).case.edition
    act(ledger, seller, Act.CORRECT, LI, place=CHROMIUM, text="0.024634")
    with pytest.raises(Conflict) as raised:
        act(ledger, seller, Act.REFUSE, reason="不符", edition=seen)
    assert raised.value.who == "reviewer:li"
    assert "li 已于" in raised.value.message and "“更正识读”" in raised.value.message


@pytest.mark.parametrize("where", ["insert_decision", "record_run", "refresh_items"])
def test_a_crash_within_a_decision_leaves_nothing_of_it(
    ledger: Ledger, buyer: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    import storage.decisions as module
    import storage.runs

    place = storage.runs if where == "refresh_items" else module
    real: Callable[..., Any] = getattr(place, where)

    def crash(*given: Any) -> None:
        real(*given)
        raise RuntimeError("power cut")

    before = (ledger.show(buyer), Decisions(ledger.database).items(buyer))
    monkeypatch.setattr(place, where, crash)
    with pytest.raises(RuntimeError):
        act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157")
    monkeypatch.undo()
    assert (ledger.show(buyer), Decisions(ledger.database).items(buyer)) == before
    assert Decisions(ledger.database).of_case(buyer) == ()
    assert act(ledger, buyer, Act.CORRECT, place=LEAD_IN_AIR, text="0.0157").decision.number == 1


def test_every_act_has_its_right_and_its_states() -> None:
    assert set(deciding.RIGHTS) == set(deciding.POSSIBLE) == set(Act)


def test_a_place_means_what_is_shown_even_where_a_corrected_date_swapped_the_permits(ledger: Ledger) -> None:
    case = enter(ledger, understood("s2466-000.tif"), "s")
    pages = {it["version"]: it["pages"] for it in ledger.show(case).documents if it["type"] == "permit_copy"}
    for kind in ("permit_copy", "permit_certificate"):  # the earlier permit is said to be from the year 2030
        earlier = Place(document=kind, version="before", path="issued_on")
        act(ledger, case, Act.CORRECT, place=earlier, text="2030-01-01")
    told = ledger.show(case).documents
    swapped = {it["version"]: it["pages"] for it in told if it["type"] == "permit_copy"}
    assert swapped == {"before": pages["after"], "after": pages["before"]}
    shown = Place(document="permit_copy", version="after", path="legal_representative")
    act(ledger, case, Act.CORRECT, place=shown, text="张某某")
    (paper,) = [it for it in ledger.show(case).documents if (it["type"], it["version"]) == ("permit_copy", "after")]
    assert (paper["pages"], paper["fields"]["legal_representative"]["value"]) == (pages["before"], "张某某")
