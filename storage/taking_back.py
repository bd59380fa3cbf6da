"""Deals taken back: what a case told of a sale counts no more once the case was reopened or refused."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from domain.accounts import Act, Cause, Entry
from domain.acts import give_back, revoke
from domain.life import Step
from domain.postings import Sale
from storage import events
from storage.accounts import add_entries, entries_of, lock_accounts
from storage.book_tables import notices, sales
from storage.database import clean
from storage.deal_steps import untell
from storage.deals import Stage, stands
from storage.listings import tell
from storage.payments import pay, take_back_payments
from storage.steps import take_back


def take_back_deals(connection: Connection, case: str, reason: str, on: date, actor: str, *, refused: bool) -> None:
    """Takes back what a case's contract transferred; of a refused case also what its agreement reserved.

    What another case's papers still prove stays: its contract keeps the kilograms transferred, its agreement keeps
    them reserved. Nothing is removed: entries go the other way round, and what the case told stays marked. Nothing
    happens where the case told of no sale.
    """
    own = (sales.c.case_number == case, stands())
    meant = own if refused else (*own, sales.c.stage == Stage.CONTRACTED)
    told = connection.execute(select(sales).where(*meant).order_by(sales.c.id)).all()
    now = datetime.now(UTC)
    connection.execute(update(sales).where(sales.c.id.in_([row.id for row in told])).values(taken_back_at=now))
    take_back_payments(connection, case, now)
    take_back(connection, case, {Step.VERIFIED}, on, actor, reason)
    for deal in dict.fromkeys(row.deal for row in told):
        _take_back(connection, Act(case=case, deal=deal, at=now, on=on), reason, actor)


def _take_back(connection: Connection, act: Act, reason: str, actor: str) -> None:
    left = connection.execute(select(sales).where(sales.c.deal == act.deal, stands()).order_by(sales.c.id)).all()
    proving = [row for row in left if row.stage == Stage.CONTRACTED]
    for row in proving:  # the other party's slips are the same payments
        for payment in Sale.model_validate(row.content).payments:
            pay(connection, payment)
    new = () if proving else _move_back(connection, act, left)
    if not proving:
        agreed = bool(left)
        untell(connection, str(act.deal), reason, act.on, actor, act.at, agreed_by_others=agreed)
    if not left:
        _end_notices(connection, str(act.deal), reason)
    told = {"reason": reason, "on": str(act.on), "deal": act.deal, "kept_by": sorted({row.case_number for row in left})}
    events.append(connection, act.case, actor, "taken_back", told | {"entries": tell(new)})


def _move_back(connection: Connection, act: Act, left: Sequence[Row[Any]]) -> tuple[Entry, ...]:
    known = lock_accounts(connection, {(it.uscc, it.metal) for it in entries_of(connection, str(act.deal))})
    new = revoke(known, act)
    if not left:
        new += give_back([*known, *new], act, Cause.DEAL_WITHDRAWN)
    add_entries(connection, new)
    return new


def _end_notices(connection: Connection, deal: str, reason: str) -> None:
    """The notices of a deal that nobody's papers tell of any more came to nothing."""
    cases = select(sales.c.case_number).where(sales.c.deal == deal)
    own = (notices.c.case_number.in_(cases), notices.c.failed.is_(None))
    connection.execute(update(notices).where(*own).values(failed=clean(reason)))
