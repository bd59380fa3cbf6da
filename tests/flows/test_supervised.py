"""The programs beside the desk are started again, whichever way they end."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import embedded, supervised

SERVER = """
import http.server, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    log_message = lambda *_: None
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy).serve_forever()
"""
SILENT = (sys.executable, "-c", "import time; time.sleep(60)")


def test_a_program_whose_pulse_stands_still_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervised, "HANGS", 0.5)
    began = time.monotonic()
    supervised._run_once("监视", SILENT, threading.Event(), tmp_path)
    assert 0.5 < time.monotonic() - began < 20


def test_one_without_a_pulse_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervised, "HANGS", 0.1)
    stop = threading.Event()
    threading.Timer(1.5, stop.set).start()
    began = time.monotonic()
    supervised._run_once("对账", SILENT, stop, None)
    assert time.monotonic() - began > 1.4


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """Servers that were started; a small one stands for Prefect's."""
    all_of_them: list[subprocess.Popen[bytes]] = []

    def start(home: Path, scheduled: bool, port: int | None = None) -> tuple["subprocess.Popen[bytes]", str]:
        all_of_them.append(subprocess.Popen([sys.executable, "-c", SERVER, str(port)]))
        return all_of_them[-1], f"http://127.0.0.1:{port}/api"

    monkeypatch.setattr(embedded, "start_server", start)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return all_of_them


def test_our_own_flow_server_is_started_anew_where_it_ended(
    started: list["subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    with embedded.prefect_server(tmp_path / "prefect", 30) as ready:
        ready()
        ready()
        assert len(started) == 1
        started[0].kill()
        started[0].wait()
        ready()
        assert len(started) == 2 and started[1].poll() is None
    assert started[1].poll() is not None


def test_its_patience_is_a_setting(
    started: list["subprocess.Popen[bytes]"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SERVER", "import time; time.sleep(60)")
    began = time.monotonic()

    def fails(ready: Callable[[], None]) -> None:
        with pytest.raises(embedded.ServerAway):
            ready()

    with embedded.prefect_server(tmp_path / "prefect", 0.3) as ready:
        fails(ready)
    assert time.monotonic() - began < 15
