"""Which companies' records changed since a moment of the log, and on which time alone may have changed the verdict."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, select

from storage.book_tables import accounts, entries, notices, payments, sales, submissions
from storage.reconciling_tables import reconciled
from storage.schema import events as log

# They change nothing that reconciliation looks at, or are its own.
_STILL = frozenset({"reconciled", "received", "taken", "released", "assigned", "taken over", "handed back", "drawn"})
_AT_ONCE = 500


def list_changed(connection: Connection, after: int, until: int, today: date) -> set[str]:
    """The codes of companies of which an event after one number, up to another, tells anything, and of those due."""
    found = set(connection.scalars(select(reconciled.c.uscc).where(reconciled.c.due_on <= today)))
    cases: set[str] = set()
    for case, detail in _events(connection, after, until):
        told = json.loads(detail)
        cases.add(case or str(told.get("subject", "")))
        found |= {entry["uscc"] for entry in told.get("entries", ())}
    for some in _batches(sorted(cases)):
        found |= set(_companies_of(connection, some))
    return found


def _events(connection: Connection, after: int, until: int) -> Iterator[tuple[str | None, str]]:
    within = (log.c.id > after, log.c.id <= until, log.c.what.not_in(_STILL))
    wanted = select(log.c.case_number, log.c.detail).where(*within)
    for row in connection.execute(wanted.execution_options(yield_per=1000)):
        yield row.case_number, row.detail


def _companies_of(connection: Connection, cases: Sequence[str]) -> Iterator[str]:
    """All companies of what these cases put into the books, and of the deals that they told of."""
    # The deals by themselves first: asked for in one go, databases would look at every sale there is.
    deals = {*cases, *connection.scalars(select(sales.c.deal).where(sales.c.case_number.in_(cases)))}
    asked = [
        select(column).where(sales.c.deal.in_(some)).distinct()
        for some in _batches(deals)
        for column in (sales.c.transferor, sales.c.transferee)
    ]
    asked.append(select(submissions.c.uscc).where(submissions.c.case_number.in_(cases)))
    asked += [select(notices.c[name]).where(notices.c.case_number.in_(cases)) for name in ("transferor", "transferee")]
    asked += [
        select(payments.c[name]).where(payments.c.case_number.in_(cases)) for name in ("transferor", "transferee")
    ]
    asked.append(select(accounts.c.uscc).join(entries).where(entries.c.case_number.in_(cases)).distinct())
    for wanted in asked:
        yield from (code for code in connection.scalars(wanted) if code)


def _batches(cases: Collection[str]) -> Iterator[list[str]]:
    listed = list(cases)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
