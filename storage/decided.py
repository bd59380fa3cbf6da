"""Decisions as rows: written once, read with what was undone of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from domain.decision import Decision, Draft
from storage.database import clean
from storage.decision_tables import decisions

_TEXTS = ("reason", "text", "before", "after")


def insert_decision(connection: Connection, package_id: int, draft: Draft, at: datetime) -> Decision:
    """Writes a decision and gives it its number."""
    flat = draft.model_dump(mode="json", exclude={"case", "item"})
    texts = {key: clean(flat[key]) for key in _TEXTS if flat[key] is not None}
    own = {"package_id": package_id, "case_number": draft.case, "item_id": draft.item, "at": at}
    number = connection.execute(insert(decisions).values(flat | texts | own).returning(decisions.c.id)).scalar_one()
    return Decision(**(draft.model_dump() | texts), number=number, at=at)


def read_decisions(connection: Connection, package_id: int) -> tuple[Decision, ...]:
    """The decisions on one version of a case, oldest first."""
    return _read(connection, decisions.c.package_id == package_id)


def read_case_decisions(connection: Connection, case: str) -> tuple[Decision, ...]:
    """The decisions on all versions of a case, oldest first."""
    return _read(connection, decisions.c.case_number == case)


def read_many_decisions(connection: Connection, cases: Collection[str]) -> dict[str, list[Decision]]:
    """By case the decisions on all its versions, oldest first."""
    found: dict[str, list[Decision]] = {}
    for one in _read(connection, decisions.c.case_number.in_(cases)):
        found.setdefault(one.case, []).append(one)
    return found


def tell_decision(decision: Decision) -> dict[str, Any]:
    """A decision as the log tells it: all that it says, so that a changed row shows."""
    left_out = {"case", "at", "actor", "undone"}
    return decision.model_dump(mode="json", exclude=left_out, exclude_defaults=True) | {"number": decision.number}


def _read(connection: Connection, where: Any) -> tuple[Decision, ...]:
    rows: Sequence[Row[Any]] = connection.execute(select(decisions).where(where).order_by(decisions.c.id)).all()
    undone = {row.undoes for row in rows}
    return tuple(_present(row, row.id in undone) for row in rows)


def _present(row: Row[Any], undone: bool) -> Decision:
    own = {"number": row.id, "case": row.case_number, "item": row.item_id, "undone": undone, "alters": row.alters or ()}
    return Decision(**own, **{key: row._mapping[key] for key in Decision.model_fields if key not in own})
