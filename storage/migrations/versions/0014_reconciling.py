"""What listings rest on; the runs of reconciliation, what they found, and which originals were checked when."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("submissions") as batch:
        batch.add_column(sa.Column("basis", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("registers", sa.JSON(), nullable=True))
    for table, column in (("sales", "transferee"), ("payments", "transferor"), ("payments", "transferee")):
        op.create_index(f"ix_{table}_{column}", table, [column])
    _create_runs()
    _create_companies()
    _create_differences()
    _create_originals()


def _create_runs() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ruleset", sa.String(64), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("link_number", sa.BigInteger(), nullable=False),
        sa.Column("link_hash", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index("ix_reconciliations_state", "reconciliations", ["state"])


def _create_companies() -> None:
    op.create_table(
        "reconciled",
        sa.Column("uscc", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("uscc", name=op.f("pk_reconciled")),
    )
    op.create_index("ix_reconciled_due_on", "reconciled", ["due_on"])


def _create_differences() -> None:
    op.create_table(
        "differences",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(1), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False),
        sa.Column("case_number", sa.String(32), nullable=True),
        sa.Column("found_run", KEY, nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("gone_run", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
        sa.UniqueConstraint("mark", name=op.f("uq_differences_mark")),
    )
    op.create_index("ix_differences_owner", "differences", ["owner"])
    op.create_index("ix_differences_case_number", "differences", ["case_number", "gone_run"])


def _create_originals() -> None:
    op.create_table(
        "original_checks",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_original_checks")),
    )
    op.create_index("ix_original_checks_at", "original_checks", ["at"])
    op.create_index("ix_original_checks_run_id", "original_checks", ["run_id"])
