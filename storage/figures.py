"""Figures of the whole office, for monitoring: no case, company or person can be told from them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from domain.page import Frozen
from storage.database import Database
from storage.items import is_waiting
from storage.newest import counts
from storage.outgoing_tables import deliveries, uploads
from storage.schema import findings, packages, review_items, runs

_RECENT = 1000  # packages: what came in years ago says nothing of how well it goes now


class Figures(Frozen):
    """`oldest` is when the oldest waiting item was opened; `outcomes` count the findings of the first runs of the last
    thousand packages, `first_runs` the states in which they came out of them, before anybody decided anything."""

    waiting: int
    oldest: datetime | None
    cases: Mapping[str, int]
    pages: int
    outcomes: Mapping[str, int]
    first_runs: Mapping[str, int]
    deliveries: Mapping[str, int]
    unclaimed_uploads: int


def read_figures(database: Database) -> Figures:
    """The figures as they are now; raises StorageAway."""
    with database.read() as connection:
        row = connection.execute(select(func.count(), func.min(review_items.c.opened_at)).where(is_waiting())).one()
        return Figures(
            waiting=row[0],
            oldest=row[1],
            cases=_count_cases(connection),
            pages=connection.scalar(select(func.coalesce(func.sum(packages.c.page_count), 0))) or 0,
            outcomes=_count_outcomes(connection),
            first_runs=_count_first_runs(connection),
            deliveries=_count_deliveries(connection),
            unclaimed_uploads=_count_unclaimed(connection),
        )


def _count_cases(connection: Connection) -> dict[str, int]:
    later = packages.alias()
    newest = ~exists().where(later.c.case_number == packages.c.case_number, later.c.version > packages.c.version)
    grouped = select(packages.c.state, func.count()).where(newest).group_by(packages.c.state)
    return {row[0]: row[1] for row in connection.execute(grouped)}


def _count_outcomes(connection: Connection) -> dict[str, int]:
    grouped = select(findings.c.outcome, func.count()).where(findings.c.run_id.in_(_first_runs()))
    return {row[0]: row[1] for row in connection.execute(grouped.group_by(findings.c.outcome))}


def _count_first_runs(connection: Connection) -> dict[str, int]:
    grouped = select(runs.c.state, func.count()).where(runs.c.id.in_(_first_runs())).group_by(runs.c.state)
    return {row[0]: row[1] for row in connection.execute(grouped)}


def _first_runs() -> Select[Any]:
    recent = select(packages.c.id).order_by(packages.c.id.desc()).limit(_RECENT).subquery()
    own = (runs.c.package_id.in_(select(recent.c.id)), counts())
    return select(func.min(runs.c.id)).where(*own).group_by(runs.c.package_id)


def _count_deliveries(connection: Connection) -> dict[str, int]:
    grouped = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return {row[0]: row[1] for row in connection.execute(grouped)}


def _count_unclaimed(connection: Connection) -> int:
    wanted = select(func.count()).select_from(uploads).where(uploads.c.case_number.is_(None))
    return connection.scalar(wanted) or 0
