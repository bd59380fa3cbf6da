"""Decisions in the database: never changed, told by the log, brought along from an older schema."""

from collections.abc import Callable

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from domain.decision import Act, Draft
from domain.dossier import Dossier
from domain.finding import Finding, State
from storage.database import Database
from storage.decision_tables import decisions
from storage.decisions import Conflict, Decisions, NotNow, Taking
from storage.ledger import Ledger
from storage.migrations.upgrade import migrate
from storage.records import Drop


@pytest.fixture
def case(ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]) -> str:
    """A case in review for one finding."""
    case = ledger.claim(a_drop()).case
    found = (a_finding("QTY-003"),)
    ledger.record(case, dossier, found, state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
    return case


def draft(case: str, act: Act = Act.REFUSE, **more: object) -> Draft:
    return Draft(case=case, version=1, actor="reviewer:wang", act=act, reason="不\0实", **more)


def test_no_decision_is_ever_changed_or_removed(ledger: Ledger, case: str) -> None:
    Decisions(ledger.database).take(Taking(draft=draft(case), by="wang", state="refused"))
    for statement in ("UPDATE decisions SET reason = 'x'", "DELETE FROM decisions"):
        with pytest.raises(DBAPIError), ledger.database.write() as connection:
            connection.execute(text(statement))
    assert len(Decisions(ledger.database).of_case(case)) == 1


def test_a_decision_is_told_by_the_log_with_all_that_it_says(ledger: Ledger, case: str) -> None:
    taken = Decisions(ledger.database).take(Taking(draft=draft(case), by="wang", state="refused"))
    (event,) = [it for it in ledger.events(case) if it.what == "decided"]
    assert event.actor == "reviewer:wang"
    assert event.detail == {
        "act": "refuse",
        "case_state": "refused",
        "number": taken.number,
        "reason": "不\ufffd实",
        "version": 1,
    }
    assert taken == Decisions(ledger.database).of_case(case)[0]
    assert ledger.verify_events() is None


def test_an_older_edition_of_a_case_is_refused_and_names_who_was_faster(ledger: Ledger, case: str) -> None:
    edition = ledger.show(case).case.edition
    ledger.quarantine(case, "X", "坏", actor="officer:li")
    with pytest.raises(Conflict) as raised:
        Decisions(ledger.database).take(Taking(draft=draft(case), by="wang", edition=edition, state="refused"))
    assert raised.value.who == "officer:li"


def test_a_case_in_review_in_which_nothing_waits_is_ready(ledger: Ledger, case: str, dossier: Dossier) -> None:
    found = Decisions(ledger.database)
    assert found.ready() == ()
    ledger.record(case, dossier, (), state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
    assert found.ready() == (case,)
    found.take(Taking(draft=draft(case), by="wang", state="refused"))
    assert found.ready() == ()


def test_a_case_with_an_open_item_is_not_verified(ledger: Ledger, case: str) -> None:
    with pytest.raises(NotNow) as raised:
        Decisions(ledger.database).take(Taking(draft=draft(case, Act.VERIFY), by="wang", state="verified"))
    assert raised.value.code == "UNSETTLED"
    assert (ledger.show(case).case.state, Decisions(ledger.database).of_case(case)) == ("review", ())


def test_a_database_of_the_last_version_keeps_its_cases(database_url: str) -> None:
    database = Database(database_url)
    migrate(database, "0004")
    with database.write() as connection:
        columns = "case_number, version, receipt, name, state, content_hash, received_at, submitted_on"
        given = "'HY-2026-000001', 1, 'r', 'n', 'review', 'h', '2026-11-23 00:00:00', '2026-11-23'"
        connection.execute(text(f"INSERT INTO packages ({columns}) VALUES ({given})"))
    migrate(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT edition FROM packages")).scalar_one() == 1
        assert connection.execute(select(decisions)).all() == []
        assert "reading" in {column["name"] for column in inspect(connection).get_columns("pages")}
    database.close()
