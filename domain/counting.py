"""Counts the statistics of a period: every entry falls into one smallest group, and all tables are sums of these."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from domain.accounts import Account
from domain.books import NONE
from domain.quantity import Metal
from domain.statistics import PERIODS, STANDING, Contracted, Dimension, Home, Move, Row, Statistics, Tally


class _Cell(NamedTuple):
    """Where a figure falls: the smallest group of all."""

    metal: Metal
    home: Home
    month: str


Cube = dict[_Cell, dict[str, Decimal]]
BEFORE = ""  # the month of all that lies before the period


def count(
    moves: Iterable[Move],
    homes: Mapping[str, Home],
    contracts: Mapping[str, Sequence[Contracted]],
    by: Sequence[Dimension],
    since: date | None,
    until: date,
) -> Statistics:
    """The statistics of a period, both days included; `contracts` by deal, oldest first.

    What was taken back counts below zero on the day on which it was: a period once closed does not change.
    """
    cube = _fill(moves, homes, contracts, since, until)
    asked = tuple(dict.fromkeys((Dimension.METAL, *by)))
    rows = [row for dimension in asked for row in _tabulate(cube, dimension, until)]
    return Statistics(since=since, until=until, by=asked, rows=tuple(rows))


def _fill(
    moves: Iterable[Move],
    homes: Mapping[str, Home],
    contracts: Mapping[str, Sequence[Contracted]],
    since: date | None,
    until: date,
) -> Cube:
    cube: Cube = defaultdict(lambda: defaultdict(Decimal))
    nowhere, paid = Home(), _Till(contracts)
    for move in moves:
        if move.on > until:
            continue
        month = BEFORE if since is not None and move.on < since else f"{move.on.year}-{move.on.month:02}"
        cell = cube[_Cell(move.metal, homes.get(move.uscc, nowhere), month)]
        for measure, quantity in _changes(move):
            cell[measure] += quantity
        if Account.TRANSFERRED in (move.credit, move.debit):
            cell["money"] += paid.ring(move)
    return cube


def _changes(move: Move) -> Iterator[tuple[str, Decimal]]:
    """What an entry adds to each measure, or takes from it."""
    for measure, account, sign in _ACCOUNTS:
        if move.debit is account:
            yield measure, sign * move.quantity
        if move.credit is account:
            yield measure, -sign * move.quantity
    if (move.credit, move.debit) == (Account.HELD, Account.OFFERED):
        yield "offered", move.quantity
    if (move.credit, move.debit) == (Account.OFFERED, Account.HELD):
        yield "withdrawn", move.quantity


_ACCOUNTS = (
    ("verified", Account.SOURCE, -1),
    ("free", Account.OFFERED, 1),
    ("reserved", Account.RESERVED, 1),
    ("sold", Account.TRANSFERRED, 1),
    ("needed", Account.NEED, -1),
    ("open", Account.OPEN, 1),
    ("bought", Account.COVERED, 1),
)


class _Till:
    """What each transfer of a deal's metal brings: the whole sum with its first entry, back again once revoked."""

    def __init__(self, contracts: Mapping[str, Sequence[Contracted]]) -> None:
        self._contracts, self._rung = contracts, dict[tuple[str, Metal], tuple[datetime, Decimal]]()

    def ring(self, move: Move) -> Decimal:
        """元 that this entry stands for; a metal out of several projects is one act and is paid once."""
        key = (move.deal or "", move.metal)
        if move.debit is Account.TRANSFERRED:
            if self._rung.get(key, (None,))[0] == move.at:
                return NONE
            self._rung[key] = move.at, self._price(move)
            return self._rung[key][1]
        at, money = self._rung.get(key, (move.at, NONE))
        self._rung[key] = at, NONE
        return -money

    def _price(self, move: Move) -> Decimal:
        told = self._contracts.get(move.deal or "", ())
        own = next((it for it in told if it.at >= move.at), told[-1] if told else None)
        return own.money.get(move.metal, NONE) if own else NONE


def _tabulate(cube: Cube, dimension: Dimension, until: date) -> Iterator[Row]:
    groups = _group_periods(cube, dimension, until) if dimension in PERIODS else _group(cube, _NAMES[dimension])
    order = list(Metal)
    for group, metal in sorted(groups, key=lambda it: (_rank(dimension, it[0]), order.index(it[1]))):
        tally = Tally(**groups[group, metal])
        if tally != Tally():
            yield Row(dimension=dimension, group=group, metal=metal, tally=tally)


Groups = dict[tuple[str, Metal], dict[str, Decimal]]
_NAMES: Mapping[Dimension, Callable[[_Cell], str]] = {
    Dimension.METAL: lambda cell: cell.metal.value,
    Dimension.COUNTY: lambda cell: cell.home.county,
    Dimension.INDUSTRY: lambda cell: cell.home.industry,
}


def _group(cube: Cube, name: Callable[[_Cell], str]) -> Groups:
    groups: Groups = defaultdict(lambda: defaultdict(Decimal))
    for cell, figures in cube.items():
        own = groups[name(cell), cell.metal]
        for measure, figure in figures.items():
            if cell.month != BEFORE or measure in STANDING:
                own[measure] += figure
    return groups


def _group_periods(cube: Cube, dimension: Dimension, until: date) -> Groups:
    """Each period with what happened in it and what stands at its end."""
    flows = _group(cube, lambda cell: cell.month and name_period(dimension, cell.month))
    stand: dict[tuple[Metal, str], Decimal] = {}
    periods = list(_list_periods([group for group, _ in flows], dimension, until))
    for metal in {metal for _, metal in flows}:
        for period in ("", *periods):
            own = flows[period, metal]
            for measure in STANDING:
                stand[metal, measure] = own[measure] = stand.get((metal, measure), NONE) + own.get(measure, NONE)
    return {(period, metal): own for (period, metal), own in flows.items() if period}


def name_period(dimension: Dimension, month: str) -> str:
    """`2026-11` as it is, `2026Q4`, or `2026`."""
    if dimension is Dimension.MONTH:
        return month
    year, number = month.split("-")
    return f"{year}Q{(int(number) + 2) // 3}" if dimension is Dimension.QUARTER else year


def _list_periods(found: Sequence[str], dimension: Dimension, until: date) -> Iterator[str]:
    """All periods from the first in which something happened up to the last day asked for."""
    told = sorted(group for group in found if group)
    if not told:
        return
    first = told[0]
    day = date(int(first[:4]), _first_month(first), 1)
    while day <= until:
        yield name_period(dimension, f"{day.year}-{day.month:02}")
        day = _next(day, dimension)


def _first_month(period: str) -> int:
    if "Q" in period:
        return int(period[-1]) * 3 - 2
    return int(period[5:]) if "-" in period else 1


def _next(day: date, dimension: Dimension) -> date:
    months = {Dimension.MONTH: 1, Dimension.QUARTER: 3}.get(dimension, 12)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _rank(dimension: Dimension, group: str) -> tuple[bool, int, str]:
    """Groups in order, the metals in the guide's; what has no name comes last."""
    place = list(Metal).index(Metal(group)) if dimension is Dimension.METAL else 0
    return (not group, place, group)
