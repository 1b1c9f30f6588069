"""Search: an FTS5 table with its triggers, or a GIN index, for each table that is searched."""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    for statement in statements(dialect):
        op.execute(sa.text(statement.replace(":", "\\:")))
    if dialect == "sqlite":
        for name in made("VIRTUAL TABLE", dialect):
            op.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")


def downgrade() -> None:
    dialect = op.get_context().dialect.name
    for kind in ("TRIGGER", "INDEX", "FUNCTION"):
        for name in made(kind, dialect):
            op.execute(f"DROP {kind} {name}")
    for name in made("VIRTUAL TABLE", dialect):
        op.execute(f"DROP TABLE {name}")


def made(kind: str, dialect: str) -> list[str]:
    """The names of what this revision makes of that kind."""
    found = (re.match(rf"CREATE {kind} (\w+)", statement) for statement in statements(dialect))
    return [match[1] for match in found if match]


def statements(dialect: str) -> list[str]:
    """The statements of this revision."""
    return (Path(__file__).parent / "0004" / f"{dialect}.sql").read_text(encoding="utf-8").strip().split("\n----\n")
