"""What an upload holds, by which its claim is told from another of the same name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("content_hash", sa.String(64), nullable=True))
    op.create_index("ix_uploads_content_hash", "uploads", ["content_hash"])
