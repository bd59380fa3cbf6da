"""What the slips of a package pay, each bank serial counted once."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.books import Books, Payment
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Evidence
from domain.quantity import plain
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from validators.compare import fold_code
from validators.figures import Figure
from validators.items import YUAN
from validators.linking import find_code
from validators.parties import Role
from validators.places import Place, place, text
from validators.wording import LABELS

PAYMENT, REFUND = "payment", "refund"


class Sum(NamedTuple):
    """Money in 元, how it is made up, and where that stands."""

    value: Decimal
    words: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def figure(self) -> Figure:
        words = f"（{'＋'.join(self.words)}）" if len(self.words) > 1 else ""
        shown = f"{plain(self.value)} {YUAN}{words}"
        return Figure(self.value, Decimal(0), "已付款项合计", shown, self.evidence, YUAN)


def paid_amount(slip: PaymentSlip, key: str = "amount") -> Place[Decimal]:
    """`amount` or `amount_in_words` of a slip, in 元."""
    words = "金额（小写）" if key == "amount" else LABELS[key]
    return place(slip, key, words, getattr(slip, key), YUAN)


def kind_of(slip: PaymentSlip) -> str:
    """Payment, refund, fee or application; raises Doubt where that was not read for certain."""
    return text(slip, "kind").known


def of_kind(dossier: Dossier, kind: str) -> list[PaymentSlip]:
    """The slips of one kind; raises Doubt where one's kind is not certain."""
    return [slip for slip in dossier.of(PaymentSlip) if kind_of(slip) == kind]


def add_up(dossier: Dossier, contract: Contract, books: Books) -> Sum:
    """What was paid for a contract: this package's payments, those of earlier cases, refunds taken off.

    Raises Doubt where an amount is not certain, or a serial on which it hangs whether two slips are one payment.
    """
    payments = distinct(of_kind(dossier, PAYMENT))
    refunds = distinct(of_kind(dossier, REFUND))
    here = {_serial_word(slip) for slip in (*payments, *refunds)}
    before = [it for it in earlier(contract, dossier, books) if it[0] not in here]
    parts = [(paid_amount(slip).known, "") for slip in payments]
    parts += [(amount, f"此前{serial}{'付' if amount > 0 else '退汇'}") for serial, amount in before]
    parts += [(-abs(paid_amount(slip).known), "退汇") for slip in refunds]  # some banks print the minus
    evidence = tuple(paid_amount(slip).evidence for slip in (*payments, *refunds))
    words = tuple(f"{note}{plain(amount)}" for amount, note in parts)
    return Sum(sum((amount for amount, _ in parts), Decimal(0)), words, evidence)


def earlier(contract: Contract, dossier: Dossier, books: Books) -> list[tuple[str, Decimal]]:
    """Serial and amount of what earlier cases paid for the same contract: its number between the same companies.

    A refund is an amount below zero.
    """
    number = text(contract, "number")
    if not number.field.certain or not number.field.value:
        return []
    code = fold_code(number.known)
    numbered = (it for it in books.payments if it.contract and fold_code(it.contract) == code)
    own = (it for it in numbered if may_be_between(it, contract, dossier))
    return [(fold_code(it.serial), it.amount) for it in own]


def may_be_between(payment: Payment, contract: Contract, dossier: Dossier) -> bool:
    """Whether a payment may have been made between the contract's parties; a code that is not known may be any."""
    told = {Role.TRANSFEROR: payment.transferor, Role.TRANSFEREE: payment.transferee}
    return all(not code or _code(contract, dossier, role) in (None, fold_code(code)) for role, code in told.items())


def _code(contract: Contract, dossier: Dossier, role: Role) -> str | None:
    try:
        return find_code(contract, dossier, role)
    except Doubt:
        return None


def may_be_earlier(gap: Decimal, contract: Contract, dossier: Dossier, books: Books) -> bool:
    """Whether what is lacking may have been paid before for this contract, whose number was not read."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for it in books.payments:
        if may_be_between(it, contract, dossier):
            sums[it.case] += it.amount
    return not text(contract, "number").field.certain and gap in sums.values()


def distinct(slips: Sequence[PaymentSlip]) -> list[PaymentSlip]:
    """One slip for each payment: a reprint has its original's serial (domain 5.2)."""
    kept: list[PaymentSlip] = []
    for slip in slips:
        if not any(_one_payment(slip, other) for other in kept):
            kept.append(slip)
    return kept


def _one_payment(left: PaymentSlip, right: PaymentSlip) -> bool:
    """By serial; where one was not read, another amount or day also tells two payments apart, else there is doubt."""
    serials = text(left, "serial"), text(right, "serial")
    read = all(it.field.certain for it in serials)
    if not read and (_differ(left, right, "amount") or _differ(left, right, "paid_on")):
        return False
    first, second = (fold_code(it.known) for it in serials)
    return first == second


def _differ(left: PaymentSlip, right: PaymentSlip, key: str) -> bool:
    one, other = getattr(left, key), getattr(right, key)
    return bool(one.certain and other.certain and one.value != other.value)


def _serial_word(slip: PaymentSlip) -> str:
    serial = text(slip, "serial").field
    return fold_code(serial.value) if serial.certain and serial.value else ""


def missing_payment(dossier: Dossier) -> None:
    """Raises Doubt where no slip is a payment: what the slips are instead is another rule's finding."""
    if not of_kind(dossier, PAYMENT):
        raise Doubt(why="所附凭证没有一份是付款回单")
