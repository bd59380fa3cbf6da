"""A province's servers and workers, packages handed in to them, and the count of what was lost or doubled."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from PIL import Image, ImageDraw

from bench.servers import Cluster, FlowServer, Relay, Store, free_port, until
from domain.finding import State
from flows.embedded import QUIET
from storage.audit import Audit
from storage.bucket import INTAKE, ORIGINALS, RESULTS, Bucket, open_bucket
from storage.ledger import Ledger, open_ledger
from storage.originals import name_original
from storage.pulse import beats
from storage.records import RECEIVED, Case
from storage.settings import load_settings

HOUSE = Path(__file__).parents[1]
SETTLED = {State.CLEAR, State.REVIEW}
PATIENCE = 900.0
SECRETS = {"s3_secret_key": "S3-Wt7qLpZz", "database": "PG-k9XmQvRr", "prefect": "PF-b4HsNcDd"}
DELAY = 0.004  # seconds that every message to the store or the database takes: none of it is on the same machine
_TURNS = 0x48595455
_HOLDER = """SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND classid = %s"""


class Skipped(Exception):
    """A fault that this machine does not let anybody make."""


class Count(NamedTuple):
    """What a fault did to the packages of a world: none of these may be anything but 0 and True."""

    lost: int
    doubled: int
    whole: bool


class Nest:
    """Out of which watchers come, each a process of its own; see bench/nest.py."""

    def __init__(self, environment: dict[str, str]) -> None:
        command, pipe = (sys.executable, "-m", "bench.nest"), subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, cwd=HOUSE, stdin=pipe, stdout=pipe, text=True)

    def hatch(self, told: dict[str, str]) -> int:
        """Gives the number of its process."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


class World:
    """An object store, a database, a flow server, lines to them, and workers; `packages` is all that was handed in,
    content by name."""

    def __init__(self, place: Path, disk: Path, delay: float = DELAY) -> None:
        self.place, self.disk = place, disk
        self.packages: dict[str, bytes] = {}
        self.workers: dict[str, int] = {}
        self._nests: dict[Path | None, Nest] = {}
        self._started = 0
        self._watching: psycopg.Connection[tuple[Any, ...]] | None = None
        self.cluster, self.store, self.flows = Cluster(free_port()), Store(), FlowServer(place / "prefect")
        self.database_line = Relay(self.cluster.port or 0, delay)
        self.store_line = Relay(self.store.port, delay)

    def open(self) -> None:
        """Starts everything but the workers."""
        self.flows.start()
        self.cluster.make()
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE heyan")
        settings = self._settings(self.store.port)
        self.flows.wait(PATIENCE)
        self.ledger: Ledger = open_ledger(self.cluster.url("heyan"))
        self.bucket: Bucket = open_bucket(load_settings(**settings))

    def close(self) -> None:
        """Stops everything; what was logged stays."""
        for worker in tuple(self.workers):
            self.kill(worker)
        for nest in self._nests.values():
            nest.close()
        self.ledger.close()
        self.flows.stop()
        self.store.stop()
        self.cluster.remove()

    def start_worker(self, clock: Path | None = None) -> str:
        """Starts a watcher as it runs on every machine, and gives its name; `clock` says how far its clock is off."""
        self._started += 1
        name = f"worker-{self._started}"
        data = self.disk / name
        data.mkdir()
        told = {"PGAPPNAME": name, "HEYAN_DATA": str(data), "log": str(self.place / f"{name}.log")}
        self.workers[name] = self._nest(clock).hatch(told)
        return name

    def ready(self, name: str) -> bool:
        """Whether a worker's loop turns; raises RuntimeError where it ended."""
        if not is_alive(self.workers[name]):
            raise RuntimeError(f"{name} ended: {(self.place / f'{name}.log').read_text(errors='replace')[-2000:]}")
        return beats(self.disk / name)

    def kill(self, name: str) -> None:
        """As `kill -9`."""
        os.kill(self.workers.pop(name), signal.SIGKILL)

    def stop(self, name: str) -> None:
        """As `docker stop`."""
        pid = self.workers.pop(name)
        os.kill(pid, signal.SIGTERM)
        until(lambda: not is_alive(pid), 60, f"{name} does not stop")

    def _nest(self, clock: Path | None) -> "Nest":
        if clock not in self._nests:
            own = {it: value for it, value in os.environ.items() if not it.startswith(("PREFECT_", "HEYAN_"))}
            own |= {f"HEYAN_{it.upper()}": str(value) for it, value in self._settings(self.store_line.port).items()}
            own |= {
                "HEYAN_DATABASE_URL": f"postgresql+psycopg://{self._user()}127.0.0.1:{self.database_line.port}/heyan"
            }
            own |= {"HEYAN_POLL_SECONDS": "0.3", "HEYAN_WORKERS": "1", "HEYAN_LEAST_FREE_MB": "0"}
            own |= {"PREFECT_API_AUTH_STRING": f"heyan:{SECRETS['prefect']}", "PREFECT_API_URL": self.flows.address}
            own |= {"PREFECT_HOME": str(self.place / "flows"), **QUIET}
            own |= {"TMPDIR": str(self.disk), **(turned_by(clock) if clock else {})}
            self._nests[clock] = Nest(own)
        return self._nests[clock]

    def hand_in(self, name: str, content: bytes) -> None:
        """Puts a package into the intake, past the lines that fail."""
        self.packages[name] = content
        self.bucket.write(INTAKE + name, content)

    def holder(self) -> str | None:
        """The worker whose turn it is with a package."""
        try:
            if self._watching is None or self._watching.closed:
                self._watching = psycopg.connect(self._address("heyan"), autocommit=True)
            row = self._watching.execute(_HOLDER, (_TURNS,)).fetchone()
        except psycopg.OperationalError:  # it was restarted
            self._watching = None
            return self.holder()
        return str(row[0]) if row else None

    def settled(self) -> bool:
        """Whether everything that was handed in came to its end, and the intake is empty."""
        if self.holder() is not None or list(self.bucket.list(INTAKE)):
            return False
        found = Counter(case.state for case in self.ledger.cases())
        contents = len({_hash(content) for content in self.packages.values()})
        return found.total() >= contents and RECEIVED not in found

    def settle(self) -> None:
        """Waits until it is."""
        until(self.settled, PATIENCE, "packages are still under way", 0.4)

    def told(self) -> str:
        """What all workers said."""
        return "".join(log.read_text(errors="replace") for log in sorted(self.place.glob("worker-*.log")))

    def count(self) -> Count:
        """Goes over all that was ever handed in."""
        cases = self.ledger.cases()
        contents = {_hash(content): content for content in self.packages.values()}
        kept = {one.name for one in self.bucket.list(ORIGINALS)}
        lost = sum(not self._is_there(sha256, content, cases) for sha256, content in contents.items())
        doubled = abs(len(cases) - len(contents)) + len(kept - {name_original(sha256) for sha256 in contents})
        doubled += sum(self._again(case) for case in cases) + len(list(self.bucket.list(INTAKE)))
        return Count(lost, doubled, Audit(self.ledger.database).verify().whole)

    def _is_there(self, sha256: str, content: bytes, cases: tuple[Case, ...]) -> bool:
        own = [case for case in cases if self.ledger.claimed(case.case).files[0].sha256 == sha256]
        original = name_original(sha256)
        same = self.bucket.exists(original) and self.bucket.read(original) == content
        return len(own) == 1 and own[0].state in SETTLED and same and own[0].page_count == 1

    def _again(self, case: Case) -> int:
        """How much of a case is there more than once."""
        events = Counter(event.what for event in self.ledger.events(case.case))
        return sum(max(0, events[what] - 1) for what in ("received", "checked")) + (case.version - 1)

    def _settings(self, port: int) -> dict[str, str | bool]:
        own: dict[str, str | bool] = {"s3_access_key": "key", "s3_secret_key": SECRETS["s3_secret_key"]}
        own["s3_secure"] = False
        return own | {"bucket": "s3://heyan", "s3_endpoint": f"127.0.0.1:{port}"}

    @staticmethod
    def _user() -> str:
        return f"heyan:{SECRETS['database']}@"

    def _address(self, database: str) -> str:
        return self.cluster.url(database).replace("+psycopg", "")


