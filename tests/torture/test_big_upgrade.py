"""An upgrade that rewrites a million rows, killed again and again: before or after, and the next one succeeds."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, inspect, make_url, text

from tests.benchmarks import generate
from tests.torture.processes import FORKS, Killing, Running, gone
from tracker.config import Config
from tracker.db import create_engine
from tracker.schema import Tree, trees

# Three updates each.
COMMITMENTS = [400, pytest.param(334_000, marks=pytest.mark.long)]
REVISION = '''
"""Rewrites every status update; a revision of the tests alone."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{new}", "{old}"

def upgrade():
    with op.batch_alter_table("topic") as batch:
        batch.add_column(sa.Column("weight", sa.Integer, nullable=False, server_default="0"))
    op.execute("CREATE TABLE weighed AS SELECT id, commitment_id, status, reason, 1 AS weight FROM status_update")
    op.create_index("ix_weighed", "weighed", ["commitment_id", "status"])

def downgrade():
    op.drop_table("weighed")
    with op.batch_alter_table("topic") as batch:
        batch.drop_column("weight")
'''


def with_one_more(config: Config, folder: Path) -> Tree:
    """The records, with one revision more than the code has."""
    records = trees(config)[0]
    shutil.copytree(records.versions, folder)
    new = f"{int(records.head()) + 1:04}"
    (folder / f"{new}_weigh.py").write_text(REVISION.format(new=new, old=records.head()))
    return replace(records, versions=folder)


def upgrade(versions: Path, address: str) -> None:
    """In a process of its own."""
    url: URL = make_url(address)
    Tree("records", versions, url).upgrade()


def seen(config: Config) -> tuple[bool, bool, int]:
    """Whether each half of the revision is there, and the rows of its table; on SQLite the file is whole, too."""
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA quick_check").scalars().all() == ["ok"]
        inspector = inspect(connection)
        weighed = inspector.has_table("weighed")
        weight = "weight" in {column["name"] for column in inspector.get_columns("topic")}
        rows = connection.scalar(text("SELECT COUNT(*) FROM weighed")) or 0 if weighed else 0
    engine.dispose()
    return weighed, weight, rows


@pytest.mark.parametrize("commitments", COMMITMENTS)
def test_an_upgrade_of_a_million_rows_is_killed_and_nothing_is_half(
    config: Config, tmp_path: Path, commitments: int
) -> None:
    generate.fill(config.database_url, commitments)
    tree = with_one_more(config, tmp_path / "versions")
    before, after = (False, False, 0), (True, True, 3 * commitments)
    address = config.database_url.render_as_string(hide_password=False)

    def begin() -> Running:
        process = FORKS.Process(target=upgrade, args=(tree.versions, address))
        process.start()
        return Running(process, Path(os.devnull))

    killing = Killing(begin, lambda: tree.downgrade("-1"))
    for _ in killing.many(1 if commitments < 1_000 else 50):
        gone(config)
        found = seen(config)
        assert found in (before, after)
        assert (tree.current() == tree.head()) == (found == after)
        if found == after:
            tree.downgrade("-1")
    begin().end()
    assert seen(config) == after
