"""All cases, the last received first: found by what their papers call them, narrowed, page after page by a mark.

A page begins where the one before it ended instead of counting from the first case: the last of 100,000 is as quick
as the first.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, select, union

from domain.page import Frozen
from reference.calendar import CHINA
from storage.case_lists import count_waiting
from storage.cases import present_case
from storage.database import Database, clean
from storage.outgoing_tables import uploads
from storage.queue_tables import search_terms
from storage.records import Case
from storage.schema import packages
from storage.terms import Term, contains, fold

LARGEST = 200  # cases on a page
_OWN = packages.c


class CaseFilter(Frozen):
    """What is asked; what is left out does not narrow it.

    `text` is a part of a company's name or code, of a permit's, contract's or case's number, or of the package's name.
    `since` and `until` are days of receipt in Guizhou, both included. `by` is who handed a version of the case in.
    """

    text: str = ""
    state: str | None = None
    kind: str | None = None
    county: str | None = None
    since: date | None = None
    until: date | None = None
    by: str | None = None


class FoundCase(Frozen):
    """The newest version of a case, with the company (of a deal both) and the county that its papers name."""

    case: Case
    company: str
    county: str


class CaseMarks(Frozen):
    """Where a page ends: the marks to go on from with `below` (older) or `above` (newer); None where nothing is."""

    older: int | None
    newer: int | None


class FoundCases(Frozen):
    """One page of what was found."""

    items: tuple[FoundCase, ...]
    marks: CaseMarks


class _Window(NamedTuple):
    rows: Sequence[Row[Any]]
    more: bool


def search_cases(
    database: Database, asked: CaseFilter, *, below: int | None = None, above: int | None = None, size: int = 50
) -> FoundCases:
    """The newest versions of cases, the last received first; raises StorageAway.

    `below` and `above` are marks of a page before: what was received earlier, or later, than that.
    """
    wanted = select(packages).where(*_narrow(asked))
    with database.read() as connection:
        upwards = above is not None and below is None
        window = _read_window(connection, wanted, below, above if upwards else None, min(max(size, 1), LARGEST))
        rows = window.rows
        waiting = count_waiting(connection, [row.id for row in rows])
        told = _read_terms(connection, [row.case_number for row in rows])
    items = tuple(
        FoundCase(
            case=present_case(row, waiting.get(row.id, 0)),
            company=told.get((row.case_number, Term.TITLE), ""),
            county=told.get((row.case_number, Term.COUNTY), ""),
        )
        for row in rows
    )
    more_below, more_above = (True, window.more) if upwards else (window.more, below is not None)
    older = rows[-1].id if rows and more_below else None
    return FoundCases(items=items, marks=CaseMarks(older=older, newer=rows[0].id if rows and more_above else None))


def _read_window(
    connection: Connection, wanted: Select[Any], below: int | None, above: int | None, size: int
) -> _Window:
    if above is not None:
        upwards = wanted.where(_OWN.id > above).order_by(_OWN.id).limit(size + 1)
        rows = connection.execute(upwards).all()
        return _Window(rows[:size][::-1], len(rows) > size)
    wanted = wanted if below is None else wanted.where(_OWN.id < below)
    rows = connection.execute(wanted.order_by(_OWN.id.desc()).limit(size + 1)).all()
    return _Window(rows[:size], len(rows) > size)


def _narrow(asked: CaseFilter) -> Iterator[ColumnElement[bool]]:
    later = packages.alias()
    yield ~exists().where(later.c.case_number == _OWN.case_number, later.c.version > _OWN.version)
    if asked.state is not None:
        yield _OWN.state == asked.state
    if asked.kind is not None:
        yield _OWN.kind == asked.kind
    if fold(asked.text):
        yield _has(contains(asked.text), asked.text)
    if asked.county is not None:
        yield _has((search_terms.c.kind == Term.COUNTY) & (search_terms.c.folded == fold(asked.county)))
    if asked.since is not None:
        yield _OWN.received_at >= _begin(asked.since)
    if asked.until is not None:
        yield _OWN.received_at < _begin(asked.until + timedelta(days=1))
    if asked.by is not None:
        own = (uploads.c.user_name == asked.by, uploads.c.duplicate.is_not(True), uploads.c.case_number.is_not(None))
        yield _OWN.case_number.in_(select(uploads.c.case_number).where(*own))


def _has(term: ColumnElement[bool], text: str = "") -> ColumnElement[bool]:
    """Whether any version of the case has such a term: the newest may not have been read yet, or not be readable."""
    other = packages.alias()
    told: Any = select(other.c.case_number).join(search_terms, search_terms.c.package_id == other.c.id).where(term)
    if text:
        plain = clean(text).strip()
        numbered = select(other.c.case_number).where(other.c.case_number.contains(fold(text), autoescape=True))
        told = union(told, numbered, select(other.c.case_number).where(other.c.name.contains(plain, autoescape=True)))
    return _OWN.case_number.in_(told)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _read_terms(connection: Connection, cases: Sequence[str]) -> dict[tuple[str, str], str]:
    """What the papers of these cases call them; the newest version that was read has the last word."""
    # In two steps: in one SQLite would go through the titles of all packages.
    versions = select(_OWN.id, _OWN.case_number).where(_OWN.case_number.in_(cases)).order_by(_OWN.version)
    known = {row.id: row.case_number for row in connection.execute(versions)}
    term, order = search_terms.c, {number: place for place, number in enumerate(known)}
    wanted = select(term.package_id, term.kind, term.text).where(
        term.package_id.in_(known), term.kind.in_((Term.TITLE, Term.COUNTY))
    )
    rows = sorted(connection.execute(wanted), key=lambda row: order[row.package_id])
    return {(known[row.package_id], row.kind): row.text for row in rows}
