import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import text

from storage.database import Database
from storage.ledger import open_ledger
from storage.migrations import VERSIONS, SchemaMismatch, head, read_revision
from storage.schema import METADATA


def _open(url: str) -> int:
    return len(open_ledger(url).cases())


def test_an_empty_database_gets_the_newest_schema(database_url: str) -> None:
    ledger = open_ledger(database_url)
    assert read_revision(ledger.database) == head()
    assert ledger.cases() == ()
    assert open_ledger(database_url).events() == ()


def test_migrations_build_exactly_the_tables_of_the_schema(database_url: str) -> None:
    database = open_ledger(database_url).database
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_processes_that_open_an_empty_database_at_once_all_find_it_ready(database_url: str) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver")) as pool:
        assert list(pool.map(_open, [database_url] * 4)) == [0] * 4


def test_the_newest_revision_is_the_one_alembic_would_choose() -> None:
    scripts = ScriptDirectory(str(VERSIONS.parent))
    assert scripts.get_current_head() == head()


def test_an_older_schema_is_brought_up_on_the_embedded_database_only(database_url: str) -> None:
    database = open_ledger(database_url).database
    _set_revision(database, "0000")
    if database.on_sqlite:  # it would; there is no way from a revision that never was
        with pytest.raises(CommandError):
            open_ledger(database_url)
    else:
        with pytest.raises(SchemaMismatch) as raised:
            open_ledger(database_url)
        assert raised.value.code == "DATABASE_OLD"


def test_a_database_of_a_newer_program_is_left_alone(database_url: str) -> None:
    database = open_ledger(database_url).database
    _set_revision(database, "9999")
    with pytest.raises(SchemaMismatch):
        open_ledger(database_url)
    assert read_revision(database) == "9999"


def _set_revision(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
