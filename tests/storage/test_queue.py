import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from domain.document import Document, present
from domain.dossier import Dossier
from domain.field import Field, Status
from domain.finding import Finding, Outcome, Severity, State
from domain.people import Role, User
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.demand_form import DemandForm
from extractors.documents.permit_certificate import PermitCertificate
from reference.calendar import CHINA, working_day_after
from reference.policy import policy
from storage.database import Database
from storage.ledger import Ledger
from storage.migrations.upgrade import migrate
from storage.people import People
from storage.queue import Changed, Filter, NotForThem, Queue, Taken, UnknownItem
from storage.queue_tables import search_terms
from storage.records import Drop, Item
from storage.schema import documents, packages, review_items, runs
from tests.validators.deals import BUYER, DEAL

WANG, LI = (User(id=n, name=name, display=name, role=Role.REVIEWER) for n, name in ((1, "wang"), (2, "li")))
BOSS = User(id=3, name="boss", display="负责人", role=Role.SUPERVISOR)
SMELTER, SMELTER_CODE = "贵州（毕节）铅锌冶炼有限公司", "91520500MA6JDEM04B"
MINE = "万山汞业有限公司"
LEASE = timedelta(minutes=30)


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(ledger: Ledger, clock: Clock) -> Queue:
    return Queue(ledger.database, lease=LEASE, clock=clock)


@pytest.fixture
def put(ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier) -> Callable[..., str]:
    """Records a case with these findings and documents, and gives its number."""
    contents: Iterator[str] = iter("abcdefghijkl")

    def put(*findings: Finding, papers: tuple[Document, ...] = (), kind: str = "supply") -> str:
        case = ledger.claim(a_drop(next(contents))).case
        whole = dossier.model_copy(update={"documents": papers, "kind": kind})
        ledger.record(case, whole, findings, state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
        return case

    return put


@pytest.fixture
def item(put: Callable[..., str], a_finding: Callable[..., Finding], queue: Queue) -> Item:
    put(a_finding("QTY-003"))
    return queue.search().items[0]


def _sure(value: object) -> Field:
    return Field(value=value, raw=str(value), status=Status.CERTAIN, confidence=1.0)


def _company(name: str, code: str, **more: str) -> tuple[Document, ...]:
    return (BusinessLicence(name=_sure(name), uscc=_sure(code)), PermitCertificate(name=_sure(name), **more))


@pytest.fixture
def two(put: Callable[..., str], a_finding: Callable[..., Finding]) -> tuple[str, str]:
    """A seller with a grave finding, a mild one and a doubt, and a buyer with a mild one and a doubt."""
    mild, unsure = Severity.REVIEW, Outcome.UNSURE
    permit = {"number": _sure("91520500MA6JDEM04B001P"), "premises_address": _sure("贵州省毕节市赫章县妈姑镇")}
    first = put(
        a_finding("QTY-003"), a_finding("IMG-005", severity=mild), a_finding("QTY-001", unsure),
        papers=_company(SMELTER, SMELTER_CODE, **permit),
    )  # fmt: skip
    form = DemandForm(name=_sure(MINE), uscc=_sure("91520603MA6DM4RQ5W"), county=_sure("万山区"))
    second = put(a_finding("IMG-005", severity=mild), a_finding("DEM-001", unsure, mild), papers=(form,), kind="demand")
    return first, second


def test_gravest_cases_come_first_and_doubts_first_within(queue: Queue, two: tuple[str, str]) -> None:
    found = queue.search()
    order = [(item.case, item.finding.rule) for item in found.items]
    first, second = two
    assert order == [
        (first, "QTY-001"), (first, "QTY-003"), (first, "IMG-005"), (second, "DEM-001"), (second, "IMG-005"),
    ]  # fmt: skip
    assert found.total == 5


def test_pages_put_together_are_the_whole_queue(queue: Queue, two: tuple[str, str]) -> None:
    whole = queue.search().items
    pages = [queue.search(page=number, size=2) for number in (1, 2, 3, 4)]
    assert sum((page.items for page in pages), ()) == whole
    assert [len(page.items) for page in pages] == [2, 2, 1, 0]
    assert {page.total for page in pages} == {5}


def test_the_ledgers_queue_and_a_cases_items_are_the_same_items(
    ledger: Ledger, queue: Queue, two: tuple[str, str]
) -> None:
    assert ledger.queue() == queue.search().items
    assert ledger.queue(2) == queue.search(size=2).items
    assert ledger.show(two[1]).items == queue.search(Filter(case=two[1])).items


@pytest.mark.parametrize(
    "typed", ["铅锌冶炼", "(毕节)铅锌", " 贵州 （毕节）", SMELTER_CODE, "91520500ma6jdem04b001p", "520500MA6J", "FIRST"]
)
def test_a_case_is_found_by_name_code_permit_and_number(queue: Queue, two: tuple[str, str], typed: str) -> None:
    found = queue.search(Filter(text=two[0] if typed == "FIRST" else typed))
    assert {item.case for item in found.items} == {two[0]}
    assert found.total == 3


@pytest.mark.parametrize("typed", ["%", "_", "汞%业", "\\", "'", "\0", "\ud800", "无此企业", "x" * 3000])
def test_nothing_is_found_by_what_is_nowhere(queue: Queue, two: tuple[str, str], typed: str) -> None:
    assert queue.search(Filter(text=typed)).total == 0


def test_blanks_ask_for_nothing(queue: Queue, two: tuple[str, str]) -> None:
    assert queue.search(Filter(text="  　")).total == 5


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        (Filter(kind="demand"), 2),
        (Filter(rule="IMG-005"), 2),
        (Filter(company=SMELTER), 3),
        (Filter(company=SMELTER_CODE), 3),
        (Filter(company="冶炼"), 0),
        (Filter(county="赫章县"), 3),
        (Filter(county="万山区", doubt=True), 1),
        (Filter(state="open"), 5),
        (Filter(state="pending"), 0),
        (Filter(severity=Severity.BLOCK), 2),
        (Filter(severity=Severity.REVIEW), 3),
        (Filter(doubt=False), 3),
        (Filter(holder=""), 5),
        (Filter(holder="wang"), 0),
        (Filter(text="汞业", rule="IMG-005", kind="demand", severity=Severity.REVIEW, doubt=False), 1),
    ],
)
def test_filters_narrow_together(queue: Queue, two: tuple[str, str], asked: Filter, total: int) -> None:
    found = queue.search(asked)
    assert found.total == len(found.items) == total


