"""A Prefect server of our own for as long as it is needed, where `PREFECT_API_URL` names no other.

Nothing of Prefect is imported up front: its settings are read once, when it is first imported, and must stand before.
Left to itself, Prefect starts such a server too, but gives up after 20 s, which a busy machine can exceed.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from domain.errors import ExitCode, HeyanError

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",  # the command line tells what went wrong
    "PREFECT_LOGGING_EXTRA_LOGGERS": "heyan",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
# A single run at a time, and schedules only for who asks for them: these loops would only cost processor time.
IDLE = (
    "SCHEDULER",
    "LATE_RUNS",
    "FOREMAN",
    "REPOSSESSOR",
    "TRIGGERS",
    "PAUSE_EXPIRATIONS",
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
)


class ServerAway(HeyanError):
    """The Prefect server that was named does not answer, or our own does not come up."""

    exit_code = ExitCode.STORAGE_AWAY


@contextmanager
def prefect_server(home: Path, patience: float, *, scheduled: bool = False) -> Iterator[Callable[[], None]]:
    """Starts a server unless `PREFECT_API_URL` names one; enter this before anything imports Prefect.

    Gives a function that returns once the server answers, so that the caller can load what it needs in the meantime;
    it raises ServerAway after so many seconds of patience. Whenever it is called again, a server that has ended is
    started anew. With `scheduled` the server also starts what is due by a schedule.
    `home` keeps the server's own database: only the very first start has to build it.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if named := os.environ.get("PREFECT_API_URL"):
        yield lambda: reach(named)
        return
    home.mkdir(parents=True, exist_ok=True)
    os.environ["PREFECT_HOME"] = str(home.resolve())
    # Two servers must not build one database at the same time: the lock is held until ours answers.
    with (home / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _Server(home, scheduled, lock)
        os.environ["PREFECT_API_URL"] = server.address
        try:
            yield lambda: server.wait(patience)
        finally:
            _flush()
            del os.environ["PREFECT_API_URL"]
            server.stop()


class _Server:
    """Our own server, on one port all the time."""

    def __init__(self, home: Path, scheduled: bool, lock: IO[str]) -> None:
        self._home, self._scheduled, self._lock = home, scheduled, lock
        self._port = _free_port()
        self._one_at_a_time = threading.Lock()
        self._process, self.address = start_server(home, scheduled, self._port)
        self._asked = False

    def wait(self, patience: float) -> None:
        """Returns once it answers; raises ServerAway."""
        with self._one_at_a_time:
            if self._asked and self._process.poll() is not None:
                self._process, _ = start_server(self._home, self._scheduled, self._port)
            self._asked = True
            _wait(self._process, self.address, patience)
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def stop(self) -> None:
        _stop(self._process)


def start_server(home: Path, scheduled: bool, port: int | None = None) -> tuple[subprocess.Popen[bytes], str]:
    """A server's process and its address; it does not answer yet. `PREFECT_HOME` must stand before."""
    port = port or _free_port()
    options = ("--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--lifespan", "on")
    command = (sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", *options)
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            env=_environment(scheduled),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )
    return server, f"http://127.0.0.1:{port}/api"


def die_with_parent() -> None:
    """No orphan when we are killed: PR_SET_PDEATHSIG of prctl(2)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _environment(scheduled: bool = False) -> dict[str, str]:
    idle = [name for name in IDLE if not (scheduled and name == "SCHEDULER")]
    services = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in idle}
    # What a run was is told by our own log; Prefect's history of it is kept for 90 days.
    services |= {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs"}
    ours = {"PREFECT_UI_ENABLED": "false", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    return os.environ | services | ours


def _wait(server: subprocess.Popen[bytes], address: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _answers(address):
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServerAway("FLOW_SERVER", "内置 Prefect 服务未能启动，详见数据目录下 prefect/server.log")
        time.sleep(0.1)


def reach(address: str) -> None:
    """Returns where a server says anything at all, be it that it wants a key; raises ServerAway."""
    try:
        urllib.request.urlopen(f"{address}/health", timeout=10).close()
    except urllib.error.HTTPError:
        return
    except (OSError, ValueError) as error:
        raise ServerAway("FLOW_SERVER", f"PREFECT_API_URL 所指的 Prefect 服务不可用：{address}") from error


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _flush() -> None:
    """What Prefect still has to tell the server would be lost, loudly, once it is gone."""
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogHandler

        EventsWorker.drain_all()
        APILogHandler().flush()


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
