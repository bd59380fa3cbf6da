"""The runs of reconciliation: begun, gone on with after a crash, and ended; what they find is kept once."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.reconciling import NOBODY, Account, Difference, Sums
from storage import events
from storage.database import Database
from storage.events import START
from storage.reconciling_accounts import Held, count_companies, list_companies, read_accounts
from storage.reconciling_changes import list_changed
from storage.reconciling_differences import Told, keep, list_owners
from storage.reconciling_items import refresh_cases
from storage.reconciling_stock import list_damage
from storage.reconciling_tables import reconciled, reconciliations
from storage.schema import events as log

SYSTEM = "system"
RUNNING, DONE, ABANDONED = "running", "done", "abandoned"


class Stage(StrEnum):
    """How far a run is; each stage may be broken off anywhere and begun again."""

    CHAIN = "chain"
    ORIGINALS = "originals"
    COMPANIES = "companies"
    REPORT = "report"


class UnknownRun(HeyanError):
    """There is no reconciliation of this number that came to its end."""

    exit_code = ExitCode.USAGE


class Run(Frozen):
    """A run of reconciliation; `before` is the end of the log when the last whole run began, 0 without one."""

    id: int
    today: date
    full: bool
    state: str
    ruleset: str
    stage: str
    cursor: int
    before: int
    place: str
    started_at: datetime
    finished_at: datetime | None = None
    summary: dict[str, Any] | None = None


class Count(NamedTuple):
    """So many of all."""

    done: int
    all: int


class Seen(NamedTuple):
    """What looking at a company's account found: what does not agree, from when time may change that, its sums."""

    differences: Sequence[Difference]
    due_on: date | None
    sums: Sums


class Found(NamedTuple):
    """What a company was found like, ready to be kept; it may have been found in another process."""

    uscc: str
    fingerprint: str
    differences: Sequence[Difference]
    due_on: date | None
    sums: Mapping[str, Any]


Look = Callable[[Account], Seen]


