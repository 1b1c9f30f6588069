"""Queries that try to write, to get out or to stay: each is refused in words, and nothing is changed."""

import hashlib
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.report_cast import shared_records
from tests.report_roles import made_roles
from tracker.cli import main
from tracker.config import Config
from tracker.db import create_engine
from tracker.models import Base
from tracker.reports import separated
from tracker.reports.errors import QueryError
from tracker.reports.sandbox import Sandbox

SQL = Path(__file__).with_name("sql")
SAMPLE = 3
# What is refused for its size is too long to be read in a file.
LARGE_ON_SQLITE = [
    "SELECT " + "(" * 500 + "1" + ")" * 500,
    "SELECT " + " + ".join(["1"] * 5000),
    "SELECT " + ", ".join(["1"] * 300),
    "SELECT " + "abs(" * 300 + "1" + ")" * 300,
    "SELECT COALESCE(" + ", ".join(["NULL"] * 150) + ")",
    "SELECT 1 WHERE 1 IN (" + ", ".join(["1"] * 60_000) + ")",
    "SELECT title FROM commitment WHERE title LIKE '" + "%a" * 2000 + "'",
    " UNION ALL ".join(["SELECT 1"] * 100),
]


def statements(name: str) -> list[str]:
    """The statements of a file, which stand between lines of two per cent signs."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8").removesuffix("\n").split("\n%%\n")


def of_engine(kind: str, config: Config) -> list[str]:
    """What is tried on both engines, and what on this one alone."""
    engine = config.database_url.get_backend_name()
    common = {"attacks": "both", "bombs": "bombs", "honest": "honest"}[kind]
    own = engine if kind == "attacks" else f"{kind}-{engine}"
    large = LARGE_ON_SQLITE if (kind, engine) == ("attacks", "sqlite") else []
    return [*statements(common), *statements(own), *large]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings for a database that holds the cast of the reports, on each engine."""
    for config in shared_records(request, tmp_path_factory.mktemp("records")):
        if request.param == "sqlite":
            yield config
            continue
        for roles in made_roles(config):
            yield replace(config, reports_database_url=roles.report)


