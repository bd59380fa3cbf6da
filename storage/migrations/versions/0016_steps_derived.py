"""Steps of the trades that were recorded before steps were: told by what stands in the books and of the cases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from storage import events

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ENTERPRISE = frozenset({"registered", "submitted", "withdrawn", "agreed", "contracted", "filed"})
_ENDINGS = frozenset({"returned", "refused"})
_AT_ONCE = 1000


class Told(NamedTuple):
    """A step by whom or what took it, the day on which it counts, and the case whose papers told it."""

    subject: str
    step: str
    on: date
    case: str


def _table(name: str, *texts: str, days: tuple[str, ...] = ()) -> sa.TableClause:
    return sa.table(name, sa.column("id"), *map(sa.column, texts), *(sa.column(day, sa.Date()) for day in days))


_packages = _table("packages", "case_number", "state", days=("submitted_on",))
_submissions = _table("submissions", "case_number", "uscc", days=("verified_on", "withdrawn_on"))
_notices = _table("notices", "case_number", "failed", days=("opened_on",))
_payments = _table("payments", "case_number", "taken_back_at")
_sales = sa.table(
    "sales",
    *map(sa.column, ("id", "case_number", "stage", "deal", "taken_back_at")),
    sa.column("content", sa.JSON()),
)
_steps = sa.table(
    "steps",
    *map(sa.column, ("subject", "step", "side", "actor", "case_number")),
    sa.column("on", sa.Date()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("detail", sa.JSON()),
)


def upgrade() -> None:
    connection = op.get_bind()
    known = set(connection.execute(sa.select(_steps.c.subject, _steps.c.step)).all())
    found = list(dict.fromkeys(it for it in _find_steps(connection) if (it.subject, it.step) not in known))
    for first in range(0, len(found), _AT_ONCE):
        connection.execute(sa.insert(_steps), [_row(it) for it in found[first : first + _AT_ONCE]])
    if found:
        events.append(connection, None, "system", "steps derived", {"steps": len(found)})


def _find_steps(connection: sa.Connection) -> Iterator[Told]:
    """Each step after those that it needs: of the cases, of listings, of deals."""
    yield from _of_cases(connection)
    yield from _of_listings(connection)
    yield from _of_deals(connection)


def _of_cases(connection: sa.Connection) -> Iterator[Told]:
    for row in connection.execute(sa.select(_packages).order_by(_packages.c.id)):
        yield Told(row.case_number, "submitted", row.submitted_on, row.case_number)
        if row.state in _ENDINGS:
            yield Told(row.case_number, row.state, row.submitted_on, row.case_number)


def _of_listings(connection: sa.Connection) -> Iterator[Told]:
    """What was verified counted as public."""
    registered: set[str] = set()
    for row in connection.execute(sa.select(_submissions).order_by(_submissions.c.id)):
        if row.uscc not in registered:
            yield Told(row.uscc, "registered", row.verified_on, row.case_number)
        registered.add(row.uscc)
        for step in ("verified", "published"):
            yield Told(row.case_number, step, row.verified_on, row.case_number)
        if row.withdrawn_on is not None:
            yield Told(row.case_number, "withdrawn", row.withdrawn_on, row.case_number)


def _of_deals(connection: sa.Connection) -> Iterator[Told]:
    """Once for each deal, whichever of its cases told it first."""
    seen: set[tuple[str, str]] = set()
    standing = sa.select(_sales).where(_sales.c.taken_back_at.is_(None))
    rows = connection.execute(standing.order_by(_sales.c.deal, _sales.c.id)).all()
    filed = set(connection.scalars(sa.select(_payments.c.case_number).where(_payments.c.taken_back_at.is_(None))))
    opened = {row.case_number: row for row in connection.execute(sa.select(_notices))}
    days = dict(connection.execute(sa.select(_packages.c.case_number, _packages.c.submitted_on)).all())
    for stage in ("agreed", "contracted"):
        for row in rows:
            for it in _of_sale(row, stage, opened.get(row.case_number), days.get(row.case_number), filed):
                if (it.subject, it.step) not in seen:
                    seen.add((it.subject, it.step))
                    yield it
    for row in rows:
        notice = opened.get(row.case_number)
        if notice is not None and notice.failed is not None and (row.deal, "contracted") not in seen:
            yield Told(row.deal, "failed", notice.opened_on, row.case_number)


def _of_sale(row: Any, stage: str, notice: Any, submitted: date | None, filed: set[str]) -> Iterator[Told]:
    agreed, case = date.fromisoformat(row.content["agreed_on"]), row.case_number
    signed = row.content.get("signed_on")
    if stage == "agreed":
        yield Told(row.deal, "agreed", agreed, case)
        if notice is not None:
            yield Told(row.deal, "noticed", notice.opened_on, case)
    elif row.stage == "contracted":
        yield Told(case, "verified", submitted or agreed, case)
        yield Told(row.deal, "contracted", date.fromisoformat(signed) if signed else agreed, case)
        if case in filed:
            yield Told(row.deal, "filed", submitted or agreed, case)


def _row(told: Told) -> dict[str, Any]:
    """As if it had been recorded on its day: the past is seen by these moments (storage/hindsight.py)."""
    side = "enterprise" if told.step in _ENTERPRISE else "province"
    own = {"subject": told.subject, "step": told.step, "side": side, "on": told.on, "case_number": told.case}
    at = datetime.combine(told.on, time(), UTC)
    return own | {"at": at, "actor": "system", "detail": {"derived": True}}
