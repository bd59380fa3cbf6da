"""What a run of reconciliation left behind, as its report tells it: sums of all companies, differences, pairs apart."""

import heapq
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Text, cast, exists, func, or_, select

from domain.books import NONE
from domain.page import Frozen
from domain.quantity import Metal
from domain.reconciling import NOBODY, Match, Sides
from storage.database import Database
from storage.items import is_waiting
from storage.reconciling import Run
from storage.reconciling_accounts import control
from storage.reconciling_stock import list_damage
from storage.reconciling_tables import differences, original_checks, reconciled
from storage.registers import Register, list_versions
from storage.schema import chain, files, packages, review_items

APART = 2000  # pairs that a report shows; the newest


class Standing(Frozen):
    """A difference as it stands, or one that is gone; `new` tells that this run found it first, or again."""

    rule: str
    severity: str
    message: str
    left: str
    right: str
    case: str | None
    cases: tuple[str, ...]
    found_on: date
    new: bool


class Sum(NamedTuple):
    """Pairs of a month and metal that stand alike, over all companies."""

    pairs: int
    left: Decimal
    right: Decimal


Key = tuple[Sides, date, Metal | None, Match]


class Apart(Frozen):
    """A pair that does not match; figures as they are written, None on the side where there is none."""

    sides: Sides
    case: str
    month: date
    metal: Metal | None
    left: str | None
    right: str | None
    match: Match
    seller: str
    buyer: str


class Result(NamedTuple):
    """All that a report tells. `ledger` is what the ledger itself has (`storage.reconciling_accounts.control`)."""

    run: Run
    judged: int
    companies: int
    standing: tuple[Standing, ...]
    gone: tuple[Standing, ...]
    waiting: int
    sums: Mapping[Key, Sum]
    apart: tuple[Apart, ...]
    apart_count: int
    ledger: Mapping[str, Mapping[str, Decimal]]
    originals: tuple[int, int]
    damaged: int
    events: int
    registers: tuple[Register, ...]


def read_result(database: Database, run: Run) -> Result:
    """One state of the database as a run left it; raises StorageAway."""
    with database.read() as connection:
        gathered = _Gathered()
        newest = heapq.nlargest(APART, gathered.read(connection), key=lambda it: (it["month"], it["case"]))
        wanted = select(differences).order_by(differences.c.rule, differences.c.id)
        standing = connection.execute(wanted.where(differences.c.gone_run.is_(None)))
        gone = connection.execute(wanted.where(differences.c.gone_run == run.id))
        return Result(
            run=run,
            judged=_count_judged(connection, run),
            companies=gathered.companies,
            standing=tuple(_present(row, run) for row in standing),
            gone=tuple(_present(row, run) for row in gone),
            waiting=_count_waiting(connection),
            sums=gathered.sums,
            apart=tuple(Apart.model_validate(it) for it in newest),
            apart_count=gathered.apart,
            ledger=control(connection),
            originals=_count_originals(connection, run),
            damaged=len(list_damage(connection)),
            events=connection.scalar(select(chain.c.length)) or 0,
            registers=list_versions(connection),
        )


class _Gathered:
    """The sums of all companies, added up while their pairs go by."""

    def __init__(self) -> None:
        self.companies = self.apart = 0
        self._sums: defaultdict[tuple[str, str, str | None, str], list[Any]] = defaultdict(lambda: [0, NONE, NONE])

    @property
    def sums(self) -> dict[Key, Sum]:
        return {_read_key(*key): Sum(*found) for key, found in self._sums.items()}

    def read(self, connection: Connection) -> Iterator[dict[str, Any]]:
        wanted = select(reconciled.c.uscc, cast(reconciled.c.sums, Text)).order_by(reconciled.c.uscc)
        for uscc, text in connection.execute(wanted.execution_options(yield_per=500)):
            told = json.loads(text)
            self.companies += bool(uscc)
            for tally in told["tallies"]:
                self._add(tally)
            self.apart += len(told["apart"])
            yield from told["apart"]

    def _add(self, tally: Mapping[str, Any]) -> None:
        known = self._sums[tally["sides"], tally["month"], tally["metal"], tally["match"]]
        known[0] += tally["count"]
        known[1] += Decimal(tally["left"])
        known[2] += Decimal(tally["right"])


def _read_key(sides: str, month: str, metal: str | None, match: str) -> Key:
    return Sides(sides), date.fromisoformat(month), Metal(metal) if metal else None, Match(match)


def _present(row: Row[Any], run: Run) -> Standing:
    names = ("rule", "severity", "message", "left", "right", "cases", "found_on")
    own = {name: row._mapping[name] for name in names}
    return Standing(**own, case=row.case_number, new=row.found_run == run.id)


def _count_judged(connection: Connection, run: Run) -> int:
    own = (reconciled.c.run_id == run.id, reconciled.c.uscc != NOBODY)
    return connection.scalar(select(func.count()).select_from(reconciled).where(*own)) or 0


def _count_waiting(connection: Connection) -> int:
    """What a person has to look at: items that wait, and what has no case whose item it could be."""
    items = select(func.count()).select_from(review_items).where(review_items.c.rule.like("REC-%"), is_waiting())
    known = exists().where(packages.c.case_number == differences.c.case_number)
    alone = select(func.count()).select_from(differences)
    alone = alone.where(differences.c.gone_run.is_(None), or_(differences.c.case_number.is_(None), ~known))
    return (connection.scalar(items) or 0) + (connection.scalar(alone) or 0)


def _count_originals(connection: Connection, run: Run) -> tuple[int, int]:
    own = (original_checks.c.run_id == run.id, func.length(original_checks.c.sha256) == 64)
    checked = connection.scalar(select(func.count()).select_from(original_checks).where(*own)) or 0
    return checked, connection.scalar(select(func.count(files.c.sha256.distinct()))) or 0
