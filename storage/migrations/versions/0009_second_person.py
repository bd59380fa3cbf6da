"""What a correction did to blocking findings, and which passed cases were drawn for a second review."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("packages", sa.Column("drawn", sa.Boolean(), nullable=True))
    op.add_column("decisions", sa.Column("alters", sa.JSON(), nullable=True))
    _draw_passed()


def _draw_passed() -> None:
    """Cases that had passed are drawn as they were: by their number, 5 %, seed 2026."""
    connection = op.get_bind()
    packages = sa.table("packages", sa.column("id"), sa.column("case_number"), sa.column("state"), sa.column("drawn"))
    passed = sa.select(packages.c.id, packages.c.case_number).where(packages.c.state.in_(("clear", "verified")))
    for row in connection.execute(passed).all():
        number = int.from_bytes(hashlib.sha256(f"2026 {row.case_number}".encode()).digest()[:8]) % 10**9
        drawn = sa.update(packages).where(packages.c.id == row.id).values(drawn=number < 50_000_000)
        connection.execute(drawn)
