"""Cases that were received and not checked: held by a watcher, left behind by a crash, or to be tried once more."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select, update

from domain.errors import ExitCode, HeyanError
from domain.finding import State
from storage import events
from storage.cases import find_package
from storage.database import Database
from storage.recording import change_package
from storage.records import RECEIVED, WATCHER
from storage.schema import packages

LEFT = timedelta(minutes=30)  # after which nobody is thought to work any more on what no watcher holds


class NotQuarantined(HeyanError):
    """Only what could not be processed is tried once more."""

    exit_code = ExitCode.USAGE


def hold(database: Database, case: str) -> int:
    """Notes that a watcher takes up a case, and gives how often one did by now; raises UnknownCase, StorageAway."""
    with database.write() as connection:
        package = find_package(connection, case)
        tries = package.attempts + 1
        held = update(packages).where(packages.c.id == package.id).values(worker=WATCHER, attempts=tries)
        connection.execute(held)
        return int(tries)


def let_go(database: Database, case: str) -> None:
    """Takes back that a watcher took up a case: what stopped it was no fault of the papers. Raises StorageAway."""
    ours = (packages.c.worker == WATCHER, packages.c.state == RECEIVED, packages.c.attempts > 0)
    with database.write() as connection:
        package = find_package(connection, case)
        freed = update(packages).where(packages.c.id == package.id, *ours)
        connection.execute(freed.values(attempts=packages.c.attempts - 1))


def list_unfinished(database: Database, now: datetime | None = None) -> tuple[str, ...]:
    """The cases that a watcher is to take up again, oldest first; raises StorageAway."""
    before = (now or datetime.now(UTC)) - LEFT
    left = or_(packages.c.worker == WATCHER, packages.c.received_at < before)
    wanted = select(packages.c.case_number).where(packages.c.state == RECEIVED, left).order_by(packages.c.id)
    with database.read() as connection:
        return tuple(connection.scalars(wanted))


def retry(database: Database, case: str, actor: str) -> None:
    """Has a quarantined case read again from its originals; raises UnknownCase, NotQuarantined, StorageAway."""
    with database.write() as connection:
        events.lock_chain(connection)
        if find_package(connection, case).state != State.QUARANTINED:
            raise NotQuarantined("NOT_QUARANTINED", f"案件 {case} 未被隔离，不需要重试")
        again = {"state": RECEIVED, "reason_code": None, "reason": None, "worker": WATCHER, "attempts": 0}
        package = change_package(connection, case, again)
        events.append(connection, case, actor, "retried", {"version": package.version, "state": RECEIVED})
