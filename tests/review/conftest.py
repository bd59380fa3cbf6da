"""Ledgers to decide in: on SQLite, and where several decide at once on PostgreSQL too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.ledger import Ledger, open_ledger
from tests.storage.conftest import newest as newest
from tests.storage.conftest import postgresql as postgresql
from tests.storage.conftest import prepared_url as prepared_url
from tests.storage.databases import open_embedded


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_embedded(tmp_path / "heyan.db")
    yield opened
    opened.close()


@pytest.fixture
def shared(prepared_url: str) -> Iterator[Ledger]:
    """A ledger on either database."""
    opened = open_ledger(prepared_url)
    yield opened
    opened.close()
