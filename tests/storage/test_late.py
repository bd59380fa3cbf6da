"""Runs that end after their case went on: kept, told, and without effect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from domain.decision import Act, Draft
from domain.dossier import Dossier
from domain.finding import Finding, State
from storage.decisions import Decisions, Taking
from storage.figures import read_figures
from storage.ledger import Ledger
from storage.records import Claimed, Drop
from storage.schema import documents, findings, pages, runs
from storage.versions import read_papers
from tests.storage.test_books import supply

RUN = {"seconds": 1.0, "ruleset": "1"}


@pytest.fixture
def finish(ledger: Ledger, dossier: Dossier, a_finding: Callable[..., Finding]) -> Callable[..., bool]:
    """A run that took up a case and ends now."""

    def finish(since: Claimed, **more: object) -> bool:
        told = {"state": State.REVIEW, "verdict": f'"{since.edition}"'} | RUN | more
        return ledger.record(since.case, dossier, [a_finding("QTY-003")], since=since, **told)

    return finish


def give_back(ledger: Ledger, case: str) -> None:
    draft = Draft(case=case, version=1, actor="reviewer:wang", act=Act.RETURN, after="returned")
    Decisions(ledger.database).take(Taking(draft=draft, by="wang", state="returned"))


def count(ledger: Ledger, table: object) -> int:
    with ledger.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_late_run_is_kept_and_changes_nothing(
    ledger: Ledger, a_drop: Callable[..., Drop], finish: Callable[..., bool]
) -> None:
    claimed = ledger.claim(a_drop())
    ledger.quarantine(claimed.case, "X", "坏", since=claimed)
    give_back(ledger, claimed.case)
    before = ledger.show(claimed.case)
    assert not finish(claimed, state=State.CLEAR, posting=supply())
    after = ledger.show(claimed.case)
    assert after == before.model_copy(update={"events": after.events})
    assert [count(ledger, table) for table in (runs, pages, documents, findings)] == [1] * 4
    told = after.events[-1]
    assert (told.what, told.detail["version"], told.detail["state"]) == ("superseded", 1, "returned")
    assert (ledger.balances(), read_figures(ledger.database).first_runs) == ((), {})
    assert ledger.verify_events() is None


def test_a_late_run_of_a_version_that_was_replaced_stays_with_that_version(
    ledger: Ledger, a_drop: Callable[..., Drop], finish: Callable[..., bool]
) -> None:
    first = ledger.claim(a_drop())
    ledger.quarantine(first.case, "X", "坏")
    second = ledger.claim(a_drop("b", f"{first.case} 补正"))
    assert (second.case, second.version) == (first.case, 2)
    assert not finish(first)
    assert not ledger.quarantine(first.case, "Y", "太迟", since=first)
    assert ledger.show(first.case).case.state == "received"
    assert [it.detail["version"] for it in ledger.events(first.case) if it.what == "superseded"] == [1, 1]
    assert read_papers(ledger.database, first.case, 1) == ()
    assert finish(second)
    assert len(read_papers(ledger.database, first.case)) == 1
    assert len(ledger.queue()) == 1


def test_of_two_runs_of_one_case_at_once_the_first_counts(
    ledger: Ledger, a_drop: Callable[..., Drop], finish: Callable[..., bool]
) -> None:
    claimed = ledger.claim(a_drop())
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(finish, [claimed] * 2)) == [False, True]
    told = sorted(it.what for it in ledger.events(claimed.case) if "step" not in it.what)
    assert told == ["checked", "received", "superseded"]


def test_a_run_that_names_no_beginning_leaves_what_people_ended(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier
) -> None:
    claimed = ledger.claim(a_drop())
    give_back(ledger, claimed.case)
    assert not ledger.record(claimed.case, dossier, (), state=State.CLEAR, verdict="{}", **RUN)
    assert not ledger.quarantine(claimed.case, "X", "坏")
    assert ledger.show(claimed.case).case.state == "returned"
