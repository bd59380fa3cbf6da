"""REC-005 and REC-006: whether what open listings rest on still stands."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from domain.accounts import Account as Kilograms
from domain.accounts import totals
from domain.acts import name_lot
from domain.books import NONE, InventoryRow
from domain.dossier import Kind
from domain.finding import Severity
from domain.quantity import plain
from domain.reconciling import Account, Difference, Later, Listed, PermitRow, Told
from reference.policy import policy
from reference.provisions import guide, practice
from validators.reconciling.checking import check
from validators.wording import METALS

DAY = timedelta(days=1)
IN_FORCE = practice("据以出让、受让的证照应当有效。")


@check("REC-005", Severity.REVIEW, "在列供需信息的证照仍有效", cites=IN_FORCE)
def papers_in_force(company: Account, today: date) -> Told:
    """Licence and permit behind every open listing are still in force."""
    for one in _open(company):
        papers = {"排污许可证": one.basis.permit_until, "营业执照": one.basis.licence_until}
        for name, until in papers.items():
            if until is None:
                continue
            if today > until:
                told = f"{name}有效期至{until}，已过期，供需信息仍在列"
                yield _differ("REC-005", one, name, told, str(today), str(until))
            yield Later(until + DAY)


@check("REC-006", Severity.REVIEW, "新清单与已采信的事实相符", cites=guide("2(5)"))
def registers_agree(company: Account, today: date) -> Told:
    """A newly loaded register contradicts no accepted fact; where it does, the case is reopened."""
    for one in (it for it in company.listings if it.withdrawn_on is None):
        if company.inventory:
            yield from _inventory(one, company.inventory)
        if company.permits:
            yield from _permit(one, company.permits)


def _open(company: Account) -> Iterator[Listed]:
    """Listings that stand and of which something is still on offer, or still needed."""
    stand = totals(company.entries)
    for one in (it for it in company.listings if it.withdrawn_on is None):
        wanted = Kilograms.OFFERED if one.kind is Kind.SUPPLY else Kilograms.OPEN
        lots = {"", name_lot(one.project, one.name)}
        left = (
            quantity
            for place, quantity in stand.items()
            if place.account is wanted and place.metal in one.figures and place.project in lots
        )
        if sum(left, NONE) > 0:
            yield one


def _inventory(one: Listed, rows: tuple[InventoryRow, ...]) -> Iterator[Difference]:
    year = max(row.year for row in rows)
    for metal, accepted in one.basis.emission.items():
        now = sum((row.quantity for row in rows if (row.year, row.metal) == (year, metal)), NONE)
        if abs(now - accepted) > policy().inventory_tolerance.value.of(now):
            stated = f"新载入的全口径清单{year}年为{plain(now)}千克/年"
            told = f"核验时采信的{METALS[metal]}排放量为{plain(accepted)}千克/年，{stated}"
            yield _differ("REC-006", one, f"inventory {metal}", told, accepted, now)


def _permit(one: Listed, rows: tuple[PermitRow, ...]) -> Iterator[Difference]:
    found = next((row for row in rows if row.number == one.basis.permit), None)
    if found is None:
        return
    if found.valid_until and one.basis.permit_until and found.valid_until < one.basis.permit_until:
        told = f"核验时采信的许可证有效期至{one.basis.permit_until}，登记为{found.valid_until}"
        yield _differ("REC-006", one, "valid_until", told, str(one.basis.permit_until), str(found.valid_until))
    if found.standing and found.standing != "正常":
        yield _differ(
            "REC-006", one, "standing", f"排污许可证{found.number}登记状态为“{found.standing}”", "正常", found.standing
        )
    for metal, limit in found.limits.items():
        accepted = one.basis.limit.get(metal)
        if accepted is not None and abs(limit - accepted) > policy().extra_tolerance_kg.value:
            told = f"核验时采信的{METALS[metal]}许可总量为{plain(accepted)}千克/年，登记为{plain(limit)}千克/年"
            yield _differ("REC-006", one, f"limit {metal}", told, accepted, limit)


def _differ(
    rule: str, one: Listed, key: str, told: str, left: Decimal | str = "", right: Decimal | str = ""
) -> Difference:
    figures = [plain(it) if isinstance(it, Decimal) else it for it in (left, right)]
    return Difference(
        rule=rule,
        severity=Severity.REVIEW,
        subject=one.case,
        key=key,
        message=f"{one.name}（案件{one.case}）：{told}",
        left=figures[0],
        right=figures[1],
        cases=(one.case,),
    )
