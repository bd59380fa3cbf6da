"""What may be asked of the review queue, and how many items each answer would have."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from domain.finding import Severity
from domain.page import Frozen
from storage.items import is_of_case, is_waiting
from storage.queue_tables import search_terms
from storage.schema import packages, review_items
from storage.terms import Term, contains, fold

_ITEM = review_items.c
FACETS = ("kind", "rule", "county", "state", "holder", "severity", "doubt")
_NAMES = {True: "yes", False: "no"}


class Filter(Frozen):
    """What is asked of the queue; what is left out does not narrow it.

    `text` is a part of a company's name or code, or of a permit's, contract's or case's number. `company` is
    a whole name or code, `state` an ItemState that waits (open, pending), `holder` somebody's name: what they hold now
    or what is assigned to them; empty for what is nobody's.
    """

    text: str = ""
    case: str | None = None
    kind: str | None = None
    rule: str | None = None
    company: str | None = None
    county: str | None = None
    state: str | None = None
    holder: str | None = None
    severity: Severity | None = None
    doubt: bool | None = None


def narrow(asked: Filter, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Conditions on `review_items` by the name of what was asked."""
    unasked = {name for name in Filter.model_fields if getattr(asked, name) is None}
    unasked |= set() if fold(asked.text) else {"text"}
    return {name: condition for name, condition in _conditions(asked, now) if name not in unasked}


def count_all(connection: Connection, where: Mapping[str, ColumnElement[bool]]) -> int:
    """How many items wait under these conditions."""
    wanted = select(func.count()).select_from(review_items).where(is_waiting(), *where.values())
    return connection.execute(wanted).scalar_one()


def count_each(
    connection: Connection, where: Mapping[str, ColumnElement[bool]], now: datetime
) -> dict[str, dict[str, int]]:
    """Per filter and value how many items wait with that value and all else that was asked."""
    found = {}
    for name in FACETS:
        others = [condition for other, condition in where.items() if other != name]
        rows = connection.execute(_count_values(name, others, now))
        found[name] = {_NAMES.get(value, value): number for value, number in rows if value is not None}
    return found


def _conditions(asked: Filter, now: datetime) -> Iterator[tuple[str, ColumnElement[bool]]]:
    yield "text", _ITEM.package_id.in_(select(search_terms.c.package_id).where(contains(asked.text)))
    yield "case", is_of_case(asked.case or "")
    yield "kind", _ITEM.package_id.in_(select(packages.c.id).where(packages.c.kind == asked.kind))
    yield "rule", _ITEM.rule == asked.rule
    yield "company", _of_term(asked.company, Term.COMPANY, Term.CODE)
    yield "county", _of_term(asked.county, Term.COUNTY)
    yield "state", _ITEM.state == asked.state
    yield "holder", _whose(now) == asked.holder if asked.holder else _whose(now).is_(None)
    yield "severity", _severity() == asked.severity
    yield "doubt", _ITEM.doubt.is_(bool(asked.doubt))


def _of_term(text: str | None, *kinds: Term) -> ColumnElement[bool]:
    term = search_terms.c
    return _ITEM.package_id.in_(select(term.package_id).where(term.kind.in_(kinds), term.folded == fold(text or "")))


def _whose(now: datetime) -> ColumnElement[str]:
    """Who works on an item, else whose it is."""
    return case((_ITEM.lease_until > now, _ITEM.holder), else_=_ITEM.assignee)


def _severity() -> ColumnElement[str]:
    return case((_ITEM.gravity == 0, Severity.BLOCK.value), else_=Severity.REVIEW.value)


def _count_values(name: str, where: Sequence[ColumnElement[bool]], now: datetime) -> Select[Any]:
    if name in ("kind", "county"):
        return _count_by_package(name, where)
    columns: dict[str, ColumnElement[Any]] = {"rule": _ITEM.rule, "state": _ITEM.state, "doubt": _ITEM.doubt}
    columns |= {"severity": _severity(), "holder": _whose(now)}
    column = columns[name].label("value")
    return select(column, func.count()).where(is_waiting(), *where).group_by(column).order_by(column)


def _count_by_package(name: str, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    # Counted per package before it is looked up what that is: one look-up for all items of a package.
    counted = select(_ITEM.package_id, func.count().label("number")).where(is_waiting(), *where)
    each = counted.group_by(_ITEM.package_id).subquery()
    value = packages.c.kind if name == "kind" else search_terms.c.text
    wanted = select(value, func.sum(each.c.number)).group_by(value).order_by(value)
    if name == "kind":
        return wanted.join(each, each.c.package_id == packages.c.id)
    term = search_terms.c
    return wanted.join(each, each.c.package_id == term.package_id).where(term.kind == Term.COUNTY)
