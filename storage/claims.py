"""Packages as they are recorded: their case number and receipt, and the intake objects left to remove."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from domain.decision import Ending
from domain.finding import State
from domain.life import Step
from reference.calendar import CHINA as CHINA
from storage import cases, events
from storage.bucket import Stored
from storage.numbers import take_number
from storage.records import RECEIVED, WATCHER, Claimed, Drop, Leftover
from storage.refreshing import refresh_items
from storage.schema import files, leftovers, packages
from storage.steps import step, take
from storage.waits import was_waiting

_CASE = re.compile(r"HY-\d{4}-\d{6}(?!\d)", re.IGNORECASE)
_COMES_BACK = frozenset({Ending.RETURNED, State.QUARANTINED})
_WAITED = frozenset({RECEIVED, State.REVIEW})  # where taking a return back, or another try, leaves a case


def named_case(package: str) -> str | None:
    """The case that a package's name begins with: `HY-2026-000001`, `HY-2026-000001补正.zip`."""
    match = _CASE.match(package)
    return match[0].upper() if match else None


def receive(connection: Connection, drop: Drop, actor: str) -> Claimed:
    """Records a package: as the next version of the case that its name begins with, where that case waits for it (it
    was returned for 补正 or could not be processed) or did when it was handed in, else under a new case number."""
    now = datetime.now(UTC)
    before = _find_returned(connection, drop)
    case = before.case_number if before else _number(connection, now.astimezone(CHINA).year)
    version = before.version + 1 if before else 1
    row = {
        "case_number": case,
        "version": version,
        "receipt": f"{case}-{version:02d}",
        "name": drop.package,
        "state": RECEIVED,
        "content_hash": drop.content_hash,
        "received_at": now,
        "submitted_on": drop.submitted_on,
        "worker": WATCHER if drop.held else None,
    }
    package = connection.execute(insert(packages).values(row).returning(packages)).one()
    if drop.files:
        connection.execute(insert(files), [file.model_dump() | {"package_id": package.id} for file in drop.files])
    _insert_leftovers(connection, package.id, drop.objects, duplicate=False)
    told = {"receipt": package.receipt, "package": drop.package, "content_hash": drop.content_hash}
    told |= {"version": version} if version > 1 else {}
    if before and before.state not in _COMES_BACK:
        _replace(connection, before, package.receipt, actor)
    events.append(connection, case, actor, "received", told | {"files": [file.sha256 for file in drop.files]})
    take(connection, step(Step.SUBMITTED, case, drop.submitted_on, case), actor, detail={"receipt": package.receipt})
    return cases.present_claim(connection, package, duplicate=False)


def _find_returned(connection: Connection, drop: Drop) -> Row[Any] | None:
    """The version of a case after which a package comes, where that waits for it.

    What was handed in while the case waited belongs to it, though somebody took the return back before it was claimed.
    """
    named = named_case(drop.package)
    wanted = select(packages).where(packages.c.case_number == named).order_by(packages.c.version.desc())
    newest = connection.execute(wanted.limit(1)).first() if named else None
    if newest is None or newest.state in _COMES_BACK:
        return newest
    waited = newest.state in _WAITED and was_waiting(connection, newest, [one.modified for one in drop.objects])
    return newest if waited else None


def _replace(connection: Connection, package: Row[Any], receipt: str, actor: str) -> None:
    """A version in place of which another one came is with nobody any more."""
    connection.execute(update(packages).where(packages.c.id == package.id).values(state=Ending.RETURNED))
    refresh_items(connection, package.id, datetime.now(UTC))
    told = {"version": package.version, "state": Ending.RETURNED, "by": receipt}
    events.append(connection, package.case_number, actor, "replaced", told)


def recognise(connection: Connection, first: Row[Any], drop: Drop, actor: str) -> Claimed:
    """A claim of content that was recorded before as `first`: the same package again, or a duplicate."""
    known = find_leftovers(connection, drop.objects)
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


def find_leftovers(connection: Connection, objects: Sequence[Stored]) -> tuple[Leftover, ...]:
    """Those of the intake objects whose package is recorded already."""
    found = []
    for one in objects:
        wanted = select(packages.c.case_number, leftovers.c.duplicate).join(packages)
        row = connection.execute(wanted.where(is_leftover(one))).first()
        if row is not None:
            found.append(Leftover(case=row.case_number, duplicate=row.duplicate, object=one))
    return tuple(found)


def is_leftover(one: Stored) -> ColumnElement[bool]:
    """Whether a row of `leftovers` is this very object."""
    column = leftovers.c
    return and_(column.object == _spell(one.name), column.etag == one.etag, column.modified == one.modified)


def _number(connection: Connection, year: int) -> str:
    return f"HY-{year}-{take_number(connection, f'case-{year}'):06d}"


def _spell(name: str) -> str:
    # A folder may hold names that are no valid text; no database takes them as they are.
    return name.encode("utf-8", "backslashreplace").decode()
