"""The server as whoever runs it sees it: signs of health, the log, and what happens when a database cannot."""

import json
import logging
import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import make_url, text

from tests.admin.conftest import BASE, Browser, SignedIn, add_people, close
from tests.cast import meeting_of_2024
from tests.conftest import TESTER
from tests.keeping_cast import execute
from tracker import db
from tracker.app import create_app
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.serving import health
from tracker.serving.log import FIELD, Lines

SECRET = "a sentence that nobody may read in a log"


def test_it_lives_and_is_ready_for_anybody(anonymous: Browser) -> None:
    assert (anonymous.get("/healthz").text, anonymous.get("/readyz").text) == ("alive\n", "ready\n")


def test_a_database_of_another_revision_is_not_served(
    web_config: Config, signed_in: SignedIn, anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "HOLDS", 0.0)
    editor = signed_in("editor")
    execute(web_config, "UPDATE alembic_version SET version_num = '9999'")
    ready = anonymous.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "records: at another revision than this server\n")
    assert anonymous.get("/healthz").status_code == 200
    page = editor.get("/commitments/")
    assert page.status_code == 503
    assert "not restarted since" in page.text, page.text
    assert page.headers["Retry-After"]
    assert editor.post("/topics/new", {"label": "Lost"}).status_code == 503


def test_a_server_that_stops_is_not_ready(app: Flask, anonymous: Browser) -> None:
    app.extensions["health"].stopping = True
    assert anonymous.get("/readyz").status_code == 503


def test_each_answer_has_an_id_and_one_from_a_proxy_is_kept(anonymous: Browser) -> None:
    own = anonymous.get("/login").headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{16}", own)
    given = anonymous.get("/login", headers={"X-Request-Id": "4bf92f35-77b3-4da6"})
    assert given.headers["X-Request-Id"] == "4bf92f35-77b3-4da6"
    forged = anonymous.get("/login", headers={"X-Request-Id": 'x" level="error'})
    assert re.fullmatch(r"[0-9a-f]{16}", forged.headers["X-Request-Id"])
    assert f"request {anonymous.get('/nowhere').headers['X-Request-Id'][:0]}" in anonymous.get("/nowhere").text


def test_the_log_tells_what_happened_and_not_what_was_written(
    editor: Browser, anonymous: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tracker.requests")
    editor.get(f"/commitments/?search={SECRET}")
    editor.fill("/commitments/IJ-2024-02/status", status="in_progress", effective_on="2024-09-01", reason=SECRET)
    anonymous.get(f"/{SECRET}")
    anonymous.get("/welcome/a-token-that-lets-somebody-in")
    lines = [Lines(for_people=False).format(record) for record in caplog.records]
    written = [json.loads(line) for line in lines]
    recorded = next(line for line in written if line.get("method") == "POST")
    assert {key: recorded[key] for key in ("kind", "route", "record", "status", "account", "address")} == {
        "kind": "request",
        "route": "/commitments/<key>/status",
        "record": "IJ-2024-02",
        "status": 302,
        "account": "editor",
        "address": "127.0.0.1",
    }
    assert len({line["request"] for line in written}) == len(written)
    assert not [line for line in lines if SECRET in line or "token-that" in line]


def test_an_error_is_logged_without_its_message(
    app: Flask, editor: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ValueError(SECRET)

    app.view_functions["commitments.index_view"] = fail
    answer = editor.get("/commitments/")
    assert answer.status_code == 500
    assert f"request {answer.headers['X-Request-Id']}" in answer.text
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    event = getattr(record, FIELD)
    assert (event["error"], event["request"]) == ("ValueError", answer.headers["X-Request-Id"])
    assert event["at"][-1].endswith(" fail")
    assert SECRET not in Lines(for_people=False).format(record)
    assert "failed" not in Lines(for_people=True).format(record)


@pytest.mark.parametrize("web_config", ["sqlite"], indirect=True)
def test_a_locked_database_is_told_in_words(
    web_config: Config, app: Flask, editor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(web_config.database_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()
        monkeypatch.setattr(db, "BUSY_SECONDS", 0)
        answer = editor.post("/topics/new", {"label": SECRET, "slug": "lost"})
    engine.dispose()
    assert answer.status_code == 503
    assert "busy with something else. Nothing was saved" in answer.text
    assert "locked" not in answer.text


def test_reports_whose_database_is_away_are_told_in_words_and_the_records_go_on(web_config: Config) -> None:
    away = make_url("postgresql+psycopg://nobody@127.0.0.1:1/records")
    app = create_app(replace(web_config, reports_database_url=away))
    browser = Browser(app.test_client())
    browser.sign_in("editor")
    answer = browser.get("/reports/overdue")
    assert answer.status_code == 503
    assert "does not answer. The records can be used meanwhile" in answer.text
    assert browser.get("/commitments/").status_code == 200
    close(app)


@pytest.fixture
def impatient(postgres_config: Config, password_hash: str) -> Config:
    """An instance on PostgreSQL whose statements may take a second."""
    add_people(postgres_config, password_hash)
    engine = create_engine(postgres_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        meeting_of_2024(session)
    engine.dispose()
    return replace(postgres_config, statement_seconds=1)


def test_a_statement_that_takes_too_long_is_stopped(impatient: Config) -> None:
    app = create_app(impatient)
    browser = Browser(app.test_client())
    browser.sign_in("editor")
    assert browser.get("/commitments/IJ-2024-02/status").status_code == 200
    engine = create_engine(impatient.database_url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE commitment"))
        answer = browser.client.get("/commitments/IJ-2024-02", base_url=BASE)
        assert answer.status_code == 503
        assert "Nothing was saved" in answer.text
    engine.dispose()
    assert browser.get("/commitments/IJ-2024-02").status_code == 200
    close(app)
