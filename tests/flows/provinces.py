"""Runs of reconciliation over made provinces, without Prefect; as a program, runs that are killed at random moments."""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from fixtures.make.province.__main__ import main as make_province
from reports.reconciliation.judging import ruleset
from reports.reconciliation.spreading import judge_all
from reports.reconciliation.summary import summarise
from reports.reconciliation.writing import write_reports
from storage.bucket import open_bucket
from storage.database import Database
from storage.ledger import open_ledger
from storage.reconciling import Reconciliations, Run
from storage.reconciling_results import Result, read_result
from storage.reconciling_stock import Stock

TODAY = date(2026, 11, 30)


def make(folder: Path, *, seed: int, companies: int, cases: int, faults: int) -> None:
    """A province with its originals and its truth."""
    numbers = {"seed": seed, "companies": companies, "cases": cases, "faults": faults}
    words = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
    words += ["--database", address(folder), "--bucket", str(folder / "bucket")]
    assert make_province([*words, "--truth", str(folder / "truth.json")]) == 0


def address(folder: Path) -> str:
    """The database of a province: the one that a file `url` names, else one that lies beside it."""
    told = folder / "url"
    return told.read_text() if told.exists() else f"sqlite:///{folder}/heyan.db"


def open_database(folder: Path) -> Database:
    return open_ledger(address(folder)).database


def reconcile(folder: Path, *, full: bool = True, workers: int = 1, at_once: int = 20) -> Result:
    """A whole run; a few companies at once, so that it has many steps."""
    database = open_database(folder)
    runs, stock = Reconciliations(database), Stock(database, open_bucket(folder / "bucket"))
    run = runs.begin(TODAY, ruleset(), full=full)
    while stock.follow_chain(run.id):
        pass
    while stock.check_originals(run.id, None):
        pass
    for _ in judge_all(database, run, _cut(runs, run, at_once), workers):
        pass
    result = read_result(database, run)
    write_reports(result, folder / "reports")
    runs.finish(run, summarise(result))
    return result


def read_last(folder: Path) -> Result:
    """What the last run that ended told."""
    database = open_database(folder)
    last = Reconciliations(database).last()
    assert last is not None
    return read_result(database, last)


def tell(result: Result) -> dict[str, Any]:
    """All that a run told."""
    return summarise(result) | {"all": [it.message for it in result.standing], "sums": dict(result.sums)}


def read_book(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The cells of the first workbook."""
    book = load_workbook(sorted((folder / "reports").glob("*.xlsx"))[0])
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book}


def _cut(runs: Reconciliations, run: Run, at_once: int) -> Iterator[Sequence[str]]:
    for codes in runs.companies(run):
        yield from (codes[start : start + at_once] for start in range(0, len(codes), at_once))


def kill_until_done(folder: Path, seconds: float, rng: random.Random) -> int:
    """Starts runs one after the other and kills each after a random time, until one ends; gives how many were killed.

    The first ones live for a fifth of `seconds` at the most, each further one for a little longer.
    """
    killed = 0
    while True:
        child = os.fork()
        if child == 0:
            reconcile(folder, at_once=3)
            os._exit(0)
        time.sleep(rng.uniform(0, seconds * (0.2 + 0.1 * killed)))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return killed
        killed += 1


if __name__ == "__main__":
    print(kill_until_done(Path(sys.argv[1]), float(sys.argv[2]), random.Random(sys.argv[3])))
