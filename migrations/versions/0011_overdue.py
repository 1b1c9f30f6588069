"""An index that tells by itself which commitments are overdue, with their status beside the date."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DATED = sa.text("withdrawn_on IS NULL AND target_on IS NOT NULL")


def upgrade() -> None:
    _index_by("target_on", "id", "status")


def downgrade() -> None:
    _index_by("target_on")


def _index_by(*columns: str) -> None:
    op.drop_index("ix_commitment_target_on", "commitment")
    op.create_index("ix_commitment_target_on", "commitment", list(columns), sqlite_where=DATED, postgresql_where=DATED)
