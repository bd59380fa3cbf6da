"""The demo starts with no cases each time, but never reads a page twice."""

import subprocess
import sys
from pathlib import Path

from storage.ledger import open_ledger

HOUSE = Path(__file__).parents[2]


def fresh(data: Path) -> None:
    script = HOUSE / "scripts" / "fresh_cases.py"
    subprocess.run([sys.executable, script, data], env={"PYTHONPATH": str(HOUSE)}, check=True)


def test_cases_go_and_readings_stay(tmp_path: Path) -> None:
    fresh(tmp_path)
    ledger = open_ledger(f"sqlite:///{tmp_path / 'heyan.db'}")
    ledger.readings.put("page", "{}")
    ledger.note(None, "something", {})
    ledger.close()
    (tmp_path / "bucket").mkdir()
    fresh(tmp_path)
    again = open_ledger(f"sqlite:///{tmp_path / 'heyan.db'}")
    assert again.readings.get("page") == "{}"
    assert again.events() == ()
    assert sorted(path.name for path in tmp_path.iterdir() if "heyan" in path.name)[0] == "heyan.db"
    assert not (tmp_path / "bucket").exists()
