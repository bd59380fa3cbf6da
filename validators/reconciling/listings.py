"""REC-005 and REC-006: whether what open listings rest on still stands."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from domain.accounts import Account as Kilograms
from domain.accounts import totals
from domain.acts import name_lot
from domain.books import NONE, InventoryRow
from domain.dossier import Kind
from domain.finding import Severity
from domain.quantity import Metal, plain
from domain.reconciling import Account, Difference, Later, Listed, PermitRow, Told
from reference.policy import policy
from reference.provisions import guide, practice
from validators.compare import fold_code
from validators.reconciling.checking import check
from validators.wording import METALS

DAY = timedelta(days=1)
IN_FORCE = practice("据以出让、受让的证照应当有效。")
SOUND = frozenset({"正常", "有效", "在用"})  # how permit registers call a permit that stands


@check("REC-005", Severity.REVIEW, "在列供需信息的证照仍有效", cites=IN_FORCE)
def papers_in_force(company: Account, today: date) -> Told:
    """Licence and permit behind every open listing are still in force."""
    for one in _open(company):
        papers = {"排污许可证": _permit_until(one, company), "营业执照": one.basis.licence_until}
        for name, until in papers.items():
            if until is None:
                continue
            if today > until:
                told = f"{name}有效期至{until}，已过期，供需信息仍在列"
                yield _differ("REC-005", one, name, told, right=str(until))
            yield Later(until + DAY)


@check("REC-006", Severity.REVIEW, "新清单与已采信的事实相符", cites=guide("2(5)"))
def registers_agree(company: Account, today: date) -> Told:
    """A newly loaded register contradicts no accepted fact; where it does, the case is reopened."""
    for one in _counting(company):
        if company.inventory:
            yield from _inventory(one, company.inventory)
        if company.permits:
            yield from _permit(one, company.permits)


def _counting(company: Account) -> Iterator[Listed]:
    """The listings that stand, without those whose project was stated again since: the newest speaks for it."""
    spoken: set[tuple[Kind, str, Metal]] = set()
    kept = []
    for one in reversed([it for it in company.listings if it.withdrawn_on is None]):
        metals = {(one.kind, _lot(one), metal) for metal in one.figures}
        if not metals or metals - spoken:
            kept.append(one)
        spoken |= metals
    return reversed(kept)


def _open(company: Account) -> Iterator[Listed]:
    """The counting listings of which something is still on offer, or still needed."""
    stand = totals(company.entries)
    for one in _counting(company):
        wanted = Kilograms.OFFERED if one.kind is Kind.SUPPLY else Kilograms.OPEN
        lots = {"", _lot(one)}
        left = (
            quantity
            for place, quantity in stand.items()
            if place.account is wanted and place.metal in one.figures and place.project in lots
        )
        if sum(left, NONE) > 0:
            yield one


def _lot(one: Listed) -> str:
    return name_lot(one.project, one.name)


def _permit_until(one: Listed, company: Account) -> date | None:
    """The end of the permit's term: by its papers, or a later one that the register knows of."""
    until, row = one.basis.permit_until, _find_permit(one, company.permits or ())
    known = row.valid_until if row else None
    return max(until, known) if until and known else until


def _find_permit(one: Listed, rows: tuple[PermitRow, ...]) -> PermitRow | None:
    number = one.basis.permit and fold_code(one.basis.permit)
    return next((row for row in rows if number and fold_code(row.number) == number), None)


def _inventory(one: Listed, rows: tuple[InventoryRow, ...]) -> Iterator[Difference]:
    year = max(row.year for row in rows)
    for metal, accepted in one.basis.emission.items():
        now = sum((row.quantity for row in rows if (row.year, row.metal) == (year, metal)), NONE)
        if abs(now - accepted) > policy().inventory_tolerance.value.of(now):
            stated = f"新载入的全口径清单{year}年为{plain(now)}千克/年"
            told = f"核验时采信的{METALS[metal]}排放量为{plain(accepted)}千克/年，{stated}"
            yield _differ("REC-006", one, f"inventory {metal}", told, accepted, now)


def _permit(one: Listed, rows: tuple[PermitRow, ...]) -> Iterator[Difference]:
    found = _find_permit(one, rows)
    if found is None:
        return
    until = one.basis.permit_until
    if found.valid_until and until and found.valid_until < until:
        told = f"核验时采信的许可证有效期至{until}，登记为{found.valid_until}"
        yield _differ("REC-006", one, "valid_until", told, str(until), str(found.valid_until))
    if found.standing and re.split(r"[(（]", found.standing)[0] not in SOUND:
        told = f"排污许可证{found.number}登记状态为“{found.standing}”"
        yield _differ("REC-006", one, "standing", told, "正常", found.standing)
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
