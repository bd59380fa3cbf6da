"""Decisions on cases: recorded once, in force until undone, and refused where somebody else was faster."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from domain.decision import CLOSED, OF_ITEMS, Act, Decision, Draft, Ending, in_force
from domain.errors import ExitCode, HeyanError
from domain.life import Step
from domain.page import Frozen
from domain.postings import Posting
from reference.calendar import CHINA
from storage import books, events
from storage.cases import find_package
from storage.database import Database
from storage.decided import insert_decision, read_case_decisions, read_decisions, tell_decision
from storage.drawing import draw_once, mark
from storage.holding import Held, held_by_others, take_over, touched
from storage.items import is_waiting, list_every_item
from storage.queue import Taken
from storage.recording import Run, change_package, record_run
from storage.records import Item, ItemState
from storage.refreshing import is_reconciled, refresh_items
from storage.schema import events as log
from storage.schema import packages, review_items
from storage.steps import step, take, take_back_last

_TAKES_BACK = frozenset({Act.REOPEN, Act.REFUSE})  # what the case put into the books counts no more
_STEPS = {Act.RETURN: Step.RETURNED, Act.REFUSE: Step.REFUSED}
_LEASES = ("taken", "released", "assigned", "taken over", "handed back", "drawn")  # they change nothing decided on
_IN_THE_WAY = {ItemState.OPEN: "未处理", ItemState.PENDING: "待复核同意", ItemState.CONFIRMED: "已确认属实"}

_ACTS: Mapping[Act, str] = {
    Act.CORRECT: "更正识读",
    Act.CONFIRM: "确认属实",
    Act.WAIVE: "放行",
    Act.APPROVE: "同意放行",
    Act.RETURN: "退回补正",
    Act.REFUSE: "不予通过",
    Act.VERIFY: "核验通过",
    Act.AGREE: "复核无误",
    Act.REOPEN: "重新打开",
    Act.UNDO: "撤销",
}
_HAPPENED = {
    "checked": "重新核对",
    "quarantined": "隔离",
    "retried": "重新核验",
    "withdrawn": "撤回",
    "reconciled": "对账",
}


class Conflict(HeyanError):
    """Somebody else was faster: `who` changed the item or case at `at`; `what` says how, where that is known."""

    exit_code = ExitCode.REVIEW

    def __init__(self, who: str, at: datetime, what: str = "") -> None:
        name, when = who.partition(":")[2] or who, at.astimezone(CHINA)
        told = f"{name} 已于 {when:%Y-%m-%d %H:%M:%S} {what or '作了改动'}"
        super().__init__("CONFLICT", f"您打开页面之后，{told}；下面是现在的情况，请核对后再决定")
        self.who, self.at, self.what = who, at, what

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.who, self.at, self.what)


class NotNow(HeyanError):
    """The case or the item is not where this could be decided; the message says what stands in the way."""

    exit_code = ExitCode.USAGE


class Taking(Frozen):
    """A decision with all that comes with it, to be recorded as one.

    `edition` is the one of the case that it was worked out on, `item_edition` the one of the item that was on the
    screen; None where any will do. `by` is the name of who decides, `state` the package's afterwards (None: as it is).
    With `over` somebody decides on what others have as well; they lose it.
    """

    draft: Draft
    by: str
    edition: int | None = None
    item_edition: int | None = None
    state: str | None = None
    run: Run | None = None
    posting: Posting | None = None
    over: bool = False


class Decisions:
    """All decisions in a database; each is one transaction with its event. All methods raise StorageAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_case(self, case: str) -> tuple[Decision, ...]:
        """The decisions on all versions of a case, oldest first."""
        with self._database.read() as connection:
            return read_case_decisions(connection, case)

    def of_version(self, case: str) -> tuple[Decision, ...]:
        """The decisions on the newest version of a case, oldest first; raises UnknownCase."""
        with self._database.read() as connection:
            return read_decisions(connection, find_package(connection, case).id)

    def items(self, case: str) -> tuple[Item, ...]:
        """All items of the newest version of a case, whatever their state; raises UnknownCase."""
        with self._database.read() as connection:
            return list_every_item(connection, find_package(connection, case).id)

    def ready(self) -> tuple[str, ...]:
        """The cases in review in which nothing waits for anybody: to be verified, returned or refused."""
        later = packages.alias()
        newest = ~exists().where(later.c.case_number == packages.c.case_number, later.c.version > packages.c.version)
        waits = exists().where(review_items.c.package_id == packages.c.id, is_waiting())
        with self._database.read() as connection:
            wanted = select(packages.c.case_number).where(packages.c.state == "review", newest, ~waits)
            return tuple(connection.scalars(wanted.order_by(packages.c.received_at)))

    def conflict(self, case: str) -> Conflict:
        """Who changed a case last, to be raised; raises UnknownCase."""
        with self._database.read() as connection:
            find_package(connection, case)
            return _conflict(connection, case)

    def take(self, taking: Taking) -> Decision:
        """Records a decision with its run and its posting, or nothing at all.

        Raises UnknownCase, Conflict, Taken, NotNow; Overdrawn, SerialUsed, DealUnclear where the posting cannot be.
        """
        draft = taking.draft
        with self._write() as connection:
            package = find_package(connection, draft.case)
            _check_edition(connection, package, taking)
            if draft.act in OF_ITEMS:
                _check_item(connection, package, taking)
            held = held_by_others(connection, package.id, taking.by, datetime.now(UTC))
            decision = insert_decision(connection, package.id, draft, datetime.now(UTC))
            events.append(connection, draft.case, draft.actor, "decided", _tell(decision, taking.state))
            _apply(connection, package, taking)
            _spare_others(connection, held, taking)
            return decision

    def record(self, case: str, edition: int, run: Run, actor: str) -> None:
        """Writes a run that no decision came of; the package stays where it is. Raises UnknownCase, Conflict."""
        with self._write() as connection:
            package = find_package(connection, case)
            if package.edition != edition:
                raise _conflict(connection, case)
            record_run(connection, case, run, actor, package.state)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            events.lock_chain(connection)
            yield connection


