import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from storage.ledger import Ledger
from storage.readings import Readings


def _put_and_get(readings: Readings, numbers: range) -> list[str | None]:
    for number in numbers:
        readings.put(f"page {number}", f'"{number}"')
    return [readings.get(f"page {number}") for number in numbers]


def test_a_reading_comes_back_and_an_unknown_one_is_none(ledger: Ledger) -> None:
    ledger.readings.put("page:engine", '{"字": 1}')
    assert ledger.readings.get("page:engine") == '{"字": 1}'
    assert ledger.readings.get("page:other engine") is None


def test_the_first_reading_stays(ledger: Ledger) -> None:
    ledger.readings.put("page", "1")
    ledger.readings.put("page", "2")
    assert ledger.readings.get("page") == "1"


def test_processes_share_the_cache(ledger: Ledger) -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver")) as pool:
        runs = [pool.submit(_put_and_get, ledger.readings, range(start, start + 40)) for start in (0, 20)]
        assert all(None not in run.result() for run in runs)
    assert ledger.readings.get("page 59") == '"59"'


def test_a_forked_process_makes_its_own_connections(ledger: Ledger) -> None:
    ledger.readings.put("page 0", '"0"')
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    mine = _backend(ledger)

    def ask() -> None:  # inherits the ledger as it is, with its open connection
        answers.put((_backend(ledger), _put_and_get(ledger.readings, range(20))))

    children = [fork.Process(target=ask) for _ in range(2)]
    for child in children:
        child.start()
    theirs = [answers.get(timeout=30) for _ in children]
    for child in children:
        child.join()
    assert all(None not in found for _, found in theirs)
    assert len({mine, *(backend for backend, _ in theirs)}) == 3
    assert ledger.readings.get("page 19") == '"19"'


def _backend(ledger: Ledger) -> object:
    """Tells connections apart: PostgreSQL's process behind it, or here the process and its own pool."""
    with ledger.database.read() as connection:
        if not ledger.database.on_sqlite:
            return connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        return os.getpid(), id(connection.engine.pool)
