"""Packages handed in over the desk: who handed them in, under which receipt, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, update

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.people import User
from reference.calendar import CHINA
from storage import events
from storage.database import Database, clean
from storage.handed_in import list_uploaders
from storage.outgoing_tables import uploads
from storage.papers import propose
from storage.schema import counters, packages

WAITING, TROUBLE = "waiting", "trouble"
_WAITS = (uploads.c.case_number.is_(None), uploads.c.content_hash.is_not(None))


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

    def open(
        self, package: str, files: int, size: int, by: User, content: str, taken: frozenset[str] = frozenset()
    ) -> Upload:
        """Gives a receipt to a package that is about to be put into the intake.

        `content` is the hash that its claim will find. It gets a name that neither the intake (`taken`) nor another
        upload that still waits has: name and content together are what a claim is told by.
        """
        now = datetime.now(UTC)
        with self._write() as connection:
            receipt = _take_receipt(connection, now.astimezone(CHINA).year)
            name = _choose_name(connection, clean(package), taken)
            told = {"receipt": receipt, "package": name, "files": files, "size": size}
            own = {"user_name": by.name, "at": now, "content_hash": content}
            number = connection.execute(insert(uploads).values(told | own).returning(uploads.c.id)).scalar_one()
            events.append(connection, None, by.actor, "handed in", told)
        return self.find(number)

    def rename(self, number: int, package: str) -> None:
        """Notes under which name the package lies in the intake, where its own was taken, or lay until its claim."""
        with self._database.write() as connection:
            renamed = update(uploads).where(uploads.c.id == number).values(package=clean(package)).returning(uploads)
            row = connection.execute(renamed).one()
            same = (packages.c.name == row.package, packages.c.content_hash == row.content_hash)
            claimed = connection.execute(select(packages).where(*same)).first()
            if claimed is not None:
                _match(connection, row.package, claimed.case_number, claimed.version, duplicate=False)

    def give_up(self, number: int, message: str) -> None:
        """Notes that a package never came to lie in the intake: no claim will be its."""
        gone = update(uploads).where(uploads.c.id == number, uploads.c.case_number.is_(None))
        with self._database.write() as connection:
            connection.execute(gone.values(content_hash=None, trouble=message))

    def fail(self, package: str, message: str | None) -> None:
        """Notes why a package that was not claimed yet cannot be; None: it can."""
        with self._database.write() as connection:
            connection.execute(update(uploads).where(*_unclaimed(package)).values(trouble=message))

    def match(self, package: str, case: str, version: int, *, duplicate: bool) -> None:
        """Notes which case a package of the intake has become: the upload of this name with this very content."""
        with self._database.write() as connection:
            _match(connection, package, case, version, duplicate=duplicate)

    def tell_progress(self, case: str, done: int, total: int) -> None:
        """Notes how many pages of a case's newest version are read."""
        newest = select(func.max(packages.c.version)).where(packages.c.case_number == case).scalar_subquery()
        read = update(uploads).where(uploads.c.case_number == case, uploads.c.version == newest)
        with self._database.write() as connection:
            connection.execute(read.values(done=done, total=total))

    def find(self, number: int, by: str | None = None) -> Upload:
        """One upload, of somebody's own where `by` is given; raises UnknownUpload."""
        wanted = _wanted().where(uploads.c.id == number)
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None or by not in (None, row.user_name):
            raise UnknownUpload("UNKNOWN_UPLOAD", f"没有编号为 {number} 的递交记录")
        return _present(row)

    def is_own(self, case: str, by: str) -> bool:
        """Whether somebody handed in a version of this case; the same content after another's is nobody's own."""
        return by in list_uploaders(self._database, case)

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


def _unclaimed(package: str) -> tuple[ColumnElement[bool], ...]:
    return uploads.c.package == clean(package), *_WAITS


def _match(connection: Connection, package: str, case: str, version: int, *, duplicate: bool) -> None:
    claimed = (packages.c.case_number == case, packages.c.version == version)
    content = select(packages.c.content_hash).where(*claimed).scalar_subquery()
    found = {"case_number": case, "version": version, "duplicate": duplicate, "trouble": None}
    same = (*_unclaimed(package), uploads.c.content_hash == content)
    if duplicate or not _has_upload(connection, case, version):
        connection.execute(update(uploads).where(*same).values(found))


def _has_upload(connection: Connection, case: str, version: int) -> bool:
    """Whether a version is somebody's already: a claim that is repeated makes it nobody else's."""
    own = (uploads.c.case_number == case, uploads.c.version == version, uploads.c.duplicate.is_(False))
    return connection.execute(select(uploads.c.id).where(*own).limit(1)).first() is not None


def _choose_name(connection: Connection, wanted: str, taken: frozenset[str]) -> str:
    # Safe against races because the chain is locked.
    def is_free(name: str) -> bool:
        waiting = select(uploads.c.id).where(*_unclaimed(name))
        return name not in taken and connection.execute(waiting.limit(1)).first() is None

    return next((name for name in propose(wanted) if is_free(name)), wanted)


def _take_receipt(connection: Connection, year: int) -> str:
    # Safe against races because the chain is locked.
    name = f"upload-{year}"
    count = update(counters).where(counters.c.name == name).values(value=counters.c.value + 1)
    value = connection.execute(count.returning(counters.c.value)).scalar()
    if value is None:
        value = connection.execute(insert(counters).values(name=name, value=1).returning(counters.c.value)).scalar_one()
    return f"SJ-{year}-{value:06d}"
