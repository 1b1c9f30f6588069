"""The accounts: users, their sessions, and one-time links.

Frozen: it repeats what the models said when it was made, so that it means the same for ever.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

NOW = {
    "sqlite": "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    "postgresql": "timezone('utc', clock_timestamp())",
}
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def tables(dialect: str) -> sa.MetaData:
    metadata = sa.MetaData(naming_convention=NAMES)
    now = sa.text(NOW[dialect])
    sa.Table(
        "link",
        metadata,
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("username", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False, server_default=now),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
        sa.CheckConstraint("purpose IN ('setup', 'invite', 'reset')", name="purpose_known"),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="role_known"),
    )
    sa.Table(
        "user",
        metadata,
        sa.Column("id", BIG, autoincrement=True, primary_key=True),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("password", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False, server_default=now),
        sa.CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="role_known"),
        sa.CheckConstraint("username = lower(username) AND username NOT LIKE '% %'", name="username_shape"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("fs_uniquifier"),
        sa.UniqueConstraint("username"),
    )
    sa.Table(
        "session",
        metadata,
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False, server_default=now),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("user_agent", sa.Text()),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.Index("ix_session_user_id", "user_id"),
    )
    return metadata


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    metadata = tables(dialect)
    for table in metadata.sorted_tables:
        op.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            op.execute(CreateIndex(index))


def downgrade() -> None:
    for table in reversed(tables(op.get_context().dialect.name).sorted_tables):
        op.execute(DropTable(table))
