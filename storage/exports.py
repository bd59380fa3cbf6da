"""All records of one case as plain data, for whoever is to have them outside of the ledger."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select

from storage.cases import find_package
from storage.database import Database
from storage.decision_tables import decisions
from storage.schema import documents, files, findings, packages, pages, review_items, runs

# Columns that only hold the tables together, and the verdict, which is kept as it was given.
_INNER = {"package_id", "run_id", "finding_id", "worker", "attempts", "verdict"}


def read_case(database: Database, case: str) -> dict[str, Any]:
    """A case with all its versions, runs, review items and decisions, oldest first; every value is JSON.

    Each version has its `verdict` as the text that was given, or None. Raises UnknownCase, StorageAway.
    """
    with database.read() as connection:
        find_package(connection, case)
        found = _rows(connection, packages, packages.c.case_number == case)
        decided = _rows(connection, decisions, decisions.c.case_number == case)
        versions = [_read_version(connection, row) for row in found]
        return {"case": case, "versions": versions, "decisions": [_flatten(row) for row in decided]}


def _read_version(connection: Connection, package: Row[Any]) -> dict[str, Any]:
    own = _rows(connection, runs, runs.c.package_id == package.id)
    return _flatten(package) | {
        "files": [_flatten(row) for row in _rows(connection, files, files.c.package_id == package.id)],
        "runs": [_read_run(connection, row) for row in own],
        "items": [_flatten(row) for row in _rows(connection, review_items, review_items.c.package_id == package.id)],
        "verdict": package.verdict,
    }


def _read_run(connection: Connection, run: Row[Any]) -> dict[str, Any]:
    return _flatten(run) | {
        "pages": [_flatten(row) for row in _rows(connection, pages, pages.c.run_id == run.id)],
        "documents": [row.content for row in _rows(connection, documents, documents.c.run_id == run.id)],
        "findings": [_flatten(row) for row in _rows(connection, findings, findings.c.run_id == run.id)],
    }


def _rows(connection: Connection, table: Table, own: ColumnElement[bool]) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(own).order_by(table.c.id)))


def _flatten(row: Row[Any]) -> dict[str, Any]:
    fields: Mapping[str, Any] = row._asdict()
    return {key: _plain(value) for key, value in fields.items() if key not in _INNER}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
