"""How many recorded cases a second a back-test looks at: `python -m bench.backtest [--cases N] [--workers N]`.

The samples of `fixtures/scans` are recorded again and again under new numbers; nothing is read by OCR.
"""

import argparse
import os
import resource
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import validators
from bench.queue import Took
from bench.speed import HOUSE, machine
from domain.dossier import Dossier
from domain.errors import HeyanError
from extractors.recorded import load
from extractors.understanding import understand
from reports.postings import mentioned
from reports.verdict import verdict
from review.backtesting import Trial, backtest
from storage.ledger import Ledger, open_ledger
from storage.past import list_case_numbers
from storage.records import Drop, FileRecord

DAY = date(2026, 11, 23)
SAMPLES = ("b072-002", "d405-000", "s320-000.pdf")


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.backtest", description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(argv)
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        ledger = open_ledger(f"sqlite:///{work}/heyan.db")
        pages = fill(ledger, asked.cases)
        rows = [(name, measure(ledger, trial, asked.workers)) for name, trial in _trials()]
        ledger.close()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    head = f"| {asked.cases} cases, {pages} pages | s | CPU s | cases per CPU s |\n| --- | --- | --- | --- |"
    print(machine(), head, sep="\n")
    for name, took in rows:
        print(f"| {name} | {took.clock:.1f} | {took.cpu:.1f} | {asked.cases / took.cpu:.1f} |")
    print(f"\nPeak of the largest process: {peak} MiB.")
    return 0


def _trials() -> tuple[tuple[str, Trial], ...]:
    return ("as recorded", Trial()), ("papers understood anew", Trial(again=True))


def fill(ledger: Ledger, count: int) -> int:
    """Records the samples until there are enough cases; gives their pages."""
    dossiers = [_understand(name) for name in SAMPLES]
    for number in range(count):
        _enter(ledger, dossiers[number % len(dossiers)], f"{number}")
    return sum(len(dossiers[number % len(dossiers)].pages) for number in range(count))


def measure(ledger: Ledger, trial: Trial, workers: int) -> Took:
    """What all cases take, by the clock and of CPU in all processes."""
    clock, cpu = monotonic(), sum(os.times()[:4])
    for _ in backtest(ledger.database, list_case_numbers(ledger.database), trial, workers):
        pass
    return Took(monotonic() - clock, sum(os.times()[:4]) - cpu)


def _understand(name: str) -> Dossier:
    found = load(Path(HOUSE, "fixtures/scans", f"{name}.readings.json.gz"))
    if found is None:
        raise HeyanError("NO_READINGS", f"没有识读记录：{name}")
    return understand(found.package, found.pages, DAY, found.refused)


def _enter(ledger: Ledger, dossier: Dossier, content: str) -> None:
    file = FileRecord(position=1, name="1.pdf", sha256=content.rjust(64, "0"), size=3, media="application/pdf")
    drop = Drop(package=dossier.package, content_hash=content.rjust(64, "c"), submitted_on=dossier.today, files=(file,))
    case = ledger.claim(drop).case
    findings = validators.check(dossier, ledger.books(mentioned(dossier), case))
    told = verdict(dossier, findings, 1.0, case)
    ledger.record(
        case,
        dossier,
        findings,
        state=told.state,
        seconds=1.0,
        ruleset=validators.RULESET,
        verdict=told.model_dump_json(),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
