"""Getting in and out: links, passwords, sessions, and what guards every request."""

import logging
import re
import stat
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from tests.admin.conftest import BASE, PASSWORD, Browser, SignedIn, close
from tracker.app import create_app
from tracker.auth import guard, links
from tracker.auth.keys import secret_key
from tracker.cli import main
from tracker.config import Config
from tracker.db import create_engine
from tracker.models.users import Link, User, UserSession
from tracker.serving.log import FIELD

NEW = {"username": "Anna", "password": "correct horse battery", "again": "correct horse battery"}


def users_command(config: Config, *arguments: str) -> str:
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    result = CliRunner().invoke(main, ["users", *arguments], env=environment)
    assert result.exit_code == 0, result.output
    return result.output


def count(engine: Engine, table: type) -> int:
    with Session(engine) as accounts:
        return accounts.scalar(select(func.count()).select_from(table)) or 0


def test_the_first_account_comes_in_through_a_link_on_each_engine(config: Config) -> None:
    assert "no accounts yet" in users_command(config, "list")
    printed = users_command(config, "link").splitlines()[-1]
    path = printed.removeprefix(config.address)
    app = create_app(config)
    browser = Browser(app.test_client())
    assert browser.get(path).status_code == 200
    response = browser.post(path, NEW)
    assert (response.status_code, response.location) == (302, "/")
    assert "Welcome, anna" in browser.get("/").text
    close(app)
    assert users_command(config, "list").startswith("anna\tadmin\tactive\t2")
    assert "sign in with one" in users_command(config, "link")


def test_a_link_works_once_and_only_the_hash_of_its_token_is_kept(sqlite_config: Config) -> None:
    token = users_command(sqlite_config, "link").strip().rpartition("/")[2]
    second = users_command(sqlite_config, "link").strip().rpartition("/")[2]
    engine = create_engine(sqlite_config.accounts_url)
    with Session(engine) as accounts:
        kept = accounts.scalars(select(Link.token_hash)).all()
        assert token not in kept
        links.use(accounts, token, "anna", "hash")
        accounts.commit()
        with pytest.raises(links.LinkError, match="used before"):
            links.find(accounts, token)
        with pytest.raises(links.LinkError, match="was made already"):
            links.find(accounts, second)
        with pytest.raises(links.LinkError, match="not known"):
            links.find(accounts, "guess")
    engine.dispose()


def test_a_link_ends_after_a_day(app: Flask, anonymous: Browser, accounts: Engine) -> None:
    with Session(accounts) as session:
        token = links.make(session, "invite", "editor")
        session.commit()
        assert anonymous.get(f"/welcome/{token}").status_code == 200
        session.execute(update(Link).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        session.commit()
    response = anonymous.get(f"/welcome/{token}")
    assert response.status_code == 410
    assert "out of date" in response.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"username": ""}, "Choose a user name"),
        ({"username": "no spaces please"}, "Use 2 to 40 letters"),
        ({"username": "viewer"}, "This name is taken"),
        ({"password": "short", "again": "short"}, "Use 12 to 256 characters"),
        ({"again": "something else here"}, "are not the same"),
    ],
)
def test_a_bad_name_or_password_is_told_at_its_field_and_spends_nothing(
    anonymous: Browser, accounts: Engine, typed: dict[str, str], told: str
) -> None:
    with Session(accounts) as session:
        token = links.make(session, "invite", "viewer")
        session.commit()
    anonymous.get(f"/welcome/{token}")
    response = anonymous.post(f"/welcome/{token}", NEW | typed)
    assert response.status_code == 200
    assert told in response.text
    with Session(accounts) as session:
        assert session.scalars(select(Link.used_at)).all() == [None]


def test_wrong_passwords_and_unknown_names_get_the_same_answer(anonymous: Browser) -> None:
    wrong = anonymous.sign_in("editor", "not the password").text
    unknown = anonymous.sign_in("nobody", "not the password").text
    told = re.compile(r'role="alert">([^<]+)<')
    assert told.findall(wrong) == told.findall(unknown) == ["User name or password is wrong."]


def test_a_name_is_found_whatever_its_case(anonymous: Browser) -> None:
    assert anonymous.sign_in("EDITOR").status_code == 302


def test_a_cookie_replayed_after_logout_is_anonymous(app: Flask, editor: Browser, accounts: Engine) -> None:
    cookie = editor.client.get_cookie("tracker", domain="127.0.0.1")
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    editor.get("/")
    assert editor.post("/logout").location == "/login"
    assert count(accounts, UserSession) == 0
    thief = app.test_client()
    thief.set_cookie("tracker", cookie.value, domain="127.0.0.1")
    assert (thief.get("/commitments/", base_url=BASE).location or "").startswith("/login")


def test_a_session_ends_after_twelve_hours(editor: Browser, accounts: Engine) -> None:
    with Session(accounts) as session:
        started, ends = session.execute(select(UserSession.created_at, UserSession.expires_at)).one()
        assert timedelta(hours=11, minutes=59) < ends - started < timedelta(hours=12, minutes=1)
        session.execute(update(UserSession).values(expires_at=datetime.now(UTC)))
        session.commit()
    assert (editor.get("/").location or "").startswith("/login")


def test_a_disabled_account_is_out_at_its_next_request(editor: Browser, accounts: Engine) -> None:
    with Session(accounts) as session:
        session.execute(update(User).where(User.username == "editor").values(active=False))
        session.commit()
    assert (editor.get("/").location or "").startswith("/login")


def test_a_changed_role_counts_from_the_next_request(editor: Browser, accounts: Engine) -> None:
    assert editor.get("/commitments/new").status_code == 200
    with Session(accounts) as session:
        session.execute(update(User).where(User.username == "editor").values(role="viewer"))
        session.commit()
    assert editor.get("/commitments/new").status_code == 403


