"""What is done to accounts, append-only; and the wrong passwords that hold a guesser up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    "postgresql": "timezone('utc', clock_timestamp())",
}
TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER account_event_no_update BEFORE UPDATE ON account_event BEGIN SELECT RAISE(ABORT, 'account_event: append-only'); END",
        "CREATE TRIGGER account_event_no_delete BEFORE DELETE ON account_event BEGIN SELECT RAISE(ABORT, 'account_event: append-only'); END",
        "CREATE TRIGGER account_event_no_replace BEFORE INSERT ON account_event WHEN EXISTS (SELECT 1 FROM account_event o WHERE o.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'account_event: append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN RAISE EXCEPTION '%: append-only', TG_TABLE_NAME USING ERRCODE = '23000'; END $$",
        "CREATE TRIGGER account_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ),
}


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    op.create_table(
        "account_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False, server_default=sa.text(NOW[dialect])),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("username", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_event"),
        sa.CheckConstraint("door IN ('web', 'cli')", name=op.f("ck_account_event_door_known")),
    )
    op.create_index("ix_account_event_username", "account_event", ["username"])
    op.create_table(
        "login_attempt",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempt"),
    )
    op.create_index("ix_login_attempt_attempted_at", "login_attempt", ["attempted_at"])
    op.create_index("ix_login_attempt_name_address", "login_attempt", ["name_hash", "address"])
    for statement in TRIGGERS[dialect]:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    op.drop_table("login_attempt")
    op.drop_table("account_event")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
