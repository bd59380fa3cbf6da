"""Which payment is for which contract, and the figures that should be one: first by exact keys, then by fields."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from domain.books import NONE, Payment
from domain.quantity import Metal
from domain.reconciling import Account, Bargain, Loose, Match, Pair, Sides, Source, Sums, Tally
from reference.policy import policy
from validators.compare import fold_code

UNDATED = date.min  # the month of what tells no day
_LOOSE = {
    Source.SOLD: Sides.CONTRACT_LEDGER,
    Source.BOUGHT: Sides.SOLD_BOUGHT,
    Source.ANNOUNCED: Sides.LEDGER_ANNOUNCED,
}


class Paid(NamedTuple):
    """The payments of each deal, and those of which none is known."""

    by_deal: dict[str, list[Payment]]
    strays: list[Payment]


def assign(company: Account) -> Paid:
    """Each payment to the deal whose contract it names; without a number, to the deal of its case; what is left, to the
    one deal between the same companies that lacks just this amount."""
    exact = _Keys(company.bargains)
    found: defaultdict[str, list[Payment]] = defaultdict(list)
    left = []
    for payment in company.payments:
        deal = exact.find(payment)
        found[deal].append(payment) if deal else left.append(payment)
    strays = []
    for payment in left:
        fitting = [it.deal for it in company.bargains if _lacks(it, payment, found[it.deal])]
        found[fitting[0]].append(payment) if len(fitting) == 1 else strays.append(payment)
    return Paid({deal: some for deal, some in found.items() if some}, strays)


def pairs(company: Account) -> Iterator[Pair]:
    """Every two figures of a company's deals that should be one."""
    paid = assign(company)
    for one in company.bargains:
        yield from _kilograms(one)
        yield from _money(one, paid.by_deal.get(one.deal, []))
    for loose in company.loose:
        yield from _alone(loose)
    for payment in paid.strays:
        month = month_of(payment.paid_on)
        sides = Sides.CONTRACT_PAID
        yield _pair(sides, payment.case, month, None, left=None, right=payment.amount, seller=company.name)


def sum_up(company: Account) -> Sums:
    """What a company adds to the report; matched pairs are only counted and added up."""
    grouped: defaultdict[tuple[Sides, date, Metal | None, Match], list[Pair]] = defaultdict(list)
    for pair in pairs(company):
        grouped[pair.sides, pair.month, pair.metal, pair.match].append(pair)
    apart = [pair for key, some in grouped.items() if key[3] is not Match.MATCHED for pair in some]
    return Sums(name=company.name, tallies=tuple(_tally(*key, some) for key, some in grouped.items()), apart=apart)


def month_of(day: date | None) -> date:
    """The first day of a day's month."""
    return day.replace(day=1) if day else UNDATED


def contracted(one: Bargain) -> dict[Metal, Decimal]:
    """What the contract sells in kg/a per metal; nothing before it is signed."""
    found: defaultdict[Metal, Decimal] = defaultdict(Decimal)
    for item in one.sale.items if one.sale.signed_on else ():
        found[item.metal] += item.quantity
    return dict(found)


def add_up(payments: Iterable[Payment]) -> Decimal:
    """What payments and refunds come to, in 元."""
    return sum((it.amount for it in payments), NONE)


class _Keys:
    """The deals of a company by the exact keys that payments may give."""

    def __init__(self, bargains: Iterable[Bargain]) -> None:
        self.by_number: defaultdict[str, list[Bargain]] = defaultdict(list)
        self.by_case: dict[str, str] = {}
        for one in bargains:
            for number in {fold_code(it) for it in one.numbers}:
                self.by_number[number].append(one)
            self.by_case |= dict.fromkeys(one.cases, one.deal)

    def find(self, payment: Payment) -> str | None:
        if not payment.contract:
            return self.by_case.get(payment.case)
        named = self.by_number.get(fold_code(payment.contract), [])
        named = [it for it in named if payment.transferee in (None, it.sale.transferee.uscc)]
        own = [it for it in named if payment.case in it.cases] or named
        return own[0].deal if own else None


def _lacks(one: Bargain, payment: Payment, paid: list[Payment]) -> bool:
    """Whether just this amount is lacking to a signed contract between the payment's companies."""
    if one.sale.signed_on is None or one.sale.total is None or payment.transferee != one.sale.transferee.uscc:
        return False
    rest = one.sale.total - add_up(paid)
    return rest > 0 and abs(rest - payment.amount) <= policy().reconciliation.value.yuan


def _kilograms(one: Bargain) -> Iterator[Pair]:
    signed, told = month_of(one.sale.signed_on or one.sale.agreed_on), contracted(one)
    for metal in [it for it in Metal if it in told or it in one.out or it in one.into or it in (one.announced or {})]:
        out, into = one.out.get(metal), one.into.get(metal)
        announced = None if one.announced is None else one.announced.get(metal)
        names = {"seller": one.sale.transferor.name, "buyer": one.sale.transferee.name}
        yield _pair(Sides.CONTRACT_LEDGER, one.deal, signed, metal, left=told.get(metal), right=out, **names)
        if out or into:
            yield _pair(Sides.SOLD_BOUGHT, one.deal, signed, metal, left=out, right=into, **names)
        if out or announced:
            yield _pair(Sides.LEDGER_ANNOUNCED, one.deal, signed, metal, left=out, right=announced, **names)


def _money(one: Bargain, payments: list[Payment]) -> Iterator[Pair]:
    total = one.sale.total if one.sale.signed_on else None
    if total is None and not payments:
        return
    first = one.sale.signed_on or min((it.paid_on for it in payments if it.paid_on), default=None)
    names = {"seller": one.sale.transferor.name, "buyer": one.sale.transferee.name}
    paid = add_up(payments) if payments else None
    yield _pair(Sides.CONTRACT_PAID, one.deal, month_of(first), None, left=total, right=paid, **names)


def _alone(loose: Loose) -> Iterator[Pair]:
    for metal, quantity in loose.quantities.items():
        yield _pair(_LOOSE[loose.source], loose.case, month_of(loose.on), metal, left=None, right=quantity)


def _pair(
    sides: Sides,
    case: str,
    month: date,
    metal: Metal | None,
    *,
    left: Decimal | None,
    right: Decimal | None,
    seller: str = "",
    buyer: str = "",
) -> Pair:
    told: dict[str, Any] = {"left": left, "right": right, "seller": seller, "buyer": buyer}
    match = _match(left, right, metal)
    return Pair.model_construct(sides=sides, case=case, month=month, metal=metal, match=match, **told)


def _match(left: Decimal | None, right: Decimal | None, metal: Metal | None) -> Match:
    if left is None:
        return Match.NO_LEFT
    if right is None:
        return Match.NO_RIGHT
    tolerance = policy().reconciliation.value
    near = abs(left - right) <= (tolerance.kg if metal else tolerance.yuan)
    return Match.MATCHED if near else Match.MISMATCHED


def _tally(sides: Sides, month: date, metal: Metal | None, match: Match, some: list[Pair]) -> Tally:
    sums = {"left": sum((it.left or NONE for it in some), NONE), "right": sum((it.right or NONE for it in some), NONE)}
    return Tally(sides=sides, month=month, metal=metal, match=match, count=len(some), **sums)
