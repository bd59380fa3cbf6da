"""How fast a province is reconciled: `python -m bench.reconcile [--cases N] [--companies N] [--database URL]`.

The baseline reads every row of the books once, without judging anything, in the same run on the same machine. Stored
originals are left out (their time is the store's), the chain of the log is followed. What changes is changed by the
books' own function: listings are taken down, one for every hundredth case.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

from sqlalchemy import func, select

from bench.speed import machine
from domain.life import IllegalStep
from reports.reconciliation.judging import ruleset
from reports.reconciliation.spreading import judge_all
from reports.reconciliation.summary import summarise
from reports.reconciliation.writing import write_reports
from storage import events
from storage.book_tables import entries, notices, payments, sales, submissions
from storage.bucket import open_bucket
from storage.database import Database
from storage.ledger import Ledger, open_ledger
from storage.listings import withdraw
from storage.reconciling import Reconciliations
from storage.reconciling_results import Result, read_result
from storage.reconciling_stock import Stock
from storage.schema import packages

Done = TypeVar("Done")
BOOKS = (entries, submissions, sales, notices, payments)


class Row(NamedTuple):
    """What something took: seconds by the clock, of CPU in all processes, and the most memory of any of them so far."""

    name: str
    clock: float
    cpu: float
    peak: int


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--companies", type=int, default=6_000)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 30))
    parser.add_argument("--database", metavar="URL", help="a province that is there already; it is changed")
    asked = parser.parse_args(argv)
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        url = asked.database or f"sqlite:///{work}/heyan.db"
        if not asked.database:
            _make(asked, url)
        ledger = open_ledger(url)
        rows, result = measure(ledger, Path(work), asked.today, asked.workers)
        cases = _count(ledger.database)
    print(machine(), f"| {cases} cases, {result.companies} companies | s | CPU s | peak MiB |", sep="\n")
    print("| --- | --- | --- | --- |")
    for row in rows:
        print(f"| {row.name} | {row.clock:.1f} | {row.cpu:.1f} | {row.peak} |")
    print(summarise(result)["line"])
    return 0


def measure(ledger: Ledger, work: Path, today: date, workers: int) -> tuple[list[Row], Result]:
    """The baseline, full runs, and runs after nothing and after one case in a hundred changed."""
    rows: list[Row] = []

    def note(name: str, act: Callable[[], Done]) -> Done:
        clock, cpu = time.perf_counter(), _cpu()
        done = act()
        used = time.perf_counter() - clock, _cpu() - cpu
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        rows.append(Row(name, *used, max(resource.getrusage(one).ru_maxrss for one in whose) // 1024))
        print(*rows[-1], file=sys.stderr)
        return done

    note("every row of the books read once", lambda: _read(ledger.database))
    alone = note("full, one process", lambda: reconcile(ledger, work, today, full=True))
    spread = note(f"full, {workers} processes", lambda: reconcile(ledger, work, today, full=True, workers=workers))
    if (alone.sums, alone.standing, alone.apart) != (spread.sums, spread.standing, spread.apart):
        raise AssertionError("several processes found something else than one")
    note("incremental, nothing changed", lambda: reconcile(ledger, work, today, workers=workers))
    changed = _change(ledger.database, today)
    result = note(f"incremental, {changed} cases changed", lambda: reconcile(ledger, work, today, workers=workers))
    print(f"{result.judged} companies judged again", file=sys.stderr)
    return rows, result


def reconcile(ledger: Ledger, work: Path, today: date, *, full: bool = False, workers: int = 1) -> Result:
    """A whole run, without originals and without Prefect."""
    runs, stock = Reconciliations(ledger.database), Stock(ledger.database, open_bucket(work / "bucket"))
    run = runs.begin(today, ruleset(), full=full)
    while stock.follow_chain(run.id):
        pass
    for _ in judge_all(ledger.database, run, runs.companies(run), workers):
        pass
    result = read_result(ledger.database, run)
    write_reports(result, work / "reports")
    runs.finish(run, summarise(result))
    return result


def _make(asked: argparse.Namespace, url: str) -> None:
    """In a process of its own, whose memory is not ours."""
    numbers = ("--cases", str(asked.cases), "--companies", str(asked.companies), "--faults", str(asked.faults))
    command = (sys.executable, "-m", "fixtures.make.province", *numbers, "--today", str(asked.today))
    subprocess.run((*command, "--database", url), check=True)


def _cpu() -> float:
    return sum(os.times()[:4])


def _count(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(packages)) or 0


def _read(database: Database) -> int:
    with database.read() as connection:
        return sum(1 for table in BOOKS for _ in connection.execute(select(table)))


def _change(database: Database, today: date) -> int:
    """Takes down standing listings, as many as a hundredth of all cases; gives how many it were."""
    with database.write() as connection:
        events.lock_chain(connection)
        most = max(1, (connection.scalar(select(func.count()).select_from(packages)) or 0) // 100)
        standing = select(submissions.c.case_number).where(submissions.c.withdrawn_on.is_(None))
        cases = list(connection.scalars(standing.order_by(submissions.c.id)))
        done = 0
        for case in cases[:: max(1, len(cases) // (2 * most))]:
            try:
                with connection.begin_nested():
                    withdraw(connection, case, "bench", today, "bench")
                done += 1
            except IllegalStep:
                continue
            if done == most:
                break
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
