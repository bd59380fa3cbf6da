"""Ledgers to decide in: on SQLite, and where several decide at once on PostgreSQL too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.ledger import Ledger, open_ledger
from tests.storage.conftest import database_url as database_url
from tests.storage.conftest import postgresql as postgresql


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path}/heyan.db")
    yield opened
    opened.close()


@pytest.fixture
def shared(database_url: str) -> Iterator[Ledger]:
    """A ledger on either database."""
    opened = open_ledger(database_url)
    yield opened
    opened.close()
