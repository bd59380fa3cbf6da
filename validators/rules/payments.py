"""Rules on bank slips: who paid whom, how much, once, and really."""

import re
from decimal import Decimal

from domain.books import Books
from domain.dossier import Dossier
from domain.field import Doubt, Status
from domain.finding import Severity
from domain.likeness import may_be_one_bank
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from reference.provisions import guide, practice
from validators.compare import decide, fold_code, fold_name, kinship
from validators.figures import differ
from validators.items import money
from validators.linking import NO_LEDGER
from validators.parties import Role, party
from validators.payments import PAYMENT, REFUND, add_up, earlier, kind_of, may_be_earlier, missing_payment, paid_amount
from validators.places import Place, text
from validators.prices import sum_field
from validators.registry import NotApplicable, Problem, rule
from validators.wording import SLIPS

WORDS = practice("付款凭证大写与小写金额应当一致，以票据填写规则为准。")
WHOLE = re.compile(r"(?:公司|集团|厂|矿|社|所|站|院|中心)$")  # a company's name that is not cut off ends like this
ONE_PAYMENT = practice("一笔银行流水只能作为一次付款；补打的回单与原回单是同一笔付款。")


@rule("PAY-001", Severity.BLOCK, "付款人和收款人", cites=guide("4(5)"))
def payer_and_payee(slip: PaymentSlip, contract: Contract) -> Problem | None:
    """Payer is the 受让方, payee is the 出让方 or the account that the contract names."""
    _only_payments(slip)
    return decide(lambda: _payer(slip, contract), lambda: _payee(slip, contract))


