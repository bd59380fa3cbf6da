"""Makes each paper that goes out from what the ledger has, without accounts: one source for all formats and doors."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from domain.dossier import Kind
from domain.outgoing import (
    Announcement,
    NoticeSpan,
    Publication,
    PublicNotice,
    Receipt,
    ReceivedFile,
    Sender,
    bargain_of,
    completed_on,
)
from domain.page import Frozen
from domain.statistics import Dimension
from reference.calendar import CHINA, Pause, notice_ends
from reference.policy import policy
from reports.outgoing.figures import Published, lay_statistics
from reports.outgoing.laying import lay_announcement, lay_notice, lay_publication, lay_receipt
from reports.outgoing.writing import Outgoing
from review.accounts import mask_of
from review.masking import UNKNOWN, Mask, cover
from storage.handed_in import find_upload_receipt
from storage.ledger import Ledger
from storage.published import NothingToTell, ToldDeal, find_deal_of, name_company, read_offers, read_statistics
from storage.settings import Settings

F = TypeVar("F", bound=Frozen)
ALL = tuple(Dimension)
LAST = date(2100, 1, 1)  # behind it calendars end
SENDER = Sender(name="受理部门（盖章）")


def sender_of(settings: Settings) -> Sender:
    """Who signs, as the settings say."""
    return Sender(name=settings.issuer, contact=settings.contact)


def today() -> date:
    """The day in Guizhou."""
    return datetime.now(CHINA).date()


def make_receipt(
    ledger: Ledger, case: str, sender: Sender, on: date | None = None, mask: Mask | None = None
) -> Outgoing:
    """受理回执 of a case's newest version; raises UnknownCase, StorageAway."""
    record = ledger.show(case)
    told, files = record.case, record.files
    receipt = Receipt(
        case=case,
        version=told.version,
        receipt=told.receipt,
        upload=find_upload_receipt(ledger.database, case, told.version),
        package=told.package,
        kind=Kind(told.kind) if told.kind else None,
        company=name_company(ledger.database, case) or None,
        submitted_on=told.submitted_on,
        received_at=told.received_at,
        files=tuple(ReceivedFile(name=it.name, size=it.size, sha256=it.sha256) for it in files),
        on=on or today(),
        sender=sender,
    )
    veiled = _veil(receipt, mask or mask_of(ledger.database, case))
    return Outgoing("receipt", veiled, lay_receipt(veiled))


def make_publication(ledger: Ledger, sender: Sender, on: date | None = None) -> Outgoing:
    """供需信息 as they stand now; raises StorageAway."""
    told = _veil(Publication(on=on or today(), sender=sender, offers=read_offers(ledger.database)), UNKNOWN)
    return Outgoing("publication", told, lay_publication(told))


def make_notice(ledger: Ledger, case: str, sender: Sender, on: date | None = None) -> Outgoing:
    """公示 of the agreement of which a case told; raises UnknownCase, NothingToTell, StorageAway."""
    ledger.claimed(case)
    deal = find_deal_of(ledger.database, case)
    if deal.opened_on is None:
        raise NothingToTell("NO_NOTICE", f"案件 {case} 的协议尚未公示")
    told = _veil(tell_notice(deal, sender, on or deal.opened_on), mask_of(ledger.database, case))
    return Outgoing("notice", told, lay_notice(told))


def make_announcement(ledger: Ledger, case: str, sender: Sender, on: date | None = None) -> Outgoing:
    """交易结果公告 of the contract of which a case told; raises UnknownCase, NothingToTell, StorageAway."""
    ledger.claimed(case)
    deal = find_deal_of(ledger.database, case)
    told = tell_result(deal, sender, on or today())
    if told is None:
        raise NothingToTell("NO_CONTRACT", f"案件 {case} 尚无登记的交易合同，不能公告交易结果")
    veiled = _veil(told, mask_of(ledger.database, case))
    return Outgoing("announcement", veiled, lay_announcement(veiled))


def make_statistics(
    ledger: Ledger, sender: Sender, by: Sequence[Dimension] = ALL, since: date | None = None, until: date | None = None
) -> Outgoing:
    """The statistics of a period, both days included; raises StorageAway."""
    counted = read_statistics(ledger.database, tuple(by), since, min(until or today(), LAST))
    told = Published(sender=sender, statistics=counted)
    return Outgoing("statistics", told, lay_statistics(counted, sender))


def tell_notice(deal: ToldDeal, sender: Sender, on: date) -> PublicNotice:
    """What the notice of a deal says."""
    bargain = bargain_of(deal.deal, deal.sale)
    return PublicNotice(bargain=bargain, span=span_of(deal), on=on, sender=sender, failed=deal.failed)


def span_of(deal: ToldDeal) -> NoticeSpan:
    """The days of a deal's notice by each reading; an objection stops them until it is settled."""
    assert deal.opened_on is not None
    days = policy().notice_days.value
    ends = notice_ends(deal.opened_on, days, paused=[Pause(*it) for it in deal.paused])
    return NoticeSpan(opened_on=deal.opened_on, days=days, paused=deal.paused, **ends._asdict())


def tell_result(deal: ToldDeal, sender: Sender, on: date) -> Announcement | None:
    """What the announcement of a deal says; None before there is a contract."""
    done = deal.completed_on or completed_on(deal.sale)
    if not deal.contracted or deal.sale.signed_on is None or done is None:
        return None
    return Announcement(
        bargain=bargain_of(deal.deal, deal.sale),
        contract=deal.sale.contract,
        signed_on=deal.sale.signed_on,
        completed_on=done,
        number=deal.number,
        on=deal.announced_on or on,
        draft=deal.announced_on is None,
        sender=sender,
    )


def _veil(told: F, mask: Mask) -> F:
    """The paper without account numbers, wherever a misreading may have put them."""
    return type(told).model_validate(cover(told.model_dump(mode="json"), mask))
