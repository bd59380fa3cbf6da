"""The quantities of a case per metal: what is claimed, what the papers say, and what the ledger still has, abreast."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.books import Balance
from domain.document import Version
from domain.quantity import Metal
from review.desk.papers import Paper, Spot

FORM, STATEMENT = "supply_form", "surplus_statement"
AGREEMENT, CONTRACT = "transfer_agreement", "contract"


class Line(NamedTuple):
    """One quantity of a metal in kg/a; `claimed` and `paper` are where it stands, `ledger` what the books say of it."""

    label: str
    claimed: Spot | None
    paper: Spot | None
    source: str = ""
    ledger: Decimal | None = None
    account: str = ""

    @property
    def differ(self) -> bool:
        """Whether both sides say something, and not the same."""
        both = [spot.field.value for spot in (self.claimed, self.paper) if spot]
        return len(both) == 2 and None not in both and Decimal(str(both[0])) != Decimal(str(both[1]))


class MetalLines(NamedTuple):
    """All lines of one metal."""

    metal: Metal
    lines: tuple[Line, ...]


class _Source(NamedTuple):
    """Where a quantity stands: a type of document, its version, and the path with the metal left open."""

    document: str
    path: str
    version: Version | None = None


_SUPPLY = [
    ("变更前许可总量", _Source(FORM, "permit_before.{}"), _Source("permit_copy", "totals.{}", Version.BEFORE), ""),
    ("变更后许可总量", _Source(FORM, "permit_after.{}"), _Source("permit_copy", "totals.{}", Version.AFTER), ""),
    ("基础排放量", _Source(FORM, "base.{}"), _Source(STATEMENT, "base.{}"), ""),
    ("工程削减量", _Source(FORM, "reduction.{}"), _Source(STATEMENT, "reduction.{}"), ""),
    ("减排任务", _Source(FORM, "task.{}"), _Source(STATEMENT, "task.{}"), ""),
    ("富余排放量", _Source(FORM, "surplus.{}"), _Source(STATEMENT, "surplus.{}"), "verified"),
    ("拟出让量", _Source(FORM, "offered.{}"), _Source(STATEMENT, "offered.{}"), "free"),
]
_DEMAND = [
    ("新增排放量", _Source("demand_form", "new_emission.{}"), _Source("eia_table", "net_new.{}"), ""),
    ("需求量", _Source("demand_form", "demand.{}"), None, "open"),
]


def lay_quantities(papers: Sequence[Paper], balances: Sequence[Balance]) -> tuple[MetalLines, ...]:
    """Per metal that any paper speaks of; `balances` are the company's, of a deal the seller's."""
    found = {(spot.of.type, spot.of.version, spot.path): spot for spot in _all(papers)}
    deals = _deal_lines(papers, balances)
    rows = [(metal, (*_form_lines(found, metal, balances), *deals.get(metal, ()))) for metal in Metal]
    return tuple(MetalLines(metal, lines) for metal, lines in rows if any(line.claimed or line.paper for line in lines))


def _all(papers: Sequence[Paper]) -> Iterator[Spot]:
    for paper in papers:
        yield from paper.spots


def _form_lines(
    found: Mapping[tuple[str, Version | None, str], Spot], metal: Metal, balances: Sequence[Balance]
) -> Iterator[Line]:
    def at(source: _Source | None) -> Spot | None:
        return found.get((source.document, source.version, source.path.format(metal))) if source else None

    for label, claim, paper, account in _SUPPLY + _DEMAND:
        claimed, printed = at(claim), at(paper)
        if claimed or printed:
            own = _balance(balances, metal, account)
            yield Line(label, claimed, printed, printed.paper if printed else "", own, account)


def _deal_lines(papers: Sequence[Paper], balances: Sequence[Balance]) -> dict[Metal, tuple[Line, ...]]:
    """Agreement beside contract, per metal that changes hands."""
    agreed, signed = _items(papers, AGREEMENT), _items(papers, CONTRACT)
    return {
        metal: (
            Line("成交量", agreed.get(metal), signed.get(metal), CONTRACT, _balance(balances, metal, "free"), "free"),
        )
        for metal in Metal
        if metal in agreed or metal in signed
    }


def _items(papers: Sequence[Paper], kind: str) -> dict[Metal, Spot]:
    spots = {spot.path: spot for paper in papers if paper.type == kind for spot in paper.spots}
    metals = {path.removesuffix(".metal"): spot.value for path, spot in spots.items() if path.endswith("].metal")}
    quantities = {metal: spots.get(f"{item}.quantity") for item, metal in metals.items() if metal in set(Metal)}
    return {Metal(metal): spot for metal, spot in quantities.items() if spot}


def _balance(balances: Sequence[Balance], metal: Metal, account: str) -> Decimal | None:
    return next((getattr(it, account) for it in balances if account and it.metal is metal), None)
