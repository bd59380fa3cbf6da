import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from storage.events import START, canonical, digest, spell
from storage.ledger import Ledger
from storage.records import Drop
from storage.schema import chain, events


@pytest.fixture
def told(ledger: Ledger, a_drop: Callable[..., Drop]) -> Ledger:
    for content in "ab":  # two events each
        ledger.claim(a_drop(content))
    return ledger


def _force(ledger: Ledger, *statements: str) -> None:
    """Does what only somebody with the database's own rights can do."""
    sqlite = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")
    with ledger.database.write() as connection:
        for free in sqlite if ledger.database.on_sqlite else ("DROP TRIGGER events_no_change ON events",):
            connection.execute(text(free))
        for statement in statements:
            connection.execute(text(statement))


def test_events_are_numbered_and_bound_to_each_other(told: Ledger) -> None:
    events = told.events()
    assert [event.number for event in events] == [1, 2, 3, 4]
    assert [event.prev_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    assert told.verify_events() is None


@pytest.mark.parametrize("statement", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_the_database_refuses_to_change_events(told: Ledger, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), told.database.write() as connection:
        connection.execute(text(statement))
    assert told.verify_events() is None


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE events SET detail = '{}' WHERE id = 2", 2),
        ("UPDATE events SET actor = 'someone' WHERE id = 3", 3),
        ("UPDATE events SET case_number = NULL WHERE id = 1", 1),
        ("UPDATE events SET at = '2020-01-01 00:00:00' WHERE id = 2", 2),
        ("DELETE FROM events WHERE id = 2", 2),
        ("DELETE FROM events WHERE id = 4", 4),
        ("DELETE FROM events", 1),
    ],
)
def test_a_changed_or_missing_event_is_found(told: Ledger, statement: str, number: int) -> None:
    _force(told, statement)
    found = told.verify_events()
    assert found is not None
    assert found.number == number


def test_a_note_is_an_event_of_its_own(told: Ledger) -> None:
    told.note(None, "登记册已载入", {"行": 3}, actor="officer:li")
    last = told.events()[-1]
    assert (last.case, last.actor, last.detail) == (None, "officer:li", {"行": 3})
    assert told.verify_events() is None


def test_events_of_the_first_versions_are_as_good_as_todays(ledger: Ledger) -> None:
    at, previous = datetime(2025, 1, 1, tzinfo=UTC), START
    row = {"id": 1, "case_number": None, "actor": "system", "what": "noted", "detail": "{}", "at": at}
    found = hashlib.sha256(f"{previous}\n{canonical(spell(row))}".encode()).hexdigest()
    with ledger.database.write() as connection:
        connection.execute(insert(events).values(**row, prev_hash=previous, hash=found))
        connection.execute(update(chain).values(length=1, hash=found))
    ledger.note(None, "later", {})
    assert ledger.verify_events() is None
    _force(ledger, "UPDATE events SET actor = 'x' WHERE id = 1")
    assert ledger.verify_events() is not None


WORD = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(1), st.datetimes(timezones=st.timezones()), st.none() | WORD, WORD, WORD, WORD)
def test_an_events_hash_is_that_of_its_canonical_json(
    number: int, at: datetime, case: str | None, actor: str, what: str, detail: str
) -> None:
    row = {"id": number, "at": at, "case_number": case, "actor": actor, "what": what, "detail": detail}
    assert digest(row) == hashlib.sha256(canonical(spell(row)).encode()).hexdigest()
