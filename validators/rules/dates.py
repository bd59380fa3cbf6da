"""Rules on days: the public notice, the order of a deal, nothing in the future or before the company existed."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from domain.books import Books
from domain.document import Document
from domain.dossier import Dossier, Kind
from domain.field import Doubt, Field
from domain.finding import Severity
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.contract import Contract
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.transfer_agreement import TransferAgreement
from reference.calendar import Pause as Stop
from reference.calendar import notice_ends
from reference.policy import policy
from reference.provisions import guide, practice
from validators.compare import Check, every
from validators.notices import Notice, contradicted, cut_short, find_notice
from validators.payments import PAYMENT
from validators.places import Place, day, text
from validators.registry import NotApplicable, Problem, rule

REAL_DAYS = practice("文书日期不应晚于提交之日，也不应早于企业成立之日。")
UNKNOWN_HOLIDAYS = timedelta(days=14)  # more than a year's longest holiday can put off, where it is not known yet
AHEAD = frozenset({"valid_from", "valid_to", "notice_to"})  # days that may well lie ahead


@rule("TIM-001", Severity.BLOCK, "公示期满后签约", cites=guide("4(4)"))
def after_the_notice(contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """The contract is dated after the 20 days of public notice; between the readings of 20日 it is doubt."""
    signed = day(contract, "signed_on")
    notice = find_notice(contract, dossier, books)
    if notice is None:
        return _without_notice(signed, dossier)
    if notice.failed:
        why = f"{notice.says}，该公示未通过（{notice.failed}），不应签订合同"
        return Problem(why, (signed.evidence, *notice.evidence))
    days = policy().notice_days.value
    return every(partial(_too_early, signed, notice), partial(cut_short, contract, notice, days))


@rule("TIM-002", Severity.REVIEW, "协议、公示、合同、付款、报备先后有序", cites=(guide("4(4)"), guide("4(5)")))
def days_in_order(contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """Agreement ≤ notice < contract ≤ payment ≤ filing."""
    signed = day(contract, "signed_on")
    agreements = [day(paper, "signed_on") for paper in dossier.of(TransferAgreement)]
    if not agreements:
        raise Doubt(why="缺少协议转让书")
    return every(
        *(partial(_not_after, agreed, signed) for agreed in agreements),
        *(partial(_notice_between, agreed, signed, dossier, books) for agreed in agreements),
        *_payments(signed, dossier),
    )


@rule("TIM-003", Severity.REVIEW, "日期不在将来且不早于企业成立", cites=REAL_DAYS)
def plausible_days(dossier: Dossier) -> Problem | None:
    """No date lies in the future or before the company existed; a term's end may well lie ahead."""
    places = [it for document in dossier.documents for it in _days(document)]
    if not places:
        raise NotApplicable("材料中没有读到日期")
    return every(
        *(partial(_in_future, it, dossier.today) for it in places if it.path not in AHEAD),
        *(partial(_before, it, start) for start in _established(dossier) for it in places if it.path != start.path),
    )


def _without_notice(signed: Place[date], dossier: Dossier) -> Problem | None:
    """A notice cannot begin before the agreement is signed, so some contracts are too early whenever it began."""
    agreed = [day(paper, "signed_on") for paper in dossier.of(TransferAgreement)]
    known = [it for it in agreed if it.field.certain and it.field.value]
    if known:
        last = max(known, key=lambda it: it.known)
        ends = notice_ends(last.known, policy().notice_days.value)
        if signed.known <= ends.earliest:
            message = f"{signed.says}，而{last.says}，即使当日公示，公示期也要到{ends.earliest}才满"
            return Problem(message, (signed.evidence, last.evidence))
    raise Doubt(why="没有查到公示起始日")


def _too_early(signed: Place[date], notice: Notice) -> Problem | None:
    days = policy().notice_days.value
    if problem := _objected(signed, notice):
        return problem
    ends = notice_ends(notice.opened_on, days, paused=[Stop(it.first, it.last) for it in notice.pauses if it.last])
    if signed.known > ends.latest + (UNKNOWN_HOLIDAYS if not ends.known else timedelta(0)):
        return None
    halted = "，异议办理期间不计" if notice.pauses else ""
    told = f"{signed.says}，{notice.says}，公示{days}日{halted}"
    if signed.known <= ends.earliest:
        return Problem(f"{told}最早于{ends.earliest}期满，签约过早", (signed.evidence, *notice.evidence))
    raise Doubt(signed.field, why=f"{told}按日历日于{ends.calendar}期满、按工作日于{ends.working}期满，签约在两者之间")


def _objected(signed: Place[date], notice: Notice) -> Problem | None:
    """An objection stops the clock until it is settled; one that came after the contract was signed does not."""
    pending = [it for it in notice.pauses if it.last is None and it.first <= signed.known]
    if not pending:
        return None
    told = f"{signed.says}，{notice.says}，而{pending[0].first}收到的异议尚未办结"
    return Problem(told, (signed.evidence, *notice.evidence))


def _not_after(first: Place[date], second: Place[date]) -> Problem | None:
    if first.known <= second.known:
        return None
    return Problem(f"{first.says}，晚于{second.says}", (first.evidence, second.evidence))


def _notice_between(agreed: Place[date], signed: Place[date], dossier: Dossier, books: Books) -> Problem | None:
    contract = signed.document
    assert isinstance(contract, Contract)
    notice = find_notice(contract, dossier, books)
    if notice is None:
        raise Doubt(why="没有查到公示起始日")
    if notice.opened_on < agreed.known:
        return Problem(f"{notice.says}，早于{agreed.says}", (*notice.evidence, agreed.evidence))
    if signed.known <= notice.opened_on:
        return Problem(f"{signed.says}，不晚于公示起始日（{notice.says}）", (signed.evidence, *notice.evidence))
    return contradicted(contract, notice)


def _payments(signed: Place[date], dossier: Dossier) -> Iterator[Check]:
    """Slips that are surely no payments have no place in the order."""
    for slip in dossier.of(PaymentSlip):
        kind = text(slip, "kind").field
        if not kind.certain or kind.value == PAYMENT:
            paid = day(slip, "paid_on")
            yield partial(_not_after, signed, paid)
            yield partial(_by, paid, dossier.today)


def _by(paid: Place[date], today: date) -> Problem | None:
    paid.known  # noqa: B018  a payment without day fits nowhere
    return _in_future(paid, today)


def _in_future(it: Place[date], today: date) -> Problem | None:
    if it.field.value is not None and it.field.value <= today:
        return None
    it.known  # noqa: B018  a doubtful reading objects to nothing
    return Problem(f"{it.says}，晚于提交之日{today}", (it.evidence,))


def _before(it: Place[date], established: Place[date]) -> Problem | None:
    if it.field.value is not None and it.field.value >= established.known:
        return None
    it.known  # noqa: B018  a doubtful reading objects to nothing
    return Problem(f"{it.says}，早于{established.says}", (it.evidence, established.evidence))


def _days(document: Document) -> list[Place[date]]:
    """The days that a document prints."""
    fields = ((key, getattr(document, key)) for key in type(document).model_fields)
    return [day(document, key) for key, it in fields if isinstance(it, Field) and isinstance(it.value, date)]


def _established(dossier: Dossier) -> list[Place[date]]:
    """The day the company was founded; a deal's papers are of two companies."""
    if dossier.kind is Kind.TRANSFER:
        return []
    found = [day(licence, "established_on") for licence in dossier.of(BusinessLicence)]
    return [it for it in found if it.field.certain and it.field.value]