def turned_by(clock: Path) -> dict[str, str]:
    """The environment of a process whose clock is off by what a file says; raises Skipped where that cannot be."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        raise Skipped("没有 libfaketime · Debian's libfaketime is not installed")
    told = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    return told | {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}


@contextmanager
def world(place: Path, disk: Path, workers: int = 2) -> Iterator[World]:
    """A world with workers that turn."""
    with ExitStack() as stack:
        made = World(place, disk)
        stack.callback(made.close)
        made.open()
        names = [made.start_worker() for _ in range(workers)]
        until(lambda: all(made.ready(name) for name in names), PATIENCE, "workers")
        yield made


def where(world: World, package: str) -> str:
    """How far a package has come."""
    case = next((case for case in world.ledger.cases() if case.package == package), None)
    waits = world.bucket.exists(INTAKE + package)
    if case is None:
        return "取件 claiming" if waits else "?"
    if waits:
        return "已受理未移出 recorded, still in the intake"
    if case.state != RECEIVED:
        return "已结案 settled"
    if world.bucket.exists(f"{RESULTS}{case.case}.json"):
        return "结论已发布未入账 verdict out, not recorded"
    return "读页与核对 reading and checking"


def paper(text: str) -> bytes:
    """A PDF of one page with these words, as an office program makes it."""
    body = f"BT /F1 14 Tf 10 60 Td ({text}) Tj 0 -30 Td (Second line of {text}, 1234567890) Tj ET".encode()
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 90]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    content = b"<</Length %d>>\nstream\n%s\nendstream" % (len(body), body)
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, font]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n%s" % table
    return out + head + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def scan(text: str) -> bytes:
    """A picture of a page with these words, for the OCR."""
    picture = Image.new("RGB", (1240, 600), "white")
    ImageDraw.Draw(picture).text((80, 120), text, fill="black", font_size=80)
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(150, 150))
    return file.getvalue()


def fill(ballast: Path) -> None:
    """Leaves no byte of its disk free."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(65536)):
                pass
        except OSError:
            return


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
