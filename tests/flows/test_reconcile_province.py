"""A province with planted inconsistencies of all kinds: all are found, nothing else is, whatever breaks off."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from reports.reconciliation.summary import balances
from storage.reconciling_results import Result
from storage.reconciling_tables import differences, reconciliations
from storage.schema import review_items, runs
from tests.flows.provinces import make, open_database, read_book, read_last, reconcile, tell

HOUSE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A small province that was reconciled in one go."""
    folder = tmp_path_factory.mktemp("whole")
    make(folder, seed=7, companies=20, cases=110, faults=8)
    shutil.copyfile(folder / "heyan.db", folder / "made.db")
    return folder, reconcile(folder)


@pytest.fixture
def province(whole: tuple[Path, Result], tmp_path: Path) -> Path:
    """The same province before it was reconciled."""
    return copy(whole[0], tmp_path / "province")


def copy(whole: Path, folder: Path) -> Path:
    """Another one like it; they share their originals, which nobody changes."""
    folder.mkdir()
    shutil.copyfile(whole / "made.db", folder / "heyan.db")
    (folder / "bucket").symlink_to(whole / "bucket")
    return folder


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


def test_200_planted_faults_are_found_and_nothing_else_and_the_sums_are_the_ledgers(tmp_path: Path) -> None:
    make(tmp_path, seed=11, companies=150, cases=1200, faults=200)
    told = Counter(it["rule"] for it in json.loads((tmp_path / "truth.json").read_text())["faults"])
    assert told == dict.fromkeys([f"REC-{n:03d}" for n in range(1, 9)], 25)
    result = reconcile(tmp_path, workers=2)
    assert match(tmp_path) == ([], [])
    damaged = [it for it in result.standing if it.rule == "REC-008"]
    assert len(damaged) == result.damaged == 25
    assert [it for it in balances(result) if not it.agrees] == []
    assert {it.name for it in balances(result)} == {"sold", "bought", "paid"}
    assert sum(it.ledger for it in balances(result)) > 0


def test_a_clean_province_has_no_differences(tmp_path: Path) -> None:
    make(tmp_path, seed=3, companies=20, cases=120, faults=0)
    result = reconcile(tmp_path)
    assert (result.standing, result.waiting) == ((), 0)


def test_several_processes_find_what_one_does(whole: tuple[Path, Result], province: Path) -> None:
    assert tell(reconcile(province, workers=2, at_once=3)) == tell(whole[1])
    assert read_book(province) == read_book(whole[0])


def test_killed_at_many_random_moments_it_tells_the_same_and_nothing_twice(
    whole: tuple[Path, Result], province: Path, tmp_path: Path
) -> None:
    start, killed = time.monotonic(), 0
    reconcile(copy(whole[0], tmp_path / "measure"), workers=1, at_once=3)
    took = time.monotonic() - start
    for number in range(2):
        folder = copy(whole[0], tmp_path / str(number))
        command = (sys.executable, "-m", "tests.flows.provinces", folder, str(took), f"kill {number}")
        killed += int(subprocess.run(command, cwd=HOUSE, capture_output=True, check=True, timeout=500).stdout)
        assert tell(read_last(folder)) == tell(whole[1])
        assert read_book(folder) == read_book(whole[0])
        check_items(folder)
        assert reconcile(folder, full=False).judged == 0
    assert killed >= 4


def check_items(folder: Path) -> None:
    """Nothing waits twice, and no package was told the same twice."""
    with open_database(folder).read() as connection:
        items = connection.execute(select(review_items).where(review_items.c.rule.like("REC-%"))).all()
        told = connection.scalars(select(runs.c.package_id).where(runs.c.state == "reconciled")).all()
        ended = connection.scalars(select(reconciliations.c.state)).all()
    assert len({(it.package_id, it.rule, it.subject, it.ordinal) for it in items}) == len(items)
    assert len(told) == len(set(told))
    assert ended == ["done"]


def test_a_killed_run_leaves_no_process_behind(province: Path) -> None:
    code = f"import pathlib, tests.flows.provinces as p; p.reconcile(pathlib.Path({str(province)!r}), workers=2, at_once=1)"
    run = subprocess.Popen([sys.executable, "-c", code], cwd=HOUSE)
    deadline = time.monotonic() + 240
    while len(helpers := find_helpers(run.pid)) < 2:
        assert run.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert psutil.wait_procs(helpers, timeout=120)[1] == []


def find_helpers(parent: int) -> list[psutil.Process]:
    """The processes that look at companies."""
    try:
        children = psutil.Process(parent).children(recursive=True)
        return [it for it in children if "spawn_main" in " ".join(it.cmdline())]
    except psutil.NoSuchProcess:
        return []
