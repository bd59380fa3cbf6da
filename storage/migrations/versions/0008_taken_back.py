"""What a case told of a sale and its payments, marked once it was reopened or refused, so that it may tell anew."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STANDS = sa.text("taken_back_at IS NULL")


def upgrade() -> None:
    _mark("sales", "uq_sales_case_number_stage", ["case_number", "stage"])
    _mark("payments", "uq_payments_bank_serial", ["bank", "serial"])


def _mark(table: str, once: str, columns: list[str]) -> None:
    """Only what stands must be there once."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
        batch.drop_constraint(once, type_="unique")
    name = "_".join(["ix", table, *columns])
    op.create_index(name, table, columns, unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
