"""The ledger: what was received, read, found and done, on SQLite or PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from domain.dossier import Dossier
from domain.finding import Finding, State
from storage import book_tables, cases, events, seen_tables  # noqa: F401  their tables belong to the schema
from storage.bucket import Stored
from storage.database import Database, clean
from storage.events import Break
from storage.migrations import prepare
from storage.readings import Readings
from storage.records import RECEIVED, Case, CaseRecord, Claimed, Drop, Event, Item, Leftover
from storage.runs import insert_run
from storage.schema import counters, files, leftovers, packages

CHINA = timezone(timedelta(hours=8))  # China has one zone and no summer time
SYSTEM = "system"


class Ledger:
    """All records. Every writing method is one transaction with its event; all raise StorageAway.

    May be pickled and used in any process; several programs may share one database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.readings = Readings(database)

    def claim(self, drop: Drop, actor: str = SYSTEM) -> Claimed:
        """Records a package and gives it a case number and a receipt; content seen before gives the first case."""
        with self._write() as connection:
            wanted = select(packages).where(packages.c.content_hash == drop.content_hash)
            first = connection.execute(wanted).first()
            if first is None:
                return _receive(connection, drop, actor)
            return _recognise(connection, first, drop, actor)

    def leftovers(self, objects: Sequence[Stored]) -> tuple[Leftover, ...]:
        """Those of the intake objects whose package is recorded already."""
        with self.database.read() as connection:
            return _find_leftovers(connection, objects)

    def forget(self, objects: Sequence[Stored]) -> None:
        """Notes that these objects are out of the intake."""
        with self.database.write() as connection:
            for one in objects:
                connection.execute(delete(leftovers).where(_is_leftover(one)))

    def claimed(self, case: str, *, duplicate: bool = False) -> Claimed:
        """The case as its claim gave it; raises UnknownCase."""
        with self.database.read() as connection:
            return cases.present_claim(connection, cases.find_package(connection, case), duplicate=duplicate)

    def record(
        self,
        case: str,
        dossier: Dossier,
        findings: Sequence[Finding],
        *,
        state: State,
        seconds: float,
        ruleset: str,
        verdict: str,
        actor: str = SYSTEM,
    ) -> None:
        """Writes what a run read and found; earlier runs stay. `verdict` is kept as given. Raises UnknownCase."""
        summary = {"state": state, "kind": dossier.kind, "page_count": len(dossier.pages), "seconds": seconds}
        settled = summary | {"verdict": verdict, "reason_code": None, "reason": None}
        with self._write() as connection:
            package = _settle(connection, case, settled)
            run = {"package_id": package.id, "at": datetime.now(UTC), "ruleset": ruleset}
            insert_run(connection, run | {"state": state, "seconds": seconds}, dossier, findings)
            holding = sum(finding.holds for finding in findings)
            told = {"version": package.version, "ruleset": ruleset, "findings": len(findings), "holding": holding}
            events.append(connection, case, actor, "checked", told | {"state": state})

    def quarantine(
        self, case: str, code: str, message: str, *, verdict: str | None = None, actor: str = SYSTEM
    ) -> None:
        """Sets a case aside with its reason; raises UnknownCase."""
        reason = {"reason_code": code, "reason": clean(message)}
        with self._write() as connection:
            package = _settle(connection, case, reason | {"state": State.QUARANTINED, "verdict": verdict})
            told = {"version": package.version, "code": code, "message": message}
            events.append(connection, case, actor, "quarantined", told)

    def note(self, case: str | None, what: str, detail: Mapping[str, Any], actor: str = SYSTEM) -> None:
        """Writes an event that changes no other record."""
        with self._write() as connection:
            events.append(connection, case, actor, what, detail)

    def queue(self, limit: int | None = None) -> tuple[Item, ...]:
        """Open review items: gravest and oldest cases first, within a case doubts before what the papers say."""
        with self.database.read() as connection:
            return cases.list_items(connection, limit)

    def show(self, case: str) -> CaseRecord:
        """Everything about a case; raises UnknownCase."""
        with self.database.read() as connection:
            return cases.show_case(connection, case)

    def cases(self) -> tuple[Case, ...]:
        """The newest version of every case, in order of case number."""
        with self.database.read() as connection:
            return cases.list_cases(connection)

    def case_of(self, content_hash: str) -> str | None:
        """The case number of this content (see intake.hash_content), None when it was never received."""
        with self.database.read() as connection:
            return connection.scalar(select(packages.c.case_number).where(packages.c.content_hash == content_hash))

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        """The log of a case, or all of it, oldest first."""
        with self.database.read() as connection:
            return events.list_events(connection, case)

    def verify_events(self) -> Break | None:
        """None when no event was changed or lost, else the first that was."""
        with self.database.read() as connection:
            return events.verify(connection)

    def close(self) -> None:
        """Closes this process's connections."""
        self.database.close()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self.database.write() as connection:
            events.lock_chain(connection)
            yield connection


