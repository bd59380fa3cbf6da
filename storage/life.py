"""The life of cases, companies and deals as it may be looked at: what was taken, what may come, what is missing."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import Connection, Row, exists, func, select

from domain.dossier import Kind
from domain.errors import ExitCode, HeyanError
from domain.life import LIFE, IllegalStep, Side, Step, Subject, check_step, is_sent_back
from domain.page import Frozen
from reference.policy import policy
from storage.announcing import Announced, read_announced
from storage.book_tables import notices, sales, submissions
from storage.cases import find_package
from storage.database import Database
from storage.deal_steps import told_deal
from storage.life_tables import steps
from storage.objecting import Objection, deals_of, find_end, find_objections
from storage.publishing import Published, read_published
from storage.steps import counts

_OF_LISTING = tuple(step for step, law in LIFE.items() if law.subject is Subject.LISTING)
_OF_PAPERS = (Step.RETURNED, Step.REFUSED, Step.VERIFIED)
_PUBLIC = (Step.PUBLISHED, Step.REOFFERED, Step.UPDATED, Step.WITHDRAWN)
_OF_DEAL = tuple(step for step, law in LIFE.items() if law.subject is not Subject.COMPANY and step not in _PUBLIC)


class UnknownLife(HeyanError):
    """Neither a case nor a company of this name took a step."""

    exit_code = ExitCode.USAGE


class StepTaken(Frozen):
    """A step that was recorded; `undone` tells that it was taken back since."""

    step: Step
    title: str
    section: str
    side: Side
    subject: str
    on: date
    at: AwareDatetime
    actor: str
    case: str | None
    detail: dict[str, Any]
    undone: bool


class StepAhead(Frozen):
    """A step that was not taken yet, or may be again; it may be taken now where `why` is empty."""

    step: Step
    title: str
    section: str
    side: Side
    why: str = ""
    missing: tuple[Step, ...] = ()


class Life(Frozen):
    """All steps of a subject, oldest first, and those ahead of it in the order of the guide."""

    subject: str
    kind: Kind | None
    deal: str | None = None
    companies: tuple[str, ...] = ()
    taken: tuple[StepTaken, ...]
    ahead: tuple[StepAhead, ...]

    @property
    def next(self) -> tuple[StepAhead, ...]:
        """What may be taken now."""
        return tuple(it for it in self.ahead if not it.why)


class OpenNotice(Frozen):
    """A public notice that runs: its last day by both readings of 20 days, `moved` to a working day (民法典 203).

    `paused` while an objection is open: then the days that are told are those if it were settled today. `counts` is
    the last day by the policy's reading. `known` is False where the holidays of a year are not known yet.
    """

    case: str
    deal: str
    transferor: str
    transferee: str
    agreement: str | None
    opened_on: date
    calendar: date
    moved: date
    working: date
    counts: date
    known: bool
    paused: bool
    objections: tuple[Objection, ...] = ()

    @property
    def earliest(self) -> date:
        """The end by the reading that is kindest to the parties."""
        return min(self.calendar, self.moved, self.working)

    @property
    def latest(self) -> date:
        """The end by the strictest reading."""
        return max(self.calendar, self.moved, self.working)


class Lives:
    """The lives in a database; nothing is written. All methods raise StorageAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, name: str) -> Life:
        """The life of a case by its number, or of a company by its code; raises UnknownLife."""
        with self._database.read() as connection:
            row = _find_kind(connection, name)
            return _of_case(connection, name, row) if row else _of_company(connection, name)

    def published(self) -> tuple[Published, ...]:
        """The listings that are public, oldest first."""
        with self._database.read() as connection:
            return read_published(connection)

    def unpublished(self) -> tuple[str, ...]:
        """The cases of verified listings that nobody published yet, oldest first."""
        with self._database.read() as connection:
            own = (steps.c.subject == submissions.c.case_number, steps.c.step == Step.PUBLISHED, counts())
            wanted = select(submissions.c.case_number).where(
                submissions.c.withdrawn_on.is_(None), ~exists().where(*own)
            )
            return tuple(connection.scalars(wanted.order_by(submissions.c.id)))

    def announced(self) -> tuple[Announced, ...]:
        """The announcements that stand, oldest first."""
        with self._database.read() as connection:
            return read_announced(connection)

    def open_notices(self, today: date) -> tuple[OpenNotice, ...]:
        """The notices that run: neither contracted nor failed; those that end first come first."""
        with self._database.read() as connection:
            found = _read_open(connection, today)
        return tuple(sorted(found, key=lambda it: (it.earliest, it.case)))

    def week(self, today: date) -> tuple[OpenNotice, ...]:
        """Of the open notices those that end in this week by any reading, are over already, or stand still."""
        last = today + timedelta(6 - today.weekday())
        return tuple(it for it in self.open_notices(today) if it.paused or it.earliest <= last)


def _find_kind(connection: Connection, name: str) -> Row[Any] | None:
    known = connection.scalar(select(func.count()).select_from(steps).where(steps.c.case_number == name))
    return find_package(connection, name) if known else None


