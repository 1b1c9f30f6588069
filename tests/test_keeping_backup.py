"""A backup holds everything, and what is brought back is equal to it; whatever is not sound is refused."""

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from tests.cast import update
from tests.conftest import TESTER, Server
from tests.keeping_cast import digests, execute, fill, run
from tests.torture.processes import pool
from tracker.auditing import checkpoint, verify_chain
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.keeping.backup import KEPT, WORKPLACE, keep_aside, write
from tracker.keeping.bundle import BackupError, unpack, verify
from tracker.keeping.copying import snapshot
from tracker.keeping.restoring import restore
from tracker.keeping.workplace import workplace
from tracker.models import Commitment
from tracker.schema import trees

TEXT = "What the minister said.\n"
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
INSERT = "INSERT INTO country (code, name) VALUES ('FR', 'France')"


def archive(config: Config, name: str = SHA256) -> Path:
    config.documents.mkdir(parents=True, exist_ok=True)
    file = config.documents / f"{name}.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def said(config: Config, *words: str, code: int = 0) -> str:
    done = run(config, *words)
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.output


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


def repack(file: Path, members: dict[str, bytes]) -> None:
    """Write the backup again with other members."""
    with zipfile.ZipFile(file) as old:
        content = {name: old.read(name) for name in old.namelist()} | members
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, held in content.items():
            new.writestr(name, held)


