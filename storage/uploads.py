"""Packages handed in over the desk: who handed them in, under which receipt, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, select, update

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.people import User
from reference.calendar import CHINA
from storage import events
from storage.database import Database, clean
from storage.outgoing_tables import uploads
from storage.schema import counters, packages

WAITING, TROUBLE = "waiting", "trouble"


class UnknownUpload(HeyanError):
    """Nobody handed in anything under this number, or it was somebody else."""

    exit_code = ExitCode.USAGE


class Upload(Frozen):
    """A package that was handed in.

    `state` is `waiting` before it was claimed, `trouble` where it could not be (`reason`), then its case's;
    `done` of `total` pages are read while it is `received`. `duplicate`: the same content had come before, as `case`.
    """

    id: int
    receipt: str
    user: str
    at: datetime
    package: str
    files: int
    size: int
    state: str
    case: str | None = None
    version: int | None = None
    duplicate: bool = False
    done: int = 0
    total: int = 0
    reason_code: str | None = None
    reason: str | None = None


class UploadPage(Frozen):
    """One page of uploads, newest first; pages count from 1."""

    items: tuple[Upload, ...]
    total: int
    page: int
    size: int


class Uploads:
    """All uploads in a database. All methods raise StorageAway; may be shared by threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, package: str, files: int, size: int, by: User) -> Upload:
        """Gives a receipt to a package that is about to be put into the intake under this name."""
        now = datetime.now(UTC)
        with self._write() as connection:
            receipt = _take_receipt(connection, now.astimezone(CHINA).year)
            told = {"receipt": receipt, "package": clean(package), "files": files, "size": size}
            new = insert(uploads).values(told | {"user_name": by.name, "at": now}).returning(uploads.c.id)
            number = connection.execute(new).scalar_one()
            events.append(connection, None, by.actor, "handed in", told)
        return self.find(number)

    def rename(self, number: int, package: str) -> None:
        """Notes under which name the package lies in the intake, where its own was taken."""
        with self._database.write() as connection:
            connection.execute(update(uploads).where(uploads.c.id == number).values(package=clean(package)))

    def fail(self, package: str, message: str | None) -> None:
        """Notes why a package that was not claimed yet cannot be; None: it can."""
        with self._database.write() as connection:
            connection.execute(update(uploads).where(*_unclaimed(package)).values(trouble=message))

    def match(self, package: str, case: str, version: int, *, duplicate: bool) -> None:
        """Notes which case a package of the intake has become."""
        found = {"case_number": case, "version": version, "duplicate": duplicate, "trouble": None}
        with self._database.write() as connection:
            connection.execute(update(uploads).where(*_unclaimed(package)).values(found))

    def tell_progress(self, package: str, done: int, total: int) -> None:
        """Notes how many pages of a claimed package are read; of several of that name the newest is meant."""
        newest = select(func.max(uploads.c.id)).where(uploads.c.package == clean(package)).scalar_subquery()
        with self._database.write() as connection:
            connection.execute(update(uploads).where(uploads.c.id == newest).values(done=done, total=total))

    def find(self, number: int, by: str | None = None) -> Upload:
        """One upload, of somebody's own where `by` is given; raises UnknownUpload."""
        wanted = _wanted().where(uploads.c.id == number)
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None or by not in (None, row.user_name):
            raise UnknownUpload("UNKNOWN_UPLOAD", f"没有编号为 {number} 的递交记录")
        return _present(row)

    def is_own(self, case: str, by: str) -> bool:
        """Whether somebody handed in a version of this case."""
        own = (uploads.c.case_number == case, uploads.c.user_name == by)
        with self._database.read() as connection:
            return connection.execute(select(uploads.c.id).where(*own).limit(1)).first() is not None

    def list(self, by: str | None = None, page: int = 1, size: int = 50) -> UploadPage:
        """Everybody's uploads or somebody's, newest first."""
        own = [] if by is None else [uploads.c.user_name == by]
        wanted = _wanted().where(*own).order_by(uploads.c.id.desc()).offset((page - 1) * size).limit(size)
        with self._database.read() as connection:
            total = connection.scalar(select(func.count()).select_from(uploads).where(*own)) or 0
            found = tuple(_present(row) for row in connection.execute(wanted))
        return UploadPage(items=found, total=total, page=page, size=size)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            events.lock_chain(connection)
            yield connection


def _wanted() -> Select[Any]:
    same = and_(packages.c.case_number == uploads.c.case_number, packages.c.version == uploads.c.version)
    return select(uploads, packages.c.state, packages.c.reason_code, packages.c.reason).outerjoin(packages, same)


def _present(row: Row[Any]) -> Upload:
    waits = TROUBLE if row.trouble else WAITING
    own = {"user": row.user_name, "case": row.case_number, "duplicate": bool(row.duplicate)}
    told = {"state": row.state or waits, "reason": row.reason or row.trouble}
    same = {key: row._mapping[key] for key in Upload.model_fields if key not in own | told}
    return Upload(**own, **told, **same)


def _unclaimed(package: str) -> tuple[Any, ...]:
    return uploads.c.package == clean(package), uploads.c.case_number.is_(None)


def _take_receipt(connection: Connection, year: int) -> str:
    # Safe against races because the chain is locked.
    name = f"upload-{year}"
    count = update(counters).where(counters.c.name == name).values(value=counters.c.value + 1)
    value = connection.execute(count.returning(counters.c.value)).scalar()
    if value is None:
        value = connection.execute(insert(counters).values(name=name, value=1).returning(counters.c.value)).scalar_one()
    return f"SJ-{year}-{value:06d}"
