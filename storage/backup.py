"""Backups: all records and originals in a folder, checked by their hashes, put back into an empty store.

A folder holds any number of backups: `originals/`, which they share, and one folder each with its records. Made while
everything runs: what waits in the intake is copied first, then the records as they are at one moment, then the
originals, which are there before any record names them and never go away.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, select

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from storage.audit import Audit, Mark, end_of
from storage.bucket import ORIGINALS, Bucket, NotFound
from storage.database import Database
from storage.dumping import BackupBroken, Dump, check_dumps, dump_tables, load_tables
from storage.ledger import Ledger, open_ledger
from storage.migrations import head, read_revision
from storage.originals import fetch, hash_file, keep
from storage.schema import events as log
from storage.schema import files

MANIFEST = "backup.json"
_UNFINISHED = ".unfinished-"
_TABLES, _OBJECTS, _SHARED = "tables", "objects", "originals"
Tell = Callable[[str], None]


class NotEmpty(HeyanError):
    """There are records already where a backup was to be put back."""

    exit_code = ExitCode.USAGE


class Copied(Frozen):
    """An object besides the originals, and the SHA-256 of its copy."""

    name: str
    sha256: str


class Manifest(Frozen):
    """What a backup holds; `end` is the last event of its log, `originals` their hashes."""

    format: int = 1
    at: datetime
    revision: str
    end: Mark
    tables: tuple[Dump, ...]
    objects: tuple[Copied, ...]
    originals: tuple[str, ...]
    size: int


def back_up(bucket: Bucket, ledger: Ledger, target: Path, actor: str, tell: Tell) -> Path:
    """Makes a backup below `target` and gives its folder, which appears whole or not at all.

    Raises Damaged or NotFound where an original is not what its record says; StorageAway.
    """
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    place = target / now.strftime("%Y-%m-%dT%H%M%S.%fZ")
    work = target / f"{_UNFINISHED}{place.name}"
    work.mkdir(mode=0o700)
    try:
        manifest = _fill(bucket, ledger, work, target / _SHARED, now, tell)
        _write_down(work / MANIFEST, manifest)
        work.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    ledger.note(None, "backed up", {"backup": place.name, "end": str(manifest.end)}, actor)
    return place


def _fill(bucket: Bucket, ledger: Ledger, work: Path, shared: Path, now: datetime, tell: Tell) -> Manifest:
    copied = tuple(_copy_objects(bucket, work / _OBJECTS))
    tell(f"{len(copied)} 个收件与结果对象 · objects")
    database = ledger.database
    revision = read_revision(database) or head()
    with database.read() as connection:
        dumps = dump_tables(connection, work / _TABLES)
        named = set(connection.scalars(select(files.c.sha256).where(files.c.sha256.is_not(None))))
        end = end_of(connection)
    tell(f"{sum(dump.rows for dump in dumps)} 条记录 · records")
    named |= {one.name.rpartition("/")[2] for one in bucket.list(ORIGINALS)}  # registers' too
    size = sum(_copy_original(bucket, sha256, shared) for sha256 in sorted(named))
    tell(f"{len(named)} 份原件，{size} 字节 · originals")
    return Manifest(
        at=now, revision=revision, end=end, tables=dumps, objects=copied, originals=tuple(sorted(named)), size=size
    )


def _copy_objects(bucket: Bucket, folder: Path) -> Iterator[Copied]:
    folder.mkdir(mode=0o700)
    for number, one in enumerate(bucket.list()):
        if not one.name.startswith(ORIGINALS):
            try:
                yield Copied(name=one.name, sha256=bucket.get(one.name, folder / f"{number:08d}"))
            except NotFound:  # taken out of the intake meanwhile: then the records know it
                (folder / f"{number:08d}").unlink(missing_ok=True)


def _copy_original(bucket: Bucket, sha256: str, shared: Path) -> int:
    """The size of an original that now lies here; one that lay here already is checked."""
    place = shared / sha256[:2] / sha256
    if not (place.exists() and hash_file(place) == sha256):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        passing = place.with_name(f"{_UNFINISHED}{sha256}")
        fetch(bucket, sha256, passing)
        passing.replace(place)
    return place.stat().st_size


def _write_down(path: Path, manifest: Manifest) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())


def list_backups(target: Path) -> tuple[Path, ...]:
    """The whole backups below a folder, oldest first."""
    return tuple(sorted(path.parent for path in target.glob(f"[0-9]*/{MANIFEST}")))


def thin(target: Path, number: int) -> int:
    """Removes the records of all but the newest backups, and gives how many; originals stay."""
    old = list_backups(target)[: -max(number, 1)]
    for place in old:
        shutil.rmtree(place)
    return len(old)


def check_backup(place: Path) -> Manifest:
    """What a backup holds, after all its files were read and found to be what they were; raises BackupBroken."""
    try:
        manifest = Manifest.model_validate_json((place / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise BackupBroken("NO_BACKUP", f"{place} 不是完整的备份（{type(error).__name__}）") from None
    check_dumps(place / _TABLES, manifest.tables)
    copies = zip(manifest.objects, sorted((place / _OBJECTS).iterdir()), strict=False)
    lost = [one.name for one, path in copies if hash_file(path) != one.sha256]
    lost += [it for it in manifest.originals if not _is_whole(place, it)]
    if lost or len(manifest.objects) != len(list((place / _OBJECTS).iterdir())):
        raise BackupBroken("BACKUP_BROKEN", f"备份中有文件缺失或已损坏，不能恢复：{'、'.join(lost[:5])}")
    return manifest


def _is_whole(place: Path, sha256: str) -> bool:
    path = _original(place, sha256)
    return path.is_file() and hash_file(path) == sha256


def _original(place: Path, sha256: str) -> Path:
    return place.parent / _SHARED / sha256[:2] / sha256


def restore(place: Path, bucket: Bucket, url: str, actor: str, tell: Tell) -> Manifest:
    """Puts a backup into an empty database and a bucket, and checks the whole once more.

    Records come last and in one transaction: what a crash leaves can be restored into again. Raises BackupBroken,
    NotEmpty, StorageAway.
    """
    manifest = check_backup(place)
    tell(f"备份完整 · the backup is whole: {manifest.end}")
    database = Database(url)
    _prepare(database, manifest.revision)
    for sha256 in manifest.originals:
        keep(bucket, _original(place, sha256))
    for one, path in zip(manifest.objects, sorted((place / _OBJECTS).iterdir()), strict=True):
        bucket.put(one.name, path)
    tell(f"{len(manifest.originals)} 份原件 · originals")
    with database.write() as connection:
        _refuse_records(connection)
        load_tables(connection, place / _TABLES, manifest.tables)
    ledger = open_ledger(url, upgrade=True)
    _prove(ledger, bucket, manifest)
    ledger.note(None, "restored", {"backup": place.name, "end": str(manifest.end)}, actor)
    ledger.close()
    return manifest


def _prepare(database: Database, revision: str) -> None:
    """Gives an empty database the schema of the backup."""
    from storage.migrations.upgrade import migrate

    found = read_revision(database)
    if found not in (None, revision):
        told = f"数据库已是结构 {found}，备份为 {revision}：请恢复到空的数据库"
        raise NotEmpty("NOT_EMPTY", told)
    if revision > head():
        raise NotEmpty("BACKUP_NEWER", "备份由更新版本的程序制作，请先升级本程序")
    migrate(database, revision)
    with database.read() as connection:
        _refuse_records(connection)


def _refuse_records(connection: Connection) -> None:
    if connection.execute(select(log.c.id).limit(1)).first():
        raise NotEmpty("NOT_EMPTY", "数据库中已有记录，只能恢复到空的数据库")


def _prove(ledger: Ledger, bucket: Bucket, manifest: Manifest) -> None:
    found = Audit(ledger.database).verify(manifest.end)
    if not found.whole or found.end != manifest.end:
        raise BackupBroken("RESTORE_BROKEN", "恢复后的记录与操作日志不符，请勿使用，并联系维护人员")
    with TemporaryDirectory() as work:
        for sha256 in manifest.originals:
            fetch(bucket, sha256, Path(work) / "original")
