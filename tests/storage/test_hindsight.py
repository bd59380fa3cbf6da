"""The books of an earlier moment, beside what the books really said at that moment."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import event, inspect, select

from domain.books import Books, InventoryRow
from domain.copies import Print, Seen
from domain.postings import Posting
from domain.quantity import Metal
from storage.book_tables import entries
from storage.books import Mentioned, read_books
from storage.claims import CHINA
from storage.database import Database
from storage.hindsight import TIMELESS, Past, look_back
from storage.ledger import Ledger
from storage.prints import keep_prints
from storage.registers import Registers
from storage.schema import METADATA, packages
from tests.storage.test_books import BUYER, SELLER, agreement, contract, demand, payment, supply

ALL = Mentioned(
    codes=frozenset({SELLER, BUYER}),
    serials=frozenset({"0001"}),
    contracts=frozenset({"HT-X-1"}),
    sale=contract(),
    pages=Seen(case="", name="丙公司", parties=frozenset({"丙"}), prints=(Print(page=1, picture="0" * 64, figures=frozenset("abcdefgh")),)),
)  # fmt: skip


def today() -> date:
    return datetime.now(CHINA).date()


def row(quantity: str) -> InventoryRow:
    return InventoryRow(uscc=SELLER, name="甲公司", metal=Metal.PB, year=2020, quantity=D(quantity), place="a 第2行")


@pytest.fixture
def lived(ledger: Ledger, post: Callable[[Posting], str], claim: Callable[[], str]) -> list[tuple[datetime, Books]]:
    """A seller's and a buyer's life, with what the books said after each step."""
    moments: list[tuple[datetime, Books]] = []

    def look() -> None:
        moments.append((datetime.now(UTC), ledger.books(ALL)))

    def copy() -> None:
        case = claim()
        with ledger.database.write() as connection:
            package = connection.scalar(select(packages.c.id).where(packages.c.case_number == case))
            keep_prints(
                connection, package, ALL.pages.model_copy(update={"name": "甲公司", "parties": frozenset({"甲"})})
            )

    def pay() -> None:
        case = claim()
        ledger.post(case, contract("30", "X-1", BUYER, payment(case)))

    registers, cases = Registers(ledger.database), {}
    acts: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: cases.update(first=post(supply("45"))),
        lambda: registers.load_inventory("a.csv", "1" * 64, [row("45")]),
        lambda: post(demand()),
        lambda: cases.update(failed=claim()),
        lambda: ledger.open_notice(cases["failed"], today(), agreement(number="X-0")),
        lambda: ledger.give_back(cases["failed"], "有异议", today()),
        lambda: cases.update(noticed=claim()),
        lambda: ledger.open_notice(cases["noticed"], today(), agreement()),
        lambda: registers.load_inventory("b.csv", "2" * 64, [row("44")]),
        pay,
        copy,
        lambda: post(supply("46", project="二期")),
        lambda: ledger.withdraw(cases["first"], "不再出让", today()),
    )
    for act in acts:
        act()
        look()
    return moments


def differences(one: Books, other: Books) -> dict[str, tuple[Any, Any]]:
    return {name: (a, b) for (name, a), (_, b) in zip(one, other, strict=True) if a != b}


def test_the_books_of_every_earlier_moment_are_seen_as_they_were(
    ledger: Ledger, lived: list[tuple[datetime, Books]]
) -> None:
    assert len({books.model_dump_json() for _, books in lived}) == len(lived) - 2  # claims alone change nothing
    with look_back(ledger.database) as past:
        for moment, books in [*lived, *reversed(lived)]:
            assert differences(read_books(past.go_to(moment), None, ALL), books) == {}


def test_a_deal_s_own_case_is_left_out_of_the_past_too(ledger: Ledger, lived: list[tuple[datetime, Books]]) -> None:
    case = ledger.books(ALL).submissions[0].case
    with look_back(ledger.database) as past:
        was = read_books(past.go_to(lived[1][0]), case, ALL)
    assert was.submissions == () and was.balances == ()


def test_looking_back_leaves_nothing_behind(ledger: Ledger, lived: list[tuple[datetime, Books]]) -> None:
    before = dump(ledger.database)
    with look_back(ledger.database) as past:
        assert read_books(past.go_to(lived[0][0]), None, ALL).balances == ()
    with ledger.database.read() as connection:
        assert connection.scalar(select(entries.c.id).limit(1)) is not None
        assert not inspect(connection).get_temp_view_names() if connection.dialect.name == "sqlite" else True
    assert dump(ledger.database) == before
    with pytest.raises(ZeroDivisionError), look_back(ledger.database) as past:
        past.go_to(lived[0][0])
        raise ZeroDivisionError
    assert ledger.books(ALL) == lived[-1][1]


def test_no_table_of_the_books_is_read_as_it_is_now(ledger: Ledger, lived: list[tuple[datetime, Books]]) -> None:
    """What the books begin to read one day must be covered here too, or told to be the same at any time."""
    asked: list[str] = []
    with look_back(ledger.database) as past:
        event.listen(past.connection, "before_cursor_execute", lambda c, cur, statement, *rest: asked.append(statement))
        read_books(past.go_to(lived[-1][0]), "HY-2026-999999", ALL)
        covered = set(views(past))
    words = set(" ".join(asked).replace(",", " ").replace(".", " ").split())
    read = {table.name for table in METADATA.sorted_tables} & words
    assert {"entries", "sales", "prints"} <= read <= covered | TIMELESS


def views(past: Past) -> Iterator[str]:
    from storage.hindsight import _Behind, _views

    yield from _views(_Behind("main"))


def dump(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {table.name: list(map(tuple, connection.execute(table.select()))) for table in METADATA.sorted_tables}
