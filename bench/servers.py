"""Servers to break, for as long as a measurement or a test lasts: PostgreSQL, S3, Prefect, and lines that fail."""

import logging
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from flows.embedded import QUIET, ServerAway, reach, start_server

_CHUNK = 65536


def free_port() -> int:
    """A port that nothing on this machine listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], Any], seconds: float, what: str, pause: float = 0.05) -> Any:
    """Waits for something and gives it; raises TimeoutError with what was waited for."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(pause)
    return found


class Cluster:
    """A PostgreSQL cluster of Debian's server on a socket, and on a port of this machine where one is given."""

    def __init__(self, port: int | None = None) -> None:
        # Socket paths must be short; the folder must be one that user `postgres` can enter.
        self.place, self.port = Path("/tmp", f"heyan-pg-{uuid.uuid4().hex[:8]}"), port
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin/postgres")).parent

    def make(self) -> None:
        """Makes and starts it."""
        self.place.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.place, "postgres", "postgres")
        own = ("-U", "heyan", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        self._run("initdb", *own)
        self.start()

    def start(self) -> None:
        listens = f"-c listen_addresses=127.0.0.1 -p {self.port}" if self.port else "-c listen_addresses=''"
        options = f"-k {self.place} {listens} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-w", "-o", options, "-l", f"{self.place}/log", "start")

    def stop(self) -> None:
        """As a power cut: nobody is waited for, nothing is written down first."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.place)

    def url(self, database: str) -> str:
        """As settings take it, straight to the server."""
        port = f"&port={self.port}" if self.port else ""
        return f"postgresql+psycopg://heyan@/{database}?host={self.place}{port}"

    def _run(self, program: str, *arguments: str) -> None:
        user: dict[str, Any] = {}
        if os.getuid() == 0:
            user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        command = [str(self._programs / program), "-D", f"{self.place}/data", *arguments]
        surroundings = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        nothing = subprocess.DEVNULL
        subprocess.run(
            command, check=True, cwd=self.place, env=surroundings, timeout=60, stdout=nothing, stderr=nothing, **user
        )


class Store:
    """An S3 server in this process, which keeps its objects while it is stopped."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()


class FlowServer:
    """A Prefect server on a port that stays."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.address = f"http://127.0.0.1:{self.port}/api"
        home.mkdir(parents=True)

    def start(self) -> None:
        os.environ["PREFECT_HOME"] = str(self.home)
        os.environ.update(QUIET)
        self._process, _ = start_server(self.home, scheduled=False, port=self.port)

    def wait(self, seconds: float) -> None:
        """Until it answers."""
        until(self._answers, seconds, "the Prefect server", 0.3)

    def _answers(self) -> bool:
        try:
            reach(self.address)
        except ServerAway:
            return False
        return True

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class Line(StrEnum):
    """How a relay treats what passes."""

    OPEN = "open"
    BUSY = "busy"  # HTTP 503 to whatever is asked
    CUT = "cut"  # nobody listens any more


class Relay:
    """A port of this machine that hands everything on to another one, as well or as badly as it is told to."""

    def __init__(self, target: int, delay: float = 0.0) -> None:
        self.port, self.delay, self.line = free_port(), delay, Line.OPEN
        self._target = target
        self._ends: set[socket.socket] = set()
        self._listen()

    def set_to(self, line: Line) -> None:
        """From now on; what is under way is cut off."""
        before, self.line = self.line, line
        if line is Line.CUT and before is not Line.CUT:
            # A thread that waits for a caller keeps the port: shut down first.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        if before is Line.CUT and line is not Line.CUT:
            self._listen()
        for end in tuple(self._ends):
            _close(end)

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with suppress(OSError), caller:
            self._ends.add(caller)
            if self.line is Line.BUSY:
                _refuse(caller)
                return
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._ends.add(server)
                back = threading.Thread(target=self._pass_on, args=(server, caller), daemon=True)
                back.start()
                self._pass_on(caller, server, self.delay)
                back.join()
        self._ends.discard(caller)

    def _pass_on(self, source: socket.socket, target: socket.socket, delay: float | None = None) -> None:
        with suppress(OSError):
            while part := source.recv(_CHUNK):
                if delay is not None and self.delay:
                    time.sleep(self.delay)
                target.sendall(part)
        _close(target)
        _close(source)


def _refuse(caller: socket.socket) -> None:
    asked = caller.makefile("rb")
    length = 0
    while (line := asked.readline()) not in (b"", b"\r\n"):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    asked.read(length)
    caller.sendall(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own in memory; raises PermissionError where nothing may be mounted."""
    place = Path(tempfile.mkdtemp(prefix="heyan-disk-"))
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(place)], capture_output=True, text=True
        )
        if mounted.returncode:
            raise PermissionError(mounted.stderr.strip())
        try:
            yield place
        finally:
            subprocess.run(["umount", "-l", str(place)], check=True)
    finally:
        place.rmdir()
