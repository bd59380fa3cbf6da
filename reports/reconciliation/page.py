"""A reconciliation as one HTML page to look at and to print: charts are drawn in it, and nothing is fetched."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.quantity import Metal, plain
from domain.reconciling import Match, Sides
from reference.calendar import CHINA
from reports.reconciliation.summary import MATCHES, SIDES, balances, by_rule, line, named, names_of_rules, totals
from reports.reconciliation.workbook import REGISTERS, show_month
from storage.reconciling_results import Result
from validators.reconciling.checking import checks
from validators.wording import METALS

SHOWN = 300  # differences on the page; the workbook has all
MONTHS = 24
COLOURS = {Metal.PB: "#2f5d62", Metal.HG: "#c8553d", Metal.CD: "#e0a458", Metal.CR: "#5b7db1", Metal.AS: "#8f6593"}
TONES = {Match.MATCHED: "#3c8d6e", Match.MISMATCHED: "#c8553d", Match.NO_LEFT: "#e0a458", Match.NO_RIGHT: "#c9cdd2"}


class Bar(NamedTuple):
    """A piece of a bar chart: from `start`, `size` wide or high, both as shares of the longest bar."""

    label: str
    colour: str
    start: float
    size: float
    text: str = ""


class Bars(NamedTuple):
    """One row or column of a chart, with all its pieces."""

    label: str
    total: str
    pieces: tuple[Bar, ...]


def render(result: Result) -> str:
    """The page as HTML."""
    folder = Path(__file__).parents[1] / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told: dict[str, Any] = {"result": result, "line": line(result), "rules": _rules(result), "pairs": _pairs(result)}
    told |= {"months": _months(result), "balances": [(named(it), it) for it in balances(result)]}
    told |= {
        "metals": [(METALS[it], COLOURS[it]) for it in Metal],
        "matches": [(MATCHES[it], TONES[it]) for it in Match],
    }
    told |= {"shown": result.standing[:SHOWN], "names": names_of_rules()}
    told |= {"started": result.run.started_at.astimezone(CHINA), "plain": plain, "china": CHINA, "registers": REGISTERS}
    return environment.get_template("reconciliation.html").render(told)


def _rules(result: Result) -> list[Bars]:
    found = by_rule(result)
    most = max([*found.values(), 1])
    colours = {"B": "#c8553d", "R": "#e0a458"}
    return [
        Bars(
            one.code,
            str(found.get(one.code, 0)),
            (Bar(one.name, colours[one.severity], 0, found.get(one.code, 0) / most),),
        )
        for one in checks()
    ]


def _pairs(result: Result) -> list[Bars]:
    counted = {(it.sides, it.match): it.pairs for it in totals(result)}
    return [_stack("—".join(SIDES[sides]), [counted[sides, match] for match in Match]) for sides in Sides]


def _stack(label: str, counts: Sequence[int]) -> Bars:
    whole, start, pieces = sum(counts) or 1, 0.0, []
    for match, count in zip(Match, counts, strict=True):
        pieces.append(Bar(MATCHES[match], TONES[match], start, count / whole, str(count)))
        start += count / whole
    return Bars(label, str(sum(counts)), tuple(pieces))


def _months(result: Result) -> list[Bars]:
    """What was sold in each of the last months, the metals above each other."""
    sold: defaultdict[date, defaultdict[Metal, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for (sides, month, metal, _), found in result.sums.items():
        if sides is Sides.CONTRACT_LEDGER and metal is not None and month != date.min:
            sold[month][metal] += found.right
    shown = list(_run_through(min(sold), max(sold)))[-MONTHS:] if sold else []
    most = max((sum(sold[month].values()) for month in shown), default=Decimal(1)) or Decimal(1)
    return [_column(month, sold[month], most) for month in shown]


def _run_through(month: date, last: date) -> Iterator[date]:
    """Every month from one to another."""
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _column(month: date, sold: dict[Metal, Decimal], most: Decimal) -> Bars:
    start, pieces = 0.0, []
    for metal in (it for it in Metal if it in sold):
        size = float(sold[metal] / most)
        pieces.append(Bar(METALS[metal], COLOURS[metal], start, size, f"{plain(sold[metal])} 千克/年"))
        start += size
    return Bars(show_month(month), plain(sum(sold.values(), Decimal(0))), tuple(pieces))
