"""A small province with planted inconsistencies of all kinds: all are found, nothing else is, whatever breaks off."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from fixtures.make.province.__main__ import main as make_province
from reports.reconciliation.judging import cites, looking, ruleset
from reports.reconciliation.summary import balances, summarise
from reports.reconciliation.writing import write_reports
from storage.bucket import open_bucket
from storage.database import Database
from storage.ledger import open_ledger
from storage.reconciling import Reconciliations
from storage.reconciling_results import Result, read_result
from storage.reconciling_stock import Stock
from storage.reconciling_tables import differences, reconciliations
from storage.schema import review_items, runs

TODAY = date(2026, 11, 30)
ORDER = ["--seed", "7", "--companies", "60", "--cases", "330", "--faults", "32"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("province")
    words = ["--database", f"sqlite:///{folder}/heyan.db", "--bucket", str(folder / "bucket")]
    assert make_province([*ORDER, *words, "--truth", str(folder / "truth.json")]) == 0
    return folder


@pytest.fixture
def province(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "province")
    return tmp_path / "province"


def open_database(folder: Path) -> Database:
    return open_ledger(f"sqlite:///{folder}/heyan.db").database


def reconcile(folder: Path, *, full: bool = True, pause: float = 0.0) -> Result:
    """A run without Prefect; with a pause after each step, so that somebody can break it off."""
    database = open_database(folder)
    runs_, stock = Reconciliations(database), Stock(database, open_bucket(folder / "bucket"))
    run = runs_.begin(TODAY, ruleset(), full=full)
    while stock.follow_chain(run.id):
        time.sleep(pause)
    while stock.check_originals(run.id, None):
        time.sleep(pause)
    for codes in runs_.companies(run):
        for start in range(0, len(codes), 10 if pause else 1000):
            runs_.judge(run, codes[start:][: 10 if pause else 1000], looking(TODAY), cites())
            time.sleep(pause)
    result = read_result(database, run)
    write_reports(result, folder / "reports")
    time.sleep(pause)
    runs_.finish(run, summarise(result))
    return result


def match(folder: Path) -> tuple[list[dict], list[str]]:
    """The planted faults that no difference names, and the differences that name no fault."""
    truth = json.loads((folder / "truth.json").read_text())
    with open_database(folder).read() as connection:
        rows = connection.execute(select(differences).where(differences.c.gone_run.is_(None))).all()
    missed, meant = [], set()
    for fault in truth["faults"]:
        known = set(fault["subjects"])
        hits = [
            r for r in rows if r.rule == fault["rule"] and ({r.subject, *r.cases} & known) and fault["about"] in r.key
        ]
        meant |= {row.id for row in hits}
        missed += [] if hits else [fault]
    return missed, [row.message for row in rows if row.id not in meant]


def test_all_that_was_planted_is_found_and_nothing_else_and_the_sums_are_the_ledgers(province: Path) -> None:
    result = reconcile(province)
    assert match(province) == ([], [])
    assert {it.rule for it in result.standing} == {f"REC-{n:03d}" for n in range(1, 9)}
    assert [it for it in balances(result) if not it.agrees] == []
    assert {it.name for it in balances(result)} == {"sold", "bought", "paid"}


def test_a_clean_province_has_no_differences(tmp_path: Path) -> None:
    words = ["--database", f"sqlite:///{tmp_path}/heyan.db", "--bucket", str(tmp_path / "bucket")]
    assert make_province(["--seed", "3", "--companies", "20", "--cases", "120", *words]) == 0
    result = reconcile(tmp_path)
    assert (result.standing, result.waiting) == ((), 0)


def test_killed_at_any_moment_it_goes_on_and_tells_the_same_and_nothing_twice(province: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(province, whole)
    wanted = reconcile(whole)
    _kill_once(province, lambda: bool(_places(province)))
    _kill_once(province, lambda: any(_places(province)), 0.4)
    _kill_once(province, lambda: any((province / "reports").glob("*.xlsx")))
    found = reconcile(province)
    assert _tell(found) == _tell(wanted)
    assert _read_book(province) == _read_book(whole)
    with open_database(province).read() as connection:
        items = connection.execute(select(review_items).where(review_items.c.rule.like("REC-%"))).all()
        told = connection.scalars(select(runs.c.package_id).where(runs.c.state == "reconciled")).all()
        ended = connection.scalars(select(reconciliations.c.state)).all()
    assert len({(it.package_id, it.rule, it.subject, it.ordinal) for it in items}) == len(items)
    assert len(told) == len(set(told))
    assert ended == ["done"]
    assert reconcile(province, full=False).judged == 0


def _kill_once(folder: Path, reached: Callable[[], bool], seconds: float = 0.0) -> None:
    """Starts a slow run in a process of its own, and kills it some time after it reached something."""
    code = f"import tests.flows.test_reconcile_province as t, pathlib; t.reconcile(pathlib.Path({str(folder)!r}), pause=0.5)"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    while not reached():
        assert child.poll() is None
        time.sleep(0.02)
    time.sleep(seconds)
    assert child.poll() is None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


def _places(folder: Path) -> list[str]:
    """How far each run is among the companies."""
    with open_database(folder).read() as connection:
        return list(connection.scalars(select(reconciliations.c.place)))


def _tell(result: Result) -> dict:
    return summarise(result) | {"all": [it.message for it in result.standing], "sums": dict(result.sums)}


def _read_book(folder: Path) -> dict[str, list]:
    (path,) = (folder / "reports").glob("*.xlsx")
    book = load_workbook(path)
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book}
