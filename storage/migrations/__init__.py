"""Brings a database to the schema of this program, with Alembic and without its command line."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import text
from sqlalchemy.engine import make_url

from domain.errors import ExitCode, HeyanError, StorageAway
from storage.database import BUSY_SECONDS, Database, away

_LOCK = 0x48595F4C  # any number, the same for all


class SchemaMismatch(HeyanError):
    """The database is older or newer than this program, and a person has to decide."""

    exit_code = ExitCode.USAGE


def migrate(database: Database) -> None:
    """Brings the database to the newest schema; several processes may do so at once.

    Raises StorageAway, and SchemaMismatch when a newer program has been at it.
    """
    if database.on_sqlite:
        _prepare_file(database.url)
    config = _configure()
    with database.write() as connection:
        if not database.on_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise SchemaMismatch("DATABASE_NEWER", "数据库由更新版本的程序建立，请升级本程序。") from error


def migrate_if_ours(database: Database) -> None:
    """Migrates the embedded database and an empty server; raises SchemaMismatch for a server's older schema."""
    found = None if database.on_sqlite else read_revision(database)
    if database.on_sqlite or found is None:
        migrate(database)
    elif found != head():
        raise SchemaMismatch("DATABASE_OLD", "数据库结构与本程序版本不符，请先备份，再升级数据库。")


def read_revision(database: Database) -> str | None:
    """The revision that the database is at, None when it is empty."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_configure()).get_current_head()


def _configure() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _prepare_file(url: str) -> None:
    file = make_url(url).database or ":memory:"
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # stays with the file
    except sqlite3.Error as error:
        raise away(error) from error
    except OSError as error:
        raise StorageAway("DATABASE_AWAY", f"数据库文件夹无法建立：{error.strerror}") from error
