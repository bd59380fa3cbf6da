"""What Alembic runs: the migrations, in the transaction that the caller began."""

from alembic import context

from storage import (  # noqa: F401  # all that METADATA is to know
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

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
