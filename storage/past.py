"""What the last run of each case read and found, for going through all cases without holding them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from domain.decision import Decision, corrections
from domain.finding import Finding
from storage.cases import find_package, present_claim
from storage.database import Database
from storage.decided import read_decisions
from storage.findings import read_finding
from storage.newest import newest_run
from storage.recorded import Recorded, recorded_of
from storage.records import Claimed
from storage.schema import documents, findings, packages, runs

_AT_ONCE = 1_000


@dataclass(frozen=True)
class LastRun:
    """The last run of a case's newest version; `papers` are documents as `domain.document.present` gave them."""

    claimed: Claimed
    kind: str | None
    at: datetime
    ruleset: str
    papers: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    recorded: Recorded
    corrections: tuple[Decision, ...]


def list_case_numbers(database: Database) -> Iterator[str]:
    """The numbers of all cases, in the order in which they were received; raises StorageAway."""
    last = 0
    while True:
        rows = _read_numbers(database, last)
        yield from (row.case_number for row in rows)
        if not rows:
            return
        last = rows[-1].id


def read_last_run(connection: Connection, case: str) -> LastRun | None:
    """The last run of a case, None where it was never checked; raises UnknownCase, ReadingLost."""
    package = find_package(connection, case)
    run = connection.execute(select(runs).where(runs.c.id == newest_run(package.id))).first()
    if run is None:
        return None
    papers = select(documents.c.content).where(documents.c.run_id == run.id).order_by(documents.c.position)
    found = select(findings).where(findings.c.run_id == run.id).order_by(findings.c.position)
    return LastRun(
        claimed=present_claim(connection, package, duplicate=False),
        kind=package.kind,
        at=run.at,
        ruleset=run.ruleset,
        papers=tuple(connection.scalars(papers)),
        findings=tuple(read_finding(row) for row in connection.execute(found)),
        recorded=recorded_of(connection, package),
        corrections=corrections(read_decisions(connection, package.id)),
    )


def _read_numbers(database: Database, last: int) -> list[Any]:
    earlier = packages.alias()
    first = ~exists().where(earlier.c.case_number == packages.c.case_number, earlier.c.version < packages.c.version)
    wanted = select(packages.c.id, packages.c.case_number).where(packages.c.id > last, first)
    with database.read() as connection:
        return list(connection.execute(wanted.order_by(packages.c.id).limit(_AT_ONCE)))