def _apply(connection: Connection, package: Row[Any], taking: Taking) -> None:
    draft, verifies = taking.draft, taking.draft.act is Act.VERIFY
    state = package.state if verifies else taking.state or package.state
    if taking.run is not None:
        record_run(connection, draft.case, taking.run, draft.actor, state, taking.state)
    else:
        change_package(connection, draft.case, {"state": state})
        refresh_items(connection, package.id, datetime.now(UTC))
    if verifies:
        _refuse_unsettled(connection, package.id, draft.case)
        change_package(connection, draft.case, {"state": taking.state})
    if draft.act in _TAKES_BACK:
        today, refused = datetime.now(CHINA).date(), draft.act is Act.REFUSE
        books.take_back(connection, draft.case, draft.reason, today, draft.actor, refused=refused)
    if taking.posting is not None:
        books.post(connection, draft.case, taking.posting, draft.actor)
    _tell_step(connection, draft)
    if verifies:
        draw_once(connection, draft.case)
    if draft.act is Act.REOPEN:
        mark(connection, package.id, True)  # passed wrongly once: the next pass is looked at whatever is drawn


def _tell_step(connection: Connection, draft: Draft) -> None:
    """What goes back for 补正 or is refused takes its step; a return that is undone is none any more."""
    today = datetime.now(CHINA).date()
    if draft.act in _STEPS:
        taken = step(_STEPS[draft.act], draft.case, today, draft.case)
        take(connection, taken, draft.actor, detail={"reason": draft.reason} if draft.reason else {})
    elif draft.act is Act.UNDO and draft.before == Ending.RETURNED:
        take_back_last(connection, draft.case, Step.RETURNED, today, draft.actor, draft.reason)


