"""The steps that a deal takes by its papers: agreed, noticed, contracted, filed, and what of it is taken back."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from domain.dossier import Kind
from domain.life import IllegalStep, Step
from domain.postings import Party, Sale
from domain.quantity import Metal
from storage.book_tables import sales, submissions
from storage.cases import find_package
from storage.life_tables import announcements
from storage.steps import has_taken, step, take, take_back

_BY_CONTRACT = frozenset({Step.CONTRACTED, Step.FILED, Step.ANNOUNCED})
_BY_AGREEMENT = frozenset({Step.AGREED, Step.NOTICED, Step.OBJECTED, Step.SETTLED})
SIDES = {Kind.SUPPLY: "出让方", Kind.DEMAND: "受让方"}


def tell_agreed(connection: Connection, case: str, deal: str, sale: Sale, actor: str) -> None:
    """Records the agreement of a deal, once; raises IllegalStep where a party's listing is not published."""
    if has_taken(connection, deal, Step.AGREED):
        return
    groups = list(_find_groups(connection, case, sale))
    told = {"agreement": sale.agreement, "listings": sorted({it for group in groups for it in group})}
    take(connection, step(Step.AGREED, deal, sale.agreed_on, case), actor, others=groups, detail=told)


def tell_contracted(connection: Connection, case: str, deal: str, sale: Sale, actor: str) -> None:
    """Records what a case with contract and payments tells of its deal: verified, noticed, contracted, filed.

    Raises IllegalStep.
    """
    filed_on = find_package(connection, case).submitted_on
    if not has_taken(connection, case, Step.VERIFIED):
        registered = [[sale.transferor.uscc], [sale.transferee.uscc]]
        take(connection, step(Step.VERIFIED, case, filed_on, case), actor, others=registered)
    if sale.noticed_on and not has_taken(connection, deal, Step.NOTICED):
        take(connection, step(Step.NOTICED, deal, sale.noticed_on, case), actor, detail={"told_by": "contract"})
    if not has_taken(connection, deal, Step.CONTRACTED):
        signed = step(Step.CONTRACTED, deal, sale.signed_on or sale.agreed_on, case)
        take(connection, signed, actor, detail={"contract": sale.contract})
    if sale.payments and not has_taken(connection, deal, Step.FILED):
        told = {"payments": [payment.serial for payment in sale.payments]}
        take(connection, step(Step.FILED, deal, filed_on, case), actor, detail=told)


def untell(
    connection: Connection, deal: str, reason: str, on: date, actor: str, at: datetime, *, agreed_by_others: bool
) -> None:
    """Takes back the steps of a deal whose contract counts no more; its agreement's too, where nobody else told it.

    What came to nothing before stays ended.
    """
    if has_taken(connection, deal, Step.FAILED):
        return
    gone = _BY_CONTRACT if agreed_by_others else _BY_CONTRACT | _BY_AGREEMENT
    take_back(connection, deal, gone, on, actor, reason)
    standing = (announcements.c.deal == deal, announcements.c.taken_back_at.is_(None))
    connection.execute(update(announcements).where(*standing).values(taken_back_at=at))


def find_listings(connection: Connection, party: Party, kind: Kind, metal: Metal | None = None) -> list[str]:
    """The cases of a party's standing listings, oldest first: those that name the metal, or all where none does."""
    own = (submissions.c.uscc == party.uscc, submissions.c.kind == kind, submissions.c.withdrawn_on.is_(None))
    rows = connection.execute(select(submissions).where(*own).order_by(submissions.c.id)).all()
    named = [row.case_number for row in rows if metal is None or metal in row.figures]
    return named or [row.case_number for row in rows]


def told_deal(connection: Connection, case: str) -> str | None:
    """The deal that a case told of last, where that counts."""
    own = (sales.c.case_number == case, sales.c.taken_back_at.is_(None))
    return connection.scalar(select(sales.c.deal).where(*own).order_by(sales.c.id.desc()).limit(1))


def _find_groups(connection: Connection, case: str, sale: Sale) -> Iterator[list[str]]:
    """By party and metal the listings of which one must be published."""
    for party, kind in ((sale.transferor, Kind.SUPPLY), (sale.transferee, Kind.DEMAND)):
        for item in sale.items:
            found = find_listings(connection, party, kind, item.metal)
            published = [it for it in found if has_taken(connection, it, Step.PUBLISHED)]
            if not published:
                _refuse(case, SIDES[kind], party, found)
            yield published


def _refuse(case: str, side: str, party: Party, found: list[str]) -> None:
    whose = f"{side}“{party.name}”" + (f"的案件 {'、'.join(found)} " if found else "没有已核验的供需信息，")
    why = f"案件 {case} 不能办理“协议转让”（指南4(4)）：{whose}尚未完成“发布供需信息”（指南4(3)）"
    raise IllegalStep("STEP_MISSING", why, (Step.PUBLISHED,))
