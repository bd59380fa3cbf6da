"""How fast a province is reconciled: `python -m bench.reconcile [--cases N] [--companies N] [--faults N]`.

The baseline reads every row of the books once, without judging anything, in the same run on the same machine. Stored
originals are left out (their time is the store's), the chain of the log is followed.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bench.queue import Took
from bench.speed import machine
from fixtures.make.province.__main__ import main as make_province
from reports.reconciliation.judging import cites, looking, ruleset
from reports.reconciliation.summary import summarise
from reports.reconciliation.writing import write_reports
from storage.book_tables import entries, notices, payments, sales, submissions
from storage.bucket import open_bucket
from storage.database import Database
from storage.ledger import Ledger, open_ledger
from storage.reconciling import Reconciliations
from storage.reconciling_results import Result, read_result
from storage.reconciling_stock import Stock

BOOKS = (entries, submissions, sales, notices, payments)
Row = tuple[str, Took, int]


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--companies", type=int, default=6_000)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 11, 30))
    asked = parser.parse_args(argv)
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        url = f"sqlite:///{work}/heyan.db"
        words = ["--cases", str(asked.cases), "--companies", str(asked.companies), "--faults", str(asked.faults)]
        make_province([*words, "--today", str(asked.today), "--database", url])
        rows, result = measure(open_ledger(url), Path(work), asked.today)
    print(machine(), f"| {asked.cases} cases, {result.companies} companies | s | CPU s | peak MiB |", sep="\n")
    print("| --- | --- | --- | --- |")
    for name, took, peak in rows:
        print(f"| {name} | {took.clock:.1f} | {took.cpu:.1f} | {peak} |")
    print(summarise(result)["line"])
    return 0


def measure(ledger: Ledger, work: Path, today: date) -> tuple[list[Row], Result]:
    """The baseline, a full run, and runs after nothing and after one case in a hundred changed."""
    rows: list[Row] = []

    def note(name: str, act: Callable[[], object]) -> None:
        clock, cpu = time.perf_counter(), time.process_time()
        act()
        took = Took(time.perf_counter() - clock, time.process_time() - cpu)
        rows.append((name, took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))

    note("every row of the books read once", lambda: _read(ledger.database))
    note("full", lambda: reconcile(ledger, work, today, full=True))
    note("incremental, nothing changed", lambda: reconcile(ledger, work, today))
    _touch(ledger)
    note("incremental, 1 % of the cases changed", lambda: reconcile(ledger, work, today))
    last = Reconciliations(ledger.database).last()
    assert last is not None
    return rows, read_result(ledger.database, last)


def reconcile(ledger: Ledger, work: Path, today: date, *, full: bool = False) -> Result:
    """A whole run, without originals and without Prefect."""
    runs, stock = Reconciliations(ledger.database), Stock(ledger.database, open_bucket(work / "bucket"))
    run = runs.begin(today, ruleset(), full=full)
    while stock.follow_chain(run.id):
        pass
    for codes in runs.companies(run):
        runs.judge(run, codes, looking(today), cites())
    result = read_result(ledger.database, run)
    write_reports(result, work / "reports")
    runs.finish(run, summarise(result))
    return result


def _read(database: Database) -> int:
    with database.read() as connection:
        return sum(1 for table in BOOKS for _ in connection.execute(select(table)))


def _touch(ledger: Ledger) -> None:
    """Something is told of every hundredth case: its listing is taken down, where it has one that stands."""
    with ledger.database.read() as connection:
        wanted = select(submissions.c.case_number).where(submissions.c.withdrawn_on.is_(None))
        cases = list(connection.scalars(wanted.order_by(submissions.c.id)))
    for case in cases[:: max(1, len(cases) * 100 // max(1, len(ledger.cases())))]:
        ledger.note(case, "withdrawal refused", {"reason": "bench"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
