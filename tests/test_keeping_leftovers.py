"""What killed backups and restores have left is told, with what to do about it; what is at work is not."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Server
from tests.keeping_cast import run
from tracker.config import Config
from tracker.keeping import restoring
from tracker.keeping.leftovers import leftovers
from tracker.keeping.workplace import left_behind, workplace


def told(config: Config) -> list[tuple[str, str, str | None]]:
    return [(found.mark, found.what, found.remedy) for found in leftovers(config) if found.mark != "ok"]


def test_nothing_is_left(config: Config) -> None:
    assert told(config) == []
    assert "ok       no backup and no restore has left anything behind" in run(config, "doctor").stdout


def test_a_folder_that_is_cleared_away_while_it_is_looked_at_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / f"{restoring.WORKPLACE}abcd_123"
    folder.mkdir()
    opened = os.open

    def cleared(path: Path, flags: int) -> int:
        folder.rmdir()
        return opened(path, flags)

    monkeypatch.setattr(os, "open", cleared)
    assert left_behind(tmp_path, restoring.WORKPLACE) == []


def test_folders_of_killed_commands_are_told_and_those_at_work_are_not(sqlite_config: Config) -> None:
    instance = sqlite_config.instance
    with workplace(instance, restoring.WORKPLACE):
        left = [instance / ".tracker-restore-abcd_123", instance / "backups" / ".tracker-backup-wxyz_789"]
        for folder in left:
            folder.mkdir(parents=True)
            (folder / "records.db").write_bytes(bytes(1_500_000))
        assert told(sqlite_config) == [
            ("warning", f"{folder} was left by a command that was killed (1.5 MB)", f"rm -r '{folder}'")
            for folder in left
        ]


@pytest.fixture
def beside(postgres: Server, postgres_config: Config) -> Iterator[list[str]]:
    """A half restored database, one that was there before, and one of somebody's own."""
    name = postgres_config.database_url.database
    made = [f"{name}_{what}" for what in ("before_20260101000000_ab12", "restore_20260101000000_cd34", "restore_mine")]
    for database in made:
        postgres.run(f"CREATE DATABASE {database} TEMPLATE template0")
    yield made
    for database in made:
        postgres.drop(postgres.url.set(database=database))


def test_databases_that_restores_left_or_kept_are_told(
    postgres: Server, postgres_config: Config, beside: list[str]
) -> None:
    before, half, _ = beside
    kept = (
        "note",
        f"the database {before} is what was there before a restore",
        f"if it is not needed: dropdb {before}",
    )
    assert told(postgres_config) == [
        kept,
        ("warning", f"the database {half} was left by a restore that was killed", f"dropdb {half}"),
    ]
    with postgres.connect(half):
        assert told(postgres_config) == [kept], "somebody works in it"
