"""What stands between the server and other machines: addresses, TLS, host names, keys, proxies."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from waitress import wasyncore

from tests.admin.conftest import PASSWORD, Browser, close
from tracker.app import create_app
from tracker.auth import guard
from tracker.auth.keys import secret_key
from tracker.cli import main
from tracker.cli import serve as serve_module
from tracker.config import Config, ConfigError
from tracker.models.users import UserSession
from tracker.serving.http import Server

HTTPS = "https://tracker.example.org"
OTHER_HOSTS = [pytest.param(host, marks=pytest.mark.long) for host in ("::", "192.0.2.7")]


@pytest.fixture
def web_config(sqlite_web_config: Config) -> Config:
    """What lets other machines in has nothing to do with the engine."""
    return sqlite_web_config


@pytest.fixture
def run(web_config: Config, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Starts the server, which never listens, and gives what the command said."""

    class Listening(Exception):
        pass

    def listen(*arguments: object) -> None:
        raise Listening

    monkeypatch.setattr(serve_module, "Server", listen)

    def start(*words: str, **settings: str) -> tuple[bool, str]:
        environment = {"TRACKER_INSTANCE": str(web_config.instance)}
        environment |= {
            name if name.startswith("FLASK") else f"TRACKER_{name}": value for name, value in settings.items()
        }
        result = CliRunner().invoke(main, ["serve", *words], env=environment)
        return isinstance(result.exception, Listening), result.output

    return start


def test_loopback_needs_nothing(run: Callable[..., Any]) -> None:
    assert run()[0]
    assert run(HOST="::1")[0]


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        ((), {}, ["for all to read", "any host name"]),
        (("--without-tls",), {}, ["any host name"]),
        ((), {"TRUSTED_HOSTS": "tracker.example.org"}, ["for all to read"]),
        ((), {"PUBLIC_URL": "http://tracker.example.org"}, ["for all to read"]),
        ((), {"PUBLIC_URL": HTTPS, "FLASK_DEBUG": "1"}, ["unset FLASK_DEBUG"]),
    ],
)
@pytest.mark.parametrize("host", ["0.0.0.0", *OTHER_HOSTS])
def test_an_unsafe_server_does_not_start(
    run: Callable[..., Any], host: str, words: tuple[str, ...], settings: dict[str, str], told: list[str]
) -> None:
    started, output = run(*words, HOST=host, **settings)
    assert not started
    assert [line for line in told if line not in output] == []
    assert output.count("\n- ") == len(told)


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ((), {"PUBLIC_URL": HTTPS}),
        (("--without-tls",), {"TRUSTED_HOSTS": "tracker.example.org"}),
    ],
)
def test_a_safe_one_starts(run: Callable[..., Any], words: tuple[str, ...], settings: dict[str, str]) -> None:
    assert run(*words, HOST="0.0.0.0", **settings)[0]


@pytest.mark.parametrize("address", ["tracker.example.org", "https://", "https://x.example/path", "ftp://x.example"])
def test_a_public_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(ConfigError, match="TRACKER_PUBLIC_URL"):
        Config.load({"TRACKER_PUBLIC_URL": address})


def test_behind_tls_cookies_are_secure_and_links_lead_to_the_public_address(web_config: Config) -> None:
    app = create_app(replace(web_config, public_url=HTTPS))
    client = app.test_client()
    page = client.get("/login", base_url=HTTPS)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    typed = {"csrf_token": token, "username": "admin", "password": PASSWORD}
    headers = {"Origin": HTTPS, "Referer": f"{HTTPS}/login", "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/login", data=typed, base_url=HTTPS, headers=headers)
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert "; Secure" in cookie
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
    # The proxy speaks plain HTTP to the server; the server knows what people see.
    assert client.get("/", base_url="http://tracker.example.org").headers["Strict-Transport-Security"]
    assert client.get("/login", base_url="https://evil.example").status_code == 400
    close(app)


@pytest.mark.parametrize(
    ("proxy", "told", "seen"),
    [
        (None, "192.0.2.1", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "10.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "192.0.2.1, <script>", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("192.0.2.9", "192.0.2.1", "127.0.0.1"),
    ],
)
def test_only_the_proxy_is_believed(web_config: Config, proxy: str | None, told: str, seen: str) -> None:
    app: Flask = create_app(replace(web_config, trusted_proxy=proxy))
    app.view_functions["security.login"] = lambda: str(request.remote_addr)
    answer = app.test_client().get("/login", base_url="http://127.0.0.1:8000", headers={"X-Forwarded-For": told})
    assert answer.text == seen
    close(app)


def test_a_rotated_key_ends_every_session(web_config: Config) -> None:
    app = create_app(web_config)
    browser = Browser(app.test_client())
    assert browser.sign_in("editor").status_code == 302
    path = web_config.instance / "secret_key"
    before = secret_key(path)
    result = CliRunner().invoke(main, ["users", "rotate-key"], env={"TRACKER_INSTANCE": str(web_config.instance)})
    assert result.output == "There is a new secret key; 1 session ended. Start the servers anew.\n"
    assert secret_key(path) != before
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in web_config.instance.glob("secret_key*")] == ["secret_key"]
    # The servers that still run let nobody in either.
    assert browser.get("/").status_code == 302
    with Session(app.extensions["security"].datastore.engine) as accounts:
        assert accounts.scalar(select(func.count()).select_from(UserSession)) == 0
    close(app)


@pytest.mark.parametrize("sent", [b"GARBAGE\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n"])
def test_what_is_no_request_is_answered_with_the_headers_too(app: Flask, sent: bytes) -> None:
    server = Server(app, "127.0.0.1", 0, 1, 1000)
    address = server._server.socket.getsockname()
    with socket.create_connection(address) as visitor:
        visitor.sendall(sent)
        visitor.settimeout(0.05)
        answer = b""
        for _ in range(200):
            wasyncore.loop(timeout=0.05, map=server._sockets, count=1)
            with suppress(TimeoutError):
                answer += visitor.recv(4000)
            if b"\r\n\r\n" in answer:
                break
    server._server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(server._sockets, ignore_all=True)
    text = answer.decode()
    assert " 400 " in text
    for name, value in guard.HEADERS.items():
        assert f"{name}: {value}".lower() in text.lower()
