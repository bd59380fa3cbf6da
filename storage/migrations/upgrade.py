"""Runs the migrations, with Alembic and without its command line."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from domain.errors import StorageAway
from storage.database import BUSY_SECONDS, Database, away

_LOCK = 0x48595F4C  # any number, the same for all


def migrate(database: Database, revision: str = "head") -> None:
    """Brings the database to the newest schema (tests: to an older one) in one transaction; others wait meanwhile.

    Raises StorageAway.
    """
    if database.file:
        _prepare_file(database.file)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.write() as connection:
        if not database.on_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _prepare_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # stays with the file
    except sqlite3.Error as error:
        raise away(error) from error
    except OSError as error:
        raise StorageAway("DATABASE_AWAY", f"数据库文件夹无法建立：{error.strerror}") from error
