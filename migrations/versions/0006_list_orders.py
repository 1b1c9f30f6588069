"""Indexes for the orders of the list of commitments, so that a million of them open as fast as fifty."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_commitment_title": ["title"],
    "ix_commitment_kind": ["kind", "id"],
    "ix_commitment_strength": ["strength", "id"],
    "ix_commitment_status_id": ["status", "id"],
    "ix_commitment_owner": ["owner"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "commitment", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "commitment")
