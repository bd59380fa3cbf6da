"""Stores to test against: the folder twin and a mock S3 server, SQLite and a throw-away PostgreSQL."""

import multiprocessing
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from bench.servers import Cluster
from domain.dossier import Dossier
from domain.finding import Finding, Outcome, Severity
from domain.page import Page, PageReading, ReadPage
from domain.postings import Listing, Posting
from extractors.documents.business_licence import BusinessLicence
from storage.bucket import Bucket, open_bucket
from storage.ledger import Ledger, open_ledger
from storage.records import Drop, FileRecord
from storage.settings import Settings, load_settings
from tests.storage.databases import open_embedded

# Children of the tests are forked from a clean process that has our modules loaded: quicker than a fresh one each.
multiprocessing.set_forkserver_preload(["storage.ledger", "storage.migrations.upgrade", "pytest"])


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


@pytest.fixture
def s3_settings(s3_server: str) -> Settings:
    access, _, secret = os.environ.get("S3_TEST_KEYS", "key:secret").partition(":")
    return load_settings(
        bucket=f"s3://heyan-{uuid.uuid4().hex}",
        s3_endpoint=s3_server,
        s3_access_key=access,
        s3_secret_key=secret,
        s3_secure=False,
    )


@pytest.fixture(params=["folder", "s3"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    if request.param == "s3":
        return open_bucket(request.getfixturevalue("s3_settings"))
    return open_bucket(tmp_path / "bucket")


@pytest.fixture
def folder(tmp_path: Path) -> Bucket:
    return open_bucket(tmp_path / "bucket")


@pytest.fixture
def paper(tmp_path: Path) -> Callable[..., Path]:
    def write(body: bytes = b"%PDF-1.7 paper", name: str = "paper.pdf") -> Path:
        path = tmp_path / "papers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    return write


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of an empty cluster on a socket; skips where Debian's server is not installed."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        pytest.skip("no PostgreSQL server here")
    cluster = Cluster()
    cluster.make()
    yield cluster.url("{}")
    cluster.remove()


@pytest.fixture(scope="session")
def newest(postgresql: str) -> str:
    """The name of a database in the cluster with the newest schema and nothing in it, to be copied."""
    with psycopg.connect(postgresql.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE newest")
    open_ledger(postgresql.format("newest")).close()
    return "newest"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/记录/heyan.db"
        return
    yield from _server_database(request.getfixturevalue("postgresql"), "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the newest schema and nothing in it."""
    if request.param == "sqlite":
        yield open_embedded(tmp_path / "记录/heyan.db").database.url
        return
    yield from _server_database(request.getfixturevalue("postgresql"), request.getfixturevalue("newest"))


def _server_database(cluster: str, template: str) -> Iterator[str]:
    name = f"heyan_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(cluster.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield cluster.format(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def ledger(prepared_url: str) -> Iterator[Ledger]:
    opened = open_ledger(prepared_url)
    yield opened
    opened.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_embedded(tmp_path / "heyan.db")
    yield opened
    opened.close()


@pytest.fixture
def a_drop() -> Callable[..., Drop]:
    def make(content: str = "a", package: str = "甲公司") -> Drop:
        file = FileRecord(position=1, name="1.pdf", sha256=content.rjust(64, "0"), size=3, media="application/pdf")
        submitted = date(2026, 11, 23)
        return Drop(package=package, content_hash=content.rjust(64, "c"), submitted_on=submitted, files=(file,))

    return make


@pytest.fixture
def dossier() -> Dossier:
    page = Page(number=1, file="1.pdf", index=0, sha256="f" * 64, width=10, height=14, dpi=200.5)
    reading = PageReading(sha256="f" * 64, engine="fake 1")
    licence = BusinessLicence(pages=(1,))
    pages = (ReadPage(page=page, reading=reading),)
    return Dossier(package="甲公司", kind="supply", today=date(2026, 11, 23), documents=(licence,), pages=pages)


@pytest.fixture
def a_finding() -> Callable[..., Finding]:
    def make(
        rule: str, outcome: Outcome = Outcome.FAILED, severity: Severity = Severity.BLOCK, subject: str = "Pb"
    ) -> Finding:
        return Finding(rule=rule, outcome=outcome, severity=severity, message="不符", subject=subject, cites="2(5)")

    return make


@pytest.fixture
def claim(ledger: Ledger, a_drop: Callable[..., Drop]) -> Callable[[], str]:
    """Gives new case numbers."""
    contents = iter("abcdefghijklmnopqrstuvwxyz0123456789")
    return lambda: ledger.claim(a_drop(next(contents))).case


@pytest.fixture
def post(ledger: Ledger, claim: Callable[[], str]) -> Callable[[Posting], str]:
    """Posts under a new case number, which it gives; a listing is published at once."""

    def post(posting: Posting) -> str:
        case = claim()
        ledger.post(case, posting)
        if isinstance(posting, Listing):
            ledger.publish(case, posting.on)
        return case

    return post


class PowerCut(Exception):
    """The machine stops."""


class Stopping:
    """Stands before a store and cuts the power before or after its n-th call; `fuse` is shared between stores."""

    def __init__(self, store: object, fuse: "Fuse") -> None:
        self._store = store
        self._fuse = fuse

    def __getattr__(self, name: str) -> object:
        method = getattr(self._store, name)

        def call(*args: object, **kwargs: object) -> object:
            self._fuse.burn()
            result = method(*args, **kwargs)
            result = tuple(result) if name == "list" else result
            self._fuse.burn()
            return result

        return call


class Fuse:
    """Burns down with every step and then cuts the power."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self._lock = threading.Lock()

    def burn(self) -> None:
        with self._lock:
            self.steps -= 1
            if self.steps < 0:
                raise PowerCut


@pytest.fixture
def stopping() -> Callable[[int], tuple[type[Exception], Callable[[object], Stopping]]]:
    """Gives, for a number of steps, the exception that ends them and what to put before each store."""

    def light(steps: int) -> tuple[type[Exception], Callable[[object], Stopping]]:
        fuse = Fuse(steps)
        return PowerCut, lambda store: Stopping(store, fuse)

    return light
