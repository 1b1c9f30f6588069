"""What is left of backups and restores that were killed, and what restores have kept beside."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from tracker.config import Config
from tracker.examining.finding import Finding, note, ok, warning
from tracker.examining.storage import databases, opened
from tracker.keeping import backup, restoring, server
from tracker.keeping.workplace import left_behind

# With whether somebody works in it.
BESIDE = """
SELECT datname, EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname) AS in_use
  FROM pg_database d ORDER BY datname
"""


def leftovers(config: Config) -> Iterator[Finding]:
    """What killed backups and restores have left behind."""
    found = [*_folders(config), *_databases(config)]
    yield from found or [ok("no backup and no restore has left anything behind")]


def _folders(config: Config) -> Iterator[Finding]:
    places = (config.instance, restoring.WORKPLACE), (config.instance / backup.ASIDE, backup.WORKPLACE)
    for parent, prefix in places:
        for folder in left_behind(parent, prefix) if parent.is_dir() else ():
            yield warning(f"{folder} was left by a command that was killed ({_size(folder)})", f"rm -r '{folder}'")


def _size(folder: Path) -> str:
    return f"{sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 1_000_000:,.1f} MB"


def _databases(config: Config) -> Iterator[Finding]:
    if config.database_url.get_backend_name() != "postgresql":
        return
    records, _ = databases(config)
    with opened(records.url) as connection:
        there = connection.execute(text(BESIDE)).all()
    name = str(config.database_url.database)
    for found, in_use in there:
        if server.half_restored(name).fullmatch(found) and not in_use:
            yield warning(f"the database {found} was left by a restore that was killed", f"dropdb {found}")
        if server.kept_before(name).fullmatch(found):
            yield note(
                f"the database {found} is what was there before a restore", f"if it is not needed: dropdb {found}"
            )
