"""The tables of what was seen before: registers that were loaded, and the pages that companies handed in."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.book_tables import Exact
from storage.schema import METADATA, Moment, key, must, ref

_PRINT = BigInteger().with_variant(Integer, "sqlite")

# Each file that was loaded is a version of its register; rows of older versions stay.
registers = Table(
    "registers",
    METADATA,
    key(),
    must("kind", String(32)),
    must("source", Text),
    must("sha256", String(64)),
    must("loaded_at", Moment),
    must("loaded_by", String(128)),
    UniqueConstraint("kind", "sha256"),
)

# 全口径清单; `quantity` in kg/a.
inventory = Table(
    "inventory",
    METADATA,
    key(),
    ref("registers", "register_id", index=False),
    must("uscc", String(32)),
    must("name", Text),
    must("metal", String(8)),
    must("year", Integer),
    must("quantity", Exact),
    must("place", Text),
    UniqueConstraint("register_id", "uscc", "metal", "year"),
)

# The pages with figures of their own, as the newest run of each package read them (domain/copies.py).
prints = Table(
    "prints",
    METADATA,
    key(),
    ref("packages", "package_id", index=False),
    must("page", Integer),
    must("parties", JSON),
    must("picture", String(64)),
    must("figures", JSON),
    UniqueConstraint("package_id", "page"),
)

# One number per figure: pages that share figures are found by the index on it.
bands = Table(
    "bands",
    METADATA,
    Column("print_id", _PRINT, ForeignKey("prints.id"), primary_key=True, autoincrement=False),
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_bands_band", "band"),
)
