"""An upgrade that cannot hurt: a backup first, SQL to read, and four at once."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.inventory import inventory
from tests.keeping_cast import digests, execute, run
from tests.torture.processes import start
from tracker.config import Config
from tracker.keeping.bundle import verify
from tracker.keeping.restoring import restore
from tracker.schema import trees

INSERT = "INSERT INTO country (code, name) VALUES ('FR', 'France')"


def backups(config: Config) -> list[Path]:
    return sorted((config.instance / "backups").glob("*.zip"))


def test_a_backup_is_kept_before_an_upgrade(sqlite_config: Config) -> None:
    execute(sqlite_config, INSERT)
    trees(sqlite_config)[1].downgrade("0001")
    done = run(sqlite_config, "db", "upgrade")
    assert done.exit_code == 0, done.output
    [file] = backups(sqlite_config)
    assert f"backup: {file}" in done.stdout
    assert verify(file).databases["accounts"].revision == "0001"
    restore(sqlite_config, file, force=True)
    assert trees(sqlite_config)[1].current() == "0001"


def test_no_backup_is_kept_where_nothing_is_to_do_or_to_lose(config: Config) -> None:
    run(config, "db", "upgrade")
    trees(config)[1].downgrade("0001")
    run(config, "db", "upgrade")
    assert backups(config) == []


def test_a_damaged_file_is_not_upgraded(sqlite_config: Config) -> None:
    execute(sqlite_config, INSERT)
    trees(sqlite_config)[1].downgrade("0001")
    (sqlite_config.instance / "accounts.db-wal").unlink(missing_ok=True)
    execute(sqlite_config, "PRAGMA foreign_keys")
    file = sqlite_config.instance / "tracker.db"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\xff" * 4096 * 6
    file.write_bytes(content)
    done = run(sqlite_config, "db", "upgrade")
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "nothing was upgraded" in done.output
    assert trees(sqlite_config)[1].current() == "0001"


def test_the_printed_sql_makes_the_same_databases(postgres: Server, postgres_config: Config, tmp_path: Path) -> None:
    other = Config(instance=tmp_path, database_url=postgres.create())
    try:
        done = run(other, "db", "upgrade", "--sql")
        assert done.exit_code == 0, done.output
        assert trees(other)[0].current() is None
        url = other.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", url], input=done.stdout, text=True, check=True)
        for mine, theirs in zip(trees(other), trees(postgres_config), strict=True):
            assert mine.current() == mine.head()
            assert inventory(mine.url) == inventory(theirs.url)
        assert digests(other) == digests(postgres_config)
    finally:
        postgres.drop(other.database_url)


def test_printed_sql_is_for_postgresql(sqlite_config: Config) -> None:
    done = run(sqlite_config, "db", "upgrade", "--sql")
    assert done.exit_code == 1
    assert "--sql is for PostgreSQL" in done.output


@pytest.mark.parametrize("_round", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, 10))])
def test_four_upgrades_at_once(empty_config: Config, _round: int) -> None:
    processes = [start(empty_config, "db", "upgrade") for _ in range(4)]
    for process in processes:
        process.end()
    for tree in trees(empty_config):
        assert tree.current() == tree.head()
    assert run(empty_config, "db", "check").exit_code == 0


def test_four_upgrades_at_once_of_a_database_with_rows(sqlite_config: Config) -> None:
    execute(sqlite_config, INSERT)
    trees(sqlite_config)[1].downgrade("0001")
    processes = [start(sqlite_config, "db", "upgrade") for _ in range(4)]
    for process in processes:
        process.end()
    assert all(verify(file) for file in backups(sqlite_config))
    assert trees(sqlite_config)[1].current() == trees(sqlite_config)[1].head()
