"""The versions of a case: what came back after each 补正, with its pages and documents as they were last read."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from domain.page import Frozen, Page
from storage.cases import find_package, present_claim
from storage.database import Database
from storage.newest import newest_run
from storage.recorded import read_page_row
from storage.records import Claimed
from storage.schema import documents, packages, pages


class VersionRecord(Frozen):
    """One version of a case in short."""

    version: int
    receipt: str
    package: str
    state: str
    received_at: datetime
    submitted_on: date
    page_count: int | None


def list_versions(database: Database, case: str) -> tuple[VersionRecord, ...]:
    """All versions of a case, the newest first; raises StorageAway."""
    columns = [packages.c[key] for key in VersionRecord.model_fields if key != "package"]
    wanted = select(*columns, packages.c.name.label("package")).where(packages.c.case_number == case)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(packages.c.version.desc()))
        return tuple(VersionRecord(**row._mapping) for row in rows)


def read_claim(database: Database, case: str, version: int | None = None) -> Claimed:
    """A version of a case (default: the newest) as its claim gave it; raises UnknownCase, StorageAway."""
    with database.read() as connection:
        return present_claim(connection, find_package(connection, case, version), duplicate=False)


def read_page_records(database: Database, case: str, version: int | None = None) -> Mapping[int, Page]:
    """The pages of a version (default: the newest) by their numbers; raises UnknownCase, StorageAway."""
    with database.read() as connection:
        return {row.number: read_page_row(row) for row in _latest(connection, pages, case, version)}


def read_page_record(database: Database, case: str, version: int, number: int) -> Page | None:
    """One page of a version; None where it has none of this number. Raises UnknownCase, StorageAway."""
    with database.read() as connection:
        rows = _latest(connection, pages, case, version, pages.c.number == number)
    return read_page_row(rows[0]) if rows else None


def read_papers(
    database: Database, case: str, version: int | None = None, types: Collection[str] | None = None
) -> tuple[dict[str, Any], ...]:
    """The documents of a version (of these types only) as `domain.document.present` gave them.

    Raises UnknownCase, StorageAway.
    """
    where = [] if types is None else [documents.c.type.in_(types)]
    with database.read() as connection:
        return tuple(row.content for row in _latest(connection, documents, case, version, *where))


def _latest(
    connection: Connection, table: Table, case: str, version: int | None, *where: ColumnElement[bool]
) -> list[Row[Any]]:
    """The rows of the version's last run, in their order."""
    package = find_package(connection, case, version)
    order = table.c.number if table is pages else table.c.position
    wanted = select(table).where(table.c.run_id == newest_run(package.id), *where).order_by(order)
    return list(connection.execute(wanted).all())