def _of_case(connection: Connection, case: str, package: Row[Any]) -> Life:
    deal = told_deal(connection, case) or case
    codes = _codes(connection, case, deal)
    rows = _read(connection, {case, deal, *codes})
    deals = package.kind == Kind.TRANSFER or deal != case or any(LIFE[it.step].subject is Subject.DEAL for it in rows)
    listings = _listings(connection, codes) if deals else set()
    standing = [it.step for it in [*rows, *_read(connection, listings)] if not it.undone]
    own = [it.step for it in rows if it.subject == case and not it.undone]
    ahead = [_look_ahead(step, case, standing) for step in (_OF_DEAL if deals else _OF_LISTING)]
    kind = Kind(package.kind) if package.kind in set(Kind) else None
    return Life(
        subject=case,
        kind=kind,
        deal=deal if deals else None,
        companies=codes,
        taken=rows,
        ahead=tuple(it for it in ahead if _lies_ahead(it.step, own, standing)),
    )


def _of_company(connection: Connection, code: str) -> Life:
    rows = _read(connection, {code})
    if not rows:
        raise UnknownLife("UNKNOWN_LIFE", f"没有案件或企业 {code} 的办理记录")
    cases = connection.scalars(select(submissions.c.case_number).where(submissions.c.uscc == code))
    party = (sales.c.transferor == code) | (sales.c.transferee == code)
    deals = connection.scalars(select(sales.c.deal).where(party))
    return Life(subject=code, kind=None, companies=(code,), taken=_read(connection, {code, *cases, *deals}), ahead=())


def _lies_ahead(step: Step, own: Sequence[Step], taken: Sequence[Step]) -> bool:
    """Whether a step makes sense yet: papers are looked at until they are in order, and come again when sent back."""
    if step is Step.SUBMITTED:
        return is_sent_back(own)
    if step in _OF_PAPERS:
        return not {Step.VERIFIED, Step.REFUSED} & set(own)
    return not (LIFE[step].once and step in taken)


def _look_ahead(step: Step, subject: str, taken: Sequence[Step]) -> StepAhead:
    law = LIFE[step]
    own = {"step": step, "title": law.title, "section": law.section, "side": law.side}
    try:
        check_step(step, subject, taken)
    except IllegalStep as why:
        return StepAhead(**own, why=why.message, missing=why.missing)
    return StepAhead(**own)


def _codes(connection: Connection, case: str, deal: str) -> tuple[str, ...]:
    listed = connection.scalars(select(submissions.c.uscc).where(submissions.c.case_number == case)).all()
    sold = connection.execute(select(sales.c.transferor, sales.c.transferee).where(sales.c.deal == deal)).first()
    return tuple(dict.fromkeys([*listed, *(sold or ())]))


def _listings(connection: Connection, codes: Collection[str]) -> set[str]:
    own = (submissions.c.uscc.in_(codes), submissions.c.withdrawn_on.is_(None))
    return set(connection.scalars(select(submissions.c.case_number).where(*own)))


def _read(connection: Connection, subjects: Collection[str]) -> tuple[StepTaken, ...]:
    wanted = select(steps).where(steps.c.subject.in_(sorted(subjects))).order_by(steps.c.id)
    rows = connection.execute(wanted).all()
    undone = {row.undoes for row in rows}
    return tuple(_present(row, row.id in undone) for row in rows if row.undoes is None)


def _present(row: Row[Any], undone: bool) -> StepTaken:
    law = LIFE[Step(row.step)]
    same = {name: row._mapping[name] for name in ("step", "side", "subject", "on", "at", "actor", "detail")}
    return StepTaken(title=law.title, section=law.section, case=row.case_number, undone=undone, **same)


def _read_open(connection: Connection, today: date) -> list[OpenNotice]:
    rows = connection.execute(select(notices).where(notices.c.failed.is_(None)).order_by(notices.c.id)).all()
    deals = deals_of(connection, [row.case_number for row in rows])
    ended = _ended(connection, set(deals.values()))
    running = [row for row in rows if deals.get(row.case_number, "") not in ended]
    objections = find_objections(connection, {deals[row.case_number] for row in running if row.case_number in deals})
    names = _names(connection, [row.case_number for row in running])
    return [
        _run(row, deal := deals.get(row.case_number, row.case_number), objections.get(deal, []), names, today)
        for row in running
    ]


def _ended(connection: Connection, deals: Collection[str]) -> set[str]:
    over = (steps.c.subject.in_(sorted(deals)), steps.c.step.in_([Step.CONTRACTED, Step.FAILED]), counts())
    return set(connection.scalars(select(steps.c.subject).where(*over)))


def _names(connection: Connection, cases: Collection[str]) -> dict[str, str]:
    """By code how the newest agreement of these cases writes its parties."""
    wanted = select(sales.c.content).where(sales.c.case_number.in_(sorted(cases))).order_by(sales.c.id)
    told = connection.scalars(wanted).all()
    return {it[side]["uscc"]: it[side]["name"] for it in told for side in ("transferor", "transferee")}


def _run(row: Row[Any], deal: str, objections: Sequence[Objection], names: dict[str, str], today: date) -> OpenNotice:
    ends = find_end(row.opened_on, [it.pause for it in objections], today)
    return OpenNotice(
        case=row.case_number,
        deal=deal,
        transferor=names.get(row.transferor, row.transferor),
        transferee=names.get(row.transferee, row.transferee),
        agreement=row.number,
        opened_on=row.opened_on,
        calendar=ends.calendar,
        moved=ends.moved,
        working=ends.working,
        counts=ends.moved if policy().notice_reading.value == "calendar" else ends.working,
        known=ends.known,
        paused=any(it.pause.last is None for it in objections),
        objections=tuple(objections),
    )
