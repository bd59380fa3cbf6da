"""Deals: what an agreement reserves, a contract transfers, a failed notice returns, and the payments for it."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, insert, select, update

from domain.accounts import Account, Act, Cause, Entry, totals
from domain.acts import STEPS, give_back, reserve, transfer
from domain.books import StandingDeal
from domain.errors import ExitCode, HeyanError
from domain.life import IllegalStep, Step
from domain.likeness import Likeness, liken
from domain.postings import Sale
from domain.quantity import Metal
from storage import events
from storage.accounts import add_entries, entries_of, lock_accounts
from storage.book_tables import notices, sales
from storage.database import clean
from storage.deal_steps import tell_agreed, tell_contracted
from storage.listings import tell
from storage.payments import pay
from storage.steps import step, take


class Stage(StrEnum):
    """How far the papers of a case go."""

    AGREED = "agreed"
    CONTRACTED = "contracted"


class Standing(StrEnum):
    """What became of a deal; told by its entries."""

    RESERVED = "reserved"
    TRANSFERRED = "transferred"
    RETURNED = "returned"


class DealUnclear(HeyanError):
    """A sale may be a deal that was filed before, and nothing says for certain whether it is (DEA-004)."""

    exit_code = ExitCode.REVIEW


def settle(connection: Connection, case: str, sale: Sale, actor: str) -> None:
    """Reserves and transfers what a contract sells, and records its payments; once for each case.

    An agreement that was reserved under another case is taken over; a contract that was filed before, by the other
    party say, moves nothing again. Raises Overdrawn, SerialUsed, DealUnclear, IllegalStep.
    """
    if _has_told(connection, case, Stage.CONTRACTED):
        return
    known = _lock(connection, case, sale)
    deal = find_deal(connection, sale)
    if deal is None:
        _check_clear(connection, case, sale)
    agreed = () if deal else _reserve_anew(known, case, sale)
    deal = deal or case
    tell_agreed(connection, case, deal, sale, actor)
    new = (*agreed, *transfer([*known, *agreed], _act(case, deal, sale.signed_on or sale.agreed_on)))
    add_entries(connection, new)
    for payment in sale.payments:
        pay(connection, payment)
    _tell_sale(connection, case, Stage.CONTRACTED, deal, sale)
    tell_contracted(connection, case, deal, sale, actor)
    told = {"deal": deal, "sale": sale.model_dump(mode="json"), "entries": tell(new)}
    events.append(connection, case, actor, "transferred" if new else "filed_again", told)


def open_notice(connection: Connection, case: str, on: date, sale: Sale | None, actor: str) -> None:
    """Opens the public notice of an agreement (guide 4(4)) and reserves what it sells; raises IllegalStep, Overdrawn.

    `sale` is what the case's agreement says; not needed where the case has told of a sale before.
    """
    if _notice_of(connection, case) is not None:
        raise IllegalStep("NOTICE_OPEN", f"案件 {case} 的协议已公示过，不能再次公示")
    sale = _sale_of(connection, case) or sale
    if sale is None:
        raise IllegalStep("NO_AGREEMENT", f"案件 {case} 没有可公示的协议转让书")
    if on < sale.agreed_on:
        raise IllegalStep("TOO_EARLY", f"公示起始日 {on} 早于协议签订日 {sale.agreed_on}")
    known = _lock(connection, case, sale)
    deal = find_deal(connection, sale)
    _check_unsold(connection, case, sale, deal)
    new = () if deal else _reserve_anew(known, case, sale)
    tell_agreed(connection, case, deal or case, sale, actor)
    take(connection, step(Step.NOTICED, deal or case, on, case), actor, detail={"agreement": sale.agreement})
    add_entries(connection, new)
    if not _has_told(connection, case, Stage.AGREED):
        _tell_sale(connection, case, Stage.AGREED, deal or case, sale)
    number = sale.agreement and clean(sale.agreement)
    row = {"case_number": case, "opened_on": on, "number": number}
    parties = {"transferor": sale.transferor.uscc, "transferee": sale.transferee.uscc}
    connection.execute(insert(notices).values(row | parties))
    events.append(connection, case, actor, "notice_opened", {"from": str(on), "deal": deal, "entries": tell(new)})


def return_deal(connection: Connection, case: str, reason: str, on: date, actor: str) -> None:
    """Gives back what a deal has reserved: its notice, where one was opened, failed; raises IllegalStep.

    `case` is any case that told of the deal.
    """
    row = _last_told(connection, case)
    if row is None:
        raise IllegalStep("NO_AGREEMENT", f"案件 {case} 没有占用排放量的协议，无可退回")
    standing = _standing(connection, row.deal)
    if standing is not Standing.RESERVED:
        why = "的排放量已按合同转让" if standing is Standing.TRANSFERRED else "占用的排放量已退回"
        raise IllegalStep("NOT_RESERVED", f"案件 {case} {why}，无可退回")
    noticed = select(notices.c.id).where(notices.c.case_number.in_(_cases_of(row.deal)))
    failed = connection.scalars(noticed).all()
    connection.execute(update(notices).where(notices.c.id.in_(failed)).values(failed=clean(reason)))
    known = lock_accounts(connection, _accounts(_sale(row)))
    take(connection, step(Step.FAILED, row.deal, on, case), actor, detail={"reason": reason})
    cause = Cause.NOTICE_FAILED if failed else Cause.DEAL_WITHDRAWN
    new = give_back(known, _act(case, row.deal, on), cause)
    add_entries(connection, new)
    events.append(connection, case, actor, cause, {"reason": reason, "deal": row.deal, "entries": tell(new)})


def find_deal(connection: Connection, sale: Sale) -> str | None:
    """The deal that this sale belongs to and that was not returned, by the case under which it was first entered.

    What is only reserved is taken over where nothing says otherwise: its kilograms can be transferred but once. What
    is transferred already must be the same for certain, or a second sale would move nothing.
    """
    fitting = _likenesses(connection, sale)
    same = (deal for deal, likeness in fitting.items() if likeness is Likeness.SAME)
    reserved = (deal for deal, likeness in fitting.items() if _is_to_take_over(connection, deal, likeness))
    return next(same, None) or next(reserved, None)


def find_unclear(connection: Connection, case: str | None, sale: Sale) -> tuple[StandingDeal, ...]:
    """The deals that this sale may be, where it cannot be told; those of the case itself left out."""
    if find_deal(connection, sale) is not None:
        return ()
    unclear = [deal for deal, likeness in _likenesses(connection, sale).items() if likeness is not Likeness.OTHER]
    between = _read_told(connection, sale.transferor.uscc, sale.transferee.uscc)
    return tuple(it for deal in unclear for it in map(_stated, between[deal]) if case not in (deal, it.case))


def find_between(connection: Connection, case: str | None, codes: Collection[str]) -> tuple[StandingDeal, ...]:
    """All deals between these companies that stand, those of the case itself left out."""
    both = sales.c.transferor.in_(codes) & sales.c.transferee.in_(codes) & stands()
    pairs = connection.execute(select(sales.c.transferor, sales.c.transferee).where(both).distinct()).all()
    told = [pair for parties in pairs for pair in _read_told(connection, *parties).items()]
    standing = [pair for pair in told if _standing(connection, pair[0]) is not Standing.RETURNED]
    return tuple(it for deal, rows in standing for it in map(_stated, rows) if case not in (deal, it.case))


def has_deal(connection: Connection, case: str) -> bool:
    """Whether a case told of a sale."""
    return _sale_of(connection, case) is not None


def stands() -> ColumnElement[bool]:
    """Whether a row of `sales` counts: its case was neither reopened nor refused since."""
    return sales.c.taken_back_at.is_(None)


def read_sales(connection: Connection) -> tuple[Sale, ...]:
    """What all cases told of deals, oldest first."""
    return tuple(_sale(row) for row in connection.execute(select(sales).order_by(sales.c.id)))


def _reserve_anew(known: Sequence[Entry], case: str, sale: Sale) -> tuple[Entry, ...]:
    """Reserves for a new deal; what the case has in hand for a sale that its papers now tell otherwise goes back."""
    act = _act(case, case, sale.agreed_on)
    stale = give_back(known, act, Cause.DEAL_WITHDRAWN)
    return (*stale, *reserve([*known, *stale], act, sale))


def _act(case: str, deal: str, on: date) -> Act:
    return Act(case=case, deal=deal, at=datetime.now(UTC), on=on)


def _lock(connection: Connection, case: str, sale: Sale) -> tuple[Entry, ...]:
    """The entries of the sale's accounts, and of those that an earlier telling of the same case named."""
    before = _sale_of(connection, case)
    return lock_accounts(connection, _accounts(sale) + (_accounts(before) if before else []))


