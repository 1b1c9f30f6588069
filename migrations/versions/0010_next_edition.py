"""An index by which reports find the edition after each."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_meeting_series_id", "meeting", ["series_id", "start_date"])


def downgrade() -> None:
    op.drop_index("ix_meeting_series_id", "meeting")
