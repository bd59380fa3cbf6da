"""Reads cases and the review queue out of the ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from domain.errors import ExitCode, HeyanError
from storage.events import list_events
from storage.records import Case, CaseRecord, Claimed, FileRecord, Item, ItemState
from storage.runs import read_finding
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
    newest = select(packages.c.case_number, func.max(packages.c.version).label("version"))
    newest_of = newest.group_by(packages.c.case_number).subquery()
    ours = (packages.c.case_number == newest_of.c.case_number) & (packages.c.version == newest_of.c.version)
    still_open = (review_items.c.package_id == packages.c.id) & (review_items.c.state == ItemState.OPEN)
    count = select(func.count()).select_from(review_items).where(still_open).scalar_subquery().label("open_items")
    wanted = select(packages, count).join(newest_of, ours).order_by(packages.c.case_number)
    if case is not None:
        wanted = wanted.where(packages.c.case_number == case)
    return tuple(_present_case(row) for row in connection.execute(wanted))


def list_items(connection: Connection, limit: int | None = None, case: str | None = None) -> tuple[Item, ...]:
    """Open review items: gravest and oldest cases first, within a case doubts before what the papers say."""
    wanted = _select_open(case)
    return tuple(_present_item(row) for row in connection.execute(wanted.limit(limit)))


def show_case(connection: Connection, case: str) -> CaseRecord:
    """Everything about the newest version of a case; raises UnknownCase."""
    package = find_package(connection, case)
    latest = select(runs).where(runs.c.package_id == package.id).order_by(runs.c.id.desc()).limit(1)
    run = connection.execute(latest).first()
    return CaseRecord(
        case=list_cases(connection, case)[0],
        ruleset=run.ruleset if run else None,
        files=list_files(connection, package.id),
        documents=tuple(row.content for row in _read_run(connection, documents, run)),
        findings=tuple(read_finding(row) for row in _read_run(connection, findings, run)),
        items=list_items(connection, case=case),
        events=list_events(connection, case),
        verdict=package.verdict,
    )


def _read_run(connection: Connection, table: Any, run: Row[Any] | None) -> Sequence[Row[Any]]:
    if run is None:
        return ()
    return connection.execute(select(table).where(table.c.run_id == run.id).order_by(table.c.position)).all()


def _select_open(case: str | None) -> Select[Any]:
    item, finding, package = review_items.c, findings.c, packages.c
    gravest = func.min(item.gravity).over(partition_by=item.package_id)
    oldest = func.min(item.opened_at).over(partition_by=item.package_id)
    chosen = (
        select(review_items, package.case_number, package.version, package.name, package.kind, package.received_at)
        .add_columns(finding.outcome, finding.severity, finding.message, finding.cites, finding.evidence)
        .join(packages, item.package_id == package.id)
        .join(findings, item.finding_id == finding.id)
        .where(item.state == ItemState.OPEN)
        .order_by(gravest, oldest, package.case_number, item.doubt.desc(), item.gravity, finding.position)
    )
    return chosen if case is None else chosen.where(package.case_number == case)


def _present_case(row: Row[Any]) -> Case:
    own = {"case": row.case_number, "package": row.name}
    same = {key: row._mapping[key] for key in Case.model_fields if key not in own}
    return Case(**own, **same)


def _present_item(row: Row[Any]) -> Item:
    own = {"case": row.case_number, "package": row.name, "finding": read_finding(row)}
    same = {key: row._mapping[key] for key in Item.model_fields if key not in own}
    return Item(**own, **same)
