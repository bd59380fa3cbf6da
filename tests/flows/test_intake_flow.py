"""The whole way of packages through the real Prefect flow, on the folder bucket and SQLite."""

import json
import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from storage.ledger import Ledger, open_ledger
from tests.cli import bad

HOUSE = Path(__file__).parents[2]


class Ended(NamedTuple):
    """One call of `./heyan intake` over several packages, and what it left behind."""

    code: int
    packages: list[dict[str, Any]]
    progress: str
    data: Path

    @property
    def ledger(self) -> Ledger:
        return open_ledger(f"sqlite:///{self.data / 'heyan.db'}")


def intake(data: Path, *paths: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HEYAN_"))}
    command = [HOUSE / "heyan", "intake", *paths, "--json", "--today", "2026-11-20", "--workers", "1"]
    environment = ours | {"HEYAN_DATA": str(data)} | environment
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    drops, data = tmp_path_factory.mktemp("drops"), tmp_path_factory.mktemp("data")
    paths = [bad.bomb(drops / "炸弹.zip"), bad.good(drops / "材料.png"), drops / "空"]
    paths[2].mkdir()
    same = drops / "改名.png"
    same.write_bytes(paths[1].read_bytes())
    done = intake(data, *paths, same)
    return Ended(done.returncode, json.loads(done.stdout)["packages"], done.stderr, data)


def test_each_package_gets_its_verdict_and_the_gravest_the_exit_code(ended: Ended) -> None:
    assert [p["state"] for p in ended.packages] == ["quarantined", "review", "quarantined", "review"]
    assert ended.code == 3


def test_a_bad_package_lies_in_quarantine_with_its_reason_and_its_original(ended: Ended) -> None:
    case = ended.packages[0]["case"]
    (reason,) = (ended.data / "bucket").rglob("reason.json")
    told = json.loads(reason.read_text(encoding="utf-8"))
    assert (told["case"], told["code"]) == (case, "ZIP_BOMB")
    sha256 = told["originals"][0]["sha256"]
    assert any(path.name == sha256 for path in (ended.data / "bucket").rglob("*"))
    assert ended.ledger.show(case).case.state == "quarantined"


def test_what_holds_a_package_back_stands_in_the_queue(ended: Ended) -> None:
    case = ended.packages[1]["case"]
    queued = {item.finding.rule for item in ended.ledger.queue() if item.case == case}
    holding = {
        f["rule"]
        for f in ended.packages[1]["findings"]
        if f["outcome"] in ("failed", "unsure") and f["severity"] != "N"
    }
    assert queued == holding
    assert "DOC-001" in queued


def test_the_page_was_really_read(ended: Ended) -> None:
    assert ended.packages[1]["pages"] == 1
    assert [page["page"] for page in ended.packages[1]["other_pages"]] == [1]


def test_the_same_content_again_is_the_first_case(ended: Ended) -> None:
    first, again = ended.packages[1], ended.packages[3]
    assert again["duplicate"] and not first["duplicate"]
    assert (again["case"], again["package"]) == (first["case"], "改名.png")
    assert again["findings"] == first["findings"]


def test_an_empty_folder_never_becomes_a_case(ended: Ended) -> None:
    assert ended.packages[2]["case"] is None
    assert ended.packages[2]["error"]["code"] == "EMPTY_PACKAGE"
    assert len(ended.ledger.cases()) == 2


def test_nothing_is_left_in_the_intake_and_results_are_published(ended: Ended) -> None:
    bucket = ended.data / "bucket"
    assert not [path for path in (bucket / "intake").rglob("*") if path.is_file()]
    assert any(path.name == f"{ended.packages[1]['case']}.json" for path in bucket.rglob("*.json"))


def test_progress_goes_to_standard_error_without_noise(ended: Ended) -> None:
    assert "材料.png：读页 1/1" in ended.progress
    assert "Traceback" not in ended.progress
    assert "Error" not in ended.progress


def test_prefect_keeps_one_run_a_package_a_task_a_stage_and_the_verdict_as_artifact(ended: Ended) -> None:
    with sqlite3.connect(ended.data / "prefect" / "prefect.db") as prefect:
        flows = [name for (name,) in prefect.execute("SELECT name FROM flow_run ORDER BY created")]
        artifacts = [text for (text,) in prefect.execute("SELECT data FROM artifact")]
    assert flows == ["炸弹.zip", "材料.png", "改名.png"]
    assert any("DOC-001" in text for text in artifacts)


def test_a_database_that_is_away_ends_with_four(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    page = bad.good(tmp_path / "页.png")
    done = intake(tmp_path / "data", page, HEYAN_DATABASE_URL=f"sqlite:///{tmp_path}/file/heyan.db")
    assert (done.returncode, done.stdout) == (4, "")
