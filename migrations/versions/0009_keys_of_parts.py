"""An index by which the audit trail tells what belongs to a record, so that its page does not grow with the trail."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_event_record_key",
        "audit_event",
        ["record_key"],
        postgresql_ops={"record_key": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_audit_event_record_key", "audit_event")