def test_counts_say_what_each_other_choice_would_give(queue: Queue, two: tuple[str, str]) -> None:
    everything = queue.search().counts
    assert everything["kind"] == {"supply": 3, "demand": 2}
    assert everything["county"] == {"赫章县": 3, "万山区": 2}
    assert everything["severity"] == {"B": 2, "R": 3}
    assert everything["doubt"] == {"yes": 2, "no": 3}
    chosen = queue.search(Filter(kind="demand", rule="IMG-005")).counts
    assert chosen["kind"] == {"supply": 1, "demand": 1}
    assert chosen["rule"] == {"IMG-005": 1, "DEM-001": 1}
    assert chosen["county"] == {"万山区": 1}


def test_an_item_says_whose_it_is_where_and_until_when(queue: Queue, two: tuple[str, str]) -> None:
    item = queue.search().items[0]
    assert (item.company, item.county, item.assignee, item.holder) == (SMELTER, "赫章县", None, None)
    opened = item.opened_at.astimezone(CHINA).date()
    assert item.due_on == working_day_after(opened, policy().review_days.value)


def test_due_days_are_working_days() -> None:
    assert working_day_after(date(2024, 9, 30), 5) == date(
        2024, 10, 12
    )  # the week of 1 October, then a Saturday worked


def test_a_deal_is_called_by_both_sides_and_found_by_either(ledger: Ledger, queue: Queue, put: Callable[..., str],
                                                          a_finding: Callable[..., Finding]) -> None:  # fmt: skip
    put(a_finding("DEA-001"), papers=DEAL.dossier.documents, kind="transfer")
    (item,) = queue.search(Filter(company=BUYER)).items
    assert item.company is not None
    seller, _, buyer = item.company.partition(" → ")
    assert buyer == BUYER and queue.search(Filter(company=seller)).total == 1
    assert queue.search(Filter(text="HT-1")).total == 1


