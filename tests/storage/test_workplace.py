"""What a process writes for a while lies in one folder of its own, which does not outlive it for long."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from storage.workplace import PREFIX, sweep, workplace

HOUSE = Path(__file__).parents[2]
CODE = """
import os, subprocess, sys, tempfile
from storage.workplace import workplace
with workplace() as own:
    child = "import tempfile; print(tempfile.mkstemp()[1])"
    print(tempfile.mkdtemp(), subprocess.check_output([sys.executable, "-c", child], text=True).strip(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def begin(top: Path) -> "subprocess.Popen[str]":
    own = os.environ | {"TMPDIR": str(top)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", CODE], cwd=HOUSE, env=own, **pipes)  # type: ignore[call-overload]


def test_all_that_is_temporary_lies_below_it_and_goes_with_it(top: Path) -> None:
    before = os.environ.get("TMPDIR")
    with workplace() as own:
        assert own.parent == top and own.name.startswith(PREFIX)
        assert Path(tempfile.mkdtemp()).parent == own
        assert os.environ["TMPDIR"] == str(own)
    assert (list(top.iterdir()), tempfile.gettempdir(), os.environ.get("TMPDIR")) == ([], str(top), before)


def test_what_a_killed_process_leaves_is_removed_at_the_next_start_and_what_a_living_one_has_stays(top: Path) -> None:
    dead, living = begin(top), begin(top)
    assert dead.stdout and living.stdout and living.stdin
    left = [Path(one) for one in dead.stdout.readline().split()]
    used = [Path(one) for one in living.stdout.readline().split()]
    assert all(one.exists() and one.parent.parent == top for one in left + used)
    dead.send_signal(signal.SIGKILL)
    dead.wait()
    with workplace():
        assert [one.exists() for one in left + used] == [False, False, True, True]
    living.stdin.close()
    living.wait(30)
    assert list(top.iterdir()) == []
    dead.stdout.close()


def test_nothing_else_is_swept_away(top: Path) -> None:
    for name in ("heyan-pg-1", "other", f".{PREFIX}1"):
        (top / name).mkdir()
    (top / f"{PREFIX}file").touch()
    (top / f"{PREFIX}link").symlink_to(top / "other")
    assert sweep(top) == 0
    assert len(list(top.iterdir())) == 5
