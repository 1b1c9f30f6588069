"""The state of the two databases: which revision they are at, and how to bring them to another."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine
from sqlalchemy.exc import OperationalError

from tracker.config import PROJECT, Config
from tracker.db import create_engine, reading

MIGRATIONS = PROJECT / "migrations"
# Those of SQLite that hold one column each, every value of it once.
UNIQUE_INDEXES = """
SELECT i.name
  FROM sqlite_schema t
  JOIN pragma_index_list(t.name) i
 WHERE t.type = 'table' AND i."unique" AND (SELECT COUNT(*) FROM pragma_index_info(i.name)) = 1
"""


@dataclass(frozen=True)
class Tree:
    """One line of revisions, and the database that it is for."""

    name: str
    versions: Path
    url: URL

    def head(self) -> str:
        """The newest revision that the code knows."""
        return _head(self.versions)

    def current(self) -> str | None:
        """The revision that the database is at; None where it has none yet."""
        if self.url.get_backend_name() == "sqlite" and not Path(self.url.database or "").exists():
            return None
        engine = create_engine(self.url)
        try:
            return self._current(engine)
        finally:
            engine.dispose()

    def _current(self, engine: Engine) -> str | None:
        with reading(engine).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def upgrade(self, revision: str = "head") -> None:
        """Go forward to `revision` in one transaction."""
        if self.url.get_backend_name() == "sqlite":
            file = Path(self.url.database or "")
            file.parent.mkdir(parents=True, exist_ok=True)
            # For its owner's eyes only; SQLite gives the files that it makes beside it the same mode.
            file.touch(mode=0o600)
        command.upgrade(self._alembic(), revision)
        self.tune()

    def tune(self) -> None:
        """Let SQLite see what its tables hold, so that it takes the right indexes; a server does so by itself.

        Without it a new index can mislead: the first page of a million commitments took 13 seconds in place of none.
        """
        if self.url.get_backend_name() != "sqlite":
            return
        engine = create_engine(self.url)
        try:
            # Where somebody else writes for long, it can wait until the next time.
            with suppress(OperationalError), engine.begin() as connection:
                # Whole tables, where an index is new or they have grown: by a sample an index of a few words, as of
                # kinds, would seem to find 400 rows where it finds a sixth of them all.
                connection.exec_driver_sql("PRAGMA analysis_limit = 0")
                connection.exec_driver_sql("PRAGMA optimize = 0x10002")
                # FTS5 finds what it keeps by key; told how little that is at first, SQLite would read all of it.
                shadows = "SELECT name FROM pragma_table_list WHERE type = 'shadow'"
                connection.exec_driver_sql(f"DELETE FROM sqlite_stat1 WHERE tbl IN ({shadows})")
                # In a column that is unique all rows without a value count as one that they share: where most have
                # none, SQLite would read the whole table rather than look one up.
                one = "substr(stat, 1, instr(stat, ' ')) || '1'"
                connection.exec_driver_sql(f"UPDATE sqlite_stat1 SET stat = {one} WHERE idx IN ({UNIQUE_INDEXES})")
        finally:
            engine.dispose()

    def print_sql(self) -> None:
        """Print what an upgrade would run on PostgreSQL, from the revision that the database is at."""
        command.upgrade(self._alembic(), f"{self.current() or 'base'}:head", sql=True)

    def downgrade(self, revision: str) -> None:
        """Go back to `revision` in one transaction; "base" leaves nothing."""
        command.downgrade(self._alembic(), revision)

    def _alembic(self) -> AlembicConfig:
        alembic = AlembicConfig()
        alembic.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        alembic.set_main_option("path_separator", "newline")
        alembic.set_main_option("version_locations", str(self.versions).replace("%", "%%"))
        alembic.attributes["url"] = self.url
        alembic.attributes["tree"] = self.name
        return alembic


@cache
def _head(versions: Path) -> str:
    head = ScriptDirectory(str(MIGRATIONS), version_locations=[str(versions)]).get_current_head()
    assert head is not None  # each line has its first revision
    return head


def trees(config: Config) -> tuple[Tree, Tree]:
    """The records and the accounts."""
    return (
        Tree("records", MIGRATIONS / "versions", config.database_url),
        Tree("accounts", MIGRATIONS / "accounts", config.accounts_url),
    )
