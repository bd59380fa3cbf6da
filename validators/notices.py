"""The public notice of a deal (guide 4(4)): when it began, by the ledger or the contract itself."""

import re
from datetime import date
from typing import NamedTuple

from domain.books import Books, Pause
from domain.books import Notice as Entry
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Evidence
from extractors.documents.contract import Contract
from extractors.documents.transfer_agreement import TransferAgreement
from validators.compare import fold_code
from validators.linking import find_code
from validators.parties import Role
from validators.places import day, text
from validators.registry import Problem


class Notice(NamedTuple):
    """The day a notice was uploaded, how a sentence says it, why it failed if it did, and when it stood still."""

    opened_on: date
    says: str
    evidence: tuple[Evidence, ...] = ()
    failed: str | None = None
    pauses: tuple[Pause, ...] = ()


def find_notice(contract: Contract, dossier: Dossier, books: Books) -> Notice | None:
    """The ledger's notice of both parties' agreement, else the day that the contract states; None where neither does.

    Of several, those count that began before the contract was signed. Raises Doubt where the ledger has several of
    them and nothing tells which is meant, or a code was not read.
    """
    entries = _entries(contract, dossier, books) if books.notices else []
    standing = [it for it in entries if not it.failed]
    if len({it.opened_on for it in standing}) > 1:
        signed = day(contract, "signed_on").field
        timely = [it for it in standing if signed.certain and signed.value and it.opened_on < signed.value]
        standing = timely or standing
    if len({it.opened_on for it in standing}) > 1:
        days = "、".join(it.opened_on.isoformat() for it in standing)
        raise Doubt(why=f"台账中双方有多次公示（{days}），不能确定是哪一次")
    if entries:
        entry = standing[0] if standing else entries[-1]
        return Notice(entry.opened_on, f"台账中公示起始日为{entry.opened_on}", (), entry.failed, entry.pauses)
    return _stated(contract)


def _entries(contract: Contract, dossier: Dossier, books: Books) -> list[Entry]:
    """The notices between both parties, of the agreement with this number where that tells them apart.

    One without number that was opened before the agreement was signed is that of an earlier deal.
    """
    parties = tuple(find_code(contract, dossier, role) for role in Role)
    between = [it for it in books.notices if (it.transferor, it.transferee) == parties]
    numbers = [text(agreement, "number").field for agreement in dossier.of(TransferAgreement)]
    codes = {_bare(field.value) for field in numbers if field.certain and field.value}
    mine = [it for it in between if it.number and _bare(it.number) in codes]
    days = [day(agreement, "signed_on").field for agreement in dossier.of(TransferAgreement)]
    agreed = min((field.value for field in days if field.certain and field.value), default=date.min)
    others = [it for it in between if not (it.number and codes) and it.opened_on >= agreed]
    return mine or others


def _bare(number: str) -> str:
    """A document's number without its brackets: 〔2026〕 is written, and read, as [2026] and (2026) as well."""
    return re.sub(r"[\W_]", "", fold_code(number))


def contradicted(contract: Contract, notice: Notice) -> Problem | None:
    """A problem where the contract states another first day than the ledger has."""
    start = day(contract, "notice_from")
    if start.missing or start.blank or start.field.value == notice.opened_on:
        return None
    start.known  # noqa: B018  a doubtful reading objects to nothing
    return Problem(f"{start.says}，而{notice.says}，二者不一致", (start.evidence, *notice.evidence))


def cut_short(contract: Contract, notice: Notice, days: int) -> Problem | None:
    """A problem where the contract states a notice of fewer days, or was signed before its stated end.

    Its first day is not counted (民法典 201); raises Doubt where counting it would make up the days.
    """
    start, end, signed = (day(contract, key) for key in ("notice_from", "notice_to", "signed_on"))
    if end.missing or end.blank:
        return None
    first = notice.opened_on if start.missing or start.blank else start.known
    span = (end.known - first).days
    told = f"{end.says}，距公示起始日{first}为{span}日，不足{days}日"
    if span == days - 1:
        raise Doubt(end.field, why=f"{told}（如计入首日则为{days}日）")
    if span < days:
        return Problem(told, (end.evidence, start.evidence, *notice.evidence))
    if signed.known <= end.known:
        return Problem(f"{signed.says}，不晚于{end.says}", (signed.evidence, end.evidence))
    return None


def _stated(contract: Contract) -> Notice | None:
    start = day(contract, "notice_from")
    if start.missing or start.blank:
        return None
    return Notice(start.known, start.says, (start.evidence,))
