"""The tables of reconciliation: its runs, what each company was found like, what does not agree, originals checked."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, String, Table, Text

from storage.schema import METADATA, Moment, key, must

# `cursor` is the end of the log when it began: a later run looks at what was told after it. `place` is the last company
# that it judged, `link` the last event of the chain that it found right (number and hash): where it goes on.
reconciliations = Table(
    "reconciliations",
    METADATA,
    key(),
    must("today", Date),
    must("full", Boolean),
    must("state", String(16), index=True),
    must("ruleset", String(64)),
    must("cursor", BigInteger),
    must("place", String(32)),
    must("link_number", BigInteger),
    must("link_hash", String(64)),
    must("stage", String(16)),
    must("originals", BigInteger),
    must("started_at", Moment),
    Column("finished_at", Moment),
    Column("summary", JSON(none_as_null=True)),
)

# How each company was found last: `fingerprint` of its records, `due_on` from when time alone may change the verdict,
# `sums` what it adds to the report.
reconciled = Table(
    "reconciled",
    METADATA,
    Column("uscc", String(32), primary_key=True),
    must("fingerprint", String(64)),
    Column("due_on", Date, index=True),
    must("run_id", key().type),
    must("sums", JSON),
)

# One row for each thing that does not agree, for ever: `mark` names it the same in every run, `gone_run` is the run
# that found it no more. `owner` is the company whose records tell it, `case_number` the case whose review item it is.
differences = Table(
    "differences",
    METADATA,
    key(),
    must("mark", String(64), unique=True),
    must("owner", String(32), index=True),
    must("rule", String(16)),
    must("severity", String(1)),
    must("subject", String(64)),
    must("key", Text),
    must("message", Text),
    must("left", Text),
    must("right", Text),
    must("cases", JSON),
    Column("case_number", String(32)),
    must("found_run", key().type),
    must("found_on", Date),
    Column("gone_run", key().type),
    Index("ix_differences_case_number", "case_number", "gone_run"),
)

# When each stored original was last read and hashed; `trouble` says what is wrong with it.
original_checks = Table(
    "original_checks",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    must("at", Moment),
    must("run_id", key().type, index=True),
    Column("trouble", Text),
    Index("ix_original_checks_at", "at"),
)
