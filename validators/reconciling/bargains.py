"""REC-003, REC-004 and REC-007: what is sold is paid, noticed, bought and announced alike."""

from datetime import date, timedelta
from decimal import Decimal

from domain.books import Payment
from domain.finding import Severity
from domain.quantity import plain
from domain.reconciling import Account, Bargain, Difference, Later, Match, Pair, PublicNotice, Sides, Told
from reference.calendar import Pause as Stop
from reference.calendar import notice_ends
from reference.policy import policy
from reference.provisions import guide
from validators.reconciling.checking import check
from validators.reconciling.pairing import add_up, assign, pairs
from validators.wording import METALS

DAY = timedelta(days=1)
NAMES = {
    Sides.CONTRACT_LEDGER: ("合同", "出让方台账"),
    Sides.SOLD_BOUGHT: ("出让方台账", "受让方台账"),
    Sides.LEDGER_ANNOUNCED: ("出让方台账", "交易结果公告"),
    Sides.CONTRACT_PAID: ("合同", "付款"),
}


@check("REC-003", Severity.REVIEW, "合同均已付清，付款均有合同", cites=guide("4(5)"))
def paid_and_contracted(company: Account, today: date) -> Told:
    """Every contract is paid and every payment has a contract, within the days set."""
    grace = timedelta(days=policy().payment_days.value)
    paid = assign(company)
    for one in company.bargains:
        ours = paid.by_deal.get(one.deal, [])
        if one.sale.signed_on is None:
            for payment in ours:
                yield from _uncontracted(company, payment, today, grace)
        elif not one.returned:
            yield from _paid(one, add_up(ours), today, grace)
    for payment in paid.strays:
        yield from _uncontracted(company, payment, today, grace)


@check("REC-004", Severity.REVIEW, "公示期满均已签约或撤回", cites=guide("4(4)"))
def noticed_and_contracted(company: Account, today: date) -> Told:
    """No notice has run out without contract or withdrawal."""
    for one in company.bargains:
        notice = one.notice
        if notice is None or notice.failed or one.returned or one.sale.signed_on:
            continue
        ends = last_day(notice)
        if ends is None:  # it stands still until the objection is settled, which is an event
            continue
        if today > ends:
            yield _differ("REC-004", one, "", f"公示已于{ends}期满，既未签约，也未撤回", "", str(ends))
        yield Later(ends + DAY)


@check("REC-007", Severity.BLOCK, "出让、受让与公告的数量相符", cites=guide("4(6)"))
def sold_bought_announced(company: Account, today: date) -> Told:
    """Per metal, sold = bought = announced over any period."""
    known = {one.deal: one for one in company.bargains}
    for pair in pairs(company):
        if pair.metal is not None and _is_wrong(pair):
            yield _unequal(company, pair, known.get(pair.case))


def last_day(notice: PublicNotice) -> date | None:
    """The last day of a notice by the strictest reading; None while an objection to it is open."""
    stops = [Stop(pause.first, pause.last) for pause in notice.pauses if pause.last is not None]
    if len(stops) < len(notice.pauses):
        return None
    return notice_ends(notice.opened_on, policy().notice_days.value, paused=stops).latest


def _paid(one: Bargain, paid: Decimal, today: date, grace: timedelta) -> Told:
    signed, total = one.sale.signed_on, one.sale.total
    if signed is None or total is None:
        return
    due, near = signed + grace, policy().reconciliation.value.yuan
    if paid - total > near:
        yield _differ("REC-003", one, "", f"付款合计{plain(paid)}元，多于合同总价{plain(total)}元", total, paid)
    elif total - paid > near and today > due:
        told = f"合同{signed}签订，应于{due}前付清，付款合计{plain(paid)}元，少于合同总价{plain(total)}元"
        yield _differ("REC-003", one, "", told, total, paid)
    elif total - paid > near:
        yield Later(due + DAY)


def _uncontracted(company: Account, payment: Payment, today: date, grace: timedelta) -> Told:
    due = payment.paid_on + grace if payment.paid_on else None
    if due and today <= due:
        yield Later(due + DAY)
        return
    number = f"，所填合同号{payment.contract}" if payment.contract else ""
    slip = f"流水号{payment.serial}，{payment.paid_on or '日期不明'}{number}"
    yield Difference(
        rule="REC-003",
        severity=Severity.REVIEW,
        subject=company.uscc,
        key=f"{payment.bank or ''} {payment.serial} {payment.case}",
        message=f"付款{plain(payment.amount)}元（{slip}）没有对应的交易合同",
        right=plain(payment.amount),
        cases=(payment.case,),
    )


def _is_wrong(pair: Pair) -> bool:
    """What is not announced yet is no mistake."""
    waits = (pair.sides, pair.match) == (Sides.LEDGER_ANNOUNCED, Match.NO_RIGHT)
    return pair.match is not Match.MATCHED and not waits


def _unequal(company: Account, pair: Pair, one: Bargain | None) -> Difference:
    (left, right), metal = NAMES[pair.sides], METALS[pair.metal] if pair.metal else ""
    told = f"{left}{metal}{_kg(pair.left)}，{right}{_kg(pair.right)}"
    if one is not None:
        return _differ("REC-007", one, f"{pair.metal} {pair.sides}", told, pair.left or "", pair.right or "")
    return Difference(
        rule="REC-007",
        severity=Severity.BLOCK,
        subject=pair.case or company.uscc,
        key=f"{company.uscc} {pair.metal} {pair.sides}",
        message=f"{company.name or '案件' + pair.case}：{told}，没有这一笔成交的合同",
        right=plain(pair.right) if pair.right is not None else "",
        cases=(pair.case,) if pair.case else (),
    )


def _kg(quantity: Decimal | None) -> str:
    return "无记载" if quantity is None else f"{plain(quantity)}千克/年"


def _differ(
    rule: str, one: Bargain, key: str, told: str, left: Decimal | str = "", right: Decimal | str = ""
) -> Difference:
    between = f"{one.sale.transferor.name}向{one.sale.transferee.name}出让（案件{one.deal}）"
    figures = [plain(it) if isinstance(it, Decimal) else it for it in (left, right)]
    return Difference(
        rule=rule,
        severity=Severity.BLOCK if rule == "REC-007" else Severity.REVIEW,
        subject=one.deal,
        key=key,
        message=f"{between}：{told}",
        left=figures[0],
        right=figures[1],
        cases=one.cases or (one.deal,),
    )
