"""`./heyan serve`: desk, watcher and flow server come up together, take an uploaded page to its case, and go down."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.people import Role
from storage.ledger import open_ledger
from storage.people import People
from tests.cli import bad

HOUSE = Path(__file__).parents[2]
PATIENCE = 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A desk of its own and what it says on standard error."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "HEYAN_"))}
        ours |= {"HEYAN_DATA": str(data), "HEYAN_PORT": str(self.port), "HEYAN_WORKERS": "1"}
        ours |= {"HEYAN_POLL_SECONDS": "0.5"}
        self.said = (data.parent / "said").open("w+")
        self.process = subprocess.Popen([HOUSE / "heyan", "serve"], env=ours, stderr=self.said)
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)

    def ask(self, path: str, **more: Any) -> httpx.Response | None:
        try:
            return self.web.get(path, **more)
        except httpx.TransportError:
            return None

    def wait(self, path: str) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while (answer := self.ask(path)) is None or answer.status_code != 200:
            assert self.process.poll() is None and time.monotonic() < deadline, self.told()
            time.sleep(0.2)
        return answer

    def told(self) -> str:
        self.said.seek(0)
        return self.said.read()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "data")
    yield made
    if made.process.poll() is None:
        made.process.kill()
    made.said.close()


@pytest.mark.timeout(300)
def test_an_upload_becomes_a_case_and_everything_stops_when_told(served: Served, tmp_path: Path) -> None:
    assert served.wait("/livez").text == "ok\n"
    assert "./heyan user add" in served.told()
    assert served.wait("/readyz").json()["database"] == "ok"
    ledger = open_ledger(f"sqlite:///{served.data}/heyan.db")
    people = People(ledger.database)
    key = {"Authorization": f"Bearer {people.issue_token(people.add('chen', '', Role.OFFICER, None), '试验')}"}
    page = bad.good(tmp_path / "材料.png")
    answer = served.web.post("/api/v1/packages", files={"files": ("材料.png", page.read_bytes())}, headers=key)
    assert answer.status_code == 202
    deadline = time.monotonic() + PATIENCE
    while (told := served.web.get(answer.headers["location"], headers=key).json())["state"] in ("waiting", "received"):
        assert time.monotonic() < deadline, served.told()
        time.sleep(0.3)
    assert (told["state"], told["done"], told["total"]) == ("review", 1, 1)
    assert ledger.show(told["case"]).case.open_items > 0
    assert 'heyan_cases{state="review"} 1.0' in served.wait("/metrics").text
    ledger.close()
    assert served.stop() == 0
    assert "Traceback" not in served.told()


@pytest.mark.timeout(400)
def test_what_is_being_read_when_told_to_stop_is_read_after_the_next_start(served: Served, tmp_path: Path) -> None:
    served.wait("/livez")
    ledger = open_ledger(f"sqlite:///{served.data}/heyan.db")
    people = People(ledger.database)
    key = {"Authorization": f"Bearer {people.issue_token(people.add('chen', '', Role.OFFICER, None), '试验')}"}
    pages = [bad.good(tmp_path / f"{number}.png", f"PAGE {number} 1234567890") for number in range(6)]
    sent = [("files", (page.name, page.read_bytes())) for page in pages]
    place = served.web.post("/api/v1/packages", files=sent, headers=key).headers["location"]
    deadline = time.monotonic() + PATIENCE
    while (told := served.web.get(place, headers=key).json())["total"] == 0:
        assert time.monotonic() < deadline and told["state"] in ("waiting", "received"), served.told()
        time.sleep(0.1)
    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 30
    assert "Traceback" not in served.told()
    assert ledger.show(told["case"]).case.state == "received"
    again = Served(served.data)
    try:
        again.wait("/livez")
        while (told := again.web.get(place, headers=key).json())["state"] == "received":
            assert time.monotonic() < deadline + PATIENCE, again.told()
            time.sleep(0.3)
        assert (told["state"], told["done"], told["total"]) == ("review", 6, 6)
        assert [event.what for event in ledger.events(told["case"])].count("received") == 1
        assert again.stop() == 0
    finally:
        if again.process.poll() is None:
            again.process.kill()
        again.said.close()
        ledger.close()
