"""A reconciliation in numbers and in one line: for the log, other systems, the terminal and both reports."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from domain.books import NONE
from domain.quantity import Metal, plain
from domain.reconciling import Match, Sides
from storage.reconciling_results import Result
from validators.reconciling.checking import checks
from validators.wording import METALS

SIDES = {
    Sides.CONTRACT_LEDGER: ("合同", "出让方台账"),
    Sides.SOLD_BOUGHT: ("出让方台账", "受让方台账"),
    Sides.LEDGER_ANNOUNCED: ("出让方台账", "交易结果公告"),
    Sides.CONTRACT_PAID: ("合同总价", "付款"),
}
MATCHES = {
    Match.MATCHED: "一致",
    Match.MISMATCHED: "不一致",
    Match.NO_LEFT: "缺左方",
    Match.NO_RIGHT: "缺右方",
}
_TOLD = {"sold": Sides.CONTRACT_LEDGER, "bought": Sides.SOLD_BOUGHT, "paid": Sides.CONTRACT_PAID}
_LEDGER = {"sold": "transferred", "bought": "covered", "paid": "paid"}
_NAMES = {"sold": "已转让", "bought": "已受让", "paid": "已付款"}


class Balance(NamedTuple):
    """What the report adds up to beside what the ledger itself has: kg/a of a metal, or 元."""

    name: str
    metal: Metal | None
    report: Decimal
    ledger: Decimal

    @property
    def agrees(self) -> bool:
        return self.report == self.ledger


class Total(NamedTuple):
    """Pairs of one kind that stand alike, over all months and metals."""

    sides: Sides
    match: Match
    pairs: int


def balances(result: Result) -> tuple[Balance, ...]:
    """The report's kilograms and money against the ledger's, metal by metal."""
    return tuple(_balances(result))


def totals(result: Result) -> tuple[Total, ...]:
    """How many pairs of each kind match, do not, or lack a side."""
    counted: Counter[tuple[Sides, Match]] = Counter()
    for (sides, _, _, match), found in result.sums.items():
        counted[sides, match] += found.pairs
    return tuple(Total(sides, match, counted[sides, match]) for sides in Sides for match in Match)


def by_rule(result: Result) -> dict[str, int]:
    """How many differences of each rule stand."""
    return dict(sorted(Counter(it.rule for it in result.standing).items()))


def summarise(result: Result) -> dict[str, Any]:
    """The numbers, as the log and `--json` tell them."""
    balanced = balances(result)
    return {
        "day": str(result.run.today),
        "line": line(result),
        "full": result.run.full,
        "companies": result.companies,
        "judged": result.judged,
        "open": len(result.standing),
        "new": sum(it.new for it in result.standing),
        "gone": len(result.gone),
        "waiting": result.waiting,
        "by_rule": by_rule(result),
        "pairs": {sides: {match: n for s, match, n in totals(result) if s is sides} for sides in Sides},
        "balances": [_tell(it) for it in balanced],
        "adds_up": all(it.agrees for it in balanced),
        "originals": {"checked": result.originals[0], "total": result.originals[1], "damaged": result.damaged},
    }


def line(result: Result) -> str:
    """The whole run in one Chinese sentence."""
    new = sum(it.new for it in result.standing)
    even = all(it.agrees for it in balances(result))
    told = f"对账 {result.run.today}：企业 {result.companies} 家，差异 {len(result.standing)} 项"
    told += f"（新增 {new}，消除 {len(result.gone)}），待处理 {result.waiting} 项；"
    return told + ("数量、金额与台账一致" if even else "数量或金额与台账不一致")


def names_of_rules() -> dict[str, str]:
    """The Chinese name of each check by its code."""
    return {one.code: one.name for one in checks()}


def named(balance: Balance) -> str:
    """What a balance is of."""
    return _NAMES[balance.name] + (f"（{METALS[balance.metal]}，千克/年）" if balance.metal else "（元）")


def _balances(result: Result) -> Iterator[Balance]:
    for name, sides in _TOLD.items():
        added: defaultdict[Metal | None, Decimal] = defaultdict(Decimal)
        for (which, _, metal, _), found in result.sums.items():
            if which is sides:
                added[metal] += found.right
        ledger: Mapping[str, Decimal] = result.ledger.get(_LEDGER[name], {})
        for metal in [None] if name == "paid" else Metal:
            report, own = added.get(metal, NONE), ledger.get(metal or "", NONE)
            if report or own or metal is None:
                yield Balance(name, metal, report, own)


def _tell(it: Balance) -> dict[str, Any]:
    figures = {"report": plain(it.report), "ledger": plain(it.ledger), "agrees": it.agrees}
    return {"name": it.name, "metal": it.metal} | figures