def with_manifest(file: Path, name: str, content: bytes) -> None:
    """Put a member into the backup, and what it is into the manifest."""
    with zipfile.ZipFile(file) as old:
        manifest = json.loads(old.read("manifest.json"))
    manifest["members"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    repack(file, {name: content, "manifest.json": json.dumps(manifest).encode()})


def test_what_is_brought_back_is_equal(config: Config, tmp_path: Path) -> None:
    fill(config)
    text = archive(config)
    before, file = digests(config), tmp_path / "one" / "backup.zip"
    told = said(config, "backup", str(file))
    assert "1 documents; verified" in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    execute(config, INSERT)
    text.unlink()
    assert digests(config) != before
    told = said(config, "restore", str(file), "--force")
    assert "restored as of 20" in told
    assert "what was there before: " in told

    assert digests(config) == before
    assert text.read_text(encoding="utf-8") == TEXT
    assert said(config, "db", "check")
    assert leftovers(tmp_path) == []


def test_it_comes_back_on_an_empty_machine(config: Config, empty_like: Config, tmp_path: Path) -> None:
    fill(config)
    said(config, "backup", str(tmp_path / "backup.zip"))
    told = said(empty_like, "restore", str(tmp_path / "backup.zip"))
    assert "before" not in told
    assert digests(empty_like) == digests(config)


@pytest.fixture
def empty_like(config: Config, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Config]:
    """Settings for an empty database on the engine of `config`."""
    if config.database_url.get_backend_name() == "sqlite":
        yield Config.load({"TRACKER_INSTANCE": str(tmp_path / "elsewhere")})
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create()
    yield Config(instance=tmp_path / "elsewhere", database_url=url)
    server.drop(url)


@pytest.fixture(autouse=True)
def _no_database_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop the databases that a restore kept beside on the server."""
    yield
    for url in [value.database_url for value in request.node.funcargs.values() if isinstance(value, Config)]:
        if url.get_backend_name() == "postgresql":
            server: Server = request.getfixturevalue("postgres")
            for kept in server.beside(url):
                server.drop(url.set(database=kept))


def test_records_that_are_there_are_not_overwritten_unasked(config: Config, tmp_path: Path) -> None:
    fill(config)
    before = digests(config)
    said(config, "backup", str(tmp_path / "backup.zip"))
    told = said(config, "restore", str(tmp_path / "backup.zip"), code=1)
    assert "there are records or accounts already" in told
    assert "nothing was changed" in told
    assert digests(config) == before


def test_a_file_is_not_overwritten_unasked(sqlite_config: Config, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("dear")
    assert "--force" in said(sqlite_config, "backup", str(file), code=1)
    assert file.read_text() == "dear"
    said(sqlite_config, "backup", str(file), "--force")
    assert verify(file).engine == "sqlite"


def test_a_damaged_text_is_left_out_and_named(sqlite_config: Config, tmp_path: Path) -> None:
    archive(sqlite_config)
    archive(sqlite_config, "0" * 64)
    told = said(sqlite_config, "backup", str(tmp_path / "backup.zip"))
    assert "1 documents; verified" in told
    assert f"left out, since it is damaged: {sqlite_config.documents / ('0' * 64)}.txt" in told


def test_there_is_no_backup_of_damaged_records(sqlite_config: Config, tmp_path: Path) -> None:
    fill(sqlite_config)
    execute(sqlite_config, "PRAGMA foreign_keys", "UPDATE minister SET name = name")
    file = sqlite_config.instance / "tracker.db"
    execute(sqlite_config, "DELETE FROM alembic_version")
    assert "empty or does not exist" in said(sqlite_config, "backup", str(tmp_path / "b.zip"), code=1)
    file.write_bytes(b"no database at all\n" * 500)
    assert "not a database" in said(sqlite_config, "backup", str(tmp_path / "b.zip"), code=1)
    assert not (tmp_path / "b.zip").exists()
    assert leftovers(tmp_path) == []


def test_records_that_are_damaged_are_set_aside_as_they_are(sqlite_config: Config, tmp_path: Path) -> None:
    fill(sqlite_config)
    before = digests(sqlite_config)
    write(sqlite_config, tmp_path / "backup.zip")
    (sqlite_config.instance / "tracker.db").write_bytes(b"no database at all\n" * 500)
    assert "--force" in said(sqlite_config, "restore", str(tmp_path / "backup.zip"), code=1)
    told = said(sqlite_config, "restore", str(tmp_path / "backup.zip"), "--force")
    aside = Path(told.split("what was there before: ")[1].strip())
    assert (aside / "tracker.db").read_bytes().startswith(b"no database")
    assert digests(sqlite_config) == before


def test_a_backup_of_an_earlier_revision_comes_back_and_goes_on(sqlite_config: Config, tmp_path: Path) -> None:
    trees(sqlite_config)[1].downgrade("0001")
    execute(sqlite_config, INSERT)
    write(sqlite_config, tmp_path / "backup.zip")
    told = said(sqlite_config, "restore", str(tmp_path / "backup.zip"), "--force")
    assert "run 'tracker db upgrade'" in told
    assert trees(sqlite_config)[1].current() == "0001"


def test_a_backup_of_the_other_engine_is_refused(
    sqlite_config: Config, postgres_config: Config, tmp_path: Path
) -> None:
    write(sqlite_config, tmp_path / "backup.zip")
    assert "tracker db copy" in said(postgres_config, "restore", str(tmp_path / "backup.zip"), code=1)


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


HOSTILE = {
    "no zip": (lambda file: file.write_bytes(b"hello"), "not a backup, or damaged"),
    "cut off": (lambda file: file.write_bytes(file.read_bytes()[:5000]), "not a backup, or damaged"),
    "a bit turned": (flip, "damaged"),
    "no manifest": (lambda file: zipfile.ZipFile(file, "w").close(), "it has no manifest.json"),
    "another manifest": (lambda file: repack(file, {"manifest.json": b"[1]"}), "its manifest is damaged"),
    "a deep manifest": (lambda file: repack(file, {"manifest.json": b"[" * 100_000}), "its manifest is damaged"),
    "a path upwards": (lambda file: with_manifest(file, "../evil.txt", b"x"), "or may name"),
    "an absolute path": (lambda file: with_manifest(file, "/tmp/evil.txt", b"x"), "or may name"),
    "a path within": (lambda file: with_manifest(file, "documents/../../x.txt", b"x"), "or may name"),
    "a stowaway": (lambda file: repack(file, {"secret_key": b"x"}), "holds other files"),
    "other content": (lambda file: repack(file, {"records.db": b"x" * 10}), "records.db is not what the manifest"),
    "no database": (lambda file: with_manifest(file, "records.db", b"x" * 9000), "the records cannot be read"),
    "a text by another name": (
        lambda file: with_manifest(file, f"documents/{'0' * 64}.txt", b"x"),
        "is not named by its SHA-256",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_or_damaged_backup_changes_nothing(what: str, sqlite_config: Config, tmp_path: Path) -> None:
    do, reason = HOSTILE[what]
    file = tmp_path / "backup.zip"
    execute(sqlite_config, INSERT)
    write(sqlite_config, file)
    do(file)
    before, listed = digests(sqlite_config), sorted(tmp_path.rglob("*"))
    told = said(sqlite_config, "restore", str(file), "--force", code=1)
    assert reason in told
    assert "nothing was changed" in told
    assert digests(sqlite_config) == before
    assert sorted(tmp_path.rglob("*")) == listed


def test_a_member_that_grows_beyond_its_size_is_stopped(sqlite_config: Config, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    write(sqlite_config, file)
    repack(file, {"records.db": b"\0" * 300_000_000})
    target = tmp_path / "unpacked"
    target.mkdir()
    with pytest.raises(BackupError, match="not what the manifest tells"):
        unpack(file, target)
    assert (target / "records.db").stat().st_size < 5_000_000


def test_a_backup_that_claims_more_than_the_disk_holds_is_refused(sqlite_config: Config, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    write(sqlite_config, file)
    with zipfile.ZipFile(file) as old:
        manifest = json.loads(old.read("manifest.json"))
    manifest["members"]["records.db"]["size"] = 10**18
    repack(file, {"manifest.json": json.dumps(manifest).encode()})
    assert "make room first" in said(sqlite_config, "restore", str(file), "--force", code=1)


@pytest.mark.parametrize(
    "rule",
    [
        "CREATE TRIGGER evil AFTER INSERT ON country BEGIN DELETE FROM topic; END",
        "CREATE VIEW evil AS SELECT 1",
        "DROP TRIGGER status_update_no_delete",
    ],
)
def test_rules_that_are_not_of_the_tracker_are_refused(rule: str, sqlite_config: Config, tmp_path: Path) -> None:
    other = replace(sqlite_config, instance=sqlite_config.instance)
    execute(other, rule)
    write(other, tmp_path / "backup.zip")
    told = said(other, "restore", str(tmp_path / "backup.zip"), "--force", code=1)
    assert "bring rules of their own" in told


def change(url: str, process: int, rounds: int) -> None:
    engine = create_engine(make_url(url))
    for number in range(rounds):
        with Session(engine, info={"origin": TESTER}) as session:
            commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
            commitment.status_updates.append(update("in_progress", date(2024, 9, 1) + timedelta(days=number)))
            session.commit()
    engine.dispose()


@pytest.mark.parametrize("times", [1, pytest.param(30, marks=pytest.mark.long)])
def test_a_backup_under_four_writers_is_whole(config: Config, empty_like: Config, tmp_path: Path, times: int) -> None:
    fill(config)
    address = config.database_url.render_as_string(hide_password=False)
    with pool(4) as writers:
        work = [writers.submit(change, address, n, times * 15) for n in range(4)]
        files = [tmp_path / f"{n}.zip" for n in range(times)]
        manifests = [write(config, file) for file in files]
        for done in work:
            done.result()
    ends = []
    for file, manifest in zip(files, manifests, strict=True):
        restored = restore(empty_like, file, force=True)
        assert restored.manifest == manifest
        assert run(empty_like, "db", "check").exit_code == 0
        with snapshot(trees(empty_like)[0]) as connection:
            ends.append(checkpoint(connection))
    with snapshot(trees(config)[0]) as connection:
        assert verify_chain(connection, ends) == [], "each is what the records were at one moment"
    write(config, tmp_path / "last.zip")
    restore(empty_like, tmp_path / "last.zip", force=True)
    assert digests(empty_like) == digests(config)


def test_backups_that_are_taken_unasked_make_room(sqlite_config: Config) -> None:
    files = [keep_aside(sqlite_config, "upgrade") for _ in range(KEPT + 2)]
    assert [file.exists() for file in sorted(files)] == [False] * 2 + [True] * KEPT


def test_what_a_killed_backup_left_is_cleared_away_and_nothing_else(sqlite_config: Config, tmp_path: Path) -> None:
    left, others, file = tmp_path / ".tracker-backup-abc_1234", tmp_path / ".tracker-backup-notes", tmp_path / "b.zip"
    for folder in (left, others):
        folder.mkdir()
        (folder / "records.db").write_text("half a copy")
    with workplace(tmp_path, WORKPLACE) as at_work:
        assert not left.exists()
        write(sqlite_config, file)
        assert at_work.is_dir(), "somebody works in it"
    assert sorted(path.name for path in tmp_path.iterdir()) == [others.name, file.name, "instance"]


def test_what_a_killed_restore_left_on_the_server_is_dropped(
    postgres: Server, postgres_config: Config, tmp_path: Path
) -> None:
    config = postgres_config
    name = config.database_url.database
    left, other = f"{name}_restore_20260101000000_ab12", f"{name}_restore_mine"
    for database in (left, other):
        postgres.run(f"CREATE DATABASE {database} TEMPLATE template0")
    write(config, tmp_path / "backup.zip")
    restore(config, tmp_path / "backup.zip", force=True)
    assert [found for found in postgres.beside(config.database_url) if "_restore_" in found] == [other]


def test_two_restores_at_once_are_refused(postgres: Server, postgres_config: Config, tmp_path: Path) -> None:
    write(postgres_config, tmp_path / "backup.zip")
    with postgres.connect("postgres") as connection:
        name = postgres_config.database_url.database
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        told = said(postgres_config, "restore", str(tmp_path / "backup.zip"), "--force", code=1)
    assert "another restore is at work" in told


def test_no_password_is_on_the_command_line(
    postgres_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/password\nexit 1\n')
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    config = replace(postgres_config, database_url=postgres_config.database_url.set(password="hush"))
    said(config, "backup", str(tmp_path / "backup.zip"), code=1)
    assert (tmp_path / "password").read_text() == "hush\n"
    assert "hush" not in (tmp_path / "words").read_text()


def test_a_missing_tool_is_told(postgres_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = said(postgres_config, "backup", str(tmp_path / "backup.zip"), code=1)
    assert "pg_dump is not in PATH; install the client programs of PostgreSQL" in told


def test_a_server_in_use_is_told_and_nothing_changes(postgres_config: Config, tmp_path: Path) -> None:
    fill(postgres_config)
    write(postgres_config, tmp_path / "backup.zip")
    engine = create_engine(postgres_config.database_url)
    with engine.connect():
        told = said(postgres_config, "restore", str(tmp_path / "backup.zip"), "--force", code=1)
        assert "stop the server first" in told
        names = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        with engine.connect() as connection:
            found = connection.exec_driver_sql(names, (f"{postgres_config.database_url.database}%",)).scalars().all()
    engine.dispose()
    assert found == [postgres_config.database_url.database]


def test_a_server_that_serves_goes_on_with_what_was_restored(sqlite_config: Config, tmp_path: Path) -> None:
    fill(sqlite_config)
    write(sqlite_config, tmp_path / "backup.zip")
    execute(sqlite_config, INSERT)
    engine = create_engine(sqlite_config.database_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM country WHERE code = 'FR'").scalar() == 1
        connection.rollback()
        restore(sqlite_config, tmp_path / "backup.zip", force=True)
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM country WHERE code = 'FR'").scalar() == 0
    engine.dispose()
