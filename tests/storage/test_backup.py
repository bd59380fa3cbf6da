"""Backups: everything comes back, on either database, while others work, and nothing broken passes for whole."""

import gzip
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.dossier import Dossier
from domain.finding import Finding, State
from domain.people import Role
from storage.audit import Audit
from storage.backup import MANIFEST, NotEmpty, back_up, check_backup, list_backups, restore, thin
from storage.bucket import INTAKE, Bucket, open_bucket
from storage.database import Database
from storage.dumping import BackupBroken
from storage.intake import claim as take
from storage.intake import drop
from storage.ledger import Ledger, open_ledger
from storage.migrations import VERSIONS, head, read_revision
from storage.migrations.upgrade import migrate
from storage.originals import name_original
from storage.people import People
from storage.schema import files, readings


def quiet(_: str) -> None:
    pass


@pytest.fixture
def filled(
    ledger: Ledger,
    folder: Bucket,
    paper: Callable[..., Path],
    dossier: Dossier,
    a_finding: Callable[..., Finding],
    tmp_path: Path,
) -> Ledger:
    """A case with findings, one that could not be processed, somebody who may sign in, and a package that waits."""
    for number, name in enumerate(("甲.pdf", "乙.pdf")):
        waiting = drop(folder, paper(f"%PDF-1.7 {name}".encode(), name))
        case = take(folder, ledger, waiting, tmp_path / "work", date(2026, 11, 23)).case
        if number:
            ledger.quarantine(case, "BROKEN_FILE", "已损坏")
        else:
            found = (a_finding("QTY-003"),)
            told = {"state": State.REVIEW, "seconds": 1.5, "ruleset": "r1", "verdict": '{"a": 1}'}
            ledger.record(case, dossier, found, **told)
    People(ledger.database).add("王某", "王", Role.SUPERVISOR, "清水江-2026-九月")
    drop(folder, paper(b"%PDF-1.7 waits", "丙.pdf"))
    return ledger


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the other kind."""
    if "postgresql" in request.node.name:
        yield f"sqlite:///{tmp_path}/other/heyan.db"
        return
    import psycopg

    cluster = request.getfixturevalue("postgresql")
    name = f"restored_{tmp_path.name[-8:].replace('-', '_')}".lower()
    with psycopg.connect(cluster.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield cluster.format(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_what_was_backed_up_comes_back_on_the_other_kind_of_database(
    filled: Ledger, folder: Bucket, elsewhere: str, tmp_path: Path
) -> None:
    place = back_up(folder, filled, tmp_path / "backup", "console:a", quiet)
    told = check_backup(place)
    assert len(told.originals) == 2 and f"{INTAKE}丙.pdf" in {one.name for one in told.objects}
    new = open_bucket(tmp_path / "new bucket")
    restore(place, new, elsewhere, "console:b", quiet)
    again = open_ledger(elsewhere)
    assert again.cases() == filled.cases()
    for case in filled.cases():
        assert again.show(case.case) == filled.show(case.case)
        assert again.events(case.case) == filled.events(case.case)
    assert again.queue() == filled.queue() != ()
    assert [user.name for user in People(again.database).list()] == ["王某"]
    assert {one.name for one in new.list()} == {one.name for one in folder.list()}
    assert Audit(again.database).verify(told.end).whole
    assert [event.what for event in again.events()][-1] == "restored"
    assert [event.what for event in filled.events()][-1] == "backed up"
    case = take(new, again, drop(new, tmp_path / "papers" / "丙.pdf", "丁.pdf"), tmp_path / "work").case
    assert case not in {one.case for one in filled.cases()}  # numbers go on where they were
    second = check_backup(back_up(new, again, tmp_path / "second", "console:b", quiet))
    same = {dump.table: dump.sha256 for dump in told.tables}
    changed = {dump.table for dump in second.tables if dump.sha256 != same[dump.table]}
    assert changed <= {"events", "chain", "packages", "files", "counters", "leftovers", "search_terms", "steps"}
    again.close()


def test_a_backup_made_while_others_work_is_whole(
    embedded: Ledger, folder: Bucket, paper: Callable[..., Path], tmp_path: Path
) -> None:
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            waiting = drop(folder, paper(f"%PDF-1.7 {number}".encode(), f"{number}.pdf"))
            take(folder, embedded, waiting, tmp_path / "work")

    worker = threading.Thread(target=work)
    worker.start()
    try:
        while len(embedded.cases()) < 3:
            pass
        places = [back_up(folder, embedded, tmp_path / "backup", "console:a", quiet) for _ in range(3)]
    finally:
        stop.set()
        worker.join()
    counts = [len(check_backup(place).originals) for place in places]
    assert counts == sorted(counts)
    url = f"sqlite:///{tmp_path}/restored.db"
    restore(places[0], open_bucket(tmp_path / "new"), url, "console:a", quiet)
    restored = open_ledger(url)
    assert 0 < len(restored.cases()) <= counts[0]
    restored.close()


def test_originals_are_kept_once_for_all_backups_and_old_records_go(
    filled: Ledger, folder: Bucket, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    places = [back_up(folder, filled, target, "console:a", quiet) for _ in range(3)]
    assert list_backups(target) == tuple(places)
    assert len([path for path in (target / "originals").rglob("*") if path.is_file()]) == 2
    assert thin(target, 1) == 2
    assert list_backups(target) == (places[-1],)
    check_backup(places[-1])
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["table", "original", "object", "manifest", "missing"])
def test_a_backup_that_was_damaged_is_not_restored(
    what: str, embedded: Ledger, folder: Bucket, paper: Callable[..., Path], tmp_path: Path
) -> None:
    take(folder, embedded, drop(folder, paper()), tmp_path / "work")
    drop(folder, paper(b"%PDF-1.7 waits", "丙.pdf"))
    place = back_up(folder, embedded, tmp_path / "backup", "console:a", quiet)
    original = next(path for path in (tmp_path / "backup" / "originals").rglob("*") if path.is_file())
    if what == "table":
        (place / "tables" / "packages.jsonl.gz").write_bytes(gzip.compress(b""))
    elif what == "original":
        original.chmod(0o644)
        original.write_bytes(b"x")
    elif what == "object":
        next(iter((place / "objects").iterdir())).unlink()
    elif what == "missing":
        shutil.rmtree(tmp_path / "backup" / "originals")
    else:
        (place / MANIFEST).write_text("{")
    url = f"sqlite:///{tmp_path}/restored.db"
    with pytest.raises(BackupBroken):
        restore(place, open_bucket(tmp_path / "new"), url, "console:a", quiet)
    assert read_revision(Database(url)) is None, "nothing was begun"


def test_an_original_that_went_bad_in_the_store_is_told_and_makes_no_backup(
    embedded: Ledger, folder: Bucket, paper: Callable[..., Path], tmp_path: Path
) -> None:
    from storage.bucket import Damaged

    take(folder, embedded, drop(folder, paper()), tmp_path / "work")
    with embedded.database.read() as connection:
        (sha256,) = connection.scalars(select(files.c.sha256))
    bad = tmp_path / "bucket" / name_original(str(sha256))
    bad.chmod(0o644)
    bad.write_bytes(b"rotten")
    with pytest.raises(Damaged):
        back_up(folder, embedded, tmp_path / "backup", "console:a", quiet)
    assert list_backups(tmp_path / "backup") == ()
    assert not list((tmp_path / "backup").glob(".unfinished*"))


def test_a_backup_is_restored_into_nothing_but_an_empty_database(
    filled: Ledger, folder: Bucket, tmp_path: Path
) -> None:
    place = back_up(folder, filled, tmp_path / "backup", "console:a", quiet)
    before = filled.events()
    with pytest.raises(NotEmpty):
        restore(place, folder, filled.database.url, "console:a", quiet)
    assert filled.events() == before


def test_a_restore_that_stopped_is_done_again(
    filled: Ledger, folder: Bucket, tmp_path: Path, stopping: Callable[[int], tuple[type[Exception], Callable]]
) -> None:
    place = back_up(folder, filled, tmp_path / "backup", "console:a", quiet)
    new, url = open_bucket(tmp_path / "new"), f"sqlite:///{tmp_path}/restored.db"
    for steps in range(0, 12, 3):
        power_cut, before = stopping(steps)
        with pytest.raises(power_cut):
            restore(place, before(new), url, "console:a", quiet)
    restore(place, new, url, "console:a", quiet)
    again = open_ledger(url)
    assert again.cases() == filled.cases()
    again.close()


def test_what_was_read_is_backed_up_too(embedded: Ledger, folder: Bucket, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 30, tzinfo=UTC)
    row = dict.fromkeys(readings.c.keys())
    assert "key" in row
    with embedded.database.write() as connection:
        values = {"key": "k", **{c.name: _some(c, moment) for c in readings.c if c.name != "key" and not c.nullable}}
        connection.execute(readings.insert().values(values))
    place = back_up(folder, embedded, tmp_path / "backup", "console:a", quiet)
    (dump,) = [dump for dump in check_backup(place).tables if dump.table == "readings"]
    assert dump.rows == 1


def _some(column: object, moment: datetime) -> object:
    kind = type(column.type).__name__  # type: ignore[attr-defined]
    return {"Moment": moment, "JSON": {}, "Integer": 1, "BigInteger": 1, "Float": 1.0, "Boolean": True}.get(kind, "x")


@pytest.mark.parametrize("revision", sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py")))
def test_there_is_a_way_forward_from_every_schema(revision: str, database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from storage.all_tables import METADATA

    database = Database(database_url)
    migrate(database, revision)
    assert read_revision(database) == revision
    opened = open_ledger(database_url, upgrade=True)
    assert read_revision(database) == head()
    with opened.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    opened.close()
