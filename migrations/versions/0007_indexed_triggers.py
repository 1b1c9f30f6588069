"""Trigger functions of PostgreSQL find their rows by indexes, also where they were planned for empty tables."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "guard_status_update",
    "project_status_update",
    "guard_commitment_insert",
    "project_commitment_target",
    "guard_commitment_update",
    "guard_commitment_delete",
)


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"ALTER FUNCTION {function}() SET enable_seqscan = off")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"ALTER FUNCTION {function}() RESET enable_seqscan")
