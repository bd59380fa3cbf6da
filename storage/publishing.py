"""Supply and demand made public: published once, renewed with what is left, updated when a result is announced."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from domain.accounts import Entry
from domain.books import Submission
from domain.dossier import Kind
from domain.life import IllegalStep, Step, check_step
from domain.page import Frozen
from domain.publishing import share
from domain.quantity import Amount, Metal, plain
from storage.accounts import read_entries
from storage.book_tables import submissions
from storage.life_tables import steps
from storage.listings import find_submission, latest, present_submission
from storage.steps import counts, has_taken, step, steps_of, take

_PUBLIC = (Step.PUBLISHED, Step.REOFFERED, Step.UPDATED)


class Published(Frozen):
    """A listing that is public; `figures` in kg/a are offered or needed, `free` what of it nobody has taken yet.

    `published_on` is the first day, `renewed_on` the day on which the published figures were last brought up to date,
    `stated` those figures.
    """

    case: str
    kind: Kind
    uscc: str
    name: str
    project: str | None
    figures: dict[Metal, Amount]
    free: dict[Metal, Amount]
    published_on: date
    renewed_on: date
    stated: dict[Metal, Amount]


def publish(connection: Connection, case: str, on: date, actor: str) -> Step:
    """Publishes a verified listing (guide 4(3)), or renews what was published with what is left of it (guide 4(4)).

    Gives the step that was taken; raises IllegalStep, also where nothing is left or nothing changed.
    """
    row = _find(connection, case)
    if not has_taken(connection, case, Step.PUBLISHED):
        _refuse_early(case, row.verified_on, on)
        _take(connection, row, Step.PUBLISHED, on, actor)
        return Step.PUBLISHED
    left = find_left(connection, row)
    if left == _last_stated(connection, case):
        raise IllegalStep("NOTHING_CHANGED", f"案件 {case} 的供需信息已发布，现有数量与已发布的一致，无须更新")
    _take(connection, row, again := _renewal(row, left), on, actor)
    return again


def update_listings(connection: Connection, cases: Iterable[str], on: date, actor: str, announced: str) -> None:
    """Renews the published listings of a deal that was announced (guide 4(6)): what is left is offered again."""
    for case in dict.fromkeys(cases):
        row = find_submission(connection, case)
        if row is None or row.withdrawn_on is not None or not has_taken(connection, case, Step.PUBLISHED):
            continue
        left = find_left(connection, row)
        if left != _last_stated(connection, case):
            _take(connection, row, _renewal(row, left), on, actor, announced)


def read_published(connection: Connection) -> tuple[Published, ...]:
    """What is public now, oldest first: of several listings of a project the newest published speaks for its metals."""
    rows = connection.execute(_standing().order_by(submissions.c.id)).all()
    stated = _read_stated(connection)
    public = {row.case_number: row for row in rows if row.case_number in stated}
    left = _share(rows, read_entries(connection), stated)
    found = latest([present_submission(row, published=True) for row in public.values()])
    return tuple(_present(public[it.case], it.figures, left[it.case], stated[it.case]) for it in found)


def find_left(connection: Connection, row: Row[Any]) -> dict[Metal, Decimal]:
    """What of a listing that is public, or becomes so, nobody has taken, in kg/a per metal."""
    standing = connection.execute(_standing(submissions.c.uscc == row.uscc).order_by(submissions.c.id)).all()
    cases = [it.case_number for it in standing]
    published = select(steps.c.subject).where(steps.c.subject.in_(cases), steps.c.step == Step.PUBLISHED, counts())
    public = {row.case_number, *connection.scalars(published)}
    return _share(standing, read_entries(connection, [row.uscc]), public)[row.case_number]


def _standing(*where: ColumnElement[bool]) -> Select[Any]:
    return select(submissions).where(submissions.c.withdrawn_on.is_(None), *where)


def _share(
    rows: Sequence[Row[Any]], known: Iterable[Entry], published: Container[str]
) -> dict[str, dict[Metal, Decimal]]:
    """By case what its listing has left; `rows` are all standing ones of the companies."""
    listed: dict[str, list[Submission]] = {}
    entries: dict[str, list[Entry]] = {}
    for row in rows:
        listed.setdefault(row.uscc, []).append(present_submission(row, published=row.case_number in published))
    for entry in known:
        entries.setdefault(entry.uscc, []).append(entry)
    found: dict[str, dict[Metal, Decimal]] = {}
    for uscc, own in listed.items():
        found |= share(own, entries.get(uscc, ()), published)
    return found


def _find(connection: Connection, case: str) -> Row[Any]:
    row = find_submission(connection, case)
    if row is None:
        check_step(Step.PUBLISHED, case, [it.step for it in steps_of(connection, [case])])
        raise IllegalStep("NOT_LISTED", f"案件 {case} 没有可发布的供需信息")
    if row.withdrawn_on is not None:
        raise IllegalStep("STEP_BARRED", f"案件 {case} 不能办理“发布供需信息”：已办理“撤回供需信息”")
    return row


def _renewal(row: Row[Any], left: Mapping[Metal, Decimal]) -> Step:
    return Step.REOFFERED if row.kind == Kind.SUPPLY and any(left.values()) else Step.UPDATED


def _refuse_early(case: str, verified_on: date, on: date) -> None:
    if on < verified_on:
        raise IllegalStep("TOO_EARLY", f"案件 {case} 的发布日期 {on} 早于核验日期 {verified_on}")


def _take(
    connection: Connection, row: Row[Any], name: Step, on: date, actor: str, announced: str | None = None
) -> None:
    left = find_left(connection, row)
    told = {"figures": {metal.value: plain(quantity) for metal, quantity in left.items()}}
    more = {"announcement": announced} if announced else {}
    taken = step(name, row.case_number, on, row.case_number)
    take(connection, taken, actor, others=[[row.uscc]], detail=told | more)


def _last_stated(connection: Connection, case: str) -> Mapping[Metal, Decimal]:
    own = (steps.c.subject == case, steps.c.step.in_(_PUBLIC), counts())
    row = connection.execute(select(steps).where(*own).order_by(steps.c.id.desc()).limit(1)).one()
    return _figures(row)


def _read_stated(connection: Connection) -> dict[str, list[Row[Any]]]:
    """By case all steps by which its figures were made public, oldest first."""
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(steps).where(steps.c.step.in_(_PUBLIC), counts()).order_by(steps.c.id)):
        found.setdefault(row.subject, []).append(row)
    return {case: rows for case, rows in found.items() if any(row.step == Step.PUBLISHED for row in rows)}


def _figures(row: Row[Any]) -> dict[Metal, Decimal]:
    return {Metal(metal): Decimal(quantity) for metal, quantity in row.detail.get("figures", {}).items()}


def _present(
    row: Row[Any], figures: Mapping[Metal, Decimal], left: Mapping[Metal, Decimal], public: list[Row[Any]]
) -> Published:
    return Published(
        case=row.case_number,
        kind=Kind(row.kind),
        uscc=row.uscc,
        name=row.name,
        project=row.project,
        figures=dict(figures),
        free={metal: left[metal] for metal in figures},
        published_on=public[0].on,
        renewed_on=public[-1].on,
        stated=_figures(public[-1]),
    )
