"""Tables as files that any of our databases takes back: a compressed line of JSON for every row."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, Table, func, inspect, select, text

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from storage.all_tables import METADATA
from storage.originals import hash_file

PASSING = {"sessions", "attempts"}  # who is signed in, and who tried: nobody's loss
_BATCH = 500


class BackupBroken(HeyanError):
    """A backup is not what its own list says."""

    exit_code = ExitCode.UNREADABLE


class Dump(Frozen):
    """One table's file: its rows and the SHA-256 of the file."""

    table: str
    rows: int
    sha256: str


def dump_tables(connection: Connection, folder: Path) -> tuple[Dump, ...]:
    """Writes every table as this connection sees it, parents before children."""
    folder.mkdir(mode=0o700)
    return tuple(_dump(connection, table, folder) for table in METADATA.sorted_tables if table.name not in PASSING)


def _dump(connection: Connection, table: Table, folder: Path) -> Dump:
    path, rows = _file(folder, table.name), 0
    found = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key))
    with path.open("xb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for row in found:
            packed.write(_write({name: value for name, value in row._mapping.items() if value is not None}, table))
            rows += 1
    return Dump(table=table.name, rows=rows, sha256=hash_file(path))


def _write(row: Mapping[str, Any], table: Table) -> bytes:
    told = {name: _plain(value, table.c[name]) for name, value in row.items()}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass") + b"\n"


def _plain(value: Any, column: "Column[Any]") -> Any:
    """JSON as it is, and what JSON does not know under the name of what it is."""
    if isinstance(column.type, JSON):
        return {"json": value}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return {"exact": str(value)} if isinstance(value, Decimal) else value


_MEANT: dict[str, Callable[[Any], Any]] = {
    "json": lambda it: it,
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "exact": Decimal,
}


def _meant(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, it),) = value.items()
    return _MEANT[kind](it)


def check_dumps(folder: Path, dumps: tuple[Dump, ...]) -> None:
    """Raises BackupBroken where a table's file is missing or not what it was."""
    for dump in dumps:
        path = _file(folder, dump.table)
        if not path.is_file() or hash_file(path) != dump.sha256:
            raise BackupBroken("BACKUP_BROKEN", f"备份中的表 {dump.table} 缺失或已损坏，不能恢复")


def load_tables(connection: Connection, folder: Path, dumps: tuple[Dump, ...]) -> None:
    """Puts the rows into tables that hold none, within the caller's transaction; the schema is the backup's own."""
    for dump in dumps:
        table = _as_it_is(connection, dump.table)
        if connection.scalar(select(func.count()).select_from(table)):  # what a migration put there
            connection.execute(table.delete())
        for rows in batched_rows(_file(folder, dump.table)):
            _insert(connection, table, rows)
        _count_on(connection, table)


def _insert(connection: Connection, table: Table, rows: tuple[dict[str, Any], ...]) -> None:
    names = {name for row in rows for name in row}
    connection.execute(table.insert(), [dict.fromkeys(names) | row for row in rows])


def batched_rows(path: Path) -> Iterator[tuple[dict[str, Any], ...]]:
    """The rows of a file, some at a time."""
    with gzip.open(path, "rb") as lines:
        rows = ({name: _meant(value) for name, value in json.loads(line).items()} for line in lines)
        while some := tuple(islice(rows, _BATCH)):
            yield some


def _as_it_is(connection: Connection, name: str) -> Table:
    """The table with the columns that the database has, in our types where we still know them."""
    ours = METADATA.tables.get(name)
    known: dict[str, Column[Any]] = {} if ours is None else {column.name: column for column in ours.c}
    found = inspect(connection).get_columns(name)
    columns = (Column(one["name"], known[one["name"]].type if one["name"] in known else one["type"]) for one in found)
    return Table(name, MetaData(), *columns)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL's own counters know nothing of rows that brought their numbers along."""
    if connection.dialect.name == "postgresql" and "id" in table.c:
        highest = connection.scalar(select(func.max(table.c.id)))
        ask = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)")
        if highest is not None:
            connection.execute(ask, {"name": table.name, "highest": highest})


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.jsonl.gz"
