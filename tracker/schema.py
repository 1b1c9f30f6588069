"""The state of the two databases: which revision they are at, and how to bring them to another."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine

from tracker.config import PROJECT, Config
from tracker.db import create_engine, reading

MIGRATIONS = PROJECT / "migrations"


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
