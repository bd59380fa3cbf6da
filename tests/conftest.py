"""Servers to test against: a mock S3 server or the real one that is named, and a throw-away PostgreSQL."""

import importlib.util
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """`host:port` of a mock, or of the real server that `S3_TEST_SERVER` names (keys in `S3_TEST_KEYS`: key:secret)."""
    if real := os.environ.get("S3_TEST_SERVER"):
        yield real
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty cluster on a socket; skips where Debian's server or the driver is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found or importlib.util.find_spec("psycopg") is None:
        pytest.skip("no PostgreSQL server or driver here")
    place = Path("/tmp", f"heyan-pg-{uuid.uuid4().hex[:8]}")  # socket paths must be short
    place.mkdir()
    if os.getuid() == 0:
        shutil.chown(place, "postgres", "postgres")
    run = _as_postgres(found[-1].parent, place)
    run("initdb", "-D", f"{place}/data", "-U", "heyan", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
    options = f"-k {place} -c listen_addresses='' -c fsync=off -c max_connections=60"
    run("pg_ctl", "-D", f"{place}/data", "-w", "-o", options, "-l", f"{place}/log", "start")
    yield f"postgresql+psycopg://heyan@/{{}}?host={place}"
    run("pg_ctl", "-D", f"{place}/data", "-m", "immediate", "stop")
    shutil.rmtree(place)


def _as_postgres(programs: Path, place: Path) -> Callable[..., None]:
    def run(program: str, *arguments: str) -> None:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        command = [str(programs / program), *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        subprocess.run(command, check=True, cwd=place, env=environment, timeout=60, **quiet, **user)

    return run
