"""The table of decisions: append-only (triggers forbid change), each undone by another row."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from storage.schema import METADATA, Moment, key, must, ref

# A domain.decision.Decision each; `id` is its number.
decisions = Table(
    "decisions",
    METADATA,
    key(),
    ref("packages", "package_id"),
    must("case_number", String(32), index=True),
    must("version", Integer),
    must("at", Moment),
    must("actor", String(128)),
    must("act", String(16)),
    ref("review_items", "item_id", nullable=True),
    must("reason", Text),
    Column("place", JSON(none_as_null=True)),
    must("text", Text),
    Column("before", Text),
    Column("after", Text),
    Column("facts", String(64)),
    Column("notice", JSON(none_as_null=True)),
    Column("undoes", Integer, unique=True),
    Column("alters", JSON(none_as_null=True)),
)