def test_a_changed_password_signs_other_browsers_out(signed_in: SignedIn, anonymous: Browser) -> None:
    here, elsewhere = signed_in("editor"), signed_in("editor")
    here.get("/account/password")
    changed = "another long password"
    typed = {"password": PASSWORD, "new_password": changed, "new_password_confirm": changed}
    assert here.post("/account/password", typed).status_code == 302
    assert here.get("/").status_code == 200
    assert (elsewhere.get("/").location or "").startswith("/login")
    assert anonymous.sign_in("editor").status_code == 200
    assert anonymous.sign_in("editor", changed).status_code == 302


def test_signing_in_leads_back_to_the_page_that_was_asked_for(anonymous: Browser) -> None:
    asked = anonymous.get("/commitments/?status=in_progress")
    page = anonymous.get(asked.location or "")
    (target,) = re.findall(r'name="next" value="([^"]+)"', page.text)
    response = anonymous.post("/login", {"username": "viewer", "password": PASSWORD, "next": target})
    assert response.location == "/commitments/?status=in_progress"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "http:/evil.example",
        "http://127.0.0.1:8000\\@evil.example",
        "http://127.0.0.1:8000@evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        " //evil.example",
        "https:///evil.example",
    ],
)
def test_no_redirect_leaves_the_site(anonymous: Browser, target: str) -> None:
    anonymous.get("/login")
    response = anonymous.post("/login", {"username": "viewer", "password": PASSWORD, "next": target})
    assert response.status_code == 302
    location = response.location or ""
    assert location == "/" or re.match(r"/(?![/\\])", location), location
    assert not guard.stays_here(target, "127.0.0.1:8000")


def test_a_post_without_its_token_changes_nothing_and_keeps_what_was_typed(editor: Browser) -> None:
    response = editor.client.post("/topics/new", data={"label": "Fisheries & fleets"}, base_url=BASE)
    assert response.status_code == 400
    assert "Nothing is lost" in response.text
    assert "Fisheries &amp; fleets" in response.text
    assert "Fisheries" not in editor.get("/topics/").text
    again = editor.post("/topics/new", {"label": "Fisheries & fleets"})
    assert again.status_code == 302


def test_an_old_sign_in_page_is_told_and_a_password_never_sent_back(app: Flask) -> None:
    client = app.test_client()
    response = client.post("/login", data={"username": "viewer", "password": PASSWORD}, base_url=BASE)
    assert (response.status_code, response.location) == (302, "/login")
    page = client.get("/login", base_url=BASE)
    assert "out of date" in page.text
    assert PASSWORD not in page.text


def test_a_post_after_the_session_has_ended_keeps_what_was_typed(editor: Browser, accounts: Engine) -> None:
    editor.get("/topics/new")
    with Session(accounts) as session:
        session.execute(update(UserSession).values(expires_at=datetime.now(UTC)))
        session.commit()
    response = editor.post("/topics/new", {"label": "Fisheries"})
    assert response.status_code == 401
    assert "Your session has ended" in response.text
    assert 'name="label" value="Fisheries"' in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_elsewhere_is_refused_even_with_a_good_token(editor: Browser, headers: dict[str, str]) -> None:
    editor.get("/topics/new")
    assert editor.post("/topics/new", {"label": "Fisheries"}, headers=headers).status_code == 403
    assert "Fisheries" not in editor.get("/topics/").text


def test_every_answer_carries_the_headers_errors_too(app: Flask, editor: Browser) -> None:
    answers = [
        editor.get("/"),
        editor.get("/static/style.css"),
        editor.get("/commitments/IJ-9999-99"),
        editor.get("/audit/"),
        editor.client.post("/login", base_url=BASE),
        editor.client.put("/login", base_url=BASE),
        editor.post("/topics/new", {"label": "x" * 3_000_000}),
        app.test_client().get("/", base_url="http://evil.example"),
        app.test_client().get("/commitments/", base_url=BASE),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 403, 400, 405, 413, 400, 302]
    for answer in answers:
        assert {name: answer.headers[name] for name in guard.HEADERS} == guard.HEADERS
    policy = guard.HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_an_error_of_ours_shows_no_traceback(app: Flask, editor: Browser, caplog: pytest.LogCaptureFixture) -> None:
    def break_down() -> None:
        raise RuntimeError("the secret inner state")

    app.view_functions["home.index"] = break_down
    response = editor.get("/")
    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert "secret inner state" not in response.text
    # The log tells what and where; what an error says may be what somebody wrote.
    assert "secret inner state" not in caplog.text
    (failure,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert getattr(failure, FIELD)["error"] == "RuntimeError"


def test_the_secret_key_is_made_once_and_for_its_owner_alone(sqlite_config: Config) -> None:
    path = sqlite_config.instance / "secret_key"
    key = secret_key(path)
    assert len(key) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_key(path) == key
    assert [file.name for file in sqlite_config.instance.glob("secret_key*")] == ["secret_key"]


@pytest.mark.parametrize("name", ["ab", "Ada", "a.b-c_9", "x" * 40])
def test_whoever_makes_an_account_can_sign_in_to_it_again(anonymous: Browser, accounts: Engine, name: str) -> None:
    with Session(accounts) as session:
        path = f"/welcome/{links.make(session, 'invite', 'editor')}"
        session.commit()
    anonymous.get(path)
    assert anonymous.post(path, NEW | {"username": name}).status_code == 302
    anonymous.client.delete_cookie("tracker", domain="127.0.0.1")
    assert anonymous.get("/").status_code == 302
    response = anonymous.sign_in(name, NEW["password"])
    assert (response.status_code, response.location) == (302, "/")
