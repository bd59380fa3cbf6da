"""The tables of people: who may sign in, who is signed in, tokens for programs, and failed attempts."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, UniqueConstraint, false

from storage.schema import METADATA, Moment, key, must, ref

# `password` is an argon2 hash; null for those whom only another sign-in service vouches for.
users = Table(
    "users",
    METADATA,
    key(),
    must("name", String(64), unique=True),
    must("display", Text),
    must("role", String(16)),
    Column("password", Text),
    must("must_change", Boolean, server_default=false()),  # somebody else set it: good for one sign-in
    must("disabled", Boolean),
    must("added_at", Moment),
)

# Only the SHA-256 of what the browser holds: whoever reads this table can sign in as nobody.
sessions = Table(
    "sessions",
    METADATA,
    key(),
    ref("users", "user_id"),
    must("token_hash", String(64), unique=True),
    must("started_at", Moment),
    must("seen_at", Moment),
    must("admitted", Boolean, server_default=false()),  # another sign-in service vouched, no password was used
)

tokens = Table(
    "tokens",
    METADATA,
    key(),
    ref("users", "user_id"),
    must("label", Text),
    must("token_hash", String(64), unique=True),
    must("issued_at", Moment),
    Column("revoked_at", Moment),
)

# Accounts with another sign-in service: by its issuer and its own lasting name for somebody, never by a user's name.
identities = Table(
    "identities",
    METADATA,
    key(),
    ref("users", "user_id"),
    must("issuer", String(255)),
    must("subject", String(255)),
    must("linked_at", Moment),
    must("linked_by", String(128)),
    UniqueConstraint("issuer", "subject"),
)

# By the hash of the name that was tried, known or not: somebody may have typed a password in the name's place.
attempts = Table(
    "attempts",
    METADATA,
    Column("name_hash", String(64), primary_key=True),
    must("tries", Integer),
    must("last_at", Moment, index=True),
    Column("locked_until", Moment),
)