def test_terms_follow_the_newest_run(ledger: Ledger, queue: Queue, put: Callable[..., str], dossier: Dossier,
                                     a_finding: Callable[..., Finding]) -> None:  # fmt: skip
    case = put(a_finding("A"), papers=_company("误读公司", SMELTER_CODE))
    right = dossier.model_copy(update={"documents": _company(SMELTER, SMELTER_CODE)})
    ledger.record(case, right, [a_finding("A")], state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
    assert queue.search(Filter(text="误读")).total == 0
    assert queue.search(Filter(text="铅锌")).items[0].company == SMELTER


def test_cases_of_an_older_database_are_found_after_the_upgrade(database_url: str) -> None:
    database = Database(database_url)
    migrate(database, "0003")
    with database.write() as connection:
        package = {"case_number": "HY-2025-000001", "version": 1, "receipt": "r", "name": "p", "state": "review"}
        package |= {"content_hash": "c", "received_at": datetime.now(UTC), "submitted_on": date(2025, 1, 1)}
        connection.execute(insert(packages).values(id=1, **package))
        for number, name in enumerate(("误读公司", SMELTER), start=1):
            run = {"package_id": 1, "at": datetime.now(UTC), "ruleset": "1", "state": "review", "seconds": 1.0}
            connection.execute(insert(runs).values(id=number, **run))
            for position, paper in enumerate(map(present, _company(name, SMELTER_CODE))):
                own = {"run_id": number, "position": position, "type": paper["type"], "pages": []}
                connection.execute(insert(documents).values(**own, content=paper))
    migrate(database)
    with database.read() as connection:
        found = set(connection.execute(select(search_terms.c.kind, search_terms.c.text)))
    database.close()
    assert found == {("case", "HY-2025-000001"), ("company", SMELTER), ("title", SMELTER), ("code", SMELTER_CODE)}


def test_whoever_takes_an_item_has_it_until_the_lease_runs_out(
    queue: Queue, item: Item, clock: Clock, ledger: Ledger
) -> None:
    taken = queue.take(item.id, WANG, item.edition)
    assert (taken.holder, taken.lease_until, taken.edition) == ("wang", clock.now + LEASE, item.edition)
    with pytest.raises(Taken) as raised:
        queue.take(item.id, LI, item.edition)
    assert (raised.value.holder, raised.value.until) == ("wang", clock.now + LEASE)
    assert queue.search(Filter(holder="wang")).total == 1 and queue.search(Filter(holder="")).total == 0
    assert (taken.whose(clock.now), queue.item(item.id).whose(clock.now + LEASE)) == ("wang", None)
    clock.now += LEASE
    assert queue.search(Filter(holder="wang")).total == 0 and queue.search(Filter(holder="")).total == 1
    assert queue.take(item.id, LI, item.edition).holder == "li"
    with pytest.raises(Taken):
        queue.extend(item.id, WANG)


def test_taking_again_is_keeping_for_longer(queue: Queue, item: Item, clock: Clock, ledger: Ledger) -> None:
    queue.take(item.id, WANG, item.edition)
    for renew in (lambda: queue.take(item.id, WANG, item.edition), lambda: queue.extend(item.id, WANG)):
        clock.now += LEASE / 2
        assert renew().lease_until == clock.now + LEASE
    assert [event.what for event in ledger.events()].count("taken") == 1


def test_a_lease_that_ran_out_is_renewed_while_nobody_came(queue: Queue, item: Item, clock: Clock) -> None:
    queue.take(item.id, WANG, item.edition)
    clock.now += LEASE * 2
    assert queue.extend(item.id, WANG).lease_until == clock.now + LEASE


def test_what_is_given_back_is_anybodys_again(queue: Queue, item: Item) -> None:
    queue.take(item.id, WANG, item.edition)
    assert queue.release(item.id, LI).holder == "wang"
    assert queue.release(item.id, WANG).holder is None
    assert queue.take(item.id, LI, item.edition).holder == "li"
    with pytest.raises(Taken):
        queue.extend(item.id, WANG)


def test_nothing_is_extended_that_was_never_taken(queue: Queue, item: Item) -> None:
    with pytest.raises(Changed):
        queue.extend(item.id, WANG)


@pytest.fixture
def staff(ledger: Ledger) -> People:
    """WANG and LI, who review, BOSS, and two who do not."""
    people = People(ledger.database)
    for name, role in (
        ("wang", Role.REVIEWER),
        ("li", Role.REVIEWER),
        ("boss", Role.SUPERVISOR),
        ("chen", Role.OFFICER),
        ("wu", Role.AUDITOR),
    ):
        people.add(name, name, role, None)
    return people


@pytest.mark.parametrize("name", ["chen", "wu"])
def test_nothing_is_assigned_to_somebody_whose_role_works_on_no_items(
    queue: Queue, item: Item, staff: People, name: str
) -> None:
    with pytest.raises(NotForThem):
        queue.assign(item.id, staff.find(name), BOSS)
    assert queue.take(item.id, WANG, item.edition).holder == "wang"


def test_nothing_is_assigned_to_the_disabled_or_to_nobody_of_ours(queue: Queue, item: Item, staff: People) -> None:
    li = staff.find("li")  # looked up before it happened
    staff.disable("li")
    for somebody in (li, User(id=9, name="qian", display="", role=Role.REVIEWER)):
        with pytest.raises(NotForThem):
            queue.assign(item.id, somebody, BOSS)


@pytest.mark.parametrize("how", ["disable", "set_role"])
def test_whoever_may_not_work_any_more_gives_all_items_back(
    queue: Queue, item: Item, staff: People, ledger: Ledger, how: str
) -> None:
    queue.assign(item.id, LI, BOSS)
    queue.take(item.id, LI, item.edition)
    staff.disable("li") if how == "disable" else staff.set_role("li", Role.AUDITOR, "supervisor:boss")
    back = queue.item(item.id)
    assert (back.assignee, back.holder, back.lease_until) == (None, None, None)
    assert "handed back" in [event.what for event in ledger.events(item.case)]
    assert queue.take(item.id, WANG, item.edition).holder == "wang"


def test_a_reviewer_who_becomes_supervisor_keeps_what_they_have(queue: Queue, item: Item, staff: People) -> None:
    queue.assign(item.id, LI, BOSS)
    staff.set_role("li", Role.SUPERVISOR)
    assert queue.item(item.id).assignee == "li"


def test_an_assignment_from_before_to_somebody_who_may_not_work_blocks_nobody(
    queue: Queue, item: Item, staff: People, ledger: Ledger
) -> None:
    with ledger.database.write() as connection:
        connection.execute(update(review_items).values(assignee="chen"))
    assert queue.take(item.id, WANG, item.edition).holder == "wang"


def test_what_is_assigned_is_for_that_person_alone(queue: Queue, item: Item, staff: People) -> None:
    queue.take(item.id, WANG, item.edition)
    assigned = queue.assign(item.id, LI, BOSS)
    assert (assigned.assignee, assigned.holder) == ("li", None)
    with pytest.raises(Taken) as raised:
        queue.take(item.id, WANG, item.edition)
    assert (raised.value.holder, raised.value.until) == ("li", None)
    assert queue.search(Filter(holder="li")).total == 1
    assert queue.take(item.id, LI, item.edition).holder == "li"
    assert queue.assign(item.id, LI, BOSS).holder == "li"
    assert queue.assign(item.id, None, BOSS).holder is None
    assert queue.take(item.id, WANG, item.edition).holder == "wang"


def test_an_item_that_changed_meanwhile_is_not_taken(
    queue: Queue, item: Item, ledger: Ledger, dossier: Dossier, a_finding: Callable[..., Finding]
) -> None:
    for findings in ([a_finding("QTY-003").model_copy(update={"message": "别的数"})], []):
        seen = queue.item(item.id)
        ledger.record(item.case, dossier, findings, state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
        with pytest.raises(Changed):
            queue.take(item.id, WANG, seen.edition)
    settled = queue.item(item.id)
    assert settled.state == "settled"
    with pytest.raises(Changed):
        queue.take(item.id, WANG, settled.edition)


@pytest.mark.parametrize("number", [0, -1, 999])
def test_unknown_items_are_told(queue: Queue, number: int) -> None:
    for ask in (queue.item, lambda n: queue.take(n, WANG, 1), lambda n: queue.release(n, WANG),
                lambda n: queue.extend(n, WANG), lambda n: queue.assign(n, LI, BOSS)):  # fmt: skip
        with pytest.raises(UnknownItem):
            ask(number)


def test_items_that_wait_for_a_second_person_are_in_the_queue(queue: Queue, item: Item, ledger: Ledger) -> None:
    with ledger.database.write() as connection:
        connection.execute(update(review_items).values(state="pending"))
    assert queue.search(Filter(state="pending")).total == 1
    assert ledger.cases()[0].open_items == 1


def test_of_many_who_take_one_item_at_once_one_wins_and_the_others_are_told(
    queue: Queue, item: Item, ledger: Ledger
) -> None:
    people = [User(id=n, name=f"reviewer{n}", display="", role=Role.REVIEWER) for n in range(8)]
    gate = threading.Barrier(len(people))

    def grab(user: User) -> str:
        gate.wait()
        try:
            return queue.take(item.id, user, item.edition).holder or ""
        except Taken as error:
            return f"told {error.holder}"

    with ThreadPoolExecutor(len(people)) as pool:
        told = list(pool.map(grab, people))
    winner = queue.item(item.id).holder
    assert told.count(winner) == 1 and told.count(f"told {winner}") == 7
    assert [event.what for event in ledger.events()].count("taken") == 1


def test_taking_assigning_and_giving_back_are_events_of_the_case(
    queue: Queue, item: Item, ledger: Ledger, staff: People
) -> None:
    queue.take(item.id, WANG, item.edition)
    queue.release(item.id, WANG)
    queue.release(item.id, WANG)
    queue.assign(item.id, LI, BOSS)
    told = [(event.what, event.actor) for event in ledger.events(item.case)[3:]]
    assert told == [("taken", "reviewer:wang"), ("released", "reviewer:wang"), ("assigned", "supervisor:boss")]
    assert ledger.verify_events() is None
