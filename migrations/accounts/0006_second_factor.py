"""Second factors and their recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    "postgresql": "timezone('utc', clock_timestamp())",
}


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", BIG, nullable=False),
        sa.Column(
            "created_at", sa.DateTime(), nullable=False, server_default=sa.text(NOW[op.get_context().dialect.name])
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_second_factor_user_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_code"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_recovery_code_user_id"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
