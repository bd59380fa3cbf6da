"""A desk over an office with or without cases, and browsers that are signed in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.people import Role
from review.desk.app import create_app
from review.desk.office import Office
from storage.bucket import open_bucket
from storage.passwords import Passwords
from storage.people import People
from storage.queue import Queue
from tests.review.desk.shelf import take_in
from tests.storage.databases import open_embedded

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "清水江边-2026-九月"
NAMES = {Role.OFFICER: "chen", Role.REVIEWER: "luo", Role.SUPERVISOR: "yang", Role.AUDITOR: "wu"}
SAMPLES = ("s1211-000", "b072-003.zip", "d405-000")  # figures that differ; a doubt under a seal; a deal with accounts


def open_office(folder: Path) -> Office:
    ledger = open_embedded(folder / "heyan.db")
    people = People(ledger.database, passwords=QUICK)
    return Office(ledger, people, Queue(ledger.database), open_bucket(folder / "bucket"), folder)


def staff(office: Office) -> Office:
    """The office with one person in every role, and a second reviewer."""
    for role, name in NAMES.items():
        office.people.add(name, f"{name} 同志", role, PASSWORD)
    office.people.add("tian", "tian 同志", Role.REVIEWER, PASSWORD)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Nothing waits."""
    opened = staff(open_office(tmp_path))
    yield opened
    opened.ledger.close()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with the cases of SAMPLES: HY-2026-000001, -2, -3."""
    folder = tmp_path_factory.mktemp("stocked")
    opened = staff(open_office(folder))
    for sample in SAMPLES:
        take_in(opened, sample)
    opened.ledger.close()
    return folder


@pytest.fixture
def shelf(stocked: Path, tmp_path: Path) -> Iterator[Office]:
    """An office of its own with those cases."""
    folder = tmp_path / "stocked"
    shutil.copytree(stocked, folder)
    opened = open_office(folder)
    yield opened
    opened.ledger.close()


@pytest.fixture
def desk(office: Office) -> FastAPI:
    return create_app(office)


@pytest.fixture
def browser(desk: FastAPI) -> TestClient:
    """Nobody is signed in."""
    return TestClient(desk, follow_redirects=False)


Enter = Callable[..., TestClient]


@pytest.fixture
def enter() -> Enter:
    """Gives browsers with a session of somebody; their unsafe requests carry the right token."""

    def enter(office: Office, name: str = "luo") -> TestClient:
        session = office.people.sign_in(name, PASSWORD)
        client = TestClient(create_app(office), follow_redirects=False, cookies={"heyan_session": session.token})
        client.headers["X-CSRF-Token"] = session.csrf
        return client

    return enter


Call = Callable[..., TestClient]


@pytest.fixture
def call() -> Call:
    """Gives clients with a token of somebody."""

    def call(office: Office, name: str = "luo") -> TestClient:
        token = office.people.issue_token(office.people.find(name), "试验")
        client = TestClient(create_app(office), follow_redirects=False)
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    return call
