"""The books: accounts and their entries, submissions, sales, public notices, payments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CODE = sa.String(length=32)
EXACT = sa.String(length=64)

_FORBID_SQLITE = """
CREATE TRIGGER entries_no_{verb} BEFORE {verb} ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END
"""
_FORBID_POSTGRESQL = """
CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
"""


def upgrade() -> None:
    _create_accounts()
    _create_entries()
    _create_submissions()
    _create_sales()
    _create_notices()
    _create_payments()
    _forbid_change()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("metal", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("uscc", "metal", name=op.f("uq_accounts_uscc_metal")),
    )


def _create_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("credit", sa.String(length=16), nullable=False),
        sa.Column("debit", sa.String(length=16), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("case_number", CODE, nullable=False),
        sa.Column("deal", CODE, nullable=True),
        sa.Column("counterpart", CODE, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_entries_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_account_id"), "entries", ["account_id"], unique=False)
    op.create_index(op.f("ix_entries_case_number"), "entries", ["case_number"], unique=False)
    op.create_index(op.f("ix_entries_deal"), "entries", ["deal"], unique=False)


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_number", CODE, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("surplus", sa.JSON(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("case_number", name=op.f("uq_submissions_case_number")),
    )
    op.create_index(op.f("ix_submissions_uscc"), "submissions", ["uscc"], unique=False)


def _create_sales() -> None:
    op.create_table(
        "sales",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_number", CODE, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("deal", CODE, nullable=False),
        sa.Column("transferor", CODE, nullable=False),
        sa.Column("transferee", CODE, nullable=False),
        sa.Column("agreement", sa.Text(), nullable=True),
        sa.Column("contract", sa.Text(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales")),
        sa.UniqueConstraint("case_number", "stage", name=op.f("uq_sales_case_number_stage")),
    )
    op.create_index(op.f("ix_sales_deal"), "sales", ["deal"], unique=False)
    op.create_index("ix_sales_transferor_transferee", "sales", ["transferor", "transferee"], unique=False)


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_number", CODE, nullable=False),
        sa.Column("transferor", CODE, nullable=False),
        sa.Column("transferee", CODE, nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("case_number", name=op.f("uq_notices_case_number")),
    )
    op.create_index(op.f("ix_notices_transferor"), "notices", ["transferor"], unique=False)
    op.create_index(op.f("ix_notices_transferee"), "notices", ["transferee"], unique=False)


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_number", CODE, nullable=False),
        sa.Column("bank", sa.String(length=128), nullable=False),
        sa.Column("serial", sa.String(length=128), nullable=False),
        sa.Column("amount", EXACT, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("contract", sa.Text(), nullable=True),
        sa.Column("transferor", CODE, nullable=True),
        sa.Column("transferee", CODE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("bank", "serial", name=op.f("uq_payments_bank_serial")),
    )
    op.create_index(op.f("ix_payments_case_number"), "payments", ["case_number"], unique=False)
    op.create_index(op.f("ix_payments_contract"), "payments", ["contract"], unique=False)
    op.create_index(op.f("ix_payments_serial"), "payments", ["serial"], unique=False)


def _forbid_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_FORBID_SQLITE.format(verb=verb))
    else:
        op.execute(_FORBID_POSTGRESQL)