def _check_edition(connection: Connection, package: Row[Any], taking: Taking) -> None:
    draft = taking.draft
    stale = package.version != draft.version or taking.edition not in (None, package.edition)
    undone = draft.undoes is not None and _last(connection, package) != draft.undoes
    if stale or undone:
        raise _conflict(connection, draft.case)
    open_yet = draft.act in (Act.AGREE, Act.REOPEN) or _is_of_reconciliation(connection, draft.item)
    if package.state in CLOSED and not open_yet:
        raise NotNow("CASE_CLOSED", f"案件 {draft.case} 已办结，不能再作决定")


def _is_of_reconciliation(connection: Connection, item: int | None) -> bool:
    rule = connection.scalar(select(review_items.c.rule).where(review_items.c.id == item)) if item else None
    return rule is not None and is_reconciled(rule)


def _last(connection: Connection, package: Row[Any]) -> int | None:
    standing = in_force(read_decisions(connection, package.id))
    return standing[-1].number if standing else None


def _check_item(connection: Connection, package: Row[Any], taking: Taking) -> None:
    wanted = select(review_items).where(review_items.c.id == taking.draft.item)
    item = connection.execute(wanted.where(review_items.c.package_id == package.id)).one()
    if taking.item_edition not in (None, item.edition):
        raise _conflict(connection, taking.draft.case, item.id)


def _spare_others(connection: Connection, held: Mapping[int, Held], taking: Taking) -> None:
    """Nobody decides on what is in somebody else's hands, be it by a correction or an end of the whole case."""
    own = [one for number, one in held.items() if number == taking.draft.item]
    for one in dict.fromkeys([*own, *touched(connection, held)]):
        if not taking.over:
            raise Taken(*one.hold)
        take_over(connection, one, taking.draft.actor)


def _refuse_unsettled(connection: Connection, package_id: int, case: str) -> None:
    """Nothing may be open or pending; what somebody confirmed to be wrong is not in order either."""
    item = review_items.c
    wanted = select(review_items).where(item.package_id == package_id, item.state.in_(_IN_THE_WAY)).order_by(item.id)
    left = [
        f"{row.rule}{row.subject and f'（{row.subject}）'}{_IN_THE_WAY[row.state]}"
        for row in connection.execute(wanted)
        if not is_reconciled(row.rule)
    ]
    if left:
        raise NotNow("UNSETTLED", f"案件 {case} 尚有 {len(left)} 项未了结，不能核验通过：{'、'.join(left)}")


def _conflict(connection: Connection, case: str, item: int | None = None) -> Conflict:
    """Who changed it last: by a decision on the item, else by whatever happened to the case."""
    for decision in reversed(read_case_decisions(connection, case)):
        if item is not None and decision.item == item:
            return Conflict(decision.actor, decision.at, _name(connection, decision.act, item))
    wanted = select(log).where(log.c.case_number == case, log.c.what.not_in(_LEASES)).order_by(log.c.id.desc())
    last = connection.execute(wanted.limit(1)).one()
    said = connection.execute(wanted.where(log.c.what == "decided", log.c.actor == last.actor).limit(1)).first()
    told = json.loads(said.detail) if said is not None else {}
    what = _name(connection, Act(told["act"]), told.get("item")) if told else _HAPPENED.get(last.what, "")
    return Conflict(last.actor, last.at, what)


def _name(connection: Connection, act: Act, item: int | None) -> str:
    """An act in words, with the rule that it was about; never what somebody typed."""
    rule = connection.scalar(select(review_items.c.rule).where(review_items.c.id == item)) if item else None
    return f"“{_ACTS[act]}”{rule or ''}"


def _tell(decision: Decision, state: str | None) -> dict[str, Any]:
    """A decision as the log tells it, and the state that it gives the case where it does not say so itself."""
    return tell_decision(decision) | ({"case_state": state} if state not in (None, decision.after) else {})
