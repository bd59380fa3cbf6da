"""The tables of the books: accounts and their entries, submissions, sales, public notices, payments."""

from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Date, Dialect, Index, String, Table, Text, TypeDecorator, UniqueConstraint, text

from domain.quantity import plain
from storage.schema import METADATA, Moment, key, must, ref


class Exact(TypeDecorator[Decimal]):
    """A decimal as text: SQLite would make a float of a number."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else plain(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


# One row per company and metal, locked by whoever posts to it; what stands on it is the sum of its entries.
accounts = Table(
    "accounts",
    METADATA,
    key(),
    must("uscc", String(32)),
    must("metal", String(8)),
    UniqueConstraint("uscc", "metal"),
)

# Append-only (triggers forbid change): a domain.accounts.Entry each, in the order they were made.
entries = Table(
    "entries",
    METADATA,
    key(),
    ref("accounts", "account_id"),
    must("credit", String(16)),
    must("debit", String(16)),
    must("quantity", Exact),
    must("cause", String(32)),
    must("project", Text),
    must("case_number", String(32), index=True),
    Column("deal", String(32), index=True),
    Column("counterpart", String(32)),
    must("at", Moment),
    must("on", Date),
)

# Verified listings; what a company takes back while it is published stays, with the day. `basis` is a
# domain.postings.Basis; null in listings from before it was kept.
submissions = Table(
    "submissions",
    METADATA,
    key(),
    must("case_number", String(32), unique=True),
    must("kind", String(16)),
    must("uscc", String(32), index=True),
    must("name", Text),
    Column("project", Text),
    must("verified_on", Date),
    must("figures", JSON),
    must("surplus", JSON),
    Column("withdrawn_on", Date),
    Column("basis", JSON(none_as_null=True)),
    Column("registers", JSON(none_as_null=True)),  # by kind, the newest version when it was verified
)

_STANDS = text("taken_back_at IS NULL")
ONCE: dict[str, Any] = {"unique": True, "sqlite_where": _STANDS, "postgresql_where": _STANDS}

# What each case told of a deal: `deal` is the first such case, `stage` how far the papers go (agreed, contracted).
# What a case that was reopened or refused had told stays, with the moment from which it counts no more.
sales = Table(
    "sales",
    METADATA,
    key(),
    must("case_number", String(32)),
    must("stage", String(16)),
    must("deal", String(32), index=True),
    must("transferor", String(32)),
    must("transferee", String(32), index=True),
    Column("agreement", Text),
    Column("contract", Text),
    must("content", JSON),
    must("at", Moment),
    Column("taken_back_at", Moment),
    Index("ix_sales_case_number_stage", "case_number", "stage", **ONCE),
    Index("ix_sales_transferor_transferee", "transferor", "transferee"),
)

notices = Table(
    "notices",
    METADATA,
    key(),
    must("case_number", String(32), unique=True),
    must("transferor", String(32), index=True),
    must("transferee", String(32), index=True),
    Column("number", Text),
    must("opened_on", Date),
    Column("failed", Text),
)

# A serial is a bank's own; where the slip does not tell the bank, it is empty.
payments = Table(
    "payments",
    METADATA,
    key(),
    must("case_number", String(32), index=True),
    must("bank", String(128)),
    must("serial", String(128), index=True),
    must("amount", Exact),
    Column("paid_on", Date),
    Column("contract", Text, index=True),
    Column("transferor", String(32), index=True),
    Column("transferee", String(32), index=True),
    Column("taken_back_at", Moment),
    Index("ix_payments_bank_serial", "bank", "serial", **ONCE),
)
