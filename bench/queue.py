"""How fast the review queue answers: `python -m bench.queue [--items N] [--database URL]`, beside a plain count.

The baseline reads every item once without an index, in the same run on the same machine. CPU seconds are this
process's own, with the embedded database in it: on a busy machine they say more than the clock, of a server's
database nothing. A database that is named must be empty; the default is a new embedded one.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Table, func, insert, select

from bench.speed import machine
from domain.people import Role, User
from reference.counties import COUNTIES
from storage.database import Database
from storage.ledger import open_ledger
from storage.queue import Filter, Queue
from storage.queue_tables import search_terms
from storage.schema import findings, packages, review_items, runs
from storage.terms import fold

PER_PACKAGE = 5
RULES = tuple(
    f"{group}-{number:03d}" for group in ("DOC", "IMG", "IDN", "PER", "QTY", "DEM", "DEA") for number in range(1, 9)
)
AT_ONCE = 1_000
TIMES = 5
FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)


class Took(NamedTuple):
    """Medians of what a question took, in seconds."""

    clock: float
    cpu: float


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.queue", description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--database", metavar="URL")
    asked = parser.parse_args(argv)
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        database = open_ledger(asked.database or f"sqlite:///{work}/heyan.db").database
        fill(database, asked.items // PER_PACKAGE)
        rows = list(measure(database))
        database.close()
    base = rows[0][1]
    print(machine(), f"| {asked.items} items | s | CPU s | ratio of s |\n| --- | --- | --- | --- |", sep="\n")
    for name, took in rows:
        print(f"| {name} | {took.clock:.3f} | {took.cpu:.3f} | {took.clock / base.clock:.1f} |")
    return 0


def fill(database: Database, count: int) -> None:
    """Invents packages with a run, findings, items that wait and what they are found by."""
    for start in range(0, count, AT_ONCE):
        numbers = range(start + 1, min(start + AT_ONCE, count) + 1)
        with database.write() as connection:
            for table, rows in invent(numbers):
                connection.execute(insert(table), rows)


def invent(numbers: Sequence[int]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows of these packages."""
    yield packages, [_package(number) for number in numbers]
    common = {"at": FIRST_DAY, "ruleset": "1", "state": "review", "seconds": 1.0}
    yield runs, [common | {"id": number, "package_id": number} for number in numbers]
    yield findings, [_finding(number, place) for number in numbers for place in range(PER_PACKAGE)]
    yield review_items, [_item(number, place) for number in numbers for place in range(PER_PACKAGE)]
    yield search_terms, [row for number in numbers for row in _terms(number)]


def measure(database: Database) -> Iterator[tuple[str, Took]]:
    """What the baseline takes, and then each question."""
    queue, user = Queue(database), User(id=1, name="wang", display="王", role=Role.REVIEWER)
    yield "baseline: every item read once", take_time(lambda: _count(database))
    for name, question in _questions(queue, user).items():
        yield name, take_time(question)


def _questions(queue: Queue, user: User) -> dict[str, Callable[[], object]]:
    first = queue.search().items[0]
    asked = {
        "a company's name": Filter(text="第777铅锌"),
        "a code": Filter(text=_code(777)),
        "a case's number": Filter(text=_case(777)),
        "nothing found": Filter(text="无此企业"),
        "a rule": Filter(rule=RULES[3]),
        "a kind and a county": Filter(kind="demand", county=next(iter(COUNTIES))),
        "doubts of severity B that nobody has": Filter(doubt=True, severity="B", holder=""),
    }
    questions: dict[str, Callable[[], object]] = {
        "first page": queue.search,
        "page 1000": lambda: queue.search(page=1000),
    }
    questions |= {name: partial(queue.search, one) for name, one in asked.items()}
    questions["take and give back"] = lambda: (queue.take(first.id, user, first.edition), queue.release(first.id, user))
    return questions


def take_time(question: Callable[[], object]) -> Took:
    """Medians of what a question takes, asked several times."""
    took = []
    for _ in range(TIMES):
        clock, cpu = time.perf_counter(), time.process_time()
        question()
        took.append(Took(time.perf_counter() - clock, time.process_time() - cpu))
    return Took(median(one.clock for one in took), median(one.cpu for one in took))


def _count(database: Database) -> None:
    with database.read() as connection:
        connection.execute(select(func.count(), func.max(review_items.c.subject)).select_from(review_items)).one()


def _package(number: int) -> dict[str, Any]:
    own = {
        "id": number,
        "case_number": _case(number),
        "receipt": f"{_case(number)}-01",
        "content_hash": f"{number:064d}",
    }
    kind = ("supply", "demand", "transfer")[number % 3]
    when = {"received_at": FIRST_DAY, "submitted_on": date(2026, 1, 5)}
    return own | when | {"version": 1, "name": f"package {number}", "kind": kind, "state": "review"}


def _finding(number: int, place: int) -> dict[str, Any]:
    evidence = [{"document": "supply_form", "page": 3, "text": "45.0 千克/年", "field": "offered.Pb"}] * 3
    own = {"id": number * PER_PACKAGE + place, "run_id": number, "position": place, "rule": _rule(number, place)}
    texts = {"subject": f"Pb{place}", "message": "拟出让量与附表不符：45.0 千克/年，46.4 千克/年", "cites": "2(5)"}
    return own | texts | {"outcome": "failed", "severity": "B" if number % 2 else "R", "evidence": evidence}


def _item(number: int, place: int) -> dict[str, Any]:
    own = {"package_id": number, "finding_id": number * PER_PACKAGE + place, "rule": _rule(number, place)}
    rank = {"gravity": 0 if number % 2 else 1, "doubt": (number + place) % 4 == 0}
    opened = FIRST_DAY + timedelta(minutes=number * 7919 % 300_000)
    return own | rank | {"subject": f"Pb{place}", "ordinal": 0, "state": "open", "opened_at": opened}


def _terms(number: int) -> Iterator[dict[str, Any]]:
    name, counties = f"贵州第{number}铅锌冶炼有限公司", list(COUNTIES)
    texts = {"case": _case(number), "company": name, "code": _code(number), "number": f"{_code(number)}001P"}
    for kind, text in (texts | {"title": name, "county": counties[number % len(counties)]}).items():
        yield {"package_id": number, "kind": kind, "folded": fold(text), "text": text}


def _case(number: int) -> str:
    return f"HY-2026-{number:06d}"


def _code(number: int) -> str:
    return f"91520500MA{number:08d}"


def _rule(number: int, place: int) -> str:
    return RULES[(number + place) % len(RULES)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
