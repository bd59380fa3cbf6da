"""People who sign in, and what the queue is searched and assigned by."""

import sqlalchemy as sa
from alembic import op

from storage.terms import keep_terms

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
HASH = sa.String(length=64)


def upgrade() -> None:
    _create_users()
    _create_sessions()
    _create_tokens()
    _create_attempts()
    _create_search_terms()
    _fill_search_terms()
    op.add_column("review_items", sa.Column("assignee", sa.String(length=128), nullable=True))
    _create_indexes()


def _create_indexes() -> None:
    waits = sa.text("state IN ('open', 'pending')")
    queued = ["package_id", "gravity", "opened_at", "doubt", "rule", "state", "holder", "lease_until", "assignee"]
    op.drop_index("ix_review_items_waiting", "review_items")
    op.create_index("ix_review_items_queue", "review_items", queued, sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_review_items_rule", "review_items", ["rule"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_review_items_holder", "review_items", ["holder"])
    op.create_index("ix_review_items_assignee", "review_items", ["assignee"])


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", HASH, nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)


def _create_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("token_hash", HASH, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("name_hash", HASH, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_last_at"), "attempts", ["last_at"], unique=False)


def _create_search_terms() -> None:
    op.create_table(
        "search_terms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("package_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("folded", sa.String(length=255), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_search_terms_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_terms")),
        sa.UniqueConstraint("package_id", "kind", "folded", name=op.f("uq_search_terms_package_id_kind_folded")),
    )
    op.create_index("ix_search_terms_kind_folded", "search_terms", ["kind", "folded", "package_id"], unique=False)


def _fill_search_terms() -> None:
    # Only what follows from records that stay: a later program may fill them again in its own way.
    connection = op.get_bind()
    run = sa.table("runs", sa.column("id"), sa.column("package_id"))
    document = sa.table("documents", sa.column("run_id"), sa.column("position"), sa.column("content", sa.JSON()))
    newest = sa.select(run.c.package_id, sa.func.max(run.c.id).label("id")).group_by(run.c.package_id)
    for row in connection.execute(newest).all():
        papers = sa.select(document.c.content).where(document.c.run_id == row.id).order_by(document.c.position)
        keep_terms(connection, row.package_id, connection.scalars(papers).all())
