"""What was read on a case's pages, kept with the run that was recorded: nobody has to read or render them again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from domain.errors import HeyanError
from domain.page import Page, PageReading, ReadPage, Seal
from storage.cases import find_package
from storage.database import Database
from storage.newest import newest_run
from storage.schema import pages, readings

_UNTOLD = {key: Seal.model_fields[key].default for key in ("role", "use", "owner")}
_AT_ONCE = 500  # keys in one question


class ReadingLost(HeyanError):
    """What was read on a page of a recorded case is not in the ledger."""


@dataclass(frozen=True)
class Recorded:
    """The pages of a case as they were read; `keys` tells the same pages without looking at them."""

    keys: tuple[str, ...]
    pages: tuple[ReadPage, ...] = field(compare=False)


def keep_readings(connection: Connection, read: Sequence[ReadPage], at: Any) -> dict[int, str]:
    """Keeps the pages' readings, each once however many runs have it; gives their keys by page number.

    What is only told once documents are understood (whose a seal is) is left out.
    """
    bodies = {page.number: _plain(page.reading).model_dump_json(exclude_defaults=True) for page in read}
    keys = {number: _key(body) for number, body in bodies.items()}
    known = set(_known(connection, sorted(set(keys.values()))))
    new = {key: bodies[number] for number, key in keys.items() if key not in known}
    if new:
        connection.execute(insert(readings), [{"key": key, "body": body, "at": at} for key, body in new.items()])
    return keys


def read_recorded(database: Database, case: str) -> Recorded:
    """The pages of a case's newest version as its latest run had them; raises UnknownCase, ReadingLost, StorageAway."""
    with database.read() as connection:
        return recorded_of(connection, find_package(connection, case))


def recorded_of(connection: Connection, package: Row[Any]) -> Recorded:
    """As `read_recorded`, of the row of a package, within a transaction of the caller; raises ReadingLost."""
    wanted = select(pages, readings.c.body).outerjoin(readings, readings.c.key == pages.c.reading)
    where = wanted.where(pages.c.run_id == newest_run(package.id)).order_by(pages.c.number)
    rows, case = connection.execute(where).all(), package.case_number
    return Recorded(tuple(f"{row.number} {row.reading}" for row in rows), tuple(_present(row, case) for row in rows))


def read_page_row(row: Row[Any]) -> Page:
    """The page of a row of the pages table."""
    own = {key: row._mapping[key] for key in Page.model_fields if key in row._mapping}
    return Page.model_validate(own | row.detail)


def _present(row: Row[Any], case: str) -> ReadPage:
    if row.body is None:
        raise ReadingLost("READING_LOST", f"案件 {case} 第 {row.number} 页的识读记录缺失，须将原件重新核验后才能继续")
    return ReadPage(page=read_page_row(row), reading=PageReading.model_validate_json(row.body))


def _plain(reading: PageReading) -> PageReading:
    seals = tuple(seal.model_copy(update=_UNTOLD) for seal in reading.seals)
    return reading.model_copy(update={"seals": seals})


def _key(body: str) -> str:
    return f"recorded {hashlib.sha256(body.encode('utf-8', 'replace')).hexdigest()}"


def _known(connection: Connection, keys: Sequence[str]) -> list[str]:
    found: list[str] = []
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        found += connection.scalars(select(readings.c.key).where(readings.c.key.in_(part)))
    return found
