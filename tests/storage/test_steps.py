"""Steps are written once, each with its event, and taken back by rows that say so."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from domain.life import IllegalStep, Side, Step, Taken
from storage.ledger import Ledger
from storage.life_tables import steps
from storage.steps import counts, steps_between, steps_of, take, take_back

CASE, CODE = "HY-2026-000001", "91430100000000000X"
DAY = date(2026, 12, 1)


def taken(step: Step, subject: str = CASE) -> Taken:
    return Taken(subject=subject, step=step, on=DAY, side=Side.PROVINCE, case=CASE)


def record(ledger: Ledger, *wanted: Taken) -> None:
    with ledger.database.write() as connection:
        for one in wanted:
            take(connection, one, "reviewer:li", others=[[CODE]], detail={"why": "试"})


def read(ledger: Ledger) -> list[Step]:
    with ledger.database.read() as connection:
        return [it.step for it in steps_of(connection, [CASE])]


def test_a_step_is_recorded_with_its_event(ledger: Ledger) -> None:
    record(ledger, taken(Step.SUBMITTED))
    (told,) = ledger.events(CASE)
    assert (told.what, told.actor) == ("step submitted", "reviewer:li")
    assert told.detail == {
        "subject": CASE,
        "step": "submitted",
        "on": "2026-12-01",
        "side": "province",
        "section": "4(2)",
        "why": "试",
    }
    assert read(ledger) == [Step.SUBMITTED]


def test_an_illegal_step_says_what_is_missing_and_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(IllegalStep, match="核验通过") as raised:
        record(ledger, taken(Step.SUBMITTED), taken(Step.PUBLISHED))
    assert raised.value.missing == (Step.VERIFIED,)
    assert read(ledger) == [] and ledger.events() == ()


def test_steps_of_others_count_as_well(ledger: Ledger) -> None:
    with pytest.raises(IllegalStep, match="注册登记"):
        record(ledger, taken(Step.SUBMITTED), taken(Step.VERIFIED))
    record(ledger, taken(Step.REGISTERED, CODE), taken(Step.SUBMITTED), taken(Step.VERIFIED))
    assert read(ledger) == [Step.SUBMITTED, Step.VERIFIED]


def test_a_step_taken_back_stays_but_counts_no_more_and_may_be_taken_again(ledger: Ledger) -> None:
    record(ledger, *map(taken, (Step.SUBMITTED, Step.REFUSED)))
    with pytest.raises(IllegalStep):
        record(ledger, taken(Step.REFUSED))
    with ledger.database.write() as connection:
        take_back(connection, CASE, [Step.REFUSED], DAY, "supervisor:zhao", "误办")
    assert read(ledger) == [Step.SUBMITTED]
    with ledger.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(steps)) == 3
        assert not list(steps_between(connection, Step.REFUSED, DAY, DAY))
    assert ledger.events(CASE)[-1].what == "undone refused"
    record(ledger, taken(Step.REFUSED))
    assert read(ledger) == [Step.SUBMITTED, Step.REFUSED]


@pytest.mark.parametrize("statement", ["UPDATE steps SET actor = 'x'", "DELETE FROM steps", "DELETE FROM permits"])
def test_the_database_refuses_to_change_steps_and_registers(ledger: Ledger, statement: str) -> None:
    record(ledger, taken(Step.SUBMITTED))
    if "permits" in statement:
        with ledger.database.write() as connection:
            loaded = "(1, 'permits', 'a', 'b', '2026-12-01 00:00:00', 'x')"
            connection.execute(
                text(f"INSERT INTO registers (id, kind, source, sha256, loaded_at, loaded_by) VALUES {loaded}")
            )
            row = "(1, 1, 'a', 'b', 'c', '{}', 'd')"
            connection.execute(
                text(f"INSERT INTO permits (id, register_id, uscc, name, number, limits, place) VALUES {row}")
            )
    with pytest.raises(DBAPIError, match="append-only"), ledger.database.write() as connection:
        connection.execute(text(statement))


def test_the_embedded_database_finds_a_subjects_steps_without_looking_at_all_others(embedded: Ledger) -> None:
    wanted = select(steps).where(counts(), steps.c.subject.in_([CASE]))
    spelt = wanted.compile(embedded.database._connect(), compile_kwargs={"literal_binds": True})
    with embedded.database.read() as connection:
        plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {spelt}"))]
    assert "ix_steps_subject_step" in plan[0]
