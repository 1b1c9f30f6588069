"""Looking after accounts: on the command line and in the pages, by the same rules, each act with a name."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.admin.conftest import BASE, PASSWORD, Browser, SignedIn, close
from tracker.app import create_app
from tracker.auth import people, throttle
from tracker.auth.people import AccountError, Actor
from tracker.cli import main
from tracker.config import Config
from tracker.models.users import AccountEvent, ApiToken, Link, LoginAttempt, User

NEW = {"password": "correct horse battery", "again": "correct horse battery"}
ADA = Actor("ada", "cli")


def users(config: Config, *arguments: str) -> Result:
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    return CliRunner().invoke(main, ["users", *arguments], env=environment)


def path_in(told: str) -> str:
    return re.findall(r"/welcome/[\w-]+", told)[-1]


def happened(engine: Engine) -> list[tuple[str, str, str | None, str]]:
    with Session(engine) as accounts:
        found = accounts.scalars(select(AccountEvent).order_by(AccountEvent.id)).all()
        return [(one.actor, one.door, one.username, one.action) for one in found]


def test_the_command_line_looks_after_accounts_on_each_engine(config: Config) -> None:
    app = create_app(config)
    first = Browser(app.test_client())
    path = path_in(users(config, "link").output)
    first.get(path)
    assert first.post(path, NEW | {"username": "ada"}).status_code == 302
    path = path_in(users(config, "add", "Ben", "--role", "editor").output)
    assert "ben\teditor\twaits for its password\tnever" in users(config, "list").output
    second = Browser(app.test_client())
    assert "Choose a password for <strong>ben</strong>" in second.get(path).text
    assert second.post(path, NEW).status_code == 302
    assert "ben" in second.get("/account/").text
    assert users(config, "role", "ben", "viewer").output == "ben: editor -> viewer\n"
    assert second.get("/").status_code == 302
    assert users(config, "disable", "ben").output == "ben: disabled\n"
    assert second.sign_in("ben", NEW["password"]).status_code == 200
    assert users(config, "enable", "ben").output == "ben: active\n"
    assert second.sign_in("ben", NEW["password"]).status_code == 302
    close(app)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("disable", "admin"), "the last active administrator"),
        (("role", "admin", "viewer"), "the last active administrator"),
        (("role", "nobody", "viewer"), "there is no account 'nobody'"),
        (("add", "editor"), "an account 'editor' already"),
        (("add", "no spaces"), "cannot be an account name"),
        (("add", "x"), "Use 2 to 40"),
        (("role", "editor", "king"), "is not one of"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    web_config: Config, accounts: Engine, arguments: tuple[str, ...], told: str
) -> None:
    result = users(web_config, *arguments)
    assert result.exit_code != 0
    assert told in result.output
    assert happened(accounts) == []


def test_a_link_for_a_new_password_ends_the_sessions_and_the_links_before_it(
    app: Flask, web_config: Config, signed_in: SignedIn, accounts: Engine
) -> None:
    there = signed_in("editor")
    early, late = (path_in(users(web_config, "reset", "editor").output) for _ in range(2))
    assert there.get("/").status_code == 200
    here = Browser(app.test_client())
    assert here.get(early).status_code == 410
    here.get(late)
    assert here.post(late, NEW).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert here.get(late).status_code == 410
    here.client.delete_cookie("tracker", domain="127.0.0.1")
    assert here.sign_in("editor").status_code == 200
    assert here.sign_in("editor", NEW["password"]).status_code == 302
    assert happened(accounts)[-1] == ("editor", "web", "editor", "chose a password by a one-time link")


def test_a_disabled_account_has_no_use_of_its_link(app: Flask, web_config: Config, accounts: Engine) -> None:
    path = path_in(users(web_config, "reset", "editor").output)
    users(web_config, "disable", "editor")
    assert Browser(app.test_client()).get(path).status_code == 410
    assert "enable the account first" in users(web_config, "reset", "editor").output


def test_an_administrator_does_the_same_in_the_pages(signed_in: SignedIn, app: Flask, accounts: Engine) -> None:
    admin, editor = signed_in("admin"), signed_in("editor")
    admin.get("/accounts/")
    path = path_in(admin.post("/accounts/invite", {"role": "editor", "username": ""}).text)
    guest = Browser(app.test_client())
    guest.get(path)
    assert guest.post(path, NEW | {"username": "cleo"}).status_code == 302
    assert "cleo" in admin.get("/accounts/").text
    assert path_in(admin.post("/accounts/invite", {"role": "viewer", "username": "dan"}).text)
    assert "Waits for its password" in admin.get("/accounts/dan").text
    assert admin.post("/accounts/editor/role", {"role": "viewer"}).location == "/accounts/editor"
    assert editor.get("/").status_code == 302
    assert admin.post("/accounts/cleo/sign-out").status_code == 302
    assert guest.get("/").status_code == 302
    assert admin.post("/accounts/cleo/state", {"disable": "1"}).status_code == 302
    assert "cleo is disabled now" in admin.get("/accounts/cleo").text
    assert admin.post("/accounts/cleo/state", {"enable": "1"}).status_code == 302
    with Session(accounts) as session:
        link = session.scalars(select(Link.token_hash).where(Link.used_at.is_(None))).one()
    assert admin.post(f"/accounts/links/{link}/withdraw").status_code == 302
    assert [event[3] for event in happened(accounts)] == [
        "invited somebody, as editor",
        "chose a password by a one-time link",
        "made the account, as viewer",
        "changed the role from editor to viewer",
        "ended the sessions",
        "disabled the account",
        "enabled the account",
        "withdrew a link",
    ]
    assert {event[:2] for event in happened(accounts)} == {("admin", "web"), ("cleo", "web")}


def test_the_last_administrator_stays(signed_in: SignedIn, accounts: Engine) -> None:
    admin = signed_in("admin")
    for path, typed in (("state", {"disable": "1"}), ("role", {"role": "viewer"}), ("role", {"role": "king"})):
        assert admin.post(f"/accounts/admin/{path}", typed).status_code == 302
    assert "last active administrator" in admin.get("/accounts/admin").text
    assert happened(accounts) == []


def test_one_ends_ones_own_sessions_and_nobody_elses(signed_in: SignedIn) -> None:
    here, there, other = signed_in("editor"), signed_in("editor"), signed_in("viewer")
    page = here.get("/account/").text
    assert page.count("This one") == 1
    (ending,) = re.findall(r'action="(/account/sessions/\w{64}/end)"', page)
    other.get("/account/")
    assert other.post(ending).status_code == 302
    assert there.get("/").status_code == 200
    assert here.post(ending).status_code == 302
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    third = signed_in("editor")
    here.get("/account/")
    assert here.post("/account/sessions/end").status_code == 302
    assert third.get("/").status_code == 302
    assert here.get("/").status_code == 200


@pytest.mark.parametrize("statement", ["UPDATE account_event SET actor = 'me'", "DELETE FROM account_event"])
def test_what_was_done_to_accounts_stays(config: Config, statement: str) -> None:
    from_config = create_app(config)
    engine = from_config.extensions["security"].datastore.engine
    with Session(engine) as accounts:
        people.invite(accounts, ADA, "viewer")
        accounts.commit()
        with pytest.raises(DatabaseError, match="append-only"):
            accounts.execute(text(statement))
    close(from_config)


def test_roles_that_are_not_there_are_refused(accounts: Engine) -> None:
    with Session(accounts) as session, pytest.raises(AccountError, match="no role"):
        people.invite(session, ADA, "king")


# Guessing


@pytest.fixture
def guessing(app: Flask) -> Callable[..., int]:
    """Signs in by a wrong password, or a right one, and gives the answer."""

    def guess(name: str, password: str = "wrong", address: str = "192.0.2.1") -> int:
        browser = Browser(app.test_client())
        browser.get("/login")
        typed = {"csrf_token": browser.token, "username": name, "password": password}
        elsewhere = {"REMOTE_ADDR": address}
        answer = browser.client.post("/login", data=typed, base_url=BASE, environ_overrides=elsewhere)
        return answer.status_code

    return guess


def test_sixty_wrong_passwords_are_eight_that_were_looked_at(guessing: Callable[..., int], accounts: Engine) -> None:
    answers = [guessing("editor") for _ in range(60)]
    assert answers == [200] * 8 + [429] * 52
    assert guessing("editor", PASSWORD) == 429
    assert guessing("EDITOR ", PASSWORD) == 429
    assert guessing("viewer", PASSWORD) == 302
    assert guessing("editor", PASSWORD, "192.0.2.2") == 302
    with Session(accounts) as session:
        session.execute(update(LoginAttempt).values(attempted_at=datetime.now(UTC) - throttle.PAUSE))
        session.commit()
    assert guessing("editor", PASSWORD) == 302


def test_unknown_names_are_held_up_alike(guessing: Callable[..., int]) -> None:
    assert [guessing("nobody") for _ in range(10)] == [200] * 8 + [429] * 2


def test_the_right_password_forgets_the_wrong_ones(guessing: Callable[..., int], accounts: Engine) -> None:
    assert [guessing("editor") for _ in range(7)] == [200] * 7
    assert guessing("editor", PASSWORD) == 302
    assert guessing("editor") == 200
    with Session(accounts) as session:
        assert [len(row) for row in session.scalars(select(LoginAttempt.name_hash)).all()] == [64]


def test_one_address_cannot_try_every_name(guessing: Callable[..., int], accounts: Engine) -> None:
    with Session(accounts) as session:
        moment = datetime.now(UTC) - timedelta(minutes=1)
        session.add_all(
            LoginAttempt(name_hash=str(n), address="192.0.2.1", attempted_at=moment)
            for n in range(throttle.ATTEMPTS_FROM_ADDRESS)
        )
        session.commit()
    assert guessing("editor", PASSWORD) == 429
    assert guessing("editor", PASSWORD, "192.0.2.2") == 302


def test_the_count_holds_over_two_servers_on_each_engine(config: Config) -> None:
    apps = [create_app(config), create_app(config)]
    answers = []
    for n in range(10):
        browser = Browser(apps[n % 2].test_client())
        answers.append(browser.sign_in("nobody", "wrong").status_code)
    assert answers == [200] * 8 + [429] * 2
    for app in apps:
        close(app)


def test_a_borrowed_browser_cannot_guess_the_password(editor: Browser) -> None:
    answers = []
    for _ in range(10):
        editor.get("/account/password")
        typed = {"password": "wrong", "new_password": "x" * 20, "new_password_confirm": "x" * 20}
        answers.append(editor.post("/account/password", typed))
    assert [answer.status_code for answer in answers] == [200] * 8 + [429] * 2
    assert 800 < int(answers[-1].headers["Retry-After"]) <= 900
    assert "Try again in 15 minutes" in answers[-1].text


def test_who_cannot_come_in_gets_one_answer(app: Flask, web_config: Config, accounts: Engine) -> None:
    users(web_config, "disable", "viewer")
    users(web_config, "add", "waiting")
    told = re.compile(r'role="alert">([^<]+)<')
    answers = set()
    for name, password in (("editor", "x"), ("nobody", "x"), ("viewer", PASSWORD), ("viewer", "x"), ("waiting", "x")):
        answers.update(told.findall(Browser(app.test_client()).sign_in(name, password).text))
    assert answers == {"User name or password is wrong."}
    with Session(accounts) as session:
        assert session.scalar(select(User.password).where(User.username == "waiting")) is None


# Tokens for programs


def make_token(browser: Browser, **typed: str) -> str:
    browser.get("/account/")
    page = browser.post("/account/tokens", {"name": "script", "days": "30", "report": ""} | typed).text
    return re.findall(r">(tracker_[\w-]{43})<", page)[0]


def by_token(app: Flask, address: str, token: str, method: str = "GET") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    answer = app.test_client().open(address, method=method, base_url=BASE, headers=headers)
    answer.close()
    return answer.status_code


def test_a_token_downloads_reports_and_opens_nothing_else(app: Flask, editor: Browser, accounts: Engine) -> None:
    token = make_token(editor)
    assert by_token(app, "/reports/overdue.csv", token) == 200
    assert by_token(app, "/reports/overdue.csv", token, "HEAD") == 200
    assert by_token(app, "/reports/overdue.json", token) == 200
    others = ["/", "/commitments/", "/reports/", "/reports/overdue", "/commitments/IJ-2024-01", "/account/", "/audit/"]
    assert {address: by_token(app, address, token) for address in others} == dict.fromkeys(others, 401)
    assert by_token(app, "/topics/new", token, "POST") in (400, 401)
    assert by_token(app, "/reports/overdue.csv", "tracker_guess") == 401
    with Session(accounts) as session:
        kept = session.scalars(select(ApiToken)).one()
        assert token not in (kept.token_hash, kept.name)
        assert kept.used_at
    assert token not in editor.get("/account/").text


def test_a_token_for_one_report_is_for_no_other(app: Flask, editor: Browser) -> None:
    token = make_token(editor, report="overdue")
    assert by_token(app, "/reports/overdue.csv", token) == 200
    assert by_token(app, "/reports/stale.csv", token) == 401


def test_a_token_ends_when_it_is_revoked_out_of_date_or_its_account_disabled(
    app: Flask, editor: Browser, signed_in: SignedIn, web_config: Config, accounts: Engine
) -> None:
    token, other = make_token(editor), make_token(editor, name="other")
    _, first = re.findall(r'action="(/account/tokens/\d+/revoke)"', editor.get("/account/").text)
    viewer = signed_in("viewer")
    viewer.get("/account/")
    viewer.post(first)
    assert by_token(app, "/reports/overdue.csv", token) == 200
    editor.post(first)
    assert by_token(app, "/reports/overdue.csv", token) == 401
    assert by_token(app, "/reports/overdue.csv", other) == 200
    users(web_config, "disable", "editor")
    assert by_token(app, "/reports/overdue.csv", other) == 401
    users(web_config, "enable", "editor")
    with Session(accounts) as session:
        session.execute(update(ApiToken).values(expires_at=datetime.now(UTC)))
        session.commit()
    assert by_token(app, "/reports/overdue.csv", other) == 401


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": " "}, "Give the token a name"),
        ({"days": "10000"}, "for how long"),
        ({"days": "x"}, "for how long"),
        ({"report": "nothing"}, "There is no report"),
        ({"name": "a\u202eb"}, "hidden character"),
    ],
)
def test_a_token_that_cannot_be_made_is_told(editor: Browser, typed: dict[str, str], told: str) -> None:
    editor.get("/account/")
    editor.post("/account/tokens", {"name": "script", "days": "30", "report": ""} | typed)
    assert told in editor.get("/account/").text
