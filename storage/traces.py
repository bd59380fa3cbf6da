"""What all runs over all versions of cases left behind, for whoever must know every number that was ever read."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import func, select

from domain.page import PageReading
from storage.database import Database
from storage.newest import RECONCILED
from storage.queue_tables import search_terms
from storage.schema import documents, events, packages, pages, readings, runs
from storage.terms import Term

_KEPT = 256  # pages that are looked at again and again while somebody works on a case


class Trace(NamedTuple):
    """A document as one run over one version of a case had it (`domain.document.present`)."""

    case: str
    version: int
    document: dict[str, Any]


class ReadingOf(NamedTuple):
    """What was read on a page of a version of a case; None where that is lost."""

    version: int
    page: int
    reading: PageReading | None


def find_traces(database: Database, cases: Collection[str], types: Collection[str]) -> tuple[Trace, ...]:
    """The documents of these types in every run over every version of cases; raises StorageAway."""
    joined = select(packages.c.case_number, packages.c.version, documents.c.content).select_from(
        documents.join(runs, documents.c.run_id == runs.c.id).join(packages, runs.c.package_id == packages.c.id)
    )
    wanted = joined.where(packages.c.case_number.in_(cases), documents.c.type.in_(types))
    with database.read() as connection:
        return tuple(Trace(*row) for row in connection.execute(wanted.order_by(documents.c.id)))


def find_holders(database: Database, case: str, version: int, page: int) -> tuple[dict[str, Any], ...]:
    """The documents of all runs over a version that hold a page, the oldest first; nothing where the latest run has
    the page in none. Raises StorageAway.
    """
    own = (packages.c.case_number == case, packages.c.version == version)
    of_runs = select(runs.c.id).join(packages, runs.c.package_id == packages.c.id)
    of_runs = of_runs.where(*own, runs.c.state != RECONCILED)
    with database.read() as connection:
        latest = connection.scalar(select(func.max(of_runs.subquery().c.id)))
        listed = connection.execute(
            select(documents.c.id, documents.c.run_id, documents.c.pages).where(documents.c.run_id.in_(of_runs))
        ).all()
        held = [row for row in listed if page in row.pages]
        if not any(row.run_id == latest for row in held):
            return ()
        wanted = select(documents.c.content).where(documents.c.id.in_([row.id for row in held]))
        return tuple(connection.scalars(wanted.order_by(documents.c.id)))


def find_codes(database: Database, cases: Collection[str]) -> frozenset[str]:
    """The codes of companies and the numbers of permits and contracts in cases; raises StorageAway."""
    term = search_terms.c
    joined = select(term.text).join(packages, packages.c.id == term.package_id)
    wanted = joined.where(packages.c.case_number.in_(cases), term.kind.in_((Term.CODE, Term.NUMBER)))
    with database.read() as connection:
        return frozenset(connection.scalars(wanted))


def find_readings(
    database: Database, case: str, version: int | None = None, numbers: Collection[int] | None = None
) -> tuple[ReadingOf, ...]:
    """What was read on the pages (or these) of every version (or this one) of a case, by each version's latest run.

    Raises StorageAway.
    """
    latest = select(func.max(runs.c.id)).where(runs.c.state != RECONCILED).group_by(runs.c.package_id).scalar_subquery()
    joined = (
        select(packages.c.version, pages.c.number, pages.c.reading)
        .join(runs, pages.c.run_id == runs.c.id)
        .join(packages, runs.c.package_id == packages.c.id)
        .where(packages.c.case_number == case, runs.c.id.in_(latest))
    )
    wanted = joined if version is None else joined.where(packages.c.version == version)
    wanted = wanted if numbers is None else wanted.where(pages.c.number.in_(numbers))
    with database.read() as connection:
        found = connection.execute(wanted).all()
    return tuple(ReadingOf(row.version, row.number, _read(database, row.reading)) for row in found)


def find_askers(database: Database, cases: Collection[str], what: str, actor: str, since: datetime) -> frozenset[str]:
    """Of which of these cases the log has such an event by this person since then; raises StorageAway."""
    own = (events.c.case_number.in_(cases), events.c.what == what, events.c.actor == actor, events.c.at >= since)
    with database.read() as connection:
        return frozenset(connection.scalars(select(events.c.case_number).where(*own)))


def _read(database: Database, key: str | None) -> PageReading | None:
    with database.read() as connection:
        body = connection.scalar(select(readings.c.body).where(readings.c.key == key)) if key else None
    return None if body is None else _parse(body)


@lru_cache(maxsize=_KEPT)
def _parse(body: str) -> PageReading:
    return PageReading.model_validate_json(body)
