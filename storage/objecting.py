"""Objections to public notices: each stops the clock until it is settled (guide 4(4))."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from domain.books import Notice, Pause
from domain.life import IllegalStep, Step
from reference.calendar import NoticeEnd, notice_ends
from reference.calendar import Pause as Stop
from reference.policy import policy
from storage.book_tables import notices, sales
from storage.database import clean
from storage.deal_steps import told_deal
from storage.life_tables import steps
from storage.steps import counts, step, take


class Objection(NamedTuple):
    """An objection by its number within its deal's notice; `settlement` says how it was settled."""

    number: int
    text: str
    pause: Pause
    settlement: str = ""


def object_to(connection: Connection, case: str, text: str, on: date, actor: str) -> None:
    """Records an objection to the notice of a case's deal; raises IllegalStep, also where that is surely over."""
    deal = told_deal(connection, case) or case
    opened = _opened_on(connection, deal)
    found = find_objections(connection, [deal])[deal]
    if opened is not None and on < opened:
        raise IllegalStep("TOO_EARLY", f"异议日期 {on} 早于公示起始日 {opened}")
    if opened is not None and on > (last := find_end(opened, [it.pause for it in found], on).latest):
        raise IllegalStep("NOTICE_OVER", f"公示已于 {last} 期满，{on} 的异议不再中止公示")
    detail = {"objection": len(found) + 1, "text": clean(text)}
    take(connection, step(Step.OBJECTED, deal, on, case), actor, detail=detail)


def settle_objection(
    connection: Connection, case: str, text: str, on: date, actor: str, number: int | None = None
) -> None:
    """Records how an objection was settled, by default the oldest that is open; raises IllegalStep."""
    deal = told_deal(connection, case) or case
    pending = [it for it in find_objections(connection, [deal])[deal] if it.pause.last is None]
    meant = [it for it in pending if number in (None, it.number)]
    if pending and not meant:
        raise IllegalStep("NO_SUCH_OBJECTION", f"案件 {case} 没有编号为 {number} 的未办结异议")
    if meant and on < meant[0].pause.first:
        raise IllegalStep("TOO_EARLY", f"办结日期 {on} 早于异议日期 {meant[0].pause.first}")
    detail = {"objection": meant[0].number if meant else 0, "text": clean(text)}
    take(connection, step(Step.SETTLED, deal, on, case), actor, detail=detail)


def find_objections(connection: Connection, deals: Collection[str]) -> Mapping[str, list[Objection]]:
    """By deal its objections, oldest first."""
    own = (steps.c.subject.in_(sorted(deals)), steps.c.step.in_([Step.OBJECTED, Step.SETTLED]), counts())
    rows = connection.execute(select(steps).where(*own).order_by(steps.c.id)).all()
    settled = {(row.subject, row.detail["objection"]): row for row in rows if row.step == Step.SETTLED}
    found: dict[str, list[Objection]] = defaultdict(list)
    for row in rows:
        if row.step == Step.OBJECTED:
            found[row.subject].append(_join(row, settled.get((row.subject, row.detail["objection"]))))
    return found


def find_end(opened: date, pauses: Collection[Pause], today: date) -> NoticeEnd:
    """The last day of a notice by both readings of 20 days; days of open objections up to `today` do not count yet."""
    stops = [Stop(it.first, it.last or max(today, it.first)) for it in pauses]
    return notice_ends(opened, policy().notice_days.value, paused=stops)


def read_notices(connection: Connection, codes: Collection[str]) -> tuple[Notice, ...]:
    """The public notices of agreements in which any of these companies is a party, oldest first, with their pauses."""
    party = notices.c.transferor.in_(codes) | notices.c.transferee.in_(codes)
    rows = connection.execute(select(notices).where(party).order_by(notices.c.id)).all()
    deals = deals_of(connection, [row.case_number for row in rows])
    found = find_objections(connection, set(deals.values()))
    return tuple(_present(row, found.get(deals.get(row.case_number, ""), [])) for row in rows)


def deals_of(connection: Connection, cases: Collection[str]) -> dict[str, str]:
    """By case the deal that it last told of, taken back or not."""
    wanted = select(sales.c.case_number, sales.c.deal).where(sales.c.case_number.in_(sorted(cases)))
    return {row.case_number: row.deal for row in connection.execute(wanted.order_by(sales.c.id))}


def _opened_on(connection: Connection, deal: str) -> date | None:
    own = (steps.c.subject == deal, steps.c.step == Step.NOTICED, counts())
    return connection.scalar(select(steps.c.on).where(*own))


def _join(row: Row[Any], settled: Row[Any] | None) -> Objection:
    pause = Pause(first=row.on, last=settled.on if settled else None)
    return Objection(row.detail["objection"], row.detail["text"], pause, settled.detail["text"] if settled else "")


def _present(row: Row[Any], found: Collection[Objection]) -> Notice:
    told = {name: row._mapping[name] for name in Notice.model_fields if name != "pauses"}
    return Notice(**told, pauses=tuple(it.pause for it in found))
