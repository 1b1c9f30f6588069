"""Every revision, up and down, on both engines, with rows in the tables."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session as OrmSession

from tests.cast import meeting_of_2024
from tests.conftest import TESTER
from tests.inventory import inventory
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Base, SeedOrigin, SeedText
from tracker.models.users import (
    AccountEvent,
    AccountsBase,
    ApiToken,
    Link,
    LoginAttempt,
    RecoveryCode,
    SavedView,
    SecondFactor,
    User,
    UserSession,
    Watch,
    WorkingNote,
)
from tracker.schema import MIGRATIONS, Tree, trees

TREES = {"records": Base.metadata, "accounts": AccountsBase.metadata}


def tree_named(config: Config, name: str) -> Tree:
    return next(tree for tree in trees(config) if tree.name == name)


def revisions(name: str) -> list[str]:
    folder = MIGRATIONS / {"records": "versions", "accounts": "accounts"}[name]
    return sorted(path.name[:4] for path in folder.glob("*.py"))


@contextmanager
def opened(tree: Tree) -> Iterator[Engine]:
    engine = create_engine(tree.url)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.mark.parametrize("name", TREES)
def test_a_migrated_database_and_the_models_agree(name: str, empty_config: Config) -> None:
    tree = tree_named(empty_config, name)
    tree.upgrade()
    migrated = inventory(tree.url)
    tree.downgrade("base")
    with opened(tree) as engine:
        TREES[name].create_all(engine)
    modelled = inventory(tree.url)
    assert migrated.keys() == modelled.keys()
    for item, content in modelled.items():
        assert migrated[item] == content, item


def test_a_migrated_database_holds_the_lookup_rows_of_the_models(empty_config: Config) -> None:
    tree = tree_named(empty_config, "records")

    def lookups() -> dict[str, list[Any]]:
        with opened(tree) as engine, engine.connect() as connection:
            names = ("status", "kind", "strength", "status_crosswalk", "lexicon_entry")
            return {name: list(connection.execute(select(Base.metadata.tables[name]))) for name in names}

    tree.upgrade()
    migrated = lookups()
    tree.downgrade("base")
    with opened(tree) as engine:
        Base.metadata.create_all(engine)
    assert migrated == lookups()
    assert all(migrated.values())


@pytest.mark.parametrize("name", TREES)
def test_each_revision_goes_up_down_and_up_again_with_rows_in_the_tables(name: str, empty_config: Config) -> None:
    tree = tree_named(empty_config, name)
    tree.upgrade()
    tree.downgrade("base")
    before = inventory(tree.url)
    for revision in revisions(name):
        tree.upgrade(revision)
        reached = inventory(tree.url)
        if revision == tree.head():
            with opened(tree) as engine:
                fill(name, engine)
        tree.downgrade("-1")
        assert inventory(tree.url) == before, f"{revision} leaves something behind"
        tree.upgrade(revision)
        assert inventory(tree.url) == reached
        before = reached


def fill(name: str, engine: Engine) -> None:
    if name == "accounts":
        with OrmSession(engine) as session:
            user = User(username="ada", role="admin", fs_uniquifier="x", active=True)
            moment = datetime.now(UTC)
            user.sessions.append(UserSession(token_hash="t", expires_at=moment))
            session.add_all([user, Link(token_hash="l", purpose="setup", role="admin", expires_at=moment)])
            session.flush()
            session.add_all(
                [
                    Watch(user_id=user.id, public_id="X"),
                    SavedView(user_id=user.id, list="commitments", name="X", query="q=x"),
                    WorkingNote(user_id=user.id, public_id="X", text="x"),
                    AccountEvent(actor="ada", door="cli", username="ada", action="made the account"),
                    ApiToken(user_id=user.id, name="x", token_hash="t", expires_at=moment),
                    SecondFactor(user_id=user.id, secret="x", last_step=0),
                    RecoveryCode(user_id=user.id, code_hash="x"),
                    LoginAttempt(name_hash="x", address="127.0.0.1", attempted_at=moment),
                ]
            )
            session.commit()
    else:
        with Session(engine, info={"origin": TESTER}) as session:
            meeting_of_2024(session)
            session.add(SeedOrigin(record="meeting", record_key="x", file="x.yaml", content={}))
            session.add(SeedText(file="x.yaml", content="x"))
            session.commit()
    with engine.connect() as connection:
        empty = [
            table
            for table in TREES[name].tables
            if not connection.execute(text(f'SELECT COUNT(*) FROM "{table}"')).scalar()
        ]
    assert empty == [], "a table without rows proves nothing"


@pytest.mark.parametrize("name", TREES)
def test_revisions_are_numbered_and_form_one_line(name: str, tmp_path: Path) -> None:
    config = replace(Config.load({}), instance=tmp_path)
    script = ScriptDirectory.from_config(tree_named(config, name)._alembic())
    line = [revision.revision for revision in script.walk_revisions()][::-1]
    assert line == [f"{n:04}" for n in range(1, len(line) + 1)] == revisions(name)


def test_an_upgrade_that_fails_changes_nothing(empty_config: Config) -> None:
    tree = tree_named(empty_config, "records")
    with opened(tree) as engine, engine.begin() as connection:
        connection.execute(text("CREATE TABLE status_update (in_the_way INTEGER)"))
    before = inventory(tree.url)
    with pytest.raises(Exception, match="status_update"):
        tree.upgrade()
    assert inventory(tree.url) == before
    assert tree.current() is None


def test_the_files_are_for_their_owners_eyes_only(sqlite_config: Config) -> None:
    for tree in trees(sqlite_config):
        assert stat.S_IMODE(Path(tree.url.database or "").stat().st_mode) == 0o600
