"""Empties a data folder of its cases and originals, and keeps what was read on pages."""

import shutil
import sqlite3
import sys
from pathlib import Path

from storage.ledger import open_ledger


def main(data: Path) -> None:
    """Replaces the ledger below `data` by a new one that has the old one's readings."""
    shutil.rmtree(data / "bucket", ignore_errors=True)
    current, old = data / "heyan.db", data / "heyan.old.db"
    data.mkdir(parents=True, exist_ok=True)
    if current.exists():
        for suffix in ("-wal", "-shm"):
            move(current.with_name(current.name + suffix), old.with_name(old.name + suffix))
        current.replace(old)
    open_ledger(f"sqlite:///{current}").close()
    if old.exists():
        copy_readings(old, current)
    for path in data.glob("heyan.old.db*"):
        path.unlink()


def move(path: Path, target: Path) -> None:
    """Renames a file that may be there."""
    target.unlink(missing_ok=True)
    if path.exists():
        path.replace(target)


def copy_readings(old: Path, new: Path) -> None:
    """Takes the readings over; an old ledger without such a table has none."""
    with sqlite3.connect(new) as connection:
        connection.execute("ATTACH ? AS old", (str(old),))
        if connection.execute("SELECT 1 FROM old.sqlite_master WHERE name = 'readings'").fetchone():
            connection.execute("INSERT INTO readings SELECT * FROM old.readings")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
