"""Review items as they are listed: in their order, with their findings and what their packages are called."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, Subquery, bindparam, func, select

from domain.page import Frozen
from reference.calendar import CHINA, working_day_after
from reference.policy import policy
from storage.findings import read_finding
from storage.queue_tables import search_terms
from storage.records import Item
from storage.schema import findings, packages, review_items
from storage.terms import Term

WAITING = ("open", "pending")  # the states of an item that a person has to look at


class Slice(Frozen):
    """Which of the items in their order."""

    offset: int = 0
    limit: int | None = None


ALL = Slice()


def list_items(
    connection: Connection, where: Sequence[ColumnElement[bool]] = (), part: Slice = ALL
) -> tuple[Item, ...]:
    """Waiting items: gravest and oldest cases first, within a case doubts before what the papers say."""
    wanted = _join(_choose([is_waiting(), *where], part))
    return tuple(_present(row) for row in connection.execute(wanted))


def list_every_item(connection: Connection, package_id: int) -> tuple[Item, ...]:
    """All items of a version of a case in the order of their numbers, whatever their state."""
    item = review_items.c
    chosen = select(item.id, item.id.label("place")).where(item.package_id == package_id).subquery()
    return tuple(_present(row) for row in connection.execute(_join(chosen)))


def find_item(connection: Connection, item_id: int) -> Item | None:
    """One item, waiting or not."""
    one = select(review_items.c.id, review_items.c.id.label("place")).where(review_items.c.id == item_id)
    row = connection.execute(_join(one.subquery())).first()
    return None if row is None else _present(row)


def is_waiting() -> ColumnElement[bool]:
    """Whether a row of `review_items` waits for a person."""
    # Written out instead of bound: only so may a database use the indexes on what waits.
    return review_items.c.state.in_(bindparam("waiting", WAITING, expanding=True, literal_execute=True))


def is_of_case(case: str) -> ColumnElement[bool]:
    """Whether a row of `review_items` belongs to a case."""
    return review_items.c.package_id.in_(select(packages.c.id).where(packages.c.case_number == case))


def _choose(where: Sequence[ColumnElement[bool]], part: Slice) -> Subquery:
    # Packages are put in order first, and no more of them than can be needed: each has an item at least. Findings with
    # their evidence are joined to what is left, so that it is quick on 100,000 items.
    item = review_items.c
    gravest, oldest = func.min(item.gravity).label("gravest"), func.min(item.opened_at).label("oldest")
    ranked = select(item.package_id, gravest, oldest).where(*where).group_by(item.package_id)
    most = None if part.limit is None else part.offset + part.limit
    first = ranked.order_by(gravest, oldest, item.package_id).limit(most).subquery()
    order = (first.c.gravest, first.c.oldest, first.c.package_id, item.doubt.desc(), item.gravity, item.id)
    chosen = select(item.id).join(first, first.c.package_id == item.package_id).where(*where)
    placed = chosen.add_columns(func.row_number().over(order_by=order).label("place")).order_by("place")
    return placed.offset(part.offset).limit(part.limit).subquery()


def _join(chosen: Subquery) -> Select[Any]:
    item, finding, package = review_items.c, findings.c, packages.c
    return (
        select(review_items, package.case_number, package.version, package.name, package.kind)
        .add_columns(finding.outcome, finding.severity, finding.message, finding.cites, finding.evidence)
        .add_columns(_term(Term.TITLE).label("company"), _term(Term.COUNTY).label("county"))
        .join(chosen, chosen.c.id == item.id)
        .join(packages, item.package_id == package.id)
        .join(findings, item.finding_id == finding.id)
        .order_by(chosen.c.place)
    )


def _term(kind: Term) -> ScalarSelect[str]:
    term = search_terms.c
    own = (term.package_id == review_items.c.package_id, term.kind == kind)
    return select(func.min(term.text)).where(*own).correlate(review_items).scalar_subquery()


def _present(row: Row[Any]) -> Item:
    due = _due(row.opened_at.astimezone(CHINA).date(), policy().review_days.value)
    own = {"case": row.case_number, "package": row.name, "finding": read_finding(row), "due_on": due}
    same = {key: row._mapping[key] for key in Item.model_fields if key not in own}
    return Item(**own, **same)


@cache
def _due(opened: date, days: int) -> date:
    return working_day_after(opened, days)