class Reconciliations:
    """All runs in a database; every step is one transaction, and taking it twice changes nothing. All methods raise
    StorageAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, today: date, ruleset: str, *, full: bool = False) -> Run:
        """The run that was broken off, where it is of the same day, rules and extent, else a new one.

        It is a full one where no other ended before it under these rules, or a register was loaded since.
        """
        with self._write() as connection:
            last = _last(connection)
            full = full or last is None or last.ruleset != ruleset or _register_loaded(connection, last.cursor)
            for row in connection.execute(select(reconciliations).where(reconciliations.c.state == RUNNING)).all():
                if (row.today, row.ruleset, row.full) == (today, ruleset, full):
                    return _present(row, last)
                _change(connection, row.id, state=ABANDONED)
            new = insert(reconciliations).values(_new(connection, today, ruleset, full, last))
            return _get(connection, connection.execute(new.returning(reconciliations.c.id)).scalar_one())

    def last(self) -> Run | None:
        """The last run that came to its end."""
        with self._database.read() as connection:
            row = _last(connection)
            return _present(row, None) if row else None

    def ended(self, most: int) -> tuple[Run, ...]:
        """The runs that came to their end, the newest first."""
        with self._database.read() as connection:
            wanted = select(reconciliations).where(reconciliations.c.state == DONE)
            rows = connection.execute(wanted.order_by(reconciliations.c.id.desc()).limit(most))
            return tuple(_present(row, None) for row in rows)

    def find(self, number: int) -> Run:
        """A run that came to its end; raises UnknownRun."""
        with self._database.read() as connection:
            own = (reconciliations.c.id == number, reconciliations.c.state == DONE)
            row = connection.execute(select(reconciliations).where(*own)).first()
            if row is None:
                raise UnknownRun("UNKNOWN_RUN", f"没有编号为 {number} 的对账")
            return _present(row, None)

    def accounts(self, codes: Collection[str]) -> Iterator[Account]:
        """All that is held of these companies now, some at a time."""
        wanted = sorted(codes)
        for start in range(0, len(wanted), AT_ONCE):
            with self._database.read() as connection:
                yield from (held.account for held in read_accounts(connection, wanted[start : start + AT_ONCE]))

    def companies(self, run: Run) -> Iterator[list[str]]:
        """The codes that the run has still to look at, some hundred at a time; NOBODY is the first."""
        with self._database.read() as connection:
            place = _get(connection, run.id).place
        if run.full:
            yield from self._every(place)
            return
        with self._database.read() as connection:
            changed = list_changed(connection, run.before, run.cursor, run.today)
        left = [code for code in [NOBODY, *sorted(changed - {NOBODY})] if not place or code > place]
        yield from (left[start : start + AT_ONCE] for start in range(0, len(left), AT_ONCE))

    def count(self, run: Run) -> Count:
        """How many companies the run has looked at, and how many it is to."""
        with self._database.read() as connection:
            place = str(_get(connection, run.id).place)
            if not run.full:
                changed = list_changed(connection, run.before, run.cursor, run.today) - {NOBODY}
                return Count(sum(code <= place for code in changed), len(changed))
            return Count(count_companies(connection, place), count_companies(connection))

    def judge(self, run: Run, codes: Sequence[str], look: Look, cites: Mapping[str, str]) -> int:
        """Looks at these companies and keeps what that finds; gives how many were other than last time."""
        return self.keep(run, codes[-1], self.look(run, codes, look), cites)

    def look(self, run: Run, codes: Sequence[str], look: Look) -> list[Found]:
        """Looks at those of these companies that are other than last time; changes nothing."""
        with self._database.read() as connection:
            return [_find(held, look(held.account)) for held in self._to_judge(connection, run, codes)]

    def keep(self, run: Run, place: str, found: Sequence[Found], cites: Mapping[str, str]) -> int:
        """Keeps what companies up to this place were found like; gives how many they are."""
        with self._write() as connection:
            cases: set[str] = set()
            known = list_owners(connection, [one.uscc for one in found])
            for one in found:
                if one.differences or one.uscc in known:
                    cases |= keep(connection, Told(run.id, run.today), one.uscc, one.differences)
            _keep_companies(connection, run, found)
            refresh_cases(connection, cases, run.id, run.ruleset, dict(cites))
            _change(connection, run.id, place=place)
        return len(found)

    def reach(self, run: Run, stage: Stage) -> None:
        """Notes that a run came to a stage."""
        with self._write() as connection:
            _change(connection, run.id, stage=stage)

    def finish(self, run: Run, summary: Mapping[str, Any]) -> Run:
        """Ends a run with its numbers, which the log tells; only once."""
        with self._write() as connection:
            row = _get(connection, run.id)
            if row.state == RUNNING:
                told = dict(summary)
                _change(connection, run.id, state=DONE, finished_at=datetime.now(UTC), summary=told)
                events.append(connection, None, SYSTEM, "reconciled", {"run": run.id} | told)
            return _get(connection, run.id)

    def _every(self, place: str) -> Iterator[list[str]]:
        if not place:
            yield [NOBODY]
        while True:
            with self._database.read() as connection:
                codes = list_companies(connection, place, AT_ONCE)
            if not codes:
                return
            yield codes
            place = codes[-1]

    def _to_judge(self, connection: Connection, run: Run, codes: Sequence[str]) -> Iterator[Held]:
        """Without those that are as they were and of which time alone changes nothing yet."""
        known = {row.uscc: row for row in connection.execute(select(reconciled).where(reconciled.c.uscc.in_(codes)))}
        for held in read_accounts(connection, codes):
            row = known.get(held.account.uscc)
            same = row is not None and held.account.uscc != NOBODY and row.fingerprint == held.fingerprint
            due = row is not None and row.due_on is not None and row.due_on <= run.today
            if run.full or due or not same:
                yield held if held.account.uscc != NOBODY else _with_damage(connection, held)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._database.write() as connection:
            events.lock_chain(connection)
            yield connection


AT_ONCE = 200  # companies


def _find(held: Held, seen: Seen) -> Found:
    sums = seen.sums.model_dump(mode="json")
    return Found(held.account.uscc, held.fingerprint, seen.differences, seen.due_on, sums)


def _keep_companies(connection: Connection, run: Run, found: Sequence[Found]) -> None:
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    names = ("fingerprint", "due_on", "run_id", "sums")
    rows = [one._asdict() | {"run_id": run.id} for one in found]
    if rows:
        wanted = make(reconciled)
        new = {name: wanted.excluded[name] for name in names}
        told = [{name: row[name] for name in ("uscc", *names)} for row in rows]
        connection.execute(wanted.on_conflict_do_update(index_elements=["uscc"], set_=new), told)


def _with_damage(connection: Connection, held: Held) -> Held:
    return held._replace(account=held.account.model_copy(update={"damaged": list_damage(connection)}))


def _new(connection: Connection, today: date, ruleset: str, full: bool, last: Row[Any] | None) -> dict[str, Any]:
    end = connection.scalar(select(func.max(log.c.id))) or 0
    link = {"link_number": last.link_number, "link_hash": last.link_hash} if last and not full else {}
    own = {"today": today, "full": full, "ruleset": ruleset, "state": RUNNING, "stage": Stage.CHAIN}
    start = {"place": "", "originals": 0, "link_number": 0, "link_hash": START, "started_at": datetime.now(UTC)}
    return own | start | link | {"cursor": end}


def _register_loaded(connection: Connection, cursor: int) -> bool:
    wanted = select(log.c.id).where(log.c.id > cursor, log.c.case_number.is_(None), log.c.what == "register loaded")
    return connection.execute(wanted.limit(1)).first() is not None


def _last(connection: Connection) -> Row[Any] | None:
    wanted = select(reconciliations).where(reconciliations.c.state == DONE).order_by(reconciliations.c.id.desc())
    return connection.execute(wanted.limit(1)).first()


def _get(connection: Connection, number: int) -> Run:
    row = connection.execute(select(reconciliations).where(reconciliations.c.id == number)).one()
    before = select(reconciliations).where(reconciliations.c.state == DONE, reconciliations.c.id < number)
    return _present(row, connection.execute(before.order_by(reconciliations.c.id.desc()).limit(1)).first())


def _present(row: Row[Any], last: Row[Any] | None) -> Run:
    same = {key: row._mapping[key] for key in Run.model_fields if key != "before"}
    return Run(**same, before=last.cursor if last else 0)


def _change(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(reconciliations).where(reconciliations.c.id == number).values(values))
