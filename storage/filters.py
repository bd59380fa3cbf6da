"""What may be asked of the review queue, and how many items each answer would have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, case, func, or_, select

from domain.finding import Severity
from domain.page import Frozen
from storage.items import is_of_case, is_waiting
from storage.queue_tables import search_terms
from storage.records import ItemState
from storage.schema import packages, review_items
from storage.terms import Term, contains, fold

_ITEM = review_items.c
FACETS = ("kind", "rule", "county", "state", "holder", "severity", "doubt")


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


NO_FILTER = Filter()


def narrow(asked: Filter, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Conditions on `review_items` by the name of what was asked."""
    unasked = {name for name in Filter.model_fields if getattr(asked, name) is None}
    unasked |= set() if fold(asked.text) else {"text"}
    return {name: condition for name, condition in _conditions(asked, now) if name not in unasked}


def count_each(
    connection: Connection, where: Mapping[str, ColumnElement[bool]], now: datetime
) -> dict[str, dict[str, int]]:
    """Per filter and value how many items wait with that value and all else that was asked."""
    return {name: _count_values(connection, name, _without(where, name), now) for name in FACETS}


def count_all(connection: Connection, where: Mapping[str, ColumnElement[bool]]) -> int:
    """How many items wait under these conditions."""
    wanted = select(func.count()).select_from(review_items).where(is_waiting(), *where.values())
    return connection.execute(wanted).scalar_one()


def _conditions(asked: Filter, now: datetime) -> Iterator[tuple[str, ColumnElement[bool]]]:
    yield "text", _ITEM.package_id.in_(select(search_terms.c.package_id).where(contains(asked.text)))
    yield "case", is_of_case(asked.case or "")
    yield "kind", _ITEM.package_id.in_(select(packages.c.id).where(packages.c.kind == asked.kind))
    yield "rule", _ITEM.rule == asked.rule
    yield "company", _of_term(asked.company, Term.COMPANY, Term.CODE)
    yield "county", _of_term(asked.county, Term.COUNTY)
    yield "state", _ITEM.state == asked.state
    yield "holder", _is_of(asked.holder, now) if asked.holder else _whose(now).is_(None)
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


def _is_of(name: str, now: datetime) -> ColumnElement[bool]:
    return or_(_ITEM.holder == name, _ITEM.assignee == name) & (_whose(now) == name)


def _without(where: Mapping[str, ColumnElement[bool]], name: str) -> list[ColumnElement[bool]]:
    return [condition for other, condition in where.items() if other != name]


def _count_values(
    connection: Connection, name: str, where: Sequence[ColumnElement[bool]], now: datetime
) -> dict[str, int]:
    if name in _EITHER:
        return _count_either(connection, name, where)
    wanted = _SELECTS[name](where, now)
    return {value: number for value, number in connection.execute(wanted) if value is not None}


def _count_either(connection: Connection, name: str, where: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    # One sum instead of groups: nothing has to be sorted.
    column, (one, other) = _EITHER[name]
    row = connection.execute(
        select(func.count(), func.sum(case((column, 1), else_=0))).where(is_waiting(), *where)
    ).one()
    ones = int(row[1] or 0)
    return {value: number for value, number in ((one, ones), (other, row[0] - ones)) if number}


def _select_rules(where: Sequence[ColumnElement[bool]], _now: datetime) -> Select[Any]:
    counted: Select[Any] = select(_ITEM.rule, func.count()).where(is_waiting(), *where)
    return counted.group_by(_ITEM.rule).order_by(_ITEM.rule)


def _select_holders(where: Sequence[ColumnElement[bool]], now: datetime) -> Select[Any]:
    whose: ColumnElement[Any] = _whose(now).label("whose")
    somebodys = or_(_ITEM.holder > "", _ITEM.assignee > "")
    counted: Select[Any] = select(whose, func.count()).where(is_waiting(), somebodys, *where)
    return counted.group_by(whose).order_by(whose)


def _select_kinds(where: Sequence[ColumnElement[bool]], _now: datetime) -> Select[Any]:
    each, kind = _count_packages(where), packages.c.kind
    joined: Select[Any] = select(kind, func.sum(each.c.number)).join(each, each.c.package_id == packages.c.id)
    return joined.group_by(kind).order_by(kind)


def _select_counties(where: Sequence[ColumnElement[bool]], _now: datetime) -> Select[Any]:
    each, term = _count_packages(where), search_terms.c
    own = (term.package_id == each.c.package_id, term.kind == Term.COUNTY)
    county = select(term.folded).where(*own).limit(1).scalar_subquery().label("county")
    return select(county, func.sum(each.c.number)).group_by(county).order_by(county)


def _count_packages(where: Sequence[ColumnElement[bool]]) -> Subquery:
    # Counted per package before it is looked up what that is: one look-up for all items of a package.
    counted = select(_ITEM.package_id, func.count().label("number")).where(is_waiting(), *where)
    return counted.group_by(_ITEM.package_id).subquery()


_EITHER: Mapping[str, tuple[ColumnElement[bool], tuple[str, str]]] = {
    "state": (_ITEM.state == ItemState.OPEN, (ItemState.OPEN, ItemState.PENDING)),
    "severity": (_ITEM.gravity == 0, (Severity.BLOCK, Severity.REVIEW)),
    "doubt": (_ITEM.doubt.is_(True), ("yes", "no")),
}
_SELECTS: Mapping[str, Callable[[Sequence[ColumnElement[bool]], datetime], Select[Any]]] = {
    "kind": _select_kinds,
    "rule": _select_rules,
    "county": _select_counties,
    "holder": _select_holders,
}
