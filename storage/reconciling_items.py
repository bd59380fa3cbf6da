"""Differences as review items: a run of its own per package, with findings that its queue items rest on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from domain.decision import fingerprint
from domain.finding import Finding, Outcome, Severity
from storage import events
from storage.findings import read_finding
from storage.newest import RECONCILED, newest_run
from storage.reconciling_tables import differences
from storage.refreshing import refresh_items
from storage.runs import flatten_finding
from storage.schema import findings, packages, runs
from storage.sealing import seal_run

SYSTEM = "system"
_AT_ONCE = 500


def refresh_cases(connection: Connection, cases: Collection[str], run: int, ruleset: str, cites: dict[str, str]) -> int:
    """Brings the items of these cases up to date with what does not agree; gives how many cases changed.

    `cites` has the provision of each rule. A case that the books name and nobody handed in has no items.
    """
    changed = 0
    for some in _batches(sorted(cases)):
        told = _standing(connection, some)
        for package in _newest(connection, some):
            found = [_finding(row, cites) for row in told.get(package.case_number, [])]
            changed += _refresh(connection, package, found, run, ruleset)
    return changed


def _batches(cases: Sequence[str]) -> Iterable[Sequence[str]]:
    return (cases[start : start + _AT_ONCE] for start in range(0, len(cases), _AT_ONCE))


def _standing(connection: Connection, cases: Sequence[str]) -> dict[str, list[Row[Any]]]:
    own = (differences.c.case_number.in_(cases), differences.c.gone_run.is_(None))
    found: dict[str, list[Row[Any]]] = {}
    order = (differences.c.rule, differences.c.subject, differences.c.key)
    for row in connection.execute(select(differences).where(*own).order_by(*order)):
        found.setdefault(row.case_number, []).append(row)
    return found


def _newest(connection: Connection, cases: Sequence[str]) -> list[Row[Any]]:
    rows = connection.execute(
        select(packages).where(packages.c.case_number.in_(cases)).order_by(packages.c.version)
    ).all()
    return list({row.case_number: row for row in rows}.values())


def _finding(row: Row[Any], cites: dict[str, str]) -> Finding:
    return Finding(
        rule=row.rule,
        outcome=Outcome.FAILED,
        severity=Severity(row.severity),
        message=row.message,
        subject=row.key,
        cites=cites.get(row.rule, ""),
    )


def _refresh(connection: Connection, package: Row[Any], found: list[Finding], run: int, ruleset: str) -> bool:
    """A new run of the package, where it tells anything else than the one before."""
    before = _before(connection, package.id)
    if [fingerprint(it) for it in before] == [fingerprint(it) for it in found]:
        return False
    at = datetime.now(UTC)
    row = {"package_id": package.id, "at": at, "ruleset": ruleset, "state": RECONCILED, "seconds": 0.0}
    number: int = connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one()
    rows = [flatten_finding(*pair) | {"run_id": number} for pair in enumerate(found)]
    if rows:
        connection.execute(insert(findings), rows)
    told = {"version": package.version, "reconciliation": run, "findings": len(found)}
    events.append(connection, package.case_number, SYSTEM, "reconciled", told | seal_run(connection, number))
    refresh_items(connection, package.id, at)
    return True


def _before(connection: Connection, package_id: int) -> list[Finding]:
    own = findings.c.run_id == newest_run(package_id, RECONCILED)
    return [read_finding(row) for row in connection.execute(select(findings).where(own).order_by(findings.c.position))]