@pytest.fixture
def filled(records: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The configured installation: those records, and an instance folder of its own."""
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "own"))
    monkeypatch.setenv("TRACKER_DATABASE_URL", records.database_url.render_as_string(hide_password=False))
    monkeypatch.setenv("TRACKER_REPORTS_DATABASE_URL", records.reports_url.render_as_string(hide_password=False))
    return records


def content(config: Config) -> str:
    """All that the database holds, in one hash: on SQLite the file itself, and what stands beside it."""
    if config.database_url.get_backend_name() == "sqlite":
        parts = [
            f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in sorted(config.instance.rglob("*"))
            # What each connection to a database in WAL mode leaves beside it, with nothing in it.
            if path.is_file() and not path.name.endswith("-shm") and (path.stat().st_size or "-wal" not in path.name)
        ]
        return "\n".join(parts)
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        rows = [connection.execute(table.select()).all() for table in Base.metadata.sorted_tables]
        kinds = "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        relations = connection.execute(text(kinds)).all()
    engine.dispose()
    return repr((rows, relations))


def placed(config: Config, attempt: str) -> str:
    """The statement with the paths that it goes for."""
    return attempt.replace("{accounts}", str(config.instance / "accounts.db")).replace("{folder}", str(config.instance))


def answer(config: Config, query: str, seconds: float = 20) -> str:
    """What a query is refused with."""
    try:
        with Sandbox(config.reports_url, seconds).query(query) as result:
            return f"the query gave {list(result.rows)[:3]}"
    except QueryError as error:
        return str(error) or "the query gave no reason"


def refused(config: Config, attempts: list[str], seconds: float = 20) -> None:
    """Each is refused in words within the deadline, and nothing is changed or left behind."""
    before = content(config)
    wrong = {}
    for attempt in attempts:
        began = time.monotonic()
        given = answer(config, placed(config, attempt), seconds)
        if given.startswith("the query gave") or time.monotonic() - began > seconds + 5:
            wrong[attempt] = given
    assert wrong == {}
    assert content(config) == before
    assert list(Path("/proc/self/cwd").glob("stolen.db")) == []


def test_there_are_as_many_as_were_promised(filled: Config) -> None:
    engine = filled.database_url.get_backend_name()
    attacks = {*of_engine("attacks", filled), *of_engine("bombs", filled)}
    assert len(attacks) >= {"sqlite": 140, "postgresql": 130}[engine]
    assert len({*of_engine("honest", filled)}) >= 40


def test_a_sample_of_attempts_is_refused_in_words_and_changes_nothing(filled: Config) -> None:
    refused(filled, of_engine("attacks", filled)[::SAMPLE])


@pytest.mark.long
def test_each_attempt_is_refused_in_words_and_changes_nothing(filled: Config) -> None:
    refused(filled, of_engine("attacks", filled))


@pytest.mark.long
def test_each_bomb_is_stopped_within_its_limits(filled: Config) -> None:
    refused(filled, of_engine("bombs", filled), seconds=1)
    assert_nobody_is_left(filled)


def test_a_query_without_end_is_stopped_at_the_deadline(filled: Config) -> None:
    for bomb in statements("bombs")[:2]:
        began = time.monotonic()
        assert "stopped after 1 second" in answer(filled, bomb, seconds=1)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "attempt", ["DELETE FROM milestone", "SELECT 1; COMMIT; UPDATE country SET name = 'X'", "BEGIN"]
)
def test_the_command_exits_1_with_one_line(filled: Config, attempt: str) -> None:
    before = content(filled)
    done = CliRunner().invoke(main, ["sql", attempt, "--format", "json"])
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith("Error: ")
    assert content(filled) == before


def test_a_result_that_is_read_slowly_is_stopped_too(filled: Config) -> None:
    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with Sandbox(filled.reports_url, 1).query(many) as found:
        next(found.rows)
        time.sleep(3.5)
        with pytest.raises(QueryError, match=r"1 second"):
            deque(found.rows, maxlen=0)


def test_memory_is_bounded(sqlite_config: Config) -> None:
    growing = (
        "WITH RECURSIVE n (i, x) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT i + 1, hex(x) FROM n) "
        "SELECT MAX(x) FROM n"
    )
    assert "too big" in answer(sqlite_config, growing)
    many = (
        "WITH RECURSIVE w (x) AS (SELECT 'aaaaaaaaaaaaaaaa' UNION ALL SELECT x || x FROM w WHERE length(x) < 1000000), "
        "n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        "SELECT (SELECT MAX(x) FROM w) || i AS y FROM n ORDER BY y DESC"
    )
    assert "memory" in answer(sqlite_config, many)


def test_no_process_and_no_connection_is_left_behind(filled: Config) -> None:
    box = Sandbox(filled.reports_url)
    with pytest.raises(QueryError), box.query("SELECT nothing"):
        pass
    with box.query("SELECT name FROM status") as found:
        next(found.rows)
    with pytest.raises(RuntimeError, match="mine"), box.query("SELECT name FROM status"):
        raise RuntimeError("mine")
    assert_nobody_is_left(filled)


def assert_nobody_is_left(config: Config) -> None:
    """No worker, no connection of another: and so no lock and no setting of theirs."""
    if config.database_url.get_backend_name() == "sqlite":
        children = [pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
        # A browser that other tests share may be a child of this process too.
        assert [pid for pid in children if "worker.py" in Path(f"/proc/{pid}/cmdline").read_text()] == []
    else:
        address = config.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            others = (
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for _ in range(50):
                left = connection.execute(others).fetchone()
                if left == (0,):
                    break
                time.sleep(0.1)
        assert left == (0,)


def test_honest_queries_run(filled: Config) -> None:
    answers = {query: answer(filled, query) for query in of_engine("honest", filled)}
    refused = {query: given for query, given in answers.items() if not given.startswith("the query gave [(")}
    assert refused == {}


def test_what_the_server_writes_of_honest_queries_is_what_their_rows_are(filled: Config) -> None:
    if filled.database_url.get_backend_name() == "sqlite":
        pytest.skip("SQLite writes no CSV by itself")
    box = Sandbox(filled.reports_url)
    for query in of_engine("honest", filled):
        with box.query(query) as found:
            written = None if found.csv is None or "random" in query.lower() else b"".join(found.csv)
        if written is not None:
            with box.query(query) as found:
                assert written == b"".join(separated.written(found.rows, len(found.columns))), query
