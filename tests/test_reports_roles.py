"""The roles on PostgreSQL: what is printed can be run, and each role can do its work and no more."""

import psycopg
import pytest
from click.testing import CliRunner

from tests import edition_cast
from tests.report_roles import made_roles, run
from tracker.cli import main
from tracker.config import Config
from tracker.db import create_engine
from tracker.reports import catalog, roles, runner
from tracker.reports.sandbox import Sandbox


def test_the_command_prints_and_changes_nothing(postgres_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_INSTANCE", str(postgres_config.instance))
    monkeypatch.setenv("TRACKER_DATABASE_URL", postgres_config.database_url.render_as_string(hide_password=False))
    printed = CliRunner().invoke(main, ["db", "init-roles", "--prefix", "nobody_yet"])
    assert printed.exit_code == 0
    for part in (
        "GRANT SELECT ON public.commitment TO nobody_yet_report;",
        "GRANT SELECT ON public.status_history TO nobody_yet_report;",
        "ALTER TABLE IF EXISTS public.commitment OWNER TO nobody_yet_owner;",
    ):
        assert part in printed.stdout
    address = postgres_config.database_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname LIKE 'nobody_yet%'").fetchall() == []
    wrong = CliRunner().invoke(main, ["db", "init-roles", "--prefix", "x; DROP"])
    assert (wrong.exit_code, "cannot begin a name" in wrong.stderr) == (1, True)


def test_sqlite_has_no_roles(sqlite_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_INSTANCE", str(sqlite_config.instance))
    done = CliRunner().invoke(main, ["db", "init-roles"])
    assert (done.exit_code, "this is for PostgreSQL" in done.stderr) == (1, True)


def test_each_role_does_its_work(postgres_config: Config) -> None:
    for made in made_roles(postgres_config):
        engine = create_engine(made.app)
        edition_cast.fill(engine)
        engine.dispose()
        box = Sandbox(made.report)
        for name in catalog.paths():
            runner.check(box, catalog.find(name))
        assert roles.objection(made.report) is None
        assert str(roles.objection(made.app)).startswith("may write to")
        assert str(roles.objection(made.owner)).startswith("owns")
        assert str(roles.objection(made.report.set(host="127.0.0.1", port=1))).startswith("cannot be tried")


def test_a_role_that_was_given_too_much_is_refused(postgres_config: Config) -> None:
    for made in made_roles(postgres_config):
        name = made.report.username
        for grant, undo, said in (
            (f"GRANT SELECT ON ALL TABLES IN SCHEMA accounts TO {name}; GRANT USAGE ON SCHEMA accounts TO {name}",
             f"REVOKE ALL ON SCHEMA accounts FROM {name}", "may read the accounts"),
            (f"GRANT CREATE ON SCHEMA public TO {name}", f"REVOKE CREATE ON SCHEMA public FROM {name}",
             "may make tables"),
            (f"GRANT pg_read_server_files TO {name}", f"REVOKE pg_read_server_files FROM {name}", "is a member of"),
            (f"ALTER ROLE {name} CREATEDB", f"ALTER ROLE {name} NOCREATEDB", "may make roles or databases"),
        ):  # fmt: skip
            run(made.report.set(username=postgres_config.database_url.username), grant)
            assert said in str(roles.objection(made.report))
            run(made.report.set(username=postgres_config.database_url.username), undo)
        assert roles.objection(made.report) is None
