"""Permit registers in the ledger, beside 全口径清单."""

from datetime import date
from decimal import Decimal

import pytest

from domain.books import InventoryRow
from domain.quantity import Metal
from domain.reconciling import PermitRow
from storage.ledger import Ledger
from storage.registers import PERMITS, Registers, UnknownRegister, newest_registers

A = "A" * 18
ROW = PermitRow(
    uscc=A,
    name="甲公司",
    number=f"{A}001P",
    valid_from=date(2024, 9, 10),
    valid_until=date(2029, 9, 9),
    standing="注销（应当注销的其他情形）",
    limits={Metal.PB: Decimal("79.500000000001")},
    industry="铅锌冶炼",
    issued_on=date(2024, 9, 10),
    management="重点管理",
    place="许可证.csv 第2行",
)


def test_permits_are_versions_of_their_own_and_come_back_as_they_were(ledger: Ledger) -> None:
    registers = Registers(ledger.database)
    assert registers.permits([A]) is None
    inventory = InventoryRow(uscc=A, name="甲公司", metal=Metal.PB, year=2024, quantity=Decimal(1), place="a 第2行")
    first = registers.load_inventory("a.csv", "1" * 64, [inventory])
    second = registers.load_permits(
        "b.csv", "1" * 64, [ROW, ROW.model_copy(update={"number": f"{A}002P"})], "user:yang"
    )
    assert (second.kind, second.rows, second.companies, second.current, second.duplicate) == (
        PERMITS,
        2,
        1,
        True,
        False,
    )
    assert registers.permits([A])[0] == ROW and registers.permits(["B"]) == ()
    assert registers.inventory([A]) == (inventory,)
    assert registers.rows(second.version)[0] == ROW and registers.rows(first.version) == (inventory,)
    assert [(one.kind, one.current) for one in registers.versions()] == [("inventory", True), ("permits", True)]
    assert registers.load_permits("c.csv", "1" * 64, [ROW]).duplicate
    with ledger.database.read() as connection:
        assert newest_registers(connection) == {"inventory": first.version, "permits": second.version}
    event = ledger.events()[-1]
    assert (event.actor, event.what, event.detail["register"]) == ("user:yang", "register loaded", "permits")


def test_the_newest_permit_register_counts(ledger: Ledger) -> None:
    registers = Registers(ledger.database)
    registers.load_permits("a.csv", "1" * 64, [ROW])
    registers.load_permits("b.csv", "2" * 64, [ROW.model_copy(update={"standing": "正常"})])
    assert [row.standing for row in registers.permits([A])] == ["正常"]


def test_a_version_that_is_none_is_told(ledger: Ledger) -> None:
    for ask in (Registers(ledger.database).version, Registers(ledger.database).rows):
        with pytest.raises(UnknownRegister):
            ask(7)
