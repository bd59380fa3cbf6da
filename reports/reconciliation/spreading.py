"""Companies looked at in several processes at once; what they find is kept in order, as one process would."""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process

from reports.reconciliation.judging import cites, looking
from storage.database import Database
from storage.reconciling import Found, Reconciliations, Run

FEW = 3  # batches that are sooner looked at than a process is started


def judge_all(database: Database, run: Run, batches: Iterable[Sequence[str]], workers: int = 1) -> Iterator[int]:
    """Looks at batches of codes and keeps what that finds; gives for each batch how many companies it has.

    All methods of `Reconciliations` are called in the order of the batches, whatever the number of processes: broken
    off anywhere, the run goes on behind the last batch that was kept. Raises StorageAway.
    """
    rest = iter(batches)
    first = list(islice(rest, FEW + 1))
    if workers < 2 or len(first) <= FEW:
        return _one_by_one(Reconciliations(database), run, chain(first, rest))
    return _side_by_side(database, run, chain(first, rest), workers)


def _one_by_one(runs: Reconciliations, run: Run, batches: Iterable[Sequence[str]]) -> Iterator[int]:
    for codes in batches:
        runs.judge(run, codes, looking(run.today), cites())
        yield _count(codes)


def _side_by_side(database: Database, run: Run, batches: Iterable[Sequence[str]], workers: int) -> Iterator[int]:
    """No more batches are under way than keep the processes busy."""
    runs = Reconciliations(database)
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent) as pool:
        under_way: deque[tuple[Sequence[str], Future[list[Found]]]] = deque()
        for codes in batches:
            under_way.append((codes, pool.submit(_look_elsewhere, database.url, run, codes)))
            if len(under_way) > 2 * workers:
                yield _keep(runs, run, *under_way.popleft())
        for one in under_way:
            yield _keep(runs, run, *one)


def _keep(runs: Reconciliations, run: Run, codes: Sequence[str], found: Future[list[Found]]) -> int:
    runs.keep(run, codes[-1], found.result(), cites())
    return _count(codes)


def _count(codes: Sequence[str]) -> int:
    return sum(bool(code) for code in codes)


def _look_elsewhere(url: str, run: Run, codes: Sequence[str]) -> list[Found]:
    return Reconciliations(_open(url)).look(run, codes, looking(run.today))


@cache
def _open(url: str) -> Database:
    """One connection for all batches of a process."""
    return Database(url)


def _end_with_parent() -> None:
    """A killed run must leave no process behind that waits for ever."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent.sentinel,), daemon=True).start()


def _wait_for(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
