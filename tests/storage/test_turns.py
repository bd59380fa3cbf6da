"""Turns: one watcher at a time works on a package, and what kills it lets the next one at it."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection

import pytest

from domain.errors import StorageAway
from storage.database import Database
from storage.ledger import open_ledger
from storage.turns import turn


@pytest.fixture
def database(prepared_url: str) -> Database:
    return open_ledger(prepared_url).database


def hold_it(url: str, name: str, tell: Connection) -> None:
    with turn(Database(url), name) as ours:
        tell.send(ours)
        tell.recv()


def test_of_two_only_one_has_the_turn(database: Database) -> None:
    with turn(database, "甲.zip") as first, turn(database, "甲.zip") as second:
        assert (first, second) == (True, False)
    with turn(database, "甲.zip") as again:
        assert again


def test_on_a_server_packages_are_worked_on_side_by_side(database: Database) -> None:
    with turn(database, "甲.zip") as first, turn(database, "乙.zip") as second:
        assert (first, second) == (True, not database.on_sqlite)


def test_a_turn_ends_with_the_process_that_has_it(database: Database) -> None:
    here, there = multiprocessing.Pipe()
    other = multiprocessing.get_context("forkserver").Process(target=hold_it, args=(database.url, "甲.zip", there))
    other.start()
    assert here.recv() is True
    with turn(database, "甲.zip") as ours:
        assert not ours
    os.kill(other.pid or 0, signal.SIGKILL)
    other.join()
    for _ in range(100):  # the server notices when its socket closes
        with turn(database, "甲.zip") as ours:
            if ours:
                return
    raise AssertionError("the dead process still has its turn")


def test_a_turn_holds_up_no_transaction(database: Database) -> None:
    with turn(database, "甲.zip"), database.write() as connection:
        connection.exec_driver_sql("DELETE FROM readings")


def test_a_server_that_is_away_is_told_as_such() -> None:
    with pytest.raises(StorageAway), turn(Database("postgresql+psycopg://heyan@127.0.0.1:1/heyan"), "甲.zip"):
        pass