def _accounts(sale: Sale) -> list[tuple[str, Metal]]:
    return [(party.uscc, item.metal) for party in (sale.transferor, sale.transferee) for item in sale.items]


def _has_told(connection: Connection, case: str, stage: Stage) -> bool:
    wanted = exists().where(sales.c.case_number == case, sales.c.stage == stage, stands())
    return bool(connection.scalar(select(wanted)))


def _tell_sale(connection: Connection, case: str, stage: Stage, deal: str, sale: Sale) -> None:
    row = {"case_number": case, "stage": stage, "deal": deal, "at": datetime.now(UTC)}
    parties = {"transferor": sale.transferor.uscc, "transferee": sale.transferee.uscc}
    numbers = {"agreement": sale.agreement, "contract": sale.contract}
    texts = {name: text and clean(text) for name, text in numbers.items()}
    connection.execute(insert(sales).values(row | parties | texts | {"content": sale.model_dump(mode="json")}))


def _sale_of(connection: Connection, case: str) -> Sale | None:
    row = _last_told(connection, case)
    return _sale(row) if row else None


def _last_told(connection: Connection, case: str) -> Row[Any] | None:
    own = select(sales).where(sales.c.case_number == case, stands())
    return connection.execute(own.order_by(sales.c.id.desc())).first()


