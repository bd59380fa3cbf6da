"""REC-001 and REC-002: what a company has, and what it offers of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, groupby
from typing import NamedTuple

from domain.accounts import BUYING, OUTSIDE, Account, Cause, Entry, Place, totals
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

_ACCOUNTS = {
    Account.SOURCE: "已核验富余",
    Account.HELD: "未挂牌",
    Account.OFFERED: "可出让",
    Account.RESERVED: "预留",
    Account.TRANSFERRED: "已转让",
    Account.NEED: "需求",
    Account.BEYOND: "超需求受让",
    Account.OPEN: "未满足需求",
    Account.PLEDGED: "已约定",
    Account.COVERED: "已受让",
}
_TAKEN = (Account.OFFERED, Account.RESERVED, Account.TRANSFERRED)


class _Low(NamedTuple):
    """The first moment at which an account was overdrawn, and how deep it ever was."""

    first: Entry
    deepest: Decimal


@check("REC-001", Severity.BLOCK, "任何时点的余额均不为负", cites=guide("2(5)"))
def never_below_zero(company: Company, today: date) -> Told:
    """No company's balance of any metal is ever below zero, at any moment in its history."""
    stand: defaultdict[Place, Decimal] = defaultdict(Decimal)
    low: dict[Place, _Low] = {}
    for _, act in groupby(company.entries, key=lambda entry: (entry.case, entry.at)):
        entries = list(act)  # what one act moves to and fro counts as one
        for place in _move(stand, entries):
            if _is_overdrawn(place.account, stand[place]):
                before = low.get(place)
                deepest = max(abs(stand[place]), before.deepest if before else NONE)
                low[place] = _Low(before.first if before else entries[-1], deepest)
    for place, found in low.items():
        yield _overdrawn(company, place, found)


@check("REC-002", Severity.BLOCK, "富余排放量未重复出让", cites=guide("2(5)"))
def offered_once(company: Company, today: date) -> Told:
    """No surplus is offered twice: in two submissions, or with the same permit change."""
    yield from _same_change(company)
    yield from _verified_twice(company)


def _move(stand: defaultdict[Place, Decimal], entries: Iterable[Entry]) -> dict[Place, None]:
    """Moves what entries move; gives the accounts whose stand that changes."""
    moved: dict[Place, None] = {}
    for entry in entries:
        for account, change in ((entry.credit, -entry.quantity), (entry.debit, entry.quantity)):
            place = Place(entry.uscc, entry.metal, account, "" if account in BUYING else entry.project)
            stand[place] += change
            moved[place] = None
    return moved


def _is_overdrawn(account: Account, quantity: Decimal) -> bool:
    return quantity > 0 if account in OUTSIDE else quantity < 0


def _overdrawn(company: Company, place: Place, low: _Low) -> Difference:
    project = f"（{place.project}）" if place.project else ""
    what = f"{METALS[place.metal]}“{_ACCOUNTS[place.account]}”余额{project}"
    return Difference(
        rule="REC-001",
        severity=Severity.BLOCK,
        subject=company.uscc,
        key=f"{place.metal} {place.account} {place.project}",
        message=f"{company.name}的{what}自案件{low.first.case}（{low.first.on}）记账起低于零，最多欠{plain(low.deepest)}千克/年",
        left=plain(-low.deepest),
        right="0",
        cases=(low.first.case,),
    )


def _same_change(company: Company) -> Iterator[Difference]:
    """Two projects that offer by one permit change: both on the list, or both taken from since."""
    taken = _taken(company)
    known: defaultdict[tuple[str, date], dict[str, Listed]] = defaultdict(dict)
    for one in (it for it in company.listings if it.kind is Kind.SUPPLY):
        if one.basis.permit and one.basis.changed_on:
            lots = known[one.basis.permit, one.basis.changed_on]
            if _lot(one) and _counts(one, taken):
                lots[_lot(one)] = one
    for lots in known.values():
        for first, second in combinations(lots.values(), 2):
            for metal in (it for it in second.figures if it in first.figures):
                yield _twice(company, metal, first, second)


def _taken(company: Company) -> set[tuple[Metal, str]]:
    """The metals of which something of a project is reserved or sold."""
    stand = totals(company.entries)
    return {(it.metal, it.project) for it in stand if it.account in _TAKEN[1:] and stand[it] > 0}


def _counts(one: Listed, taken: set[tuple[Metal, str]]) -> bool:
    return one.withdrawn_on is None or any((metal, _lot(one)) in taken for metal in one.figures)


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
    supplies = [it for it in company.listings if it.kind is Kind.SUPPLY]
    for (metal, project), entered in _entered(company).items():
        stating = [it for it in supplies if metal in it.surplus and _may_be(it, project)]
        most = max((it.surplus[metal] for it in stating), default=NONE)
        if stating and entered > most:  # what was taken off the list as a whole is held, and on offer nowhere
            yield _more(company, Place(company.uscc, metal, Account.SOURCE, project), entered, most)


def _may_be(listed: Listed, project: str) -> bool:
    """Whether a listing may have entered its surplus for a project: papers that name none may mean any."""
    return not project or _lot(listed) in ("", project)


def _entered(company: Company) -> dict[tuple[Metal, str], Decimal]:
    found: defaultdict[tuple[Metal, str], Decimal] = defaultdict(Decimal)
    for entry in company.entries:
        if entry.credit is Account.SOURCE and entry.cause is Cause.VERIFIED:
            found[entry.metal, entry.project] += entry.quantity
    return found


def _more(company: Company, place: Place, entered: Decimal, most: Decimal) -> Difference:
    meant = (place.metal, place.project, Cause.VERIFIED)
    cases = [it.case for it in company.listings if it.kind is Kind.SUPPLY and place.metal in it.surplus]
    cases += [it.case for it in company.entries if (it.metal, it.project, it.cause) == meant]
    return Difference(
        rule="REC-002",
        severity=Severity.BLOCK,
        subject=company.uscc,
        key=f"{place.metal} {place.project}",
        message=f"{company.name}的{METALS[place.metal]}共记入富余排放量{plain(entered)}千克/年，"
        f"多于供需信息所载的{plain(most)}千克/年：同一富余排放量被重复记入",
        left=plain(entered),
        right=plain(most),
        cases=tuple(dict.fromkeys(cases)),
    )


def _lot(listed: Listed) -> str:
    return name_lot(listed.project, listed.name)
