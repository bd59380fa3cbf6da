"""What a changed rule or policy would say of recorded cases."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

import validators
from domain.dossier import Dossier
from domain.finding import Finding, Outcome, Severity
from reference.policy import POLICY, policy
from review.backtesting import Compared, Trial, Untold, backtest
from review.rebuilding import take_as_recorded
from storage.ledger import Ledger
from storage.past import LastRun, list_case_numbers, read_last_run
from storage.records import Drop
from storage.schema import METADATA, packages, readings
from tests.review.cases import enter, understood

NAMES = ("b072-002", "d405-000")


@pytest.fixture
def stocked(ledger: Ledger) -> Ledger:
    for number, name in enumerate(NAMES):
        enter(ledger, understood(name), str(number))
    return ledger


def run_of(ledger: Ledger, case: str) -> LastRun:
    with ledger.database.read() as connection:
        run = read_last_run(connection, case)
    assert run is not None
    return run


def changed_policy(tmp_path: Path, was: str, now: str) -> Path:
    text = POLICY.read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(was, now), encoding="utf-8")
    return path


def tried(ledger: Ledger, trial: Trial, workers: int = 1) -> list[Compared | Untold]:
    return list(backtest(ledger.database, list_case_numbers(ledger.database), trial, workers))


def test_the_same_rules_and_policy_change_nothing(stocked: Ledger) -> None:
    found = tried(stocked, Trial())
    assert [it.case for it in found] == [it.case for it in stocked.cases()]
    assert all(isinstance(it, Compared) and not it.changes and not it.reworded for it in found)
    assert {(it.before, it.after) for it in found} == {("clear", "clear"), ("review", "review")}
    again = tried(stocked, Trial(again=True))
    assert again == found


def test_a_recorded_dossier_is_taken_back_exactly(stocked: Ledger) -> None:
    for name, case in zip(NAMES, list_case_numbers(stocked.database), strict=True):
        run = run_of(stocked, case)
        assert take_as_recorded(run.claimed, run.recorded, run.papers, run.kind) == understood(name)


def test_a_stricter_ratio_stops_a_buyer_that_had_passed(stocked: Ledger, tmp_path: Path) -> None:
    ratio = policy(changed_policy(tmp_path, 'default = "1.0"', 'default = "1.5"'))
    found = {it.case: it for it in tried(stocked, Trial(policy=ratio)) if isinstance(it, Compared)}
    [case] = [it for it in found.values() if it.package == understood("b072-002").package]
    assert (case.case_state, case.before, case.after) == ("clear", "clear", "review")
    change = next(it for it in case.changes if it.rule == "DEM-003")
    assert (change.before, change.after) == ("passed", "failed")
    assert change.severity is Severity.BLOCK and "1.5" in change.now and change.was != change.now
    assert sum(bool(it.changes) for it in found.values()) == 1


def test_two_policies_are_compared_with_each_other_alone(stocked: Ledger, tmp_path: Path) -> None:
    """A finding that was recorded otherwise does not show."""
    ratio = policy(changed_policy(tmp_path, 'default = "1.0"', 'default = "1.5"'))
    both = Trial(policy=ratio, against=policy())
    assert both.settings == ("county_ratio",)
    assert [it.changes for it in tried(stocked, both)] == [it.changes for it in tried(stocked, Trial(policy=ratio))]
    same = tried(stocked, Trial(policy=ratio, against=ratio))
    assert not any(it.changes for it in same if isinstance(it, Compared))
    back = tried(stocked, Trial(policy=policy(), against=ratio))
    assert ("failed", "passed") in [(c.before, c.after) for it in back for c in it.changes if c.rule == "DEM-003"]


def test_what_is_legible_is_judged_from_the_readings(stocked: Ledger, tmp_path: Path) -> None:
    dpi = policy(changed_policy(tmp_path, "dpi = 200", "dpi = 900"))
    trial = Trial(policy=dpi)
    assert trial.anew
    assert all("IMG-005" in {c.rule for c in it.changes} for it in tried(stocked, trial) if isinstance(it, Compared))


def test_other_processes_find_the_same(stocked: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.backtesting.FEW", 1)
    monkeypatch.setattr("review.backtesting.AT_ONCE", 1)
    trial = Trial(policy=policy(changed_policy(tmp_path, 'default = "1.0"', 'default = "1.5"')))
    assert tried(stocked, trial, workers=2) == tried(stocked, trial)


def test_nothing_is_written_on_either_database(shared: Ledger, tmp_path: Path) -> None:
    def dump() -> dict[str, list[tuple[object, ...]]]:
        with shared.database.read() as connection:
            tables = METADATA.sorted_tables
            return {table.name: [tuple(row) for row in connection.execute(table.select())] for table in tables}

    enter(shared, understood("b072-002"), "b")
    before = dump()
    [found] = tried(shared, Trial(policy=policy(changed_policy(tmp_path, 'default = "1.0"', 'default = "1.5"'))))
    assert isinstance(found, Compared) and found.changes
    assert dump() == before


def test_what_was_found_by_other_rules_shows_what_these_say(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = understood("b072-002")
    odd = Finding(rule="DEM-009", outcome=Outcome.FAILED, severity=Severity.BLOCK, message="旧规则", cites="x")

    def older(dossier: Dossier, books: object) -> tuple[Finding, ...]:
        found = [
            it.model_copy(update={"message": "旧措辞"}) if it.rule == "IDN-001" else it for it in real(dossier, books)
        ]
        return (*found[:-1], odd)

    real = validators.check
    monkeypatch.setattr("validators.check", older)
    enter(ledger, dossier, "a")
    monkeypatch.undo()
    [found] = tried(ledger, Trial())
    assert isinstance(found, Compared) and found.before == "review" and found.after == "clear"
    assert [(c.rule, c.before, c.after, c.was, c.now) for c in found.changes] == [
        ("DEM-009", "failed", None, "旧规则", "")
    ]


def test_a_case_that_cannot_be_compared_is_named(ledger: Ledger) -> None:
    case = enter(ledger, understood("b072-002"), "a")
    waiting = ledger.claim(
        Drop(package="丙", content_hash="z".rjust(64, "c"), submitted_on=date(2026, 11, 23), files=())
    ).case
    with ledger.database.write() as connection:
        connection.execute(delete(readings))
    found = tried(ledger, Trial())
    assert [(it.case, it.code) for it in found if isinstance(it, Untold)] == [
        (case, "READING_LOST"),
        (waiting, "NEVER_CHECKED"),
    ]


def test_numbers_of_many_cases_come_once_each_in_their_order(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(ledger, understood("b072-002"), "a")
    with ledger.database.write() as connection:
        row = connection.execute(select(packages)).one()._asdict()
        for number, version in ((7, 1), (7, 2), (3, 1), (9, 1)):
            own = {"id": None, "case_number": f"HY-2027-{number:06d}", "version": version}
            unique = {"receipt": f"R{number}{version}", "content_hash": f"{number}{version}".rjust(64, "0")}
            connection.execute(insert(packages).values({k: v for k, v in (row | own | unique).items() if k != "id"}))
    monkeypatch.setattr("storage.past._AT_ONCE", 2)
    found = list(list_case_numbers(ledger.database))
    assert found[1:] == ["HY-2027-000007", "HY-2027-000003", "HY-2027-000009"] and len(found) == 4


def test_a_tolerance_is_a_decimal_of_its_own(tmp_path: Path) -> None:
    looser = policy(changed_policy(tmp_path, 'relative = "0.05"', 'relative = "0.5"'))
    assert looser.inventory_tolerance.value.relative == Decimal("0.5")
    assert Trial(policy=looser).settings == ("inventory_tolerance",)
