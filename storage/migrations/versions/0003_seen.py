"""What was seen before: registers, and the pages that companies handed in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODE = sa.String(length=32)


def upgrade() -> None:
    _create_registers()
    _create_inventory()
    _create_prints()
    _create_bands()


def _create_registers() -> None:
    op.create_table(
        "registers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registers")),
        sa.UniqueConstraint("kind", "sha256", name=op.f("uq_registers_kind_sha256")),
    )


def _create_inventory() -> None:
    op.create_table(
        "inventory",
        sa.Column("id", KEY, nullable=False),
        sa.Column("register_id", KEY, nullable=False),
        sa.Column("uscc", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("metal", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["registers.id"], name=op.f("fk_inventory_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory")),
        sa.UniqueConstraint(
            "register_id", "uscc", "metal", "year", name=op.f("uq_inventory_register_id_uscc_metal_year")
        ),
    )


def _create_prints() -> None:
    op.create_table(
        "prints",
        sa.Column("id", KEY, nullable=False),
        sa.Column("package_id", KEY, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["packages.id"], name=op.f("fk_prints_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prints")),
        sa.UniqueConstraint("package_id", "page", name=op.f("uq_prints_package_id_page")),
    )


def _create_bands() -> None:
    op.create_table(
        "bands",
        sa.Column("print_id", KEY, autoincrement=False, nullable=False),
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["print_id"], ["prints.id"], name=op.f("fk_bands_print_id")),
        sa.PrimaryKeyConstraint("print_id", "band", name=op.f("pk_bands")),
    )
    op.create_index(op.f("ix_bands_band"), "bands", ["band"], unique=False)
