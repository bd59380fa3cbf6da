"""How fast the desk answers for a case of many pages: `python -m bench.desk [--pages N]`, beside its smallest page.

The case is a committed sample whose permit copies come again and again until there are as many pages. The
baseline is the sign-in page: what the web server itself takes, in the same run on the same machine. CPU seconds are
this process's own: on a busy machine they say more than the clock.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient

import validators
from bench.queue import Took
from bench.speed import machine
from domain.document import Document, map_fields
from domain.dossier import Dossier
from domain.page import ReadPage
from domain.people import Role
from extractors.recorded import beside, load
from extractors.understanding import understand
from reports.verdict import verdict
from review.desk.app import create_app
from review.desk.office import Office
from storage.bucket import open_bucket
from storage.intake import claim, drop
from storage.ledger import open_ledger
from storage.people import People
from storage.queue import Queue

SAMPLE = Path(__file__).parents[1] / "fixtures" / "scans" / "s1211-000"
DAY = date(2026, 11, 20)
PASSWORD = "清水江-2026-九月"
TIMES = 9


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    asked = parser.parse_args(argv)
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        office = furnish(Path(work))
        case = take_in(office, stretch(read(), asked.pages), Path(work))
        rows = list(measure(office, case))
        office.ledger.close()
    base = rows[0][1]
    print(machine(), f"| a case of {asked.pages} pages | s | CPU s | ratio of s |\n| --- | --- | --- | --- |", sep="\n")
    for name, took in rows:
        print(f"| {name} | {took.clock:.3f} | {took.cpu:.3f} | {took.clock / base.clock:.1f} |")
    return 0


def furnish(folder: Path) -> Office:
    """An empty office with one reviewer."""
    ledger = open_ledger(f"sqlite:///{folder}/heyan.db")
    people = People(ledger.database)
    people.add("luo", "luo", Role.REVIEWER, PASSWORD)
    return Office(ledger, people, Queue(ledger.database), open_bucket(folder / "bucket"), folder)


def read() -> Dossier:
    """The sample as it was read."""
    readings = load(beside(SAMPLE))
    if readings is None:
        raise SystemExit(f"no readings beside {SAMPLE}")
    return understand(SAMPLE.name, readings.pages, DAY, readings.refused)


def stretch(dossier: Dossier, count: int) -> Dossier:
    """The dossier with at least `count` pages, its permit copies' tables grown alike."""
    times = -(-count // len(dossier.pages))
    pages = [_renumber(page, number) for number, page in enumerate(dossier.pages * times, start=1)]
    documents = tuple(_grow(document, times, len(dossier.pages)) for document in dossier.documents)
    return dossier.model_copy(update={"pages": tuple(pages), "documents": documents})


def take_in(office: Office, dossier: Dossier, work: Path) -> str:
    """Records the case with what the rules find; gives its number."""
    case = claim(office.bucket, office.ledger, drop(office.bucket, SAMPLE), work / "work", DAY).case
    findings = validators.check(dossier)
    told = verdict(dossier, findings, 1.0, case)
    office.ledger.record(
        case,
        dossier,
        findings,
        state=told.state,
        seconds=1.0,
        ruleset=validators.RULESET,
        verdict=told.model_dump_json(),
    )
    return case


def measure(office: Office, case: str) -> Iterator[tuple[str, Took]]:
    """How long each page takes."""
    session = office.people.sign_in("luo", PASSWORD)
    browser = TestClient(create_app(office), cookies={"heyan_session": session.token})
    item = office.ledger.show(case).items[0].id
    paths = {
        "sign-in page": "/sign-in",
        "queue": "/queue",
        "case": f"/cases/{case}",
        "mismatch": f"/items/{item}",
        "page view": f"/cases/{case}/v1/pages/5",
        "picture of a page, kept": f"/cases/{case}/v1/pages/1.jpg",
    }
    for name, path in paths.items():
        tries = [_time(browser, path) for _ in range(TIMES)]
        yield name, Took(*(median(took) for took in zip(*tries, strict=True)))


def _time(browser: TestClient, path: str) -> Took:
    clock, cpu = time.perf_counter(), time.process_time()
    browser.get(path).raise_for_status()
    return Took(time.perf_counter() - clock, time.process_time() - cpu)


def _renumber(page: ReadPage, number: int) -> ReadPage:
    return page.model_copy(update={"page": page.page.model_copy(update={"number": number})})


def _grow(document: Document, times: int, step: int) -> Document:
    """A permit copy whose tables come again every `step` pages; any other document as it is."""
    limits = getattr(document, "limits", None)
    if not limits:
        return document
    rows = [_shift(row, step * n) for n in range(times) for row in limits]
    numbers = [number + step * n for n in range(times) for number in document.pages]
    return document.model_copy(update={"limits": tuple(rows), "pages": tuple(numbers)})


def _shift(row: Any, pages: int) -> Any:
    return map_fields(row, lambda field: field.model_copy(update={"page": field.page and field.page + pages}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
