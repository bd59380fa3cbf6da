"""Who has a review item: by a lease that has not run out, else by a supervisor's word, as long as they may work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, or_, select, update

from domain.people import WORKING
from storage import events
from storage.items import is_waiting
from storage.people_tables import users
from storage.schema import packages, review_items

FREE = {"holder": None, "lease_until": None, "assignee": None}


class Hold(NamedTuple):
    """Whose an item is: until `until` by a lease, or for good by a supervisor's word (None)."""

    holder: str
    until: datetime | None


class Held(NamedTuple):
    """An item as it was when somebody else had it."""

    row: Row[Any]
    hold: Hold


def may_work(connection: Connection, name: str) -> bool:
    """Whether somebody of this name is there, not disabled, and of a role that works on items."""
    row = connection.execute(select(users.c.role, users.c.disabled).where(users.c.name == name)).first()
    return row is not None and not row.disabled and row.role in WORKING


def hold_of(connection: Connection, item: Row[Any], now: datetime) -> Hold | None:
    """Who has an item now, None where it is anybody's; an assignment to somebody who may not work does not count."""
    if item.holder is not None and item.lease_until is not None and item.lease_until > now:
        return Hold(item.holder, item.lease_until)
    if item.assignee is not None and may_work(connection, item.assignee):
        return Hold(item.assignee, None)
    return None


def held_by_others(connection: Connection, package_id: int, by: str, now: datetime) -> Mapping[int, Held]:
    """What waits of a package and is in the hands of somebody else, by the items' numbers."""
    rows = connection.execute(_with_case().where(review_items.c.package_id == package_id, is_waiting())).all()
    found = {row.id: Held(row, hold) for row in rows if (hold := hold_of(connection, row, now))}
    return {number: one for number, one in found.items() if one.hold.holder != by}


def touched(connection: Connection, held: Mapping[int, Held]) -> tuple[Held, ...]:
    """Those of the items that are another edition by now."""
    own = review_items.c
    rows = connection.execute(select(own.id, own.edition).where(own.id.in_(list(held)))) if held else ()
    return tuple(held[row.id] for row in rows if row.edition != held[row.id].row.edition)


def take_over(connection: Connection, held: Held, actor: str) -> None:
    """Notes that somebody decided over the head of whoever has an item, who has it no more."""
    connection.execute(update(review_items).where(review_items.c.id == held.row.id).values(FREE))
    until = held.hold.until
    told = {"from": held.hold.holder, "until": until and until.isoformat()}
    tell_item(connection, held.row, actor, "taken over", told)


def hand_back(connection: Connection, name: str, actor: str) -> None:
    """Gives all that somebody has back to everybody: they may not work any more."""
    item = review_items.c
    for row in connection.execute(_with_case().where(or_(item.holder == name, item.assignee == name))).all():
        own = {"assignee": None} if row.assignee == name else {}
        own |= {"holder": None, "lease_until": None} if row.holder == name else {}
        connection.execute(update(review_items).where(item.id == row.id).values(own))
        tell_item(connection, row, actor, "handed back", {"from": name})


def tell_item(connection: Connection, row: Row[Any], actor: str, what: str, more: Mapping[str, Any]) -> None:
    """The event of something that happened to an item; `row` has its `case_number`."""
    told = {"item": row.id, "rule": row.rule, "subject": row.subject}
    events.append(connection, row.case_number, actor, what, told | dict(more))


def _with_case() -> Any:
    return select(review_items, packages.c.case_number).join(packages).order_by(review_items.c.id)
