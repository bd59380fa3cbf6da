"""Passwords that were set by somebody else and must be changed, and sessions that another service vouched for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sessions", sa.Column("admitted", sa.Boolean(), server_default=sa.false(), nullable=False))
