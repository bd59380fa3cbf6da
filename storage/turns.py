"""Turns: of all watchers over one database, one at a time works on a package.

A turn is a lock that the operating system or the database server takes back as soon as its holder is gone, however
that came about: nothing has to be renewed, no clock decides, and nobody waits for a dead worker's time to run out.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage.database import Database, away

_LOCKS = 0x48595455  # the first half of a server's lock number: ours, none of a migration's
_FALLEN_SILENT = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 4, "connect_timeout": 5}


@contextmanager
def turn(database: Database, name: str) -> Iterator[bool]:
    """Whether it is our turn with this package, for as long as this lasts; never waits. Raises StorageAway.

    Over an embedded database, which is one machine's, watchers take turns with all packages together.
    """
    if database.file:
        with _own_file(database.file.with_suffix(".turn")) as ours:
            yield ours
        return
    with _on_server(database.url, name) as ours:
        yield ours


@contextmanager
def _own_file(path: Path) -> Iterator[bool]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _on_server(url: str, name: str) -> Iterator[bool]:
    # A connection of its own, no transaction: the lock lasts as long as the connection, and holds up nothing else.
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_FALLEN_SILENT)
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise away(error) from error
    try:
        yield _lock(connection, name)
    finally:
        connection.invalidate()  # closed at once, and no complaint where the server went away meanwhile
        connection.close()


def _lock(connection: Connection, name: str) -> bool:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], signed=True)
    try:
        asked = text("SELECT pg_try_advisory_lock(:ours, :number)")
        return bool(connection.scalar(asked, {"ours": _LOCKS, "number": number}))
    except DBAPIError as error:
        raise away(error) from error
