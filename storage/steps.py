"""The steps that companies, listings and deals have taken: one row each, never changed, and one event each."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, insert, select

from domain.life import LIFE, Side, Step, Taken, check_step
from storage import events
from storage.life_tables import steps


def take(
    connection: Connection,
    taken: Taken,
    actor: str,
    *,
    others: Iterable[Collection[str]] = (),
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Records a step; `others` are groups of subjects whose steps count as well, such as a deal's listings and a
    listing's company: with each of the groups the step must be legal.

    Raises IllegalStep where something comes first, or nothing may follow.
    """
    for group in list(others) or [()]:
        known = [it.step for it in steps_of(connection, {taken.subject, *group})]
        check_step(taken.step, taken.subject, known)
    _insert(connection, taken, actor, f"step {taken.step}", dict(detail or {}))


def step(name: Step, subject: str, on: date, case: str) -> Taken:
    """A step by the side whose it is."""
    return Taken(subject=subject, step=name, on=on, side=LIFE[name].side, case=case)


def has_taken(connection: Connection, subject: str, name: Step) -> bool:
    """Whether a subject took a step that counts."""
    return connection.scalar(_standing(steps.c.subject == subject, steps.c.step == name).limit(1)) is not None


def take_back(connection: Connection, subject: str, gone: Collection[Step], on: date, actor: str, why: str) -> None:
    """Makes these steps of a subject count no more, by a row the other way round for each; the newest goes first."""
    for row in _newest(connection, subject, gone):
        _undo(connection, row, on, actor, why)


def take_back_last(connection: Connection, subject: str, gone: Step, on: date, actor: str, why: str) -> None:
    """Makes the newest of these steps of a subject count no more; nothing happens where there is none."""
    for row in _newest(connection, subject, [gone])[:1]:
        _undo(connection, row, on, actor, why)


def steps_of(connection: Connection, subjects: Collection[str]) -> tuple[Taken, ...]:
    """The steps of these subjects that count, in the order in which they were recorded."""
    wanted = _standing(steps.c.subject.in_(sorted(subjects))).order_by(steps.c.id)
    return tuple(_present(row) for row in connection.execute(wanted))


def steps_between(connection: Connection, step: Step, first: date, last: date) -> Iterator[Taken]:
    """All steps of a kind that count on these days, the first and the last included."""
    within = (steps.c.step == step, steps.c.on >= first, steps.c.on <= last)
    for row in connection.execute(_standing(*within).order_by(steps.c.on, steps.c.id)):
        yield _present(row)


def counts() -> ColumnElement[bool]:
    """Whether a row of `steps` is a step that was not taken back since."""
    # Said otherwise, SQLite would look for it by the index of `undoes`, in which nearly all rows are alike.
    later = steps.alias()
    return (func.coalesce(steps.c.undoes, 0) == 0) & ~exists().where(later.c.undoes == steps.c.id)


def _standing(*where: ColumnElement[bool]) -> Select[Any]:
    return select(steps).where(counts(), *where)


def _newest(connection: Connection, subject: str, wanted: Collection[Step]) -> Sequence[Row[Any]]:
    own = _standing(steps.c.subject == subject, steps.c.step.in_(sorted(wanted)))
    return connection.execute(own.order_by(steps.c.id.desc())).all()


def _undo(connection: Connection, row: Row[Any], on: date, actor: str, why: str) -> None:
    _insert(
        connection, _present(row).model_copy(update={"on": on}), actor, f"undone {row.step}", {"reason": why}, row.id
    )


def _insert(
    connection: Connection, taken: Taken, actor: str, what: str, detail: dict[str, Any], undoes: int | None = None
) -> None:
    row = taken.model_dump(exclude={"case"}) | {"case_number": taken.case, "detail": detail, "undoes": undoes}
    connection.execute(insert(steps).values(row | {"at": datetime.now(UTC), "actor": actor}))
    told = taken.model_dump(mode="json", exclude={"case"}) | {"section": LIFE[taken.step].section}
    events.append(connection, taken.case, actor, what, told | detail)


def _present(row: Row[Any]) -> Taken:
    return Taken(subject=row.subject, step=Step(row.step), on=row.on, side=Side(row.side), case=row.case_number)
