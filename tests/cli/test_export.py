"""`./heyan export` on an embedded database and bucket."""

import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from cli.main import main
from storage.records import Drop
from tests.storage.databases import open_embedded


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("HEYAN_DATA", str(tmp_path / "data"))
    ledger = open_embedded(tmp_path / "data/heyan.db")
    return ledger.claim(Drop(package="甲", content_hash="a", submitted_on=date(2026, 11, 24), files=())).case


def test_a_case_is_exported_and_checked_by_the_program_inside(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "案卷.zip"
    assert main(["export", "case", case, "--out", str(out)]) == 0
    mark = capsys.readouterr().err.split()[-1]
    zipfile.ZipFile(out).extract("verify.py", tmp_path)
    command = [sys.executable, str(tmp_path / "verify.py"), str(out), "--expect", mark]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert main(["audit", "verify", "--expect", mark]) == 0


def test_a_file_that_is_there_and_a_case_that_is_not_are_usage_errors(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    assert main(["export", "case", "HY-1999-000001", "--out", str(out)]) == 2
    assert "没有案卷" in capsys.readouterr().err and not out.exists()
    out.write_text("mine")
    assert main(["export", "case", case, "--out", str(out)]) == 2
    assert out.read_text() == "mine"