def _sale(row: Row[Any]) -> Sale:
    return Sale.model_validate(row.content)


def _likenesses(connection: Connection, sale: Sale) -> dict[str, Likeness]:
    """How far each standing deal of these parties is this sale: the clearest of what its cases tell."""
    order = (Likeness.OTHER, Likeness.DOUBTFUL, Likeness.SAME, Likeness.OPEN)
    told = _read_told(connection, sale.transferor.uscc, sale.transferee.uscc)
    found = {deal: min((liken(_sale(row), sale) for row in rows), key=order.index) for deal, rows in told.items()}
    return {deal: it for deal, it in found.items() if _standing(connection, deal) is not Standing.RETURNED}


def _read_told(connection: Connection, transferor: str, transferee: str) -> dict[str, list[Row[Any]]]:
    """By deal, the last that each case told of it, oldest first."""
    parties = (sales.c.transferor == transferor, sales.c.transferee == transferee, stands())
    rows = connection.execute(select(sales).where(*parties).order_by(sales.c.id)).all()
    newest = {row.case_number: row for row in rows}
    told: dict[str, list[Row[Any]]] = {}
    for row in newest.values():
        told.setdefault(str(row.deal), []).append(row)
    return told


def _is_to_take_over(connection: Connection, deal: str, likeness: Likeness) -> bool:
    return likeness is Likeness.OPEN and _standing(connection, deal) is Standing.RESERVED


def _stated(row: Row[Any]) -> StandingDeal:
    quantities: dict[Metal, Decimal] = {}
    for item in _sale(row).items:
        quantities[item.metal] = quantities.get(item.metal, Decimal(0)) + item.quantity
    parties = {"transferor": row.transferor, "transferee": row.transferee}
    numbers = {"agreement": row.agreement, "contract": row.contract}
    return StandingDeal(case=row.case_number, quantities=quantities, **parties, **numbers)


def _check_clear(connection: Connection, case: str, sale: Sale) -> None:
    for it in find_unclear(connection, case, sale):
        raise DealUnclear("DEAL_UNCLEAR", f"案件 {case} 的成交可能就是案件 {it.case} 已登记的同一笔，不能确定")
    others = (sales.c.deal == case, sales.c.case_number != case, stands())
    told = connection.scalar(select(sales.c.case_number).where(*others))
    if told is not None:  # two deals would go by one number
        why = f"案件 {case} 先前登记的成交仍由案件 {told} 的材料证明，与现在的材料不是同一笔；请先复核案件 {told}"
        raise DealUnclear("DEAL_UNCLEAR", why)


def _standing(connection: Connection, deal: str) -> Standing:
    stand = totals(entries_of(connection, deal))
    if any(quantity > 0 for place, quantity in stand.items() if place.account in STEPS):
        return Standing.RESERVED
    sold = any(quantity > 0 for place, quantity in stand.items() if place.account is Account.TRANSFERRED)
    return Standing.TRANSFERRED if sold else Standing.RETURNED


def _check_unsold(connection: Connection, case: str, sale: Sale, deal: str | None) -> None:
    if deal is None:
        for it in find_unclear(connection, case, sale):
            raise IllegalStep("DEAL_UNCLEAR", f"案件 {case} 的协议可能就是案件 {it.case} 已登记的同一笔，不能公示")
        return
    if _standing(connection, deal) is Standing.TRANSFERRED:
        raise IllegalStep("ALREADY_SOLD", f"案件 {case} 的协议已签约成交（案件 {deal}），不能再公示")
    if deal != case and _notice_of(connection, deal) is not None:
        raise IllegalStep("NOTICE_OPEN", f"案件 {case} 的协议已在案件 {deal} 公示")


def _notice_of(connection: Connection, case: str) -> Row[Any] | None:
    return connection.execute(select(notices).where(notices.c.case_number == case)).first()


def _cases_of(deal: str) -> Select[Any]:
    return select(sales.c.case_number).where(sales.c.deal == deal, stands())
