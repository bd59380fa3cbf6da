"""The tables of what comes in over the desk and of who is told about cases: uploads, webhooks, deliveries."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, UniqueConstraint

from storage.schema import METADATA, Moment, key, must, ref

# A package that somebody handed in over the desk: `package` is its name in the intake, `content_hash` what a claim of
# it will find; null where it never came to lie there. `case_number`, `version` and `duplicate` are told once it was
# claimed, `trouble` where it could not be; `done` of `total` pages are read.
uploads = Table(
    "uploads",
    METADATA,
    key(),
    must("receipt", String(40), unique=True),
    must("user_name", String(64), index=True),
    must("at", Moment),
    must("package", Text, index=True),
    Column("content_hash", String(64), index=True),
    must("files", Integer),
    must("size", BigInteger),
    Column("case_number", String(32), index=True),
    Column("version", Integer),
    Column("duplicate", Boolean),
    must("done", Integer, server_default="0"),
    must("total", Integer, server_default="0"),
    Column("trouble", Text),
)

# Who is told when a case changes its state. `cursor` is the last event of the log that was looked at for it.
# The secret stands here as it is: each message is signed with it. A removed one keeps its row for its deliveries.
webhooks = Table(
    "webhooks",
    METADATA,
    key(),
    must("url", Text),
    must("label", Text),
    must("secret", String(64)),
    must("added_at", Moment),
    must("added_by", String(128)),
    must("cursor", BigInteger),
    Column("removed_at", Moment),
)

# One message to one webhook: `waiting` until `next_at`, `delivered`, or `failed` for good after the last try.
deliveries = Table(
    "deliveries",
    METADATA,
    key(),
    ref("webhooks", "webhook_id", index=False),
    must("event", BigInteger),  # number in the log
    must("body", Text),
    must("state", String(16)),
    must("tries", Integer),
    must("at", Moment),
    Column("next_at", Moment, index=True),
    Column("status", Integer),  # what the other side answered last
    Column("trouble", Text),
    UniqueConstraint("webhook_id", "event"),
)
