"""The public notice of a deal (guide 4(4)): when it began, by the ledger or the contract itself."""

from datetime import date
from typing import NamedTuple

from domain.books import Books
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


class Notice(NamedTuple):
    """The day a notice was uploaded, how a sentence says it, and why it failed if it did."""

    opened_on: date
    says: str
    evidence: tuple[Evidence, ...] = ()
    failed: str | None = None


def find_notice(contract: Contract, dossier: Dossier, books: Books) -> Notice | None:
    """The ledger's notice of both parties' agreement, else the day that the contract states; None where neither does.

    Raises Doubt where the ledger has several and nothing tells which is meant, or a code was not read.
    """
    entries = _entries(contract, dossier, books) if books.notices else []
    standing = [it for it in entries if not it.failed]
    if len({it.opened_on for it in standing}) > 1:
        days = "、".join(it.opened_on.isoformat() for it in standing)
        raise Doubt(why=f"台账中双方有多次公示（{days}），不能确定是哪一次")
    if entries:
        entry = standing[0] if standing else entries[-1]
        return Notice(entry.opened_on, f"台账中公示起始日为{entry.opened_on}", (), entry.failed)
    return _stated(contract)


def _entries(contract: Contract, dossier: Dossier, books: Books) -> list[Entry]:
    """The notices between both parties, of the agreement with this number where that tells them apart."""
    parties = tuple(find_code(contract, dossier, role) for role in Role)
    between = [it for it in books.notices if (it.transferor, it.transferee) == parties]
    numbers = [text(agreement, "number").field for agreement in dossier.of(TransferAgreement)]
    codes = {fold_code(field.value) for field in numbers if field.certain and field.value}
    mine = [it for it in between if it.number and fold_code(it.number) in codes]
    others = [it for it in between if not (it.number and codes)]
    return mine or others


def _stated(contract: Contract) -> Notice | None:
    start = day(contract, "notice_from")
    if start.missing or start.blank:
        return None
    return Notice(start.known, start.says, (start.evidence,))