@rule("PAY-002", Severity.BLOCK, "付款合计等于合同总价", cites=guide("4(5)"))
def paid_in_full(contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """Payments add up to the contract's total, each serial once, earlier cases included (less: R, instalment)."""
    missing_payment(dossier)
    paid, total = add_up(dossier, contract, books).figure, money(sum_field(contract, "total"))
    problem = differ(paid, total)
    if problem is None:
        return None
    if paid.value > total.value:
        return problem._replace(message=f"{problem.message}，付款多于合同总价")
    if not books.complete:
        raise Doubt(why=f"{problem.message}，{NO_LEDGER}，不知此前是否已付部分价款")
    if may_be_earlier(total.value - paid.value, contract, dossier, books):
        raise Doubt(contract.number, why=f"{problem.message}，差额可能此前已付，但合同编号未能确定")
    return problem._replace(message=f"{problem.message}，付款少于合同总价，疑为分期付款", severity=Severity.REVIEW)


@rule("PAY-003", Severity.BLOCK, "凭证金额大小写一致", cites=WORDS)
def slip_words_and_figures(slip: PaymentSlip) -> Problem | None:
    """Slip: amount in words = amount in figures."""
    kind = text(slip, "kind").field
    if kind.certain and kind.value == "fee":
        raise NotApplicable("手续费回单不是价款")
    return differ(money(paid_amount(slip, "amount_in_words")), money(paid_amount(slip)))


@rule("PAY-004", Severity.BLOCK, "银行流水未重复使用", cites=ONE_PAYMENT)
def serial_used_once(slip: PaymentSlip, contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """The slip's serial was not used for another payment; a reprint is the same payment."""
    _only_payments(slip)
    serial = text(slip, "serial")
    return decide(lambda: _twice_here(slip, serial, dossier), lambda: _used_before(slip, contract, dossier, books))


@rule("PAY-005", Severity.BLOCK, "凭证确为付款回单", cites=guide("4(5)"))
def really_a_payment(slip: PaymentSlip, contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """The slip is a payment, not a refund, a fee or an application form.

    Beside payments that cover the total (refunds taken off) such a slip proves nothing and hinders nothing.
    """
    kind = kind_of(slip)
    if kind == PAYMENT:
        return None
    what = f"{text(slip, 'kind').stands}是{SLIPS.get(kind, kind)}"
    if _covered(contract, dossier, books):
        raise NotApplicable(f"{what}，不计入付款，其余付款已足额")
    why = "该笔款项已退回，应从已付款项中扣除" if kind == REFUND else "不能证明价款已付"
    return Problem(f"{what}，{why}")


def _only_payments(slip: PaymentSlip) -> None:
    kind = kind_of(slip)
    if kind != PAYMENT:
        raise NotApplicable(f"该凭证是{SLIPS.get(kind, kind)}，不是付款")


def _payer(slip: PaymentSlip, contract: Contract) -> Problem | None:
    payer, buyer = text(slip, "payer_name"), party(contract, Role.TRANSFEREE, "name")
    return None if _same_name(payer, buyer) else _other(payer, (buyer,))


def _payee(slip: PaymentSlip, contract: Contract) -> Problem | None:
    """The seller by name, or the holder of the account that the contract names, and then that very account."""
    payee, seller = text(slip, "payee_name"), party(contract, Role.TRANSFEROR, "name")
    holder = party(contract, Role.TRANSFEROR, "account_name")
    if _same_name(payee, seller):
        return None
    if holder.missing or holder.blank:
        return _other(payee, (seller,))
    if not _same_name(payee, holder):
        return _other(payee, (seller, holder))
    account, named = text(slip, "payee_account"), party(contract, Role.TRANSFEROR, "account")
    if fold_code(account.known) == fold_code(named.known):
        return None
    return Problem(f"{account.says}，{named.says}，二者不一致", (account.evidence, named.evidence))


def _same_name(left: Place[str], right: Place[str]) -> bool:
    return fold_name(left.known) == fold_name(right.known)


def _other(paid: Place[str], wanted: tuple[Place[str], ...]) -> Problem:
    """A slip that shows only the beginning of the right name may have been cut, by its bank or in reading."""
    short = fold_name(paid.known)
    if not WHOLE.search(short) and any(fold_name(it.known).startswith(short) for it in wanted):
        raise Doubt(paid.field, why=f"{paid.says}，可能只是{wanted[0].shown}的前一部分")
    says = "，".join(it.says for it in wanted)
    hint = kinship(fold_name(wanted[0].known), fold_name(paid.known))
    return Problem(f"{paid.says}，而{says}，不一致{hint}", (paid.evidence, *(it.evidence for it in wanted)))


def _twice_here(slip: PaymentSlip, serial: Place[str], dossier: Dossier) -> Problem | None:
    """Another slip of the package with the same serial and another amount."""
    amount = paid_amount(slip)
    for other in dossier.of(PaymentSlip):
        theirs = other.serial
        if other is slip or not (theirs.certain and theirs.value) or fold_code(theirs.value) != fold_code(serial.known):
            continue
        second = paid_amount(other)
        if second.known != amount.known:
            message = f"{serial.says}，同一流水号的两份凭证金额不同：{amount.says}，{second.says}"
            return Problem(message, (serial.evidence, amount.evidence, second.evidence))
    return None


def _used_before(slip: PaymentSlip, contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """An earlier payment with the same serial; for this same contract it is the same payment once more.

    Serials are each bank's own: one that another bank gave is doubt, for a bank's name is easily misread.
    """
    serial = text(slip, "serial")
    code = fold_code(serial.known)
    own = [amount for number, amount in earlier(contract, dossier, books) if number == code]
    if own:
        return _other_amount(slip, own[0])
    used = next((it for it in books.payments if fold_code(it.serial) == code), None)
    if used is None and not books.complete:
        raise Doubt(serial.field, why=f"{NO_LEDGER}，不能断定{serial.stands}{serial.shown}未曾使用")
    if used is None:
        return None
    if contract.number.status is Status.UNSURE:
        raise Doubt(contract.number, why=f"{text(contract, 'number').doubt}，不能断定流水号是否用于同一合同")
    what = f"（合同{used.contract}，{used.amount:f} 元）" if used.contract else f"（{used.amount:f} 元）"
    message = f"{serial.says}，该流水号已用于{used.case}{what}"
    if not _may_be(used.bank, slip):
        raise Doubt(serial.field, why=f"{message}，但该笔由{used.bank}出具")
    return Problem(message, (serial.evidence,))


def _other_amount(slip: PaymentSlip, before: Decimal) -> Problem | None:
    amount = paid_amount(slip)
    if amount.known == before:
        return None
    message = f"{text(slip, 'serial').says}，{amount.says}，而此前同一合同以该流水号付款{before:f} 元"
    return Problem(message, (text(slip, "serial").evidence, amount.evidence))


def _may_be(bank: str | None, slip: PaymentSlip) -> bool:
    """Whether a bank may be the slip's; a name that was not read for certain may be any."""
    return may_be_one_bank(bank, slip.bank.value if slip.bank.certain else None)


def _covered(contract: Contract, dossier: Dossier, books: Books) -> bool:
    """Whether the certain payments cover the total all the same."""
    try:
        total: Decimal = sum_field(contract, "total").known
        return add_up(dossier, contract, books).value >= total > 0
    except Doubt:
        return False
