"""An index for the latest meetings first, as reports show them, on PostgreSQL; SQLite has one for that order."""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.create_index("ix_meeting_latest", "meeting", [text("start_date DESC NULLS LAST")])


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.drop_index("ix_meeting_latest", "meeting")
