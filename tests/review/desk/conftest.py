"""A desk over an empty office, and browsers that are signed in."""

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
from storage.ledger import open_ledger
from storage.passwords import Passwords
from storage.people import People
from storage.queue import Queue

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "清水江边-2026-九月"
NAMES = {Role.OFFICER: "chen", Role.REVIEWER: "luo", Role.SUPERVISOR: "yang", Role.AUDITOR: "wu"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with one person in every role."""
    ledger = open_ledger(f"sqlite:///{tmp_path}/heyan.db")
    people = People(ledger.database, passwords=QUICK)
    for role, name in NAMES.items():
        people.add(name, f"{name} 同志", role, PASSWORD)
    yield Office(ledger, people, Queue(ledger.database), open_bucket(tmp_path / "bucket"), tmp_path)
    ledger.close()


@pytest.fixture
def desk(office: Office) -> FastAPI:
    return create_app(office)


@pytest.fixture
def browser(desk: FastAPI) -> TestClient:
    """Nobody is signed in."""
    return TestClient(desk, follow_redirects=False)


@pytest.fixture
def signed_in(desk: FastAPI, office: Office) -> Callable[[Role], TestClient]:
    """A browser with a session of somebody in this role; its unsafe requests carry the right token."""

    def enter(role: Role = Role.REVIEWER) -> TestClient:
        session = office.people.sign_in(NAMES[role], PASSWORD)
        client = TestClient(desk, follow_redirects=False, cookies={"heyan_session": session.token})
        client.headers["X-CSRF-Token"] = session.csrf
        return client

    return enter
