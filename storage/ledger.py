"""The ledger: what was received, read, found and done, on SQLite or PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from domain.books import Balance, Books, Submission
from domain.dossier import Dossier
from domain.finding import Finding, State
from domain.life import Step
from domain.postings import Posting, Sale
from storage import books, cases, claims, deals, events, listings
from storage.announcing import announce
from storage.books import Mentioned
from storage.bucket import Stored
from storage.claims import CHINA
from storage.database import Database, clean
from storage.events import Break
from storage.filters import NO_FILTER, Filter, narrow
from storage.items import Slice, list_items
from storage.late import is_late, record_late, tell_late
from storage.migrations import prepare
from storage.objecting import object_to, settle_objection
from storage.publishing import publish
from storage.readings import Readings
from storage.recording import Run, change_package, hash_verdict, record_run
from storage.records import Case, CaseRecord, Claimed, Drop, Event, Item, Leftover
from storage.schema import leftovers, packages

SYSTEM = "system"


class Ledger:
    """All records. Every writing method is one transaction with its event; all raise StorageAway.

    May be pickled and used in any process; several programs may share one database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.readings = Readings(database)

    def claim(self, drop: Drop, actor: str = SYSTEM) -> Claimed:
        """Records a package and gives it a case number and a receipt; content seen before gives the first case."""
        with self._write() as connection:
            wanted = select(packages).where(packages.c.content_hash == drop.content_hash)
            first = connection.execute(wanted).first()
            if first is None:
                return claims.receive(connection, drop, actor)
            return claims.recognise(connection, first, drop, actor)

    def leftovers(self, objects: Sequence[Stored]) -> tuple[Leftover, ...]:
        """Those of the intake objects whose package is recorded already."""
        with self.database.read() as connection:
            return claims.find_leftovers(connection, objects)

    def forget(self, objects: Sequence[Stored]) -> None:
        """Notes that these objects are out of the intake."""
        with self.database.write() as connection:
            for one in objects:
                connection.execute(delete(leftovers).where(claims.is_leftover(one)))

    def claimed(self, case: str, *, duplicate: bool = False) -> Claimed:
        """The case as its claim gave it; raises UnknownCase."""
        with self.database.read() as connection:
            return cases.present_claim(connection, cases.find_package(connection, case), duplicate=duplicate)

    def record(
        self,
        case: str,
        dossier: Dossier,
        findings: Sequence[Finding],
        *,
        state: State,
        seconds: float,
        ruleset: str,
        verdict: str,
        posting: Posting | None = None,
        since: Claimed | None = None,
        stages: Mapping[str, float] = {},
        actor: str = SYSTEM,
    ) -> bool:
        """Writes what a run read and found, and posts what it settles; earlier runs stay. `verdict` is kept as given.

        `since` is the case as the run took it up. Where it went on meanwhile, the run is kept as superseded, changes
        nothing, and False is given. Raises UnknownCase; Overdrawn, SerialUsed where the posting cannot be: then
        nothing at all is written.
        """
        found = {"dossier": dossier, "findings": tuple(findings), "state": state}
        run = Run(**found, seconds=seconds, ruleset=ruleset, verdict=verdict, stages=stages)
        with self._write() as connection:
            if is_late(connection, case, since):
                record_late(connection, case, run, since, actor)
                return False
            record_run(connection, case, run, actor)
            if posting is not None:
                books.post(connection, case, posting, actor)
            return True

    def post(self, case: str, posting: Posting, actor: str = SYSTEM) -> None:
        """Posts what a case settles, once; raises UnknownCase, Overdrawn, SerialUsed."""
        with self._write() as connection:
            cases.find_package(connection, case)
            books.post(connection, case, posting, actor)

    def open_notice(self, case: str, on: date, sale: Sale | None = None, actor: str = SYSTEM) -> None:
        """Opens the public notice of a case's agreement and reserves what it sells.

        Raises UnknownCase, IllegalStep, Overdrawn.
        """
        with self._write() as connection:
            cases.find_package(connection, case)
            deals.open_notice(connection, case, on, sale, actor)

    def give_back(self, case: str, reason: str, on: date | None = None, actor: str = SYSTEM) -> None:
        """Returns what a case's agreement has reserved; its notice, if any, failed. Raises UnknownCase, IllegalStep."""
        with self._write() as connection:
            cases.find_package(connection, case)
            deals.return_deal(connection, case, reason, on or _today(), actor)

    def withdraw(self, case: str, reason: str, on: date | None = None, actor: str = SYSTEM) -> None:
        """Takes back a published listing, or a case's agreement; raises UnknownCase, IllegalStep."""
        with self._write() as connection:
            cases.find_package(connection, case)
            step = deals.return_deal if deals.has_deal(connection, case) else listings.withdraw
            step(connection, case, reason, on or _today(), actor)

    def publish(self, case: str, on: date | None = None, actor: str = SYSTEM) -> Step:
        """Publishes a verified listing, or renews what was published with what is left; gives the step taken.

        Raises UnknownCase, IllegalStep.
        """
        with self._write() as connection:
            cases.find_package(connection, case)
            return publish(connection, case, on or _today(), actor)

    def object_to(self, case: str, text: str, on: date | None = None, actor: str = SYSTEM) -> None:
        """Records an objection to the notice of a case's agreement; raises UnknownCase, IllegalStep."""
        with self._write() as connection:
            cases.find_package(connection, case)
            object_to(connection, case, text, on or _today(), actor)

    def settle_objection(
        self, case: str, text: str, on: date | None = None, number: int | None = None, actor: str = SYSTEM
    ) -> None:
        """Records how an objection was settled, by default the oldest open one; raises UnknownCase, IllegalStep."""
        with self._write() as connection:
            cases.find_package(connection, case)
            settle_objection(connection, case, text, on or _today(), actor, number)

    def announce(self, case: str, on: date | None = None, actor: str = SYSTEM) -> str:
        """Announces the result of a case's deal and updates supply and demand; gives the announcement's number.

        Raises UnknownCase, IllegalStep.
        """
        with self._write() as connection:
            cases.find_package(connection, case)
            return announce(connection, case, on or _today(), actor)

    def books(self, mentioned: Mentioned, case: str | None = None) -> Books:
        """What is known beyond a case of all that its package mentions."""
        with self.database.read() as connection:
            return books.read_books(connection, case, mentioned)

    def balances(self) -> tuple[Balance, ...]:
        """Every company's account of every metal, by code and metal."""
        with self.database.read() as connection:
            return books.read_balances(connection)

    def companies(self) -> dict[str, str]:
        """The names of all companies in the books by their codes."""
        with self.database.read() as connection:
            return books.read_names(connection)

    def submissions(self) -> tuple[Submission, ...]:
        """All verified listings, oldest first."""
        with self.database.read() as connection:
            return listings.read_submissions(connection)

    def quarantine(
        self,
        case: str,
        code: str,
        message: str,
        *,
        verdict: str | None = None,
        since: Claimed | None = None,
        actor: str = SYSTEM,
    ) -> bool:
        """Sets a case aside with its reason; raises UnknownCase.

        Where it went on since a run took it up (`since`), that is told by the log alone, and False is given.
        """
        reason = {"reason_code": code, "reason": clean(message)}
        with self._write() as connection:
            if is_late(connection, case, since):
                package = cases.find_package(connection, case, since.version if since else None)
                tell_late(connection, package, actor, {"code": code, "message": message})
                return False
            package = change_package(connection, case, reason | {"state": State.QUARANTINED, "verdict": verdict})
            told = {"version": package.version, "code": code, "message": message}
            told |= {"verdict": verdict and hash_verdict(verdict)}
            events.append(connection, case, actor, "quarantined", told)
            return True

    def note(self, case: str | None, what: str, detail: Mapping[str, Any], actor: str = SYSTEM) -> None:
        """Writes an event that changes no other record."""
        with self._write() as connection:
            events.append(connection, case, actor, what, detail)

    def queue(self, limit: int | None = None, asked: Filter = NO_FILTER) -> tuple[Item, ...]:
        """Waiting review items: gravest and oldest cases first, within a case doubts before what the papers say."""
        with self.database.read() as connection:
            where = tuple(narrow(asked, datetime.now(UTC)).values())
            return list_items(connection, where, Slice(limit=limit))

    def show(self, case: str) -> CaseRecord:
        """Everything about a case; raises UnknownCase."""
        with self.database.read() as connection:
            return cases.show_case(connection, case)

    def cases(self) -> tuple[Case, ...]:
        """The newest version of every case, in order of case number."""
        with self.database.read() as connection:
            return cases.list_cases(connection)

    def case_of(self, content_hash: str) -> str | None:
        """The case number of this content (see intake.hash_content), None when it was never received."""
        with self.database.read() as connection:
            return connection.scalar(select(packages.c.case_number).where(packages.c.content_hash == content_hash))

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        """The log of a case, or all of it, oldest first."""
        with self.database.read() as connection:
            return events.list_events(connection, case)

    def verify_events(self) -> Break | None:
        """None when no event was changed or lost, else the first that was."""
        with self.database.read() as connection:
            return events.verify(connection)

    def close(self) -> None:
        """Closes this process's connections."""
        self.database.close()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self.database.write() as connection:
            events.lock_chain(connection)
            yield connection


def open_ledger(url: str, *, upgrade: bool = False) -> Ledger:
    """The ledger in this database. The embedded one and an empty server get the newest schema by themselves.

    A server's older schema is changed only with `upgrade`, else SchemaMismatch is raised; also raises StorageAway.
    """
    database = Database(url)
    prepare(database, upgrade=upgrade)
    return Ledger(database)


def _today() -> date:
    return datetime.now(CHINA).date()
