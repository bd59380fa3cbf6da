"""The steps of a trade's life, the announcements of results, and what permit registers say."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("taken_back_at IS NULL")

_FORBID_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END
"""
_FORBID_POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
"""


def upgrade() -> None:
    _create_steps()
    _create_announcements()
    _create_permits()
    _forbid_change("steps")
    _forbid_change("permits")


def _create_steps() -> None:
    op.create_table(
        "steps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("side", sa.String(16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("case_number", sa.String(32), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("undoes", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sa.UniqueConstraint("undoes", name=op.f("uq_steps_undoes")),
    )
    op.create_index("ix_steps_case_number", "steps", ["case_number"])
    op.create_index("ix_steps_subject_step", "steps", ["subject", "step"])
    op.create_index("ix_steps_step_on", "steps", ["step", "on"])


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("deal", sa.String(32), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("number", name=op.f("uq_announcements_number")),
    )
    op.create_index("ix_announcements_on", "announcements", ["on"])
    op.create_index(
        "ix_announcements_deal", "announcements", ["deal"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )


def _create_permits() -> None:
    op.create_table(
        "permits",
        sa.Column("id", KEY, nullable=False),
        sa.Column("register_id", KEY, nullable=False),
        sa.Column("uscc", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=True),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["registers.id"], name=op.f("fk_permits_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permits")),
    )
    op.create_index("ix_permits_register_id_uscc", "permits", ["register_id", "uscc"])


def _forbid_change(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_FORBID_SQLITE.format(table=table, verb=verb))
    else:
        op.execute(_FORBID_POSTGRESQL.format(table=table))
