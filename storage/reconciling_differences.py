"""What does not agree, kept once and for ever: found by a run, gone by another, found again."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, or_, select, update

from domain.reconciling import Difference
from storage.database import clean
from storage.reconciling_tables import differences


class Told(NamedTuple):
    """The run that tells it, and its day."""

    id: int
    today: date


def list_owners(connection: Connection, codes: Sequence[str]) -> set[str]:
    """Those of whom something that did not agree is known."""
    return set(connection.scalars(select(differences.c.owner).where(differences.c.owner.in_(codes)).distinct()))


def keep(connection: Connection, run: Told, owner: str, found: Sequence[Difference]) -> set[str]:
    """Makes the differences of an owner what was found now; gives the cases whose items that may change."""
    wanted = {_mark(it): it for it in found}
    own = or_(differences.c.owner == owner, differences.c.mark.in_(list(wanted)))
    known = {row.mark: row for row in connection.execute(select(differences).where(own)).all()}
    cases: set[str] = set()
    for mark, row in known.items():
        if mark not in wanted and row.gone_run is None:
            _set(connection, row.id, gone_run=run.id)
            cases.add(row.case_number or "")
    for mark, one in wanted.items():
        cases |= _keep_one(connection, run, owner, mark, one, known.get(mark))
    return cases - {""}


def _keep_one(
    connection: Connection, run: Told, owner: str, mark: str, one: Difference, row: Row[Any] | None
) -> set[str]:
    case = one.cases[-1] if one.cases else None
    told: dict[str, Any] = {"message": clean(one.message), "left": one.left, "right": one.right}
    told |= {"cases": list(one.cases), "case_number": case, "owner": owner, "severity": one.severity.value}
    if row is None:
        own = {"mark": mark, "rule": one.rule, "subject": one.subject[:64], "key": clean(one.key)}
        new = {"found_run": run.id, "found_on": run.today}
        connection.execute(insert(differences).values(own | told | new))
        return {case or ""}
    again = {"found_run": run.id, "found_on": run.today, "gone_run": None} if row.gone_run is not None else {}
    if again or any(row._mapping[key] != value for key, value in told.items()):
        _set(connection, row.id, **told, **again)
        return {case or "", row.case_number or ""}
    return set()


def _mark(one: Difference) -> str:
    return hashlib.sha256(f"{one.rule}\n{one.subject}\n{one.key}".encode("utf-8", "surrogatepass")).hexdigest()


def _set(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(differences).where(differences.c.id == number).values(values))
