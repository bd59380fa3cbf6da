"""Registers in the ledger: versions that stay, the newest that counts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from domain.books import InventoryRow
from domain.quantity import Metal
from storage.ledger import Ledger
from storage.registers import Registers

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def registers(ledger: Ledger) -> Registers:
    return Registers(ledger.database)


@pytest.fixture
def row() -> Callable[..., InventoryRow]:
    def make(uscc: str = "A" * 18, metal: Metal = Metal.PB, quantity: str = "45.10", year: int = 2020) -> InventoryRow:
        return InventoryRow(
            uscc=uscc, name="甲公司", metal=metal, year=year, quantity=Decimal(quantity), place="a.csv 第2行"
        )

    return make


def test_without_a_register_nothing_is_known(registers: Registers) -> None:
    assert registers.inventory(["A" * 18]) is None
    assert registers.versions() == ()


def test_rows_come_back_for_the_codes_asked_for_with_every_digit(registers: Registers, row) -> None:
    digits = "0.100000000001"
    rows = [row(quantity=digits), row("B" * 18), row(metal=Metal.AS)]
    loaded = registers.load_inventory("a.csv", ONE, rows)
    assert (loaded.rows, loaded.companies, loaded.current, loaded.duplicate) == (3, 2, True, False)
    assert registers.inventory(["A" * 18, "A" * 18]) == (row(metal=Metal.AS), row(quantity=digits))
    assert registers.inventory(["C" * 18]) == ()


def test_the_newest_version_counts_and_the_older_stays(registers: Registers, row) -> None:
    registers.load_inventory("a.csv", ONE, [row(), row("B" * 18)])
    registers.load_inventory("b.csv", TWO, [row(quantity="7")])
    assert registers.inventory(["A" * 18, "B" * 18]) == (row(quantity="7"),)
    assert [(one.source, one.rows, one.current) for one in registers.versions()] == [
        ("a.csv", 2, False),
        ("b.csv", 1, True),
    ]


def test_the_same_file_again_is_a_duplicate_and_changes_nothing(registers: Registers, ledger: Ledger, row) -> None:
    first = registers.load_inventory("a.csv", ONE, [row()])
    registers.load_inventory("b.csv", TWO, [row(quantity="7")])
    again = registers.load_inventory("renamed.csv", ONE, [row()])
    assert (again.version, again.source, again.duplicate, again.current) == (first.version, "a.csv", True, False)
    assert registers.inventory(["A" * 18]) == (row(quantity="7"),)
    assert [event.what for event in ledger.events()] == ["register loaded", "register loaded"]
    assert ledger.verify_events() is None


def test_nothing_is_half_loaded(registers: Registers, ledger: Ledger, row) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"):
        registers.load_inventory("a.csv", ONE, [row("B" * 18), row(), row()])
    assert registers.versions() == ()
    assert registers.inventory(["B" * 18]) is None
    assert ledger.events() == ()


def test_two_that_load_the_same_file_at_once_make_one_version(registers: Registers, row) -> None:
    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(lambda _: registers.load_inventory("a.csv", ONE, [row()]), range(4)))
    assert sorted(one.duplicate for one in loaded) == [False, True, True, True]
    assert len(registers.versions()) == 1


def test_a_large_register_is_loaded_in_one_go(registers: Registers, row) -> None:
    loaded = registers.load_inventory("a.csv", ONE, [row(f"{n:018d}") for n in range(12_345)])
    assert (loaded.rows, loaded.companies) == (12_345, 12_345)
