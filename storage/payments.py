"""Payments that cases were settled with; a serial pays once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from domain.books import Payment
from domain.errors import ExitCode, HeyanError
from domain.likeness import may_be_one_bank
from storage.book_tables import payments
from storage.database import clean


class SerialUsed(HeyanError):
    """A bank's serial was used for another payment (PAY-004)."""

    exit_code = ExitCode.REVIEW


def pay(connection: Connection, payment: Payment) -> None:
    """Records a payment; the same one again, by a reprint or by the other party, is none. Raises SerialUsed."""
    known = [it for it in read_payments(connection, {payment.serial}) if may_be_one_bank(it.bank, payment.bank)]
    if any(not _same(it, payment) for it in known):
        told = f"付款流水号 {payment.serial} 已用于案件 {known[0].case} 的另一笔付款"
        raise SerialUsed("SERIAL_USED", told)
    if not known:
        row = payment.model_dump(exclude={"case"}) | {"case_number": payment.case, "bank": clean(payment.bank or "")}
        connection.execute(insert(payments).values(row))


def read_payments(
    connection: Connection, serials: Collection[str], contracts: Collection[str] = ()
) -> tuple[Payment, ...]:
    """All payments with these serials, of whatever bank, and all for contracts of these numbers, oldest first."""
    meant = payments.c.serial.in_(serials) | payments.c.contract.in_(contracts)
    wanted = select(payments).where(meant, payments.c.taken_back_at.is_(None)).order_by(payments.c.id)
    return tuple(_present(row) for row in connection.execute(wanted))


def take_back_payments(connection: Connection, case: str, at: datetime) -> None:
    """The payments of a case that was reopened or refused count no more; their serials may be used."""
    own = (payments.c.case_number == case, payments.c.taken_back_at.is_(None))
    connection.execute(update(payments).where(*own).values(taken_back_at=at))


def _same(known: Payment, payment: Payment) -> bool:
    names = ("paid_on", "contract", "transferor", "transferee")
    pairs = [(getattr(known, name), getattr(payment, name)) for name in names]
    return known.amount == payment.amount and all(None in pair or len(set(pair)) == 1 for pair in pairs)


def _present(row: Row[Any]) -> Payment:
    return Payment(
        case=row.case_number,
        serial=row.serial,
        amount=row.amount,
        paid_on=row.paid_on,
        contract=row.contract,
        bank=row.bank or None,
        transferor=row.transferor,
        transferee=row.transferee,
    )
