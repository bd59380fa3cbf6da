"""Reads cases and the review queue out of the ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from domain.errors import ExitCode, HeyanError
from storage.events import list_events
from storage.findings import read_finding
from storage.items import is_of_case, is_waiting, list_items
from storage.newest import newest_run
from storage.records import Case, CaseRecord, Claimed, FileRecord
from storage.schema import documents, files, findings, packages, review_items, runs


class UnknownCase(HeyanError):
    """No case of this number."""

    exit_code = ExitCode.USAGE


def find_package(connection: Connection, case: str, version: int | None = None) -> Row[Any]:
    """The package of a case, by default of its newest version; raises UnknownCase."""
    wanted = select(packages).where(packages.c.case_number == case).order_by(packages.c.version.desc())
    if version is not None:
        wanted = wanted.where(packages.c.version == version)
    row = connection.execute(wanted.limit(1)).first()
    if row is None:
        raise UnknownCase("UNKNOWN_CASE", f"没有案卷 {case}")
    return row


def present_claim(connection: Connection, package: Row[Any], *, duplicate: bool) -> Claimed:
    """A package as a claim gives it."""
    return Claimed(
        case=package.case_number,
        version=package.version,
        receipt=package.receipt,
        package=package.name,
        state=package.state,
        submitted_on=package.submitted_on,
        edition=package.edition,
        files=list_files(connection, package.id),
        duplicate=duplicate,
    )


def list_files(connection: Connection, package_id: int) -> tuple[FileRecord, ...]:
    """The files of a package in their order."""
    columns = [files.c[name] for name in FileRecord.model_fields]
    wanted = select(*columns).where(files.c.package_id == package_id).order_by(files.c.position)
    return tuple(FileRecord(**row._mapping) for row in connection.execute(wanted))


def list_cases(connection: Connection, case: str | None = None) -> tuple[Case, ...]:
    """The newest version of every case, or of one, in order of case number."""
    later = packages.alias()
    is_newest = ~exists().where(later.c.case_number == packages.c.case_number, later.c.version > packages.c.version)
    # Counted in one go: counting case by case makes the database go through all open items for each.
    item = review_items.c
    grouped = select(item.package_id, func.count().label("count")).where(is_waiting())
    counted = grouped.group_by(item.package_id).subquery()
    wanted = (
        select(packages, func.coalesce(counted.c.count, 0).label("open_items"))
        .outerjoin(counted, counted.c.package_id == packages.c.id)
        .where(is_newest)
        .order_by(packages.c.case_number)
    )
    if case is not None:
        wanted = wanted.where(packages.c.case_number == case)
    return tuple(present_case(row, row.open_items) for row in connection.execute(wanted))


def show_case(connection: Connection, case: str) -> CaseRecord:
    """Everything about the newest version of a case; raises UnknownCase."""
    package = find_package(connection, case)
    run = connection.execute(select(runs).where(runs.c.id == newest_run(package.id))).first()
    return CaseRecord(
        case=list_cases(connection, case)[0],
        ruleset=run.ruleset if run else None,
        files=list_files(connection, package.id),
        documents=tuple(row.content for row in _read_run(connection, documents, run)),
        findings=tuple(read_finding(row) for row in _read_run(connection, findings, run)),
        items=list_items(connection, [is_of_case(case)]),
        events=list_events(connection, case),
        verdict=package.verdict,
    )


def _read_run(connection: Connection, table: Any, run: Row[Any] | None) -> Sequence[Row[Any]]:
    if run is None:
        return ()
    return connection.execute(select(table).where(table.c.run_id == run.id).order_by(table.c.position)).all()


def present_case(row: Row[Any], open_items: int) -> Case:
    """A case in short, of its package's row."""
    own = {"case": row.case_number, "package": row.name, "open_items": open_items}
    same = {key: row._mapping[key] for key in Case.model_fields if key not in own}
    return Case(**own, **same)
