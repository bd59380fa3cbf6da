from datetime import date, timedelta

import pytest

from storage import events
from storage.ledger import Ledger
from storage.logbook import Logbook, Narrowing, UnknownEvent


@pytest.fixture
def logbook(ledger: Ledger) -> Logbook:
    """Twelve events: in turn of two cases and of none, by two people and the system."""
    actors, cases = ("reviewer:luo", "supervisor:yang", "system"), ("HY-2026-000001", "HY-2026-000002", None)
    with ledger.database.write() as connection:
        for number in range(12):
            append = "taken" if number % 2 else "assigned"
            events.append(connection, cases[number % 3], actors[number % 3], append, {"n": number})
    return Logbook(ledger.database)


def _numbers(found: object) -> list[int]:
    return [event.number for event in found.events]


def test_the_newest_come_first_and_pages_lead_both_ways(logbook: Logbook) -> None:
    first = logbook.search(Narrowing(), 5)
    assert (_numbers(first), first.older, first.newer) == ([12, 11, 10, 9, 8], True, False)
    second = logbook.search(Narrowing(), 5, before=8)
    assert (_numbers(second), second.older, second.newer) == ([7, 6, 5, 4, 3], True, True)
    last = logbook.search(Narrowing(), 5, before=3)
    assert (_numbers(last), last.older, last.newer) == ([2, 1], False, True)
    back = logbook.search(Narrowing(), 5, after=7)
    assert (_numbers(back), back.older, back.newer) == ([12, 11, 10, 9, 8], True, False)


def test_the_log_is_narrowed_by_case_actor_and_what(logbook: Logbook) -> None:
    assert _numbers(logbook.search(Narrowing(case="HY-2026-000001"), 50)) == [10, 7, 4, 1]
    for actor in ("yang", "supervisor:yang"):
        assert _numbers(logbook.search(Narrowing(actor=actor), 50)) == [11, 8, 5, 2]
    assert _numbers(logbook.search(Narrowing(actor="system", what="taken"), 50)) == [12, 6]
    assert _numbers(logbook.search(Narrowing(actor="ya_g"), 50)) == []


def test_a_day_is_one_in_guizhou(logbook: Logbook, ledger: Ledger) -> None:
    on = ledger.events()[0].at + timedelta(hours=8)
    assert len(_numbers(logbook.search(Narrowing(day=on.date()), 50))) >= 1
    assert _numbers(logbook.search(Narrowing(day=date(2020, 1, 1)), 50)) == []


def test_an_event_is_found_by_number(logbook: Logbook, ledger: Ledger) -> None:
    assert logbook.find(3) == ledger.events()[2]
    with pytest.raises(UnknownEvent):
        logbook.find(13)
