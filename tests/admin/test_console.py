"""The console: SQL of one's own, for administrators alone, in the sandbox."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.admin.conftest import Browser, SignedIn, add_people, close
from tests.report_roles import Roles, made_roles
from tracker.app import create_app
from tracker.config import Config

ADDRESS = "/console/run"


@pytest.fixture
def web_config(sqlite_web_config: Config) -> Config:
    """On PostgreSQL the console stays shut until there are roles for it, as the last tests show."""
    return sqlite_web_config


@pytest.fixture
def admin(signed_in: SignedIn) -> Browser:
    """A browser in which an administrator is signed in."""
    browser = signed_in("admin")
    browser.get("/console/")
    return browser


def test_a_query_is_answered_and_kept(admin: Browser) -> None:
    query = "SELECT public_id, '<b>' AS words FROM commitment ORDER BY 1"
    page = admin.post(ADDRESS, {"sql": query, "run": "1"}).text
    assert "IJ-2024-01" in page
    assert "&lt;b&gt;" in page
    assert "2 rows" in page
    again = admin.get("/console/").text
    assert "/console/?sql=SELECT+public_id" in again or "/console/?sql=SELECT%20public_id" in again
    assert "commitment_overview" in again
    assert "status_position" in again


def test_what_writes_or_fails_is_refused_in_words(admin: Browser) -> None:
    for query, said in (
        ("DELETE FROM milestone", "This connection only reads"),
        ("SELECT 1; SELECT 2", "Only one statement at a time"),
        ("SELECT\nnothing_there FROM country", "Line 2: no such column: nothing_there"),
        ("PRAGMA query_only = 0", "PRAGMA is not allowed here"),
    ):
        page = admin.post(ADDRESS, {"sql": query, "run": "1"})
        assert (page.status_code, said in page.text) == (200, True)
    assert admin.post(ADDRESS, {"sql": " "}).status_code == 302


def test_a_plan_is_shown_and_nothing_run(admin: Browser) -> None:
    page = admin.post(ADDRESS, {"sql": "SELECT * FROM commitment WHERE public_id = 'x'", "explain": "1"}).text
    assert "SEARCH commitment USING" in page
    assert "This connection only reads" in admin.post(ADDRESS, {"sql": "DROP TABLE country", "explain": "1"}).text


def test_nobody_sees_the_queries_of_another(app: Flask, admin: Browser, signed_in: SignedIn) -> None:
    admin.post(ADDRESS, {"sql": "SELECT 'mine'", "run": "1"})
    histories = app.extensions["console_histories"]
    assert list(histories.queries) == ["admin"]
    for role in ("viewer", "editor"):
        assert signed_in(role).get("/console/").status_code == 403


@pytest.fixture
def roles(postgres_config: Config) -> Iterator[Roles]:
    """The three roles on a PostgreSQL database, made by the SQL that the command prints."""
    yield from made_roles(postgres_config)


def page_of(config: Config, password_hash: str, sign_in: str) -> str:
    app = create_app(config)
    try:
        browser = Browser(app.test_client())
        browser.sign_in(sign_in)
        return browser.get("/console/").text
    finally:
        close(app)


def test_on_postgresql_it_is_off_without_a_role_that_only_reads(
    postgres_config: Config, roles: Roles, password_hash: str
) -> None:
    add_people(postgres_config, password_hash)
    for url, said in (
        (None, "needs a role that can only read"),
        (postgres_config.database_url.set(query={"application_name": "x"}), "is a superuser"),
        (roles.owner, "owns"),
        (roles.app, "may write to"),
        (roles.report, "One SELECT on the records"),
    ):
        page = page_of(replace(postgres_config, reports_database_url=url), password_hash, "admin")
        assert said in page
        assert ("<textarea" in page) == (url is roles.report)
