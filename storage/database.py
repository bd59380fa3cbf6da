"""Connections to SQLite and PostgreSQL with one behaviour: short transactions, errors as StorageAway."""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from domain.errors import StorageAway

BUSY_SECONDS = 30
_WRITES = "heyan_writes"
_encode = json.JSONEncoder(ensure_ascii=False).encode
_UNTAKEN = re.compile("[\0\ud800-\udfff]")


class Database:
    """A database by its URL. May be pickled and used after a fork: every process makes its own connections."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None
        self._process = 0

    def __reduce__(self) -> tuple[type["Database"], tuple[str]]:
        return type(self), (self.url,)

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def file(self) -> Path | None:
        """The file of an embedded database."""
        name = make_url(self.url).database
        return Path(name) if self.on_sqlite and name else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database; raises StorageAway."""
        # SQLite reads one state anyway; PostgreSQL would show what others commit between two statements.
        engine = self._connect()
        if not self.on_sqlite:
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with _translated(), engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or undone on any exception; raises StorageAway."""
        # SQLite: taking the write lock only at the first write fails with "database is locked" as soon as two
        # transactions have read before; BEGIN IMMEDIATE waits its turn instead.
        engine = self._connect().execution_options(**{_WRITES: True})
        with _translated(), engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Closes this process's connections; the next use opens new ones."""
        if self._engine is not None:
            self._engine.dispose(close=self._process == os.getpid())
        self._engine = None

    def _connect(self) -> Engine:
        if self._engine is None or self._process != os.getpid():
            self.close()
            self._engine, self._process = _build(self.url), os.getpid()
        return self._engine


def _build(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url, json_serializer=_dump, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    own = {"connect_timeout": 5}
    return create_engine(url, json_serializer=_dump, hide_parameters=True, pool_pre_ping=True, connect_args=own)


def _set_up_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # the driver must not begin transactions by itself
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Intake objects are removed after a commit: a commit must be on the disk, also in WAL mode.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def clean(text: str) -> str:
    """The text as every database takes it: without NUL, which a PDF's text layer may hold, and halves of characters."""
    return _UNTAKEN.sub("\ufffd", text)


def _dump(value: object) -> str:
    return clean(_encode(value))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, TimeoutError) as error:
        raise away(error) from error
    except DBAPIError as error:
        # A broken file is told by SQLite's base error alone; all its other errors have classes of their own.
        if not error.connection_invalidated and type(error.orig) is not sqlite3.DatabaseError:
            raise
        raise away(error) from error


def away(error: Exception) -> StorageAway:
    """The error for a database that does not answer; its text never holds statements or their values."""
    cause = getattr(error, "orig", None) or error
    return StorageAway("DATABASE_AWAY", f"数据库无法访问（{type(cause).__name__}），请稍后再试。")
