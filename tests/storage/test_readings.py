import multiprocessing
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
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        runs = [pool.submit(_put_and_get, ledger.readings, range(start, start + 40)) for start in (0, 20)]
        assert all(None not in run.result() for run in runs)
    assert ledger.readings.get("page 59") == '"59"'


def test_a_forked_process_makes_its_own_connections(ledger: Ledger) -> None:
    ledger.readings.put("page 0", '"0"')
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        runs = [pool.submit(_put_and_get, ledger.readings, range(20)) for _ in range(2)]
        assert all(None not in run.result() for run in runs)
    assert ledger.readings.get("page 19") == '"19"'
