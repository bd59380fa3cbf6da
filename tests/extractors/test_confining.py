"""A process that decodes foreign files: shut in, and without secrets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import IntakeError
from extractors.child import render_in_child
from extractors.confining import surroundings
from extractors.files import Limits
from extractors.kinds import FileKind

HOUSE = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
TRIES = {
    "network": "import socket; socket.socket()",
    "other network": "import socket; socket.socket(socket.AF_UNIX)",
    "pair": "import socket; socket.socketpair()",
    "program": "import subprocess; subprocess.run(['true'])",
    "signal": "import os; os.kill(os.getppid(), 0)",
}


def confined(code: str) -> "subprocess.CompletedProcess[str]":
    shut = "from extractors.confining import shut_out; assert shut_out(); "
    return subprocess.run([sys.executable, "-c", shut + code], cwd=HOUSE, capture_output=True, text=True)


@LINUX
@pytest.mark.parametrize("what", TRIES)
def test_what_decodes_cannot_get_out(what: str) -> None:
    assert "Operation not permitted" in confined(TRIES[what]).stderr
    assert subprocess.run([sys.executable, "-c", TRIES[what]], capture_output=True).returncode == 0


@LINUX
def test_its_children_and_threads_cannot_either() -> None:
    code = "import os, socket, threading; t = threading.Thread(target=socket.socket); t.start(); t.join()"
    assert "Operation not permitted" in confined(code).stderr
    assert "Operation not permitted" in confined("import os, socket; os.fork() or socket.socket(); os.wait()").stderr


def test_no_setting_and_no_secret_reaches_it() -> None:
    given = {"HEYAN_S3_SECRET_KEY": "x", "PREFECT_API_AUTH_STRING": "x", "PGPASSWORD": "x", "AWS_SECRET": "x"}
    kept = {"PATH": "/bin", "LC_ALL": "C.UTF-8", "PYTHONPATH": "."}
    assert surroundings(given | kept) == kept


def test_a_decoder_that_complains_without_end_does_not_fill_our_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python").write_text(
        f"#!/bin/sh\n{sys.executable} -c 'import sys; sys.stderr.write(\"e\" * 10**8)'\nexit 1\n"
    )
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(IntakeError) as caught:
        render_in_child(tmp_path / "a.pdf", FileKind.PDF, tmp_path, Limits())
    assert caught.value.code == "BROKEN_FILE"
    assert len(caught.value.message) < 200


def test_a_pipe_in_a_package_is_not_waited_for(tmp_path: Path) -> None:
    from extractors.files import unpack

    os.mkfifo(tmp_path / "1.png")
    with pytest.raises(IntakeError) as caught:
        unpack(tmp_path, tmp_path / "work")
    assert caught.value.code == "UNSUPPORTED_TYPE"
