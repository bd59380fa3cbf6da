"""The tables of the ledger; a test keeps them equal to what the migrations build."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}
METADATA = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A point in time, always in UTC; SQLite knows no time zones, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def key() -> Column[int]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def ref(target: str, name: str, *, nullable: bool = False, index: bool = True) -> Column[int]:
    big = BigInteger().with_variant(Integer, "sqlite")
    return Column(name, big, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def must(name: str, kind: Any, **more: Any) -> Column[Any]:
    return Column(name, kind, nullable=False, **more)


# One row per version of a case: what comes back after 补正 has the same case number and the next version.
packages = Table(
    "packages",
    METADATA,
    key(),
    must("case_number", String(32)),
    must("version", Integer),
    must("receipt", String(40), unique=True),
    must("name", Text),
    Column("kind", String(16)),
    must("state", String(16), index=True),
    must("content_hash", String(64), unique=True),
    must("received_at", Moment),
    must("submitted_on", Date),
    Column("page_count", Integer),
    Column("seconds", Float),
    Column("reason_code", String(64)),
    Column("reason", Text),
    Column("verdict", Text),
    # Who works on it, until when: for several watchers; nobody's while null.
    Column("worker", String(128)),
    Column("lease_until", Moment),
    must("attempts", Integer, server_default="0"),
    must("edition", Integer, server_default="1"),  # counts runs and decisions, for optimistic locks
    Column("drawn", Boolean),  # for a second review, once it passed; null: not drawn yet
    UniqueConstraint("case_number", "version"),
)

# The originals of a package in their order; a file that only came to light inside an archive has no hash of its own.
files = Table(
    "files",
    METADATA,
    key(),
    ref("packages", "package_id", index=False),
    must("position", Integer),
    must("name", Text),
    Column("sha256", String(64), index=True),
    Column("size", BigInteger),
    Column("media", String(128)),
    Column("refused_code", String(64)),
    Column("refused", Text),
    UniqueConstraint("package_id", "position"),
)

# Objects still to be taken out of the intake after their package was recorded (see intake.py).
leftovers = Table(
    "leftovers",
    METADATA,
    key(),
    ref("packages", "package_id"),
    must("object", Text, index=True),
    must("etag", Text),
    must("modified", Moment),
    must("duplicate", Boolean),
    UniqueConstraint("object", "etag", "modified"),
)

# Each time the rules ran over a package; nothing that a run found is ever overwritten.
runs = Table(
    "runs",
    METADATA,
    key(),
    ref("packages", "package_id"),
    must("at", Moment),
    must("ruleset", String(64)),
    must("state", String(16)),
    must("seconds", Float),
)

pages = Table(
    "pages",
    METADATA,
    key(),
    ref("runs", "run_id", index=False),
    must("number", Integer),
    must("file", Text),
    must("index", Integer),
    must("sha256", String(64), index=True),
    must("width", Integer),
    must("height", Integer),
    Column("dpi", Float),
    must("engine", Text),
    must("detail", JSON),
    Column("reading", String(80)),  # key of what was read on it (see recorded.py)
    UniqueConstraint("run_id", "number"),
)

documents = Table(
    "documents",
    METADATA,
    key(),
    ref("runs", "run_id", index=False),
    must("position", Integer),
    must("type", String(64), index=True),
    Column("version", String(16)),
    must("pages", JSON),
    must("content", JSON),
    UniqueConstraint("run_id", "position"),
)

findings = Table(
    "findings",
    METADATA,
    key(),
    ref("runs", "run_id", index=False),
    must("position", Integer),
    must("rule", String(32)),
    must("outcome", String(16)),
    must("severity", String(1)),
    must("subject", Text),
    must("message", Text),
    must("cites", Text),
    must("evidence", JSON),
    UniqueConstraint("run_id", "position"),
    Index("ix_findings_rule_outcome", "rule", "outcome"),
)

WAITS = text("state IN ('open', 'pending')")  # letter by letter what items.is_waiting asks, or no index is used
_QUEUED = ("package_id", "gravity", "opened_at", "doubt", "rule", "state", "holder", "lease_until", "assignee")

# What a person has to look at: one per rule and subject of a package, pointing to its newest finding.
review_items = Table(
    "review_items",
    METADATA,
    key(),
    ref("packages", "package_id", index=False),
    ref("findings", "finding_id"),
    must("rule", String(32)),
    must("subject", Text),
    must("ordinal", Integer),  # a rule may speak twice on one subject
    must("state", String(16)),
    must("gravity", Integer),  # 0 gravest
    must("doubt", Boolean),  # something could not be read for certain: comes before what the papers say
    must("opened_at", Moment),
    Column("closed_at", Moment),
    # Whose it is by a supervisor's word, and who works on it until when.
    Column("assignee", String(128)),
    Column("holder", String(128)),
    Column("lease_until", Moment),
    must("edition", Integer, server_default="1"),  # counts changes, for optimistic locks
    UniqueConstraint("package_id", "rule", "subject", "ordinal"),
    # The queue is read from these alone: package by package, rule by rule, and what is somebody's.
    Index("ix_review_items_queue", *_QUEUED, sqlite_where=WAITS, postgresql_where=WAITS),
    Index("ix_review_items_rule", "rule", sqlite_where=WAITS, postgresql_where=WAITS),
    Index("ix_review_items_holder", "holder"),
    Index("ix_review_items_assignee", "assignee"),
)

readings = Table(
    "readings",
    METADATA,
    Column("key", String(255), primary_key=True),
    must("body", Text),
    must("at", Moment),
)

# Append-only (triggers forbid change), each row bound to the one before it by hashes (see events.py).
events = Table(
    "events",
    METADATA,
    key(),
    must("at", Moment),
    Column("case_number", String(32), index=True),
    must("actor", String(128)),
    must("what", String(64)),
    must("detail", Text),
    must("prev_hash", String(64), unique=True),
    must("hash", String(64), unique=True),
)

# The one row that says where the chain ends: writers queue at it, and a cut-off tail shows.
chain = Table(
    "chain",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    must("length", BigInteger),
    must("hash", String(64)),
)

counters = Table(
    "counters",
    METADATA,
    Column("name", String(32), primary_key=True),
    must("value", BigInteger),
)
