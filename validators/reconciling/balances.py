"""REC-001 and REC-002: what a company has, and what it offers of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.accounts import OUTSIDE, Account, Cause, Place
from domain.acts import name_lot
from domain.books import NONE
from domain.dossier import Kind
from domain.finding import Severity
from domain.quantity import Metal, plain
from domain.reconciling import Account as Company
from domain.reconciling import Difference, Listed, Told
from reference.provisions import guide
from validators.reconciling.checking import check
from validators.wording import METALS


class _Change(NamedTuple):
    permit: str
    changed_on: date


@check("REC-001", Severity.BLOCK, "任何时点的余额均不为负", cites=guide("2(5)"))
def never_below_zero(company: Company, today: date) -> Told:
    """No company's balance of any metal is ever below zero, at any moment in its history."""
    stand: defaultdict[Place, Decimal] = defaultdict(Decimal)
    for entry in company.entries:
        for account, change in ((entry.credit, -entry.quantity), (entry.debit, entry.quantity)):
            place = Place(entry.uscc, entry.metal, account, entry.project)
            stand[place] += change
            if _is_overdrawn(account, stand[place]) and _is_overdrawn(account, change):
                yield _overdrawn(company, place, stand[place], entry.case, entry.on)


@check("REC-002", Severity.BLOCK, "富余排放量未重复出让", cites=guide("2(5)"))
def offered_once(company: Company, today: date) -> Told:
    """No surplus is offered twice: in two submissions, or with the same permit change."""
    yield from _same_change(company)
    yield from _verified_twice(company)


def _is_overdrawn(account: Account, quantity: Decimal) -> bool:
    return quantity > 0 if account in OUTSIDE else quantity < 0


def _overdrawn(company: Company, place: Place, stand: Decimal, case: str, on: date) -> Difference:
    what = f"{METALS[place.metal]}（{place.account}）"
    return Difference(
        rule="REC-001",
        severity=Severity.BLOCK,
        subject=company.uscc,
        key=f"{place.metal} {place.account} {place.project} {case}",
        message=f"{company.name}的{what}在案件{case}（{on}）记账后为{plain(stand)}千克/年，低于零",
        left=plain(stand),
        right="0",
        cases=(case,),
    )


def _standing(company: Company) -> Iterator[Listed]:
    return (it for it in company.listings if it.kind is Kind.SUPPLY and it.withdrawn_on is None)


def _same_change(company: Company) -> Iterator[Difference]:
    """Two projects that offer by one permit change."""
    known: dict[tuple[_Change, Metal], Listed] = {}
    for one in _standing(company):
        if one.basis.permit is None or one.basis.changed_on is None:
            continue
        for metal in one.figures:
            first = known.setdefault((_Change(one.basis.permit, one.basis.changed_on), metal), one)
            if _lot(first) != _lot(one):
                yield _twice(company, metal, first, one)


def _twice(company: Company, metal: Metal, first: Listed, second: Listed) -> Difference:
    change = f"排污许可证{first.basis.permit}（{first.basis.changed_on}变更）"
    return Difference(
        rule="REC-002",
        severity=Severity.BLOCK,
        subject=company.uscc,
        key=f"{metal} {first.case} {second.case}",
        message=f"案件{first.case}与{second.case}以同一{change}出让{METALS[metal]}，减排项目却不同",
        left=plain(first.figures[metal]),
        right=plain(second.figures[metal]),
        cases=(first.case, second.case),
    )


def _verified_twice(company: Company) -> Iterator[Difference]:
    """More surplus entered for a project than any of its submissions states."""
    stated: defaultdict[tuple[Metal, str], Decimal] = defaultdict(Decimal)
    for one in (it for it in company.listings if it.kind is Kind.SUPPLY):
        for metal, quantity in one.surplus.items():
            key = (metal, _lot(one))
            stated[key] = max(stated[key], quantity)
    for (metal, project), entered in _entered(company).items():
        most = stated.get((metal, project)) or _most(stated, metal)
        if entered > most:
            yield _more(company, metal, project, entered, most)


def _entered(company: Company) -> dict[tuple[Metal, str], Decimal]:
    found: defaultdict[tuple[Metal, str], Decimal] = defaultdict(Decimal)
    for entry in company.entries:
        if entry.credit is Account.SOURCE and entry.cause is Cause.VERIFIED:
            found[entry.metal, entry.project] += entry.quantity
    return found


def _most(stated: dict[tuple[Metal, str], Decimal], metal: Metal) -> Decimal:
    """Papers that name no project may mean any: the highest figure of the metal."""
    return max((quantity for (other, _), quantity in stated.items() if other is metal), default=NONE)


def _more(company: Company, metal: Metal, project: str, entered: Decimal, most: Decimal) -> Difference:
    cases = _of_metal(company.listings, metal)
    return Difference(
        rule="REC-002",
        severity=Severity.BLOCK,
        subject=company.uscc,
        key=f"{metal} {project}",
        message=f"{company.name}的{METALS[metal]}共记入富余排放量{plain(entered)}千克/年，"
        f"多于供需信息所载的{plain(most)}千克/年：同一富余排放量被重复记入",
        left=plain(entered),
        right=plain(most),
        cases=cases,
    )


def _of_metal(listings: Iterable[Listed], metal: Metal) -> tuple[str, ...]:
    return tuple(it.case for it in listings if it.kind is Kind.SUPPLY and metal in it.surplus)


def _lot(listed: Listed) -> str:
    return name_lot(listed.project, listed.name)
