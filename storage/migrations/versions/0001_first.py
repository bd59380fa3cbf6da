"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

_FORBID_SQLITE = """
CREATE TRIGGER events_no_{verb} BEFORE {verb} ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
"""
_FORBID_POSTGRESQL = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
"""


def upgrade() -> None:
    _create_packages()
    _create_files()
    _create_leftovers()
    _create_runs()
    _create_pages()
    _create_documents()
    _create_findings()
    _create_review_items()
    _create_readings()
    _create_events()
    _create_chain()
    _create_counters()
    _start_chain()


def _create_packages() -> None:
    op.create_table(
        "packages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_number", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("worker", sa.String(length=128), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("case_number", "version", name=op.f("uq_packages_case_number_version")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_packages_content_hash")),
        sa.UniqueConstraint("receipt", name=op.f("uq_packages_receipt")),
    )
    op.create_index(op.f("ix_packages_state"), "packages", ["state"], unique=False)


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", KEY, nullable=False),
        sa.Column("package_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("media", sa.String(length=128), nullable=True),
        sa.Column("refused_code", sa.String(length=64), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_files_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("package_id", "position", name=op.f("uq_files_package_id_position")),
    )
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"], unique=False)


def _create_leftovers() -> None:
    op.create_table(
        "leftovers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("package_id", KEY, nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified", MOMENT, nullable=False),
        sa.Column("duplicate", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_leftovers_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leftovers")),
        sa.UniqueConstraint("object", "etag", "modified", name=op.f("uq_leftovers_object_etag_modified")),
    )
    op.create_index(op.f("ix_leftovers_object"), "leftovers", ["object"], unique=False)
    op.create_index(op.f("ix_leftovers_package_id"), "leftovers", ["package_id"], unique=False)


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("package_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ruleset", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_runs_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_package_id"), "runs", ["package_id"], unique=False)


def _create_pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("dpi", sa.Float(), nullable=True),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_pages_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_pages_run_id_number")),
    )
    op.create_index(op.f("ix_pages_sha256"), "pages", ["sha256"], unique=False)


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=True),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_documents_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_documents_run_id_position")),
    )
    op.create_index(op.f("ix_documents_type"), "documents", ["type"], unique=False)


def _create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("severity", sa.String(length=1), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cites", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_findings_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_findings_run_id_position")),
    )
    op.create_index("ix_findings_rule_outcome", "findings", ["rule", "outcome"], unique=False)


def _create_review_items() -> None:
    op.create_table(
        "review_items",
        sa.Column("id", KEY, nullable=False),
        sa.Column("package_id", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("gravity", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Boolean(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("holder", sa.String(length=128), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_review_items_finding_id")),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_review_items_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
        sa.UniqueConstraint(
            "package_id", "rule", "subject", "ordinal", name=op.f("uq_review_items_package_id_rule_subject_ordinal")
        ),
    )
    op.create_index(op.f("ix_review_items_finding_id"), "review_items", ["finding_id"], unique=False)
    op.create_index("ix_review_items_waiting", "review_items", ["state", "gravity", "opened_at"], unique=False)


def _create_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_readings")),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("case_number", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_events_hash")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_events_prev_hash")),
    )
    op.create_index(op.f("ix_events_case_number"), "events", ["case_number"], unique=False)


def _create_chain() -> None:
    op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
    )


def _create_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )


def _start_chain() -> None:
    chain = sa.table("chain", sa.column("id"), sa.column("length"), sa.column("hash"))
    op.bulk_insert(chain, [{"id": 1, "length": 0, "hash": "0" * 64}])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_FORBID_SQLITE.format(verb=verb))
    else:
        op.execute(_FORBID_POSTGRESQL)