def open_ledger(url: str, *, upgrade: bool = False) -> Ledger:
    """The ledger in this database. The embedded one and an empty server get the newest schema by themselves.

    A server's older schema is changed only with `upgrade`, else SchemaMismatch is raised; also raises StorageAway.
    """
    database = Database(url)
    prepare(database, upgrade=upgrade)
    return Ledger(database)


def _receive(connection: Connection, drop: Drop, actor: str) -> Claimed:
    now = datetime.now(UTC)
    case, version = _take_number(connection, now.astimezone(CHINA).year), 1
    row = {
        "case_number": case,
        "version": version,
        "receipt": f"{case}-{version:02d}",
        "name": drop.package,
        "state": RECEIVED,
        "content_hash": drop.content_hash,
        "received_at": now,
        "submitted_on": drop.submitted_on,
    }
    package = connection.execute(insert(packages).values(row).returning(packages)).one()
    if drop.files:
        connection.execute(insert(files), [file.model_dump() | {"package_id": package.id} for file in drop.files])
    _insert_leftovers(connection, package.id, drop.objects, duplicate=False)
    told = {"receipt": package.receipt, "package": drop.package, "content_hash": drop.content_hash}
    events.append(connection, case, actor, "received", told | {"files": [file.sha256 for file in drop.files]})
    return cases.present_claim(connection, package, duplicate=False)


def _recognise(connection: Connection, first: Row[Any], drop: Drop, actor: str) -> Claimed:
    known = _find_leftovers(connection, drop.objects)
    missing = [one for one in drop.objects if one not in {leftover.object for leftover in known}]
    # Another claim of these very objects got here before: the same package, not another with the same content.
    duplicate = bool(missing) or not known or all(leftover.duplicate for leftover in known)
    if missing or not known:
        _insert_leftovers(connection, first.id, missing, duplicate=True)
        events.append(connection, first.case_number, actor, "duplicate", {"package": drop.package})
    return cases.present_claim(connection, first, duplicate=duplicate)


def _insert_leftovers(connection: Connection, package_id: int, objects: Sequence[Stored], *, duplicate: bool) -> None:
    common = {"package_id": package_id, "duplicate": duplicate}
    rows = [common | {"object": _spell(one.name), "etag": one.etag, "modified": one.modified} for one in objects]
    if rows:
        connection.execute(insert(leftovers), rows)


def _find_leftovers(connection: Connection, objects: Sequence[Stored]) -> tuple[Leftover, ...]:
    found = []
    for one in objects:
        wanted = select(packages.c.case_number, leftovers.c.duplicate).join(packages)
        row = connection.execute(wanted.where(_is_leftover(one))).first()
        if row is not None:
            found.append(Leftover(case=row.case_number, duplicate=row.duplicate, object=one))
    return tuple(found)


def _is_leftover(one: Stored) -> ColumnElement[bool]:
    column = leftovers.c
    return and_(column.object == _spell(one.name), column.etag == one.etag, column.modified == one.modified)


def _settle(connection: Connection, case: str, changes: Mapping[str, Any]) -> Row[Any]:
    package = cases.find_package(connection, case)
    connection.execute(update(packages).where(packages.c.id == package.id).values(dict(changes)))
    return package


def _take_number(connection: Connection, year: int) -> str:
    # Safe against races because the chain is locked: no other claim runs at the same time.
    name = f"case-{year}"
    count = update(counters).where(counters.c.name == name).values(value=counters.c.value + 1)
    value = connection.execute(count.returning(counters.c.value)).scalar()
    if value is None:
        value = connection.execute(insert(counters).values(name=name, value=1).returning(counters.c.value)).scalar_one()
    return f"HY-{year}-{value:06d}"


def _spell(name: str) -> str:
    # A folder may hold names that are no valid text; no database takes them as they are.
    return name.encode("utf-8", "backslashreplace").decode()
