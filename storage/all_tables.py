"""Everything that METADATA is to know: each module that declares tables."""

from storage import (
    book_tables,
    decision_tables,
    life_tables,
    outgoing_tables,
    people_tables,
    queue_tables,
    reconciling_tables,
    seen_tables,
)
from storage.schema import METADATA

__all__ = [
    "METADATA",
    "book_tables",
    "decision_tables",
    "life_tables",
    "outgoing_tables",
    "people_tables",
    "queue_tables",
    "reconciling_tables",
    "seen_tables",
]
