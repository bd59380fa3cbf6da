"""What the house keeps, looked over: the chain of the log link by link, stored originals the longest unseen first."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.reconciling import Damage
from storage.bucket import Bucket, Damaged, NotFound
from storage.database import Database
from storage.events import Break, follow
from storage.originals import fetch
from storage.reconciling_tables import original_checks, reconciliations
from storage.schema import events as log
from storage.schema import files, packages

LOG = "chain"  # stands for the chain among the originals
EVENTS_AT_ONCE = 20_000
ORIGINALS_AT_ONCE = 200


class Stock:
    """The log and the stored originals of a house; every step is kept, so that the next run goes on behind it."""

    def __init__(self, database: Database, bucket: Bucket) -> None:
        self._database, self._bucket = database, bucket

    def follow_chain(self, run: int) -> int:
        """Checks the next events of the log; gives how many, 0 at its end or where it breaks. Raises StorageAway."""
        with self._database.read() as connection:
            row = connection.execute(select(reconciliations).where(reconciliations.c.id == run)).one()
            last, broken = follow(connection, row.link_number, row.link_hash, EVENTS_AT_ONCE)
        with self._database.write() as connection:
            told = {"link_number": last.number, "link_hash": last.hash}
            connection.execute(update(reconciliations).where(reconciliations.c.id == run).values(told))
            if broken or last.number == row.link_number:
                _note(connection, run, {LOG: _tell_break(broken)})
        return 0 if broken else last.number - row.link_number

    def check_originals(self, run: int, most: int | None) -> int:
        """Reads and hashes the next originals, up to `most` in the whole run; gives how many. Raises StorageAway."""
        with self._database.read() as connection:
            done = connection.scalar(_checked(run)) or 0
            left = ORIGINALS_AT_ONCE if most is None else max(0, min(ORIGINALS_AT_ONCE, most - done))
            hashes = list(connection.scalars(_next(run).limit(left))) if left else []
        found = {sha256: self._look(sha256) for sha256 in hashes}
        with self._database.write() as connection:
            _note(connection, run, found)
        return len(found)

    def count(self, run: int) -> tuple[int, int]:
        """How many originals a run has checked, and how many there are."""
        with self._database.read() as connection:
            every = select(func.count(files.c.sha256.distinct()))
            return connection.scalar(_checked(run)) or 0, connection.scalar(every) or 0

    def _look(self, sha256: str) -> str | None:
        with TemporaryDirectory(prefix="heyan-") as work:
            try:
                fetch(self._bucket, sha256, Path(work) / "original")
            except NotFound:
                return "原件已不在存储中"
            except Damaged:
                return "原件内容与登记的校验值不符"
        return None


def list_damage(connection: Connection) -> tuple[Damage, ...]:
    """All that is known to be damaged by now."""
    wrong = select(original_checks).where(original_checks.c.trouble.is_not(None)).order_by(original_checks.c.sha256)
    return tuple(_present(connection, row) for row in connection.execute(wrong).all())


def _present(connection: Connection, row: Row[Any]) -> Damage:
    if row.sha256 == LOG:
        number, _, why = row.trouble.partition(" ")
        case = connection.scalar(select(log.c.case_number).where(log.c.id == int(number)))
        return Damage(name=LOG, why=f"操作日志第{number}条起不完整：{why}", cases=(case,) if case else ())
    wanted = select(packages.c.case_number, files.c.name).join(files).where(files.c.sha256 == row.sha256)
    held = connection.execute(wanted.order_by(packages.c.id)).all()
    named = f"案件{held[-1].case_number}的“{held[-1].name}”" if held else row.sha256[:16]
    cases = tuple(dict.fromkeys(one.case_number for one in held))
    return Damage(name=row.sha256, why=f"{named}：{row.trouble}", cases=cases)


def _tell_break(broken: Break | None) -> str | None:
    return f"{broken.number} {broken.why}" if broken else None


def _checked(run: int) -> Select[Any]:
    own = (original_checks.c.run_id == run, original_checks.c.sha256 != LOG)
    return select(func.count()).select_from(original_checks).where(*own)


def _next(run: int) -> Select[Any]:
    """What is known to be wrong comes first, then what was never looked at, then the longest ago."""
    check = original_checks.c
    joined = select(files.c.sha256).outerjoin(original_checks, check.sha256 == files.c.sha256)
    wanted = joined.where(files.c.sha256.is_not(None), or_(check.run_id.is_(None), check.run_id != run))
    order = (check.trouble.is_(None), check.at.is_not(None), check.at, files.c.sha256)
    return wanted.group_by(files.c.sha256, check.trouble, check.at).order_by(*order)


def _note(connection: Connection, run: int, found: dict[str, str | None]) -> None:
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    now = datetime.now(UTC)
    rows = [{"sha256": name, "at": now, "run_id": run, "trouble": trouble} for name, trouble in found.items()]
    if rows:
        wanted = make(original_checks)
        new = {key: wanted.excluded[key] for key in ("at", "run_id", "trouble")}
        connection.execute(wanted.on_conflict_do_update(index_elements=["sha256"], set_=new), rows)
