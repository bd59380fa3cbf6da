"""How fast all cases are found and paged: `python -m bench.cases [--cases N] [--database URL]`, beside a plain count.

The baseline reads every case once without an index, in the same run on the same machine. A database that is named
must be empty; the default is a new embedded one.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi.testclient import TestClient
from sqlalchemy import func, insert, select

from bench.queue import Took, invent, take_time
from bench.speed import machine
from domain.people import Role
from reference.counties import COUNTIES
from review.desk.app import create_app
from review.desk.office import Office
from storage.bucket import open_bucket
from storage.case_search import CaseFilter, search_cases
from storage.database import Database
from storage.ledger import Ledger, open_ledger
from storage.people import People
from storage.queue import Queue
from storage.queue_tables import search_terms
from storage.schema import packages

AT_ONCE = 1_000
PASSWORD = "清水江-2026-九月"


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", metavar="URL")
    asked = parser.parse_args(argv)
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        ledger = open_ledger(asked.database or f"sqlite:///{work}/heyan.db")
        fill(ledger.database, asked.cases)
        rows = [*measure(ledger.database, asked.cases), *measure_page(ledger, Path(work))]
        ledger.close()
    base = rows[0][1]
    print(machine(), f"| {asked.cases} cases | s | CPU s | ratio of s |\n| --- | --- | --- | --- |", sep="\n")
    for name, took in rows:
        print(f"| {name} | {took.clock:.3f} | {took.cpu:.3f} | {took.clock / base.clock:.1f} |")
    return 0


def fill(database: Database, count: int) -> None:
    """Invents packages and what they are found by."""
    for start in range(0, count, AT_ONCE):
        with database.write() as connection:
            for table, rows in invent(range(start + 1, min(start + AT_ONCE, count) + 1)):
                if table in (packages, search_terms):
                    connection.execute(insert(table), rows)


def measure(database: Database, count: int) -> Iterator[tuple[str, Took]]:
    """What the baseline takes, and then each question."""
    yield "baseline: every case read once", take_time(lambda: _count(database))
    asked = {
        "first page": ({}, {}),
        "in the middle": ({}, {"below": count // 2}),
        "last page": ({}, {"below": 51}),
        "the page before the last": ({}, {"above": 51}),
        "a company's name": ({"text": "第777铅锌"}, {}),
        "a case's number": ({"text": "HY-2026-000777"}, {}),
        "nothing found": ({"text": "无此企业"}, {}),
        "a state nobody is in": ({"state": "verified"}, {}),
        "a kind and a county": ({"kind": "demand", "county": next(iter(COUNTIES))}, {}),
        "no day fits": ({"until": date(2020, 1, 1)}, {}),
        "an officer without cases": ({"by": "chen"}, {}),
    }
    for name, (what, where) in asked.items():
        narrowed = CaseFilter.model_validate(what)
        yield name, take_time(lambda narrowed=narrowed, where=where: search_cases(database, narrowed, **where))  # type: ignore[misc]


def measure_page(ledger: Ledger, work: Path) -> Iterator[tuple[str, Took]]:
    """The page itself, with session and templates."""
    office = Office(ledger, People(ledger.database), Queue(ledger.database), open_bucket(work / "bucket"), work)
    office.people.add("wang", "王", Role.REVIEWER, PASSWORD)
    client = TestClient(create_app(office), cookies={"heyan_session": office.people.sign_in("wang", PASSWORD).token})
    for name, address in (("the page", "/cases"), ("the page, searched", "/cases?text=铅锌")):
        yield name, take_time(lambda address=address: client.get(address).raise_for_status())  # type: ignore[misc]


def _count(database: Database) -> None:
    with database.read() as connection:
        connection.execute(select(func.count(), func.max(packages.c.name)).select_from(packages)).one()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
