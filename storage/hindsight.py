"""The books as they were at an earlier moment: whoever asks through such a view sees nothing that came later.

A connection of its own has views that stand before the tables of the books, in a transaction that is undone at its
end. So what reads the books is the same as always, and nothing is written that anybody else could see.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    TableClause,
    and_,
    case,
    column,
    exists,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy import Date as Day

from domain.accounts import Cause
from reference.calendar import CHINA
from storage.book_tables import entries, notices, payments, sales, submissions
from storage.database import Database
from storage.life_tables import steps
from storage.schema import Moment, events, packages
from storage.seen_tables import prints, registers

_ASKED = table("heyan_asked", column("at", Moment()), column("day", Day()))
_LISTING = tuple(it.value for it in (Cause.VERIFIED, Cause.OFFERED, Cause.REOFFERED, Cause.NEEDED))
# Read with the books, and the same at any time: which company an account belongs to, what a page is found by.
TIMELESS = frozenset({"accounts", "bands", "packages", "inventory"})


class Past:
    """The ledger's books at a moment that may be set again and again."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def go_to(self, moment: datetime) -> Connection:
        """The connection, which from now on sees what was known at this moment."""
        told = {"at": moment, "day": moment.astimezone(CHINA).date()}
        self.connection.execute(update(_ASKED).values(told))
        return self.connection


@contextmanager
def look_back(database: Database) -> Iterator[Past]:
    """The past of a database, in one state of it; raises StorageAway."""
    # Statements that a connection has prepared before would go on reading the tables behind the views.
    own = Database(database.url)
    try:
        with own.read() as connection:
            _cover(connection)
            yield Past(connection)
            connection.rollback()
    finally:
        own.close()


def _cover(connection: Connection) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    schema = "main" if on_sqlite else connection.scalar(text("SELECT current_schema()"))
    kind = "TIMESTAMP" if on_sqlite else "TIMESTAMP WITH TIME ZONE"
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE {_ASKED.name} ("at" {kind}, "day" DATE)')
    connection.execute(insert(_ASKED).values(at=None, day=None))
    for name, wanted in _views(_Behind(str(schema))).items():
        told = wanted.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        connection.exec_driver_sql(f"CREATE TEMPORARY VIEW {name} AS {told}")


class _Behind:
    """The tables themselves, behind the views that cover them."""

    def __init__(self, schema: str) -> None:
        self._schema = schema

    def __call__(self, covered: Table) -> TableClause:
        return table(covered.name, *(column(it.name, it.type) for it in covered.c), schema=self._schema)


def _asked(what: str) -> ScalarSelect[Any]:
    return select(_ASKED.c[what]).scalar_subquery()


def _views(behind: _Behind) -> Mapping[str, Select[Any]]:
    made = {
        entries: _made_by(behind(entries), "at"),
        registers: _made_by(behind(registers), "loaded_at"),
        sales: _made_by(behind(sales), "at", taken_back_at=_moment_passed),
        payments: _payments(behind),
        steps: _made_by(behind(steps), "at"),
        submissions: _submissions(behind),
        notices: _notices(behind),
        prints: _prints(behind),
    }
    return {covered.name: wanted for covered, wanted in made.items()}


def _made_by(it: TableClause, moment: str, **later: Any) -> Select[Any]:
    return _with(it, **{name: change(it.c[name]) for name, change in later.items()}).where(it.c[moment] <= _asked("at"))


def _with(it: TableClause, **changed: ColumnElement[Any]) -> Select[Any]:
    """All columns of a table, some of them told otherwise."""
    return select(*(changed[name].label(name) if name in changed else one for name, one in it.c.items()))


def _moment_passed(it: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((it <= _asked("at"), it), else_=null())


def _payments(behind: _Behind) -> Select[Any]:
    """A payment came with the contract of its case."""
    it, sale = behind(payments), behind(sales)
    told = select(func.min(sale.c.at)).where(sale.c.case_number == it.c.case_number).scalar_subquery()
    changed = _with(it, taken_back_at=_moment_passed(it.c.taken_back_at))
    return changed.where(or_(told.is_(None), told <= _asked("at")))


def _submissions(behind: _Behind) -> Select[Any]:
    """A listing came and went with its entries; one that entered nothing is told by the log, else by its day."""
    it = behind(submissions)
    listed = func.coalesce(_entered(behind, it, *_LISTING), _logged(behind, it, "listed"))
    gone = func.coalesce(_logged(behind, it, "withdrawn"), _entered(behind, it, Cause.UNLISTED.value))
    withdrawn = case((_by(gone, it.c.withdrawn_on), it.c.withdrawn_on), else_=null())
    return _with(it, withdrawn_on=withdrawn).where(_by(listed, it.c.verified_on))


def _notices(behind: _Behind) -> Select[Any]:
    """A notice came with what it reserved, or as the log tells; it failed with what went back."""
    it, entry, sale = behind(notices), behind(entries), behind(sales)
    opened = func.coalesce(_entered(behind, it, Cause.RESERVED.value), _logged(behind, it, "notice_opened"))
    deals = select(sale.c.deal).where(sale.c.case_number == it.c.case_number)
    back = and_(entry.c.deal.in_(deals), entry.c.cause == Cause.NOTICE_FAILED.value, entry.c.at <= _asked("at"))
    failed = case((exists(select(literal_column("1")).select_from(entry).where(back)), it.c.failed), else_=null())
    return _with(it, failed=failed).where(_by(opened, it.c.opened_on))


def _prints(behind: _Behind) -> Select[Any]:
    it, package = behind(prints), behind(packages)
    came = exists(
        select(literal_column("1"))
        .select_from(package)
        .where(package.c.id == it.c.package_id, package.c.received_at <= _asked("at"))
    )
    return _with(it).where(came)


def _entered(behind: _Behind, it: TableClause, *causes: str) -> ScalarSelect[Any]:
    entry = behind(entries)
    own = (entry.c.case_number == it.c.case_number, entry.c.cause.in_(causes))
    return select(func.min(entry.c.at)).where(*own).scalar_subquery()


def _logged(behind: _Behind, it: TableClause, what: str) -> ScalarSelect[Any]:
    log = behind(events)
    own = (log.c.case_number == it.c.case_number, log.c.what == what)
    return select(func.max(log.c.at)).where(*own).scalar_subquery()


def _by(moment: ColumnElement[Any], day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether something was there, by its moment, or where nothing tells that by its day."""
    return or_(moment <= _asked("at"), and_(moment.is_(None), day <= _asked("day")))
