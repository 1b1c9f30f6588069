"""One's own desk: when somebody was last seen, which commitments they watch, what they noted for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    "postgresql": "timezone('utc', clock_timestamp())",
}


def upgrade() -> None:
    op.add_column("user", sa.Column("seen_at", sa.DateTime()))
    op.add_column("session", sa.Column("since", sa.DateTime()))
    op.create_table(
        "watch",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "public_id", name="pk_watch"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_watch_user_id"),
    )
    op.create_index("ix_watch_public_id", "watch", ["public_id"])
    op.create_table(
        "working_note",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "changed_at", sa.DateTime(), nullable=False, server_default=sa.text(NOW[op.get_context().dialect.name])
        ),
        sa.PrimaryKeyConstraint("user_id", "public_id", name="pk_working_note"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_working_note_user_id"),
    )


def downgrade() -> None:
    op.drop_table("working_note")
    op.drop_table("watch")
    # SQLite of the standard library may be too old to know DROP COLUMN of a table with other constraints: rebuild.
    with op.batch_alter_table("session") as table:
        table.drop_column("since")
    with op.batch_alter_table("user") as table:
        table.drop_column("seen_at")
