"""The second factor: a code of an app after the password, by the setting that asks for it."""

import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.admin.conftest import PASSWORD, Browser, SignedIn, add_people, close, sign_in_to
from tests.admin.test_accounts import by_token, happened, make_token, path_in, users
from tests.admin.test_strangers import LEAVING
from tracker.app import create_app
from tracker.auth import code_page, throttle
from tracker.auth.keys import SECOND_FACTOR_KEY
from tracker.config import Config, ConfigError
from tracker.models.users import LoginAttempt, RecoveryCode, SecondFactor

PAGE = "/account/second-factor/"
RECOVERY_CODE = re.compile(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b")
WRONG = "000000"


@pytest.fixture
def web_config(web_config: Config) -> Config:
    """The settings of all tests here, unless they say otherwise: who wants a second factor has one."""
    return replace(web_config, second_factor="optional")


def secret_in(page: str) -> str:
    """The key that the page of the set-up shows."""
    return "".join(re.findall(r'<p class="secret typed" tabindex="0">([A-Z2-7 ]+)</p>', page)[0].split())


def code(secret: str) -> str:
    return str(TOTP(secret).generate().token)


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Set up a second factor; its secret and the recovery codes. The code of this moment can be used again."""
    secret = secret_in(browser.get(PAGE).text)
    page = browser.post(PAGE, {"password": PASSWORD, "code": code(secret)}).text
    forget_codes(browser)
    return secret, RECOVERY_CODE.findall(page)


def forget_codes(browser: Browser) -> None:
    engine = browser.client.application.extensions["security"].datastore.engine
    with Session(engine) as accounts:
        accounts.execute(update(SecondFactor).values(last_step=0))
        accounts.commit()


def begin(app: Flask, name: str = "editor", leads_to: str = "") -> Browser:
    """A browser that has given the right password."""
    browser = Browser(app.test_client())
    browser.get("/login")
    answer = browser.post("/login", {"username": name, "password": PASSWORD, "next": leads_to})
    assert (answer.location or "").startswith("/login/code"), answer.location
    browser.get(answer.location or "")
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/account/").status_code == 200


def test_a_code_is_asked_after_the_password_on_each_engine(config: Config, password_hash: str) -> None:
    add_people(config, password_hash)
    app = create_app(replace(config, second_factor="optional"))
    here, elsewhere = sign_in_to(app, "editor"), sign_in_to(app, "editor")
    secret, recovery = set_up(here)
    assert len(set(recovery)) == 10
    assert is_in(here)
    assert not is_in(elsewhere)
    assert "10 recovery codes left" in here.get("/account/").text
    browser = begin(app)
    assert not is_in(browser)
    assert "wrong, or was used before" in browser.post("/login/code", {"code": WRONG}).text
    assert not is_in(browser)
    assert browser.post("/login/code", {"code": code(secret)}).location == "/"
    assert is_in(browser)
    assert Browser(app.test_client()).sign_in("viewer").location == "/"
    close(app)


def test_a_code_works_once(app: Flask, editor: Browser) -> None:
    secret, _ = set_up(editor)
    shown = code(secret)
    first, second = begin(app), begin(app)
    assert first.post("/login/code", {"code": f" {shown[:3]} {shown[3:]} "}).status_code == 302
    assert "used before" in second.post("/login/code", {"code": shown}).text
    assert not is_in(second)


def test_a_recovery_code_works_once_however_it_is_typed(app: Flask, editor: Browser, accounts: Engine) -> None:
    _, recovery = set_up(editor)
    first, second = begin(app), begin(app)
    assert first.post("/login/code", {"code": recovery[0].upper().replace("-", " ")}).status_code == 302
    assert "9 left" in first.get("/").text
    assert "used before" in second.post("/login/code", {"code": recovery[0]}).text
    assert second.post("/login/code", {"code": recovery[1]}).status_code == 302
    assert happened(accounts)[-1] == ("editor", "web", "editor", "signed in by a recovery code")


def test_new_recovery_codes_end_those_before(app: Flask, editor: Browser) -> None:
    _, before = set_up(editor)
    editor.get(f"{PAGE}codes")
    assert RECOVERY_CODE.findall(editor.post(f"{PAGE}codes", {"password": "wrong"}).text) == []
    after = RECOVERY_CODE.findall(editor.post(f"{PAGE}codes", {"password": PASSWORD}).text)
    assert len(after) == 10
    assert "used before" in begin(app).post("/login/code", {"code": before[0]}).text
    assert begin(app).post("/login/code", {"code": after[0]}).status_code == 302


def test_nothing_in_the_database_or_the_cookie_lets_anybody_in(
    web_config: Config, editor: Browser, accounts: Engine
) -> None:
    secret = secret_in(editor.get(PAGE).text)
    cookie = editor.client.get_cookie("tracker", domain="127.0.0.1")
    assert cookie
    assert secret not in cookie.decoded_value
    _, recovery = set_up(editor)
    with Session(accounts) as session:
        kept = [session.scalars(select(SecondFactor.secret)).one(), *session.scalars(select(RecoveryCode.code_hash))]
    assert len(kept) == 11
    told = "".join(kept)
    assert [one for one in (secret, *recovery, *(code.replace("-", "") for code in recovery)) if one in told] == []
    key = web_config.instance / SECOND_FACTOR_KEY
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_wrong_codes_are_eight_that_were_looked_at_wherever_they_come_from(
    app: Flask, editor: Browser, signed_in: SignedIn, accounts: Engine
) -> None:
    secret, recovery = set_up(editor)
    other, _ = set_up(signed_in("viewer"))
    answers = []
    for n in range(12):
        # Each time with the right password anew, which forgets wrong passwords, and from another address.
        browser = begin(app)
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{n}"}
        answers.append(browser.post("/login/code", {"code": WRONG}, environ_overrides=elsewhere).status_code)
    assert answers == [200] * 8 + [429] * 4
    held = begin(app)
    assert held.post("/login/code", {"code": code(secret)}).status_code == 429
    assert held.post("/login/code", {"code": recovery[0]}).status_code == 429
    assert begin(app, "viewer").post("/login/code", {"code": code(other)}).status_code == 302
    with Session(accounts) as session:
        session.execute(update(LoginAttempt).values(attempted_at=datetime.now(UTC) - throttle.PAUSE))
        session.commit()
    assert held.post("/login/code", {"code": code(secret)}).status_code == 302


@pytest.mark.parametrize("targets", [LEAVING[::9], pytest.param(LEAVING, marks=pytest.mark.long)], ids=["some", "all"])
def test_the_code_leads_back_to_a_page_here_and_never_away(app: Flask, editor: Browser, targets: list[str]) -> None:
    secret, _ = set_up(editor)
    browser = begin(app, leads_to="/topics/?q=x")
    assert browser.post("/login/code?next=/topics/%3Fq%3Dx", {"code": code(secret)}).location == "/topics/?q=x"
    astray = []
    for target in targets:
        forget_codes(editor)
        browser = begin(app, leads_to=target)
        answer = browser.post("/login/code", {"code": code(secret), "next": target}, query_string={"next": target})
        if answer.status_code != 302 or not re.match(r"/(?![/\\])", answer.location or ""):
            astray.append((target, answer.status_code, answer.location))
    assert astray == []


@pytest.mark.parametrize("ends", ["time", "a new password", "disabling", "never begun"])
def test_a_sign_in_that_is_over_takes_no_code(
    app: Flask, editor: Browser, web_config: Config, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    secret, _ = set_up(editor)
    browser = begin(app)
    match ends:
        case "time":
            monkeypatch.setattr(code_page, "PATIENCE", 0)
        case "a new password":
            changed = {"password": PASSWORD, "new_password": "x" * 20, "new_password_confirm": "x" * 20}
            editor.get("/account/password")
            assert editor.post("/account/password", changed).status_code == 302
        case "disabling":
            users(web_config, "disable", "editor")
        case _:
            browser.client.delete_cookie("tracker", domain="127.0.0.1")
            browser.get("/login")
    answer = browser.post("/login/code", {"code": code(secret)})
    assert answer.status_code == 410
    assert "Sign in again" in answer.text
    assert not is_in(browser)


def test_setting_up_asks_for_the_password_and_the_code(editor: Browser, accounts: Engine) -> None:
    secret = secret_in(editor.get(PAGE).text)
    assert "Invalid password" in editor.post(PAGE, {"password": "wrong", "code": code(secret)}).text
    assert "not the code" in editor.post(PAGE, {"password": PASSWORD, "code": WRONG}).text
    assert "Type the code" in editor.post(PAGE, {"password": PASSWORD, "code": ""}).text
    assert secret_in(editor.get(PAGE).text) == secret
    with Session(accounts) as session:
        assert session.scalars(select(SecondFactor)).all() == []
    answers = [editor.post(PAGE, {"password": "wrong", "code": code(secret)}).status_code for _ in range(8)]
    assert answers[-1] == 429


def test_another_app_takes_the_place_of_the_first(app: Flask, editor: Browser) -> None:
    first, _ = set_up(editor)
    second, _ = set_up(editor)
    assert first != second
    assert "wrong" in begin(app).post("/login/code", {"code": code(first)}).text
    assert begin(app).post("/login/code", {"code": code(second)}).status_code == 302


def test_one_takes_it_off_by_the_password(app: Flask, editor: Browser, accounts: Engine) -> None:
    set_up(editor)
    editor.get(f"{PAGE}off")
    assert editor.post(f"{PAGE}off", {"password": "wrong"}).status_code == 200
    assert editor.post(f"{PAGE}off", {"password": PASSWORD}).status_code == 302
    assert Browser(app.test_client()).sign_in("editor").location == "/"
    assert [event[3] for event in happened(accounts)] == ["set up a second factor", "took off the second factor"]


def test_whoever_lost_it_asks_an_administrator_or_the_command_line(
    app: Flask, web_config: Config, signed_in: SignedIn, accounts: Engine
) -> None:
    admin, owner = signed_in("admin"), signed_in("editor")
    set_up(owner)
    assert "Take off the second factor" in admin.get("/accounts/editor").text
    assert admin.post("/accounts/editor/second-factor").location == "/accounts/editor"
    assert not is_in(owner)
    assert Browser(app.test_client()).sign_in("editor").location == "/"
    again = signed_in("editor")
    set_up(again)
    assert "editor\teditor\tactive\t" in users(web_config, "list").output
    assert users(web_config, "list").output.count("password and code") == 1
    assert "second factor is off" in users(web_config, "reset", "editor", "--second-factor").output
    assert not is_in(again)
    assert "has no second factor" in users(web_config, "reset", "editor", "--second-factor").output
    taken = [event for event in happened(accounts) if event[3] == "took off the second factor"]
    assert taken[0][:3] == ("admin", "web", "editor")
    assert [event[1] for event in taken] == ["web", "cli"]


def test_a_link_for_a_new_password_leaves_it_on(app: Flask, web_config: Config, editor: Browser) -> None:
    secret, _ = set_up(editor)
    path = path_in(users(web_config, "reset", "editor").output)
    browser = Browser(app.test_client())
    browser.get(path)
    answer = browser.post(path, {"password": "correct horse battery", "again": "correct horse battery"})
    assert answer.location == "/login/code"
    assert not is_in(browser)
    browser.get("/login/code")
    assert browser.post("/login/code", {"code": code(secret)}).status_code == 302
    assert is_in(browser)


def test_where_it_is_off_nobody_is_asked(web_config: Config, app: Flask, editor: Browser) -> None:
    set_up(editor)
    off = create_app(replace(web_config, second_factor="off"))
    browser = Browser(off.test_client())
    assert browser.sign_in("editor").location == "/"
    assert "Second factor" not in browser.get("/account/").text
    assert browser.get(PAGE).location == "/account/"
    close(off)


@pytest.fixture
def strict(web_config: Config) -> Iterator[Flask]:
    """The app that asks everybody for a second factor."""
    app = create_app(replace(web_config, second_factor="required"))
    yield app
    close(app)


def test_where_it_is_required_nobody_works_without_it(strict: Flask, app: Flask, editor: Browser) -> None:
    token = make_token(editor)
    browser = Browser(strict.test_client())
    assert browser.sign_in("editor").location == "/"
    for address in ("/", "/commitments/", "/account/", "/account/password"):
        assert browser.get(address).location == PAGE, address
    assert browser.post("/topics/new", {"label": "Fisheries"}).status_code == 403
    assert by_token(strict, "/reports/overdue.csv", token) == 200
    browser.get(PAGE)
    set_up(browser)
    assert is_in(browser)
    assert browser.get("/topics/new").status_code == 200
    assert browser.get(f"{PAGE}off").location == "/account/"
    assert browser.post("/logout").location == "/login"
    begin(strict)


def test_a_new_key_seals_what_the_old_one_sealed(
    app: Flask, web_config: Config, editor: Browser, accounts: Engine
) -> None:
    secret, _ = set_up(editor)
    key = web_config.instance / SECOND_FACTOR_KEY

    def sealed() -> str:
        with Session(accounts) as session:
            return session.scalars(select(SecondFactor.secret)).one()

    before = key.read_text(), sealed()
    assert "lost" not in users(web_config, "rotate-key").output
    assert len(key.read_text().split()) == 1
    assert key.read_text() != before[0]
    assert sealed() != before[1]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    # Under a server that was not started anew.
    assert begin(app).post("/login/code", {"code": code(secret)}).status_code == 302


def test_without_its_key_recovery_codes_still_let_in(app: Flask, web_config: Config, editor: Browser) -> None:
    secret, recovery = set_up(editor)
    Path(web_config.instance / SECOND_FACTOR_KEY).unlink()
    browser = begin(app)
    assert "wrong" in browser.post("/login/code", {"code": code(secret)}).text
    assert browser.post("/login/code", {"code": recovery[0]}).status_code == 302
    assert "1 second factor" in users(web_config, "rotate-key").output


def test_a_setting_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="write off, optional, required"):
        Config.load({"TRACKER_INSTANCE": str(tmp_path), "TRACKER_SECOND_FACTOR": "maybe"})
    assert (
        Config.load({"TRACKER_INSTANCE": str(tmp_path), "TRACKER_SECOND_FACTOR": "Required"}).second_factor
        == "required"
    )
