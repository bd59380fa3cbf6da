"""Accounts in the database: locked by whoever posts to them, their entries read and added, never changed."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.accounts import Account, Cause, Entry
from domain.quantity import Metal
from storage.book_tables import accounts, entries

Name = tuple[str, Metal]  # a company's code and a metal


def lock_accounts(connection: Connection, names: Iterable[Name]) -> tuple[Entry, ...]:
    """The entries of these accounts, which are made if need be; others who post to them wait for this transaction."""
    wanted = sorted(set(names))
    if not wanted:
        return ()
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    rows = [{"uscc": uscc, "metal": metal} for uscc, metal in wanted]
    connection.execute(make(accounts).on_conflict_do_nothing(), rows)
    of_companies = select(accounts.c.id).where(accounts.c.uscc.in_({uscc for uscc, _ in wanted}))
    connection.execute(of_companies.order_by(accounts.c.id).with_for_update())  # in one order: nobody waits in a ring
    return tuple(it for it in read_entries(connection, {uscc for uscc, _ in wanted}) if (it.uscc, it.metal) in wanted)


def read_entries(connection: Connection, codes: Collection[str] | None = None) -> tuple[Entry, ...]:
    """All entries of these companies, or of all, in the order they were made."""
    wanted = _select()
    if codes is not None:
        wanted = wanted.where(accounts.c.uscc.in_(codes))
    return tuple(present_entry(row) for row in connection.execute(wanted))


def entries_of(connection: Connection, deal: str) -> tuple[Entry, ...]:
    """All entries of a deal, on both sides."""
    return tuple(present_entry(row) for row in connection.execute(_select().where(entries.c.deal == deal)))


def list_case_entries(connection: Connection, cases: Collection[str]) -> dict[str, list[Entry]]:
    """By case the entries that it made, in their order."""
    found: dict[str, list[Entry]] = {}
    for row in connection.execute(_select().where(entries.c.case_number.in_(cases))):
        found.setdefault(row.case_number, []).append(present_entry(row))
    return found


def add_entries(connection: Connection, new: Sequence[Entry]) -> None:
    """Adds entries to accounts that are locked."""
    if new:
        found = connection.execute(select(accounts).where(accounts.c.uscc.in_({entry.uscc for entry in new})))
        ids = {(row.uscc, row.metal): row.id for row in found}
        connection.execute(insert(entries), [_flatten(entry, ids[entry.uscc, entry.metal]) for entry in new])


def _select() -> Select[Any]:
    return select(entries, accounts.c.uscc, accounts.c.metal).join(accounts).order_by(entries.c.id)


def _flatten(entry: Entry, account_id: int) -> dict[str, Any]:
    flat = {key: value for key, value in entry if key not in ("uscc", "metal", "case")}
    return flat | {"account_id": account_id, "case_number": entry.case}


def present_entry(row: Row[Any]) -> Entry:
    """A row of `entries` with its account's company and metal, without checking again what we wrote ourselves."""
    return Entry.model_construct(
        uscc=row.uscc,
        metal=Metal(row.metal),
        credit=Account(row.credit),
        debit=Account(row.debit),
        quantity=row.quantity,
        cause=Cause(row.cause),
        project=row.project,
        case=row.case_number,
        deal=row.deal,
        counterpart=row.counterpart,
        at=row.at,
        on=row.on,
    )
