"""What runs recorded is never changed any more, and the log tells up to which run it cannot vouch for the rows."""

import sqlalchemy as sa
from alembic import op

from storage import events

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FORBID_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END
"""
_FORBID_POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
"""


def upgrade() -> None:
    for table in ("runs", "pages", "documents", "findings"):
        _forbid_change(table)
    connection = op.get_bind()
    last = connection.scalar(sa.text("SELECT max(id) FROM runs"))
    if last:
        events.append(connection, None, "system", "sealing began", {"runs": last})


def _forbid_change(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_FORBID_SQLITE.format(table=table, verb=verb))
    else:
        op.execute(_FORBID_POSTGRESQL.format(table=table))
