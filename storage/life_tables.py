"""The tables of a trade's life: the steps that were taken, and the announcements of results."""

from sqlalchemy import JSON, Column, Date, Index, String, Table, Text

from storage.book_tables import ONCE
from storage.schema import METADATA, Moment, key, must, ref

# Append-only (triggers forbid change): a domain.life.Taken each, with who recorded it and what goes with it. A step
# that counts no more stays; a row that says so (`undoes`) follows it.
steps = Table(
    "steps",
    METADATA,
    key(),
    must("subject", String(64)),
    must("step", String(16)),
    must("side", String(16)),
    must("on", Date),
    must("at", Moment),
    must("actor", String(128)),
    Column("case_number", String(32), index=True),
    must("detail", JSON),
    Column("undoes", key().type, unique=True),
    Index("ix_steps_subject_step", "subject", "step"),
    Index("ix_steps_step_on", "step", "on"),
)

# What was announced of a deal (guide 4(6)); `figures` has kg/a and 元/千克 per metal, `content` the text's facts.
# What was announced of a deal that was taken back stays, with the moment from which it counts no more.
announcements = Table(
    "announcements",
    METADATA,
    key(),
    must("deal", String(32)),
    must("number", String(64), unique=True),
    must("on", Date, index=True),
    must("figures", JSON),
    must("content", JSON),
    must("at", Moment),
    must("actor", String(128)),
    Column("taken_back_at", Moment),
    Index("ix_announcements_deal", "deal", **ONCE),
)

# The permit register, a dated version a file (see registers.py): what the authority itself says of a permit.
permits = Table(
    "permits",
    METADATA,
    key(),
    ref("registers", "register_id", index=False),
    must("uscc", String(32)),
    must("name", Text),
    must("number", String(64)),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("standing", Text),
    must("limits", JSON),
    must("place", Text),
    Column("industry", Text),
    Column("issued_on", Date),
    Column("management", Text),
    Index("ix_permits_register_id_uscc", "register_id", "uscc"),
)
