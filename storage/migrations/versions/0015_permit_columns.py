"""What else the permit platform prints of a permit: its industry, day of issue and class of management."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("permits", sa.Column("industry", sa.Text(), nullable=True))
    op.add_column("permits", sa.Column("issued_on", sa.Date(), nullable=True))
    op.add_column("permits", sa.Column("management", sa.Text(), nullable=True))
