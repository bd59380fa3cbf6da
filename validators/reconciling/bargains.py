"""REC-003, REC-004 and REC-007: what is sold is paid, noticed, bought and announced alike."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from domain.books import NONE, Payment
from domain.finding import Severity
from domain.quantity import Metal, plain
from domain.reconciling import Account, Bargain, Difference, Later, Pause, PublicNotice, Told
from reference.calendar import Pause as Stop
from reference.calendar import notice_ends
from reference.policy import policy
from reference.provisions import guide
from validators.reconciling.checking import check
from validators.wording import METALS

DAY = timedelta(days=1)


@check("REC-003", Severity.REVIEW, "合同均已付清，付款均有合同", cites=guide("4(5)"))
def paid_and_contracted(company: Account, today: date) -> Told:
    """Every contract is paid and every payment has a contract, within the days set."""
    grace = timedelta(days=policy().payment_days.value)
    for one in company.bargains:
        yield from _paid(one, today, grace)
    for payment in company.strays:
        yield from _strays(company, payment, today, grace)


@check("REC-004", Severity.REVIEW, "公示期满均已签约或撤回", cites=guide("4(4)"))
def noticed_and_contracted(company: Account, today: date) -> Told:
    """No notice has run out without contract or withdrawal."""
    for one in company.bargains:
        notice = one.notice
        if notice is None or notice.failed or one.returned or one.sale.signed_on:
            continue
        ends = last_day(notice, today)
        if ends is not None and today > ends:
            yield _differ("REC-004", one, "", f"公示已于{ends}期满，至{today}既未签约，也未撤回", right=str(ends))
        yield Later((ends or today) + DAY)


@check("REC-007", Severity.BLOCK, "出让、受让与公告的数量相符", cites=guide("4(6)"))
def sold_bought_announced(company: Account, today: date) -> Told:
    """Per metal, sold = bought = announced over any period."""
    for one in company.bargains:
        contracted = {item.metal: item.quantity for item in one.sale.items} if one.sale.signed_on else {}
        for metal in _metals(one.out, one.into, contracted, one.announced or {}):
            yield from _agree(one, metal, contracted)


def last_day(notice: PublicNotice, today: date) -> date | None:
    """The last day of a notice by the strictest reading; None while an objection to it is open."""
    if any(pause.last is None for pause in notice.pauses):
        return None
    stops = [Stop(pause.first, pause.last or today) for pause in _closed(notice.pauses)]
    return notice_ends(notice.opened_on, policy().notice_days.value, paused=stops).latest


def _closed(pauses: Iterable[Pause]) -> list[Pause]:
    return [pause for pause in pauses if pause.last is not None]


def _paid(one: Bargain, today: date, grace: timedelta) -> Told:
    signed, total = one.sale.signed_on, one.sale.total
    if signed is None or total is None or one.returned:
        return
    paid, due = sum((it.amount for it in one.payments), NONE), signed + grace
    if paid > total:
        yield _differ("REC-003", one, "", f"付款合计{plain(paid)}元，多于合同总价{plain(total)}元", paid, total)
    elif paid < total and today > due:
        told = f"合同{signed}签订，至{today}付款合计{plain(paid)}元，少于合同总价{plain(total)}元"
        yield _differ("REC-003", one, "", told, paid, total)
    elif paid < total:
        yield Later(due + DAY)


def _strays(company: Account, payment: Payment, today: date, grace: timedelta) -> Told:
    due = (payment.paid_on or date.min) + grace if payment.paid_on else today - DAY
    if today <= due:
        yield Later(due + DAY)
        return
    slip = f"流水号{payment.serial}，{payment.paid_on or '日期不明'}"
    yield Difference(
        rule="REC-003",
        severity=Severity.REVIEW,
        subject=company.uscc,
        key=f"{payment.bank or ''} {payment.serial}",
        message=f"付款{plain(payment.amount)}元（{slip}）没有对应的交易合同",
        left=plain(payment.amount),
        cases=(payment.case,),
    )


def _agree(one: Bargain, metal: Metal, contracted: dict[Metal, Decimal]) -> Iterator[Difference]:
    sold, bought = one.out.get(metal, NONE), one.into.get(metal, NONE)
    sides = {"合同": contracted.get(metal, NONE), "受让方台账": bought}
    if one.announced is not None:
        sides["交易结果公告"] = one.announced.get(metal, NONE)
    for name, quantity in sides.items():
        if quantity != sold:
            told = f"出让方台账转出{METALS[metal]}{plain(sold)}千克/年，{name}为{plain(quantity)}千克/年"
            yield _differ("REC-007", one, f"{metal} {name}", told, sold, quantity)


def _differ(
    rule: str, one: Bargain, key: str, told: str, left: Decimal | str = "", right: Decimal | str = ""
) -> Difference:
    between = f"{one.sale.transferor.name}向{one.sale.transferee.name}出让（案件{one.deal}）"
    severity = Severity.BLOCK if rule == "REC-007" else Severity.REVIEW
    figures = [plain(it) if isinstance(it, Decimal) else it for it in (left, right)]
    return Difference(
        rule=rule,
        severity=severity,
        subject=one.deal,
        key=key,
        message=f"{between}：{told}",
        left=figures[0],
        right=figures[1],
        cases=one.cases or (one.deal,),
    )


def _metals(*told: Iterable[Metal]) -> list[Metal]:
    found = {metal for some in told for metal in some}
    return [metal for metal in Metal if metal in found]
