"""`./heyan` from anywhere, and before anything is set up."""

import os
import shutil
import subprocess
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def heyan(launcher: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([launcher, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_it_is_found_through_symlinks_and_not_shadowed_by_the_callers_folder(tmp_path: Path) -> None:
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "__init__.py").write_text("raise SystemExit(99)")
    first, second = tmp_path / "one", tmp_path / "two"
    first.symlink_to(HOUSE / "heyan")
    second.symlink_to("one")
    ended = heyan(second, "--help", cwd=tmp_path)
    assert ended.returncode == 0
    assert "check" in ended.stdout


def test_without_an_environment_it_says_what_to_do(tmp_path: Path) -> None:
    shutil.copy(HOUSE / "heyan", tmp_path / "heyan")
    ended = heyan(tmp_path / "heyan", "check", "x", cwd=tmp_path)
    assert ended.returncode == 2
    assert "make" in ended.stderr and "setup" in ended.stderr and "尚未安装" in ended.stderr


def test_standard_output_can_be_closed_early() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([HOUSE / "heyan", "rules"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert "Traceback" not in ended.stderr
