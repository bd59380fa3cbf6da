"""The very commands of docker-compose.yml, run side by side as processes: what is dropped becomes a case, once."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from storage.audit import Audit
from storage.bucket import INTAKE, Bucket
from storage.ledger import Ledger, open_ledger
from storage.s3_bucket import open_s3
from storage.settings import Settings, load_settings
from tests.cli import bad
from tests.deploy.test_compose import SECRETS, config
from tests.deploy.test_compose import compose as compose
from tests.storage.conftest import postgresql as postgresql
from tests.storage.conftest import s3_server as s3_server
from tests.storage.conftest import s3_settings as s3_settings

HOUSE = Path(__file__).parents[2]
PATIENCE = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """Compose's services as processes; where they would find each other by name, they do by ports of this machine."""

    def __init__(self, services: dict[str, Any], s3: str, database: str, place: Path) -> None:
        self.services, self.place = services, place
        self.ports = {"4200": str(free_port()), "8000": str(free_port())}
        self.database = database
        self._s3 = s3
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, service: str, data: Path) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HEYAN_"))}
        told = {name: self._here(str(value)) for name, value in self.services[service]["environment"].items()}
        inside = {"HEYAN_DATA": str(data), "HEYAN_HOST": "127.0.0.1", "PREFECT_HOME": str(data)}
        return own | told | inside | {"HEYAN_POLL_SECONDS": "0.5", "HEYAN_WORKERS": "1"}

    def _here(self, value: str) -> str:
        value = value.replace("object-store:9000", self._s3)
        value = re.sub(r"//heyan:x@postgres:5432/", "//heyan@/", value)
        value = re.sub(r"@/(heyan|prefect)$", lambda found: "@/" + self.database.replace("{}", found[1]), value)
        value = value.replace("http://prefect:4200", f"http://127.0.0.1:{self.ports['4200']}")
        return self.ports.get(value, value)

    def command(self, service: str) -> list[str]:
        told = self.services[service]
        words = [*(told.get("entrypoint") or ["/heyan/heyan"]), *(told.get("command") or [])]
        words = [re.sub("^/heyan/", f"{HOUSE}/", self.ports.get(word, word)) for word in words]
        return ["127.0.0.1" if word == "0.0.0.0" else word for word in words]

    def once(self, service: str, *instead: str) -> "subprocess.CompletedProcess[str]":
        command = [str(HOUSE / "heyan"), *instead] if instead else self.command(service)
        data = self.place / service
        return subprocess.run(command, env=self.environment(service, data), capture_output=True, text=True, cwd="/")

    def start(self, service: str, name: str = "") -> None:
        name = name or service
        data = self.place / name
        data.mkdir()
        with (self.place / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                self.command(service),
                env=self.environment(service, data),
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def healthy(self, service: str, name: str = "") -> bool:
        """Compose's own check."""
        words = self.services[service]["healthcheck"]["test"][1:]
        words = [re.sub(r":(4200|8000)/", lambda port: f":{self.ports[port[1]]}/", word) for word in words]
        command = [re.sub("^/heyan/", f"{HOUSE}/", word) for word in words]
        environment = self.environment(service, self.place / (name or service))
        return subprocess.run(command, env=environment, capture_output=True, cwd="/").returncode == 0

    def kill(self, name: str) -> None:
        """The power of its machine goes."""
        os.killpg(self.running.pop(name).pid, signal.SIGKILL)

    def stop(self) -> dict[str, int]:
        """As compose does it: what was started last, and depends on the others, ends first."""
        ended = {}
        for name, process in reversed(self.running.items()):
            process.send_signal(signal.SIGTERM)
            ended[name] = process.wait(90)
        return ended

    def told(self, name: str) -> str:
        return (self.place / f"{name}.log").read_text(errors="replace")


@pytest.fixture
def stack(compose: Path, s3_server: str, s3_settings: Settings, postgresql: str, tmp_path: Path) -> Iterator[Stack]:
    name = f"stack_{uuid.uuid4().hex[:8]}"
    given = dict.fromkeys(SECRETS, "x") | {"HEYAN_BUCKET_NAME": name.replace("_", "-")}
    given |= {"HEYAN_S3_ACCESS_KEY": s3_settings.s3_access_key, "HEYAN_S3_SECRET_KEY": s3_settings.s3_secret_key}
    services = json.loads(config(compose, "--format", "json", **given).stdout)["services"]
    address = postgresql.format("postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        for database in (f"{name}_heyan", f"{name}_prefect"):
            connection.execute(f"CREATE DATABASE {database}")
        made = Stack(services, s3_server, f"{name}_{{}}{postgresql.partition('{}')[2]}", tmp_path)
        yield made
        for process in made.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for database in (f"{name}_heyan", f"{name}_prefect"):
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


def until(true: Callable[[], Any], stack: Stack, names: Sequence[str] = ()) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "\n".join(stack.told(name)[-3000:] for name in names or stack.running)
        time.sleep(0.3)


def store(stack: Stack) -> tuple[Ledger, Bucket]:
    told = stack.environment("worker", stack.place)
    names = ("bucket", "s3_endpoint", "s3_access_key", "s3_secret_key", "database_url")
    settings = load_settings(**{name: told[f"HEYAN_{name.upper()}"] for name in names}, s3_secure=False)
    return open_ledger(settings.database_url), open_s3(settings)


@pytest.mark.timeout(600)
def test_the_stack_comes_up_and_takes_each_package_once_though_a_worker_dies(stack: Stack, tmp_path: Path) -> None:
    migrated = stack.once("migrate")
    assert (migrated.returncode, "→" in migrated.stdout) == (0, True), migrated.stderr
    assert "nothing to do" in stack.once("migrate").stdout
    stack.start("prefect")
    until(lambda: stack.healthy("prefect"), stack)
    for service, name in (("worker", "worker-1"), ("worker", "worker-2"), ("desk", "desk")):
        stack.start(service, name)
    until(lambda: stack.healthy("desk"), stack)
    until(lambda: stack.healthy("worker", "worker-1") and stack.healthy("worker", "worker-2"), stack)
    ledger, bucket = store(stack)
    for number in range(3):
        bucket.put(f"{INTAKE}{number}.png", bad.good(tmp_path / f"{number}.png", f"PAGE {number} 1234567890"))
    until(lambda: any(case.state == "review" for case in ledger.cases()), stack)
    stack.kill("worker-1")
    until(lambda: [case.state for case in ledger.cases()] == ["review"] * 3, stack)
    assert sorted(case.package for case in ledger.cases()) == [f"{number}.png" for number in range(3)]
    for case in ledger.cases():
        assert [event.what for event in ledger.events(case.case)].count("received") == 1
    assert list(bucket.list(INTAKE)) == []
    assert Audit(ledger.database).verify().whole
    web = httpx.Client(base_url=f"http://127.0.0.1:{stack.ports['8000']}", trust_env=False)
    assert web.get("/readyz").status_code == 200
    assert 'heyan_cases{state="review"} 3.0' in web.get("/metrics").text
    prefect = httpx.Client(base_url=f"http://127.0.0.1:{stack.ports['4200']}/api", trust_env=False)
    assert prefect.post("/flow_runs/count", json={}).status_code == 401
    assert prefect.post("/flow_runs/count", json={}, auth=("heyan", "x")).json() >= 3
    ledger.close()
    ended = stack.stop()
    assert (ended["worker-2"], ended["desk"]) == (0, 0)
    assert "Traceback" not in stack.told("worker-2") + stack.told("desk")


def test_migrate_waits_for_servers_that_still_come_up_and_no_longer(stack: Stack) -> None:
    stack.services["migrate"]["environment"]["HEYAN_S3_ENDPOINT"] = f"127.0.0.1:{free_port()}"
    began = time.monotonic()
    assert stack.once("migrate", "migrate", "--wait", "3").returncode == 4
    assert 3 <= time.monotonic() - began < 60
    shutil.rmtree(stack.place / "migrate", ignore_errors=True)
