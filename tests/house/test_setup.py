"""`make setup` where it may not install anything."""

import os
import shutil
import subprocess
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def stub(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_root_and_sudo_it_says_what_is_missing_and_stops(tmp_path: Path) -> None:
    stub(tmp_path, "dpkg-query", "exit 1")
    stub(tmp_path, "id", "echo 1000")
    stub(tmp_path, "sudo", "exit 1")
    shutil.copytree(HOUSE / "scripts", tmp_path / "scripts")
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = [tmp_path / "scripts" / "setup.sh", "run"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "sudo apt-get install" in ended.stderr and "tesseract-ocr-chi-sim" in ended.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    stub(tmp_path, "python-of-old", "exit 1")
    command = [HOUSE / "scripts" / "setup.sh", "run"]
    environment = os.environ | {"PYTHON": str(tmp_path / "python-of-old")}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "3.11" in ended.stderr
