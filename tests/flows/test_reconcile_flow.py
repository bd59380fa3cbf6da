"""`./heyan reconcile` through the real Prefect flow, and the nightly deployment."""

import json
import os
import subprocess
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from domain.dossier import Kind
from domain.postings import Basis, Listing
from domain.quantity import Metal
from reference.policy import policy
from storage.ledger import open_ledger
from storage.records import Drop

HOUSE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with one listing whose permit ran out."""
    folder = tmp_path_factory.mktemp("data")
    ledger = open_ledger(f"sqlite:///{folder}/heyan.db")
    case = ledger.claim(Drop(package="甲", content_hash="a" * 64, submitted_on=date(2026, 1, 5), files=())).case
    told = {"figures": {Metal.PB: D(4)}, "surplus": {Metal.PB: D(4)}, "basis": Basis(permit_until=date(2026, 5, 31))}
    listing = Listing(kind=Kind.SUPPLY, uscc="91520102MA0000001X", name="甲公司", on=date(2026, 1, 5), **told)
    ledger.post(case, listing)
    ledger.close()
    return folder


def reconcile(data: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HEYAN_"))}
    command = [HOUSE / "heyan", "reconcile", "--json", *words]
    environment = ours | {"HEYAN_DATA": str(data)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_the_command_runs_the_flow_writes_both_reports_and_says_that_something_waits(data: Path) -> None:
    code, told, progress = reconcile(data, "--today", "2026-06-01")
    assert (code, told["by_rule"], told["waiting"], told["adds_up"]) == (1, {"REC-005": 1}, 1, True)
    assert [Path(path).suffix for path in told["files"]] == [".xlsx", ".html"]
    assert all(Path(path).parent == data / "reconciliations" and Path(path).stat().st_size for path in told["files"])
    assert "企业 1/1" in progress
    page = Path(told["files"][1]).read_text(encoding="utf-8")
    assert "http://" not in page and "https://" not in page


def test_the_deployment_follows_the_policy_in_the_time_of_guizhou() -> None:
    from flows.nightly import deploy

    (one,) = deploy().schedules
    assert (one.schedule.cron, one.schedule.timezone) == (policy().reconciliation.value.cron, "Asia/Shanghai")
