"""The cache of page readings: a page is never read twice by the same engine."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.schema import readings


class Readings:
    """Readings by key (page hash and engine); any number of processes may use it at once, and it may be pickled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The JSON text that was put under this key; raises StorageAway."""
        with self._database.read() as connection:
            return connection.scalar(select(readings.c.body).where(readings.c.key == key))

    def put(self, key: str, json: str) -> None:
        """Stores a reading; the first one stays, whoever else puts under the same key. Raises StorageAway."""
        row = {"key": key, "body": json, "at": datetime.now(UTC)}
        with self._database.write() as connection:
            if self._database.on_sqlite:
                connection.execute(sqlite.insert(readings).values(row).on_conflict_do_nothing())
            else:
                connection.execute(postgresql.insert(readings).values(row).on_conflict_do_nothing())
