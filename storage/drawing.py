"""Draws for a second review: each version of a case once, when it passes, told by the log."""

import json
from typing import Any

from sqlalchemy import Connection, Row, exists, select, update

from domain.drawing import draw
from reference.policy import policy
from storage import events
from storage.cases import find_package
from storage.database import Database
from storage.records import Event
from storage.schema import chain, packages
from storage.schema import events as log

SYSTEM, DRAWN = "system", "drawn"


def draw_once(connection: Connection, case: str) -> None:
    """Draws a case that has just passed, from the end of the log as it is now; never a second time.

    The event says all that the draw came from: its own `prev_hash` is the head that was used. A case of which an
    earlier version was drawn, or passed wrongly, is looked at again whatever is drawn (`carried`).
    """
    package = find_package(connection, case)
    if package.drawn is not None:
        return
    head = connection.execute(select(chain.c.hash)).scalar_one()
    seed, share = policy().second_review_seed.value, policy().second_review_share.value
    drawn, carried = draw(case, head, seed, share), _is_carried(connection, case)
    mark(connection, package.id, drawn or carried)
    told = {"version": package.version, "seed": seed, "share": str(share), "from": head, "drawn": drawn}
    events.append(connection, case, SYSTEM, DRAWN, told | ({"carried": True} if carried else {}))


def _is_carried(connection: Connection, case: str) -> bool:
    earlier = select(packages.c.id).where(packages.c.case_number == case, packages.c.drawn)
    return connection.execute(earlier.limit(1)).first() is not None


def mark(connection: Connection, package_id: int, drawn: bool) -> None:
    """Notes whether a version of a case is to be looked at again once it passed."""
    connection.execute(update(packages).where(packages.c.id == package_id).values(drawn=drawn))


def find_drawn(database: Database) -> frozenset[str]:
    """The cases whose newest version was drawn, reviewed already or not; raises StorageAway."""
    later = packages.alias()
    newest = ~exists().where(later.c.case_number == packages.c.case_number, later.c.version > packages.c.version)
    with database.read() as connection:
        return frozenset(connection.scalars(select(packages.c.case_number).where(packages.c.drawn, newest)))


def is_drawn(database: Database, case: str) -> bool:
    """Whether the newest version of a case was drawn; raises UnknownCase, StorageAway."""
    with database.read() as connection:
        return bool(find_package(connection, case).drawn)


def list_draws(database: Database) -> tuple[Event, ...]:
    """All draws as the log tells them, oldest first; raises StorageAway."""
    with database.read() as connection:
        rows = connection.execute(select(log).where(log.c.what == DRAWN).order_by(log.c.id)).all()
    return tuple(_present(row) for row in rows)


def _present(row: Row[Any]) -> Event:
    own = {"number": row.id, "case": row.case_number, "detail": json.loads(row.detail)}
    return Event(**own, **{key: row._mapping[key] for key in Event.model_fields if key not in own})
