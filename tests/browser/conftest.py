"""A real server, a real browser. What the page does wrong is collected and fails the test."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.conftest import TESTER
from tests.torture.processes import Running, start
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.seeding.check import read_seeds
from tracker.seeding.load import load
from tracker.seeding.plan import make_plan

CHROMIUM = Path("/usr/bin/chromium")
COMMAND = Path(sys.executable).with_name("tracker")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-pings"]
# Seconds; the machine may be busy with other tests.
PATIENCE = 60


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium; where there is none the tests are skipped, or fail under CI."""
    if not CHROMIUM.exists():
        message = f"no Chromium at {CHROMIUM}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """An instance with the project's own seeds loaded."""
    instance = tmp_path_factory.mktemp("seeded") / "instance"
    instance.mkdir()
    for file in sqlite_template.iterdir():
        (instance / file.name).write_bytes(file.read_bytes())
    engine = create_engine(Config.load({"TRACKER_INSTANCE": str(instance)}).database_url)
    seeds, problems = read_seeds(PROJECT / "seeds")
    assert problems == []
    with Session(engine, info={"origin": TESTER}) as session:
        load(session, make_plan(session, seeds), "tester", lambda done: None)
        session.commit()
    engine.dispose()
    return instance


@pytest.fixture
def new_config(seeded: Path, tmp_path: Path) -> Config:
    """Settings for a copy of the seeded instance, on a free port, to which nobody has come yet."""
    return copied(seeded, tmp_path / "instance")


@dataclass(frozen=True)
class Opened:
    """A seeded instance with an account for anna, and the cookies of the browser in which she is signed in."""

    instance: Path
    cookies: StorageState


@pytest.fixture(scope="session")
def opened(seeded: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The instance after anna came in through the one-time link."""
    config = copied(seeded, tmp_path_factory.mktemp("opened") / "instance")
    with serving() as begin, chromium.new_context() as context:
        begin(config)
        come_in(Watched(context.new_page(), context, config.address), config)
        cookies = context.storage_state()
    return Opened(config.instance, cookies)


@pytest.fixture
def seeded_config(opened: Opened, tmp_path: Path) -> Config:
    """Settings for a copy of the seeded instance in which anna has an account, on a free port."""
    return copied(opened.instance, tmp_path / "instance")


def copied(instance: Path, target: Path) -> Config:
    """Settings for a copy of an instance, on a free port."""
    shutil.copytree(instance, target, ignore=shutil.ignore_patterns("*.log"))
    return replace(Config.load({"TRACKER_INSTANCE": str(target)}), port=free_port())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tracker(config: Config, *arguments: str) -> str:
    """Run the command line as people do, and return what it prints."""
    command = [COMMAND, *arguments]
    return subprocess.run(command, env=environment(config), check=True, capture_output=True, text=True).stdout


def environment(config: Config) -> dict[str, str]:
    """The settings as environment variables."""
    return os.environ | {"TRACKER_INSTANCE": str(config.instance), "TRACKER_PORT": str(config.port)}


Serve = Callable[[Config], None]


@contextmanager
def serving() -> Iterator[Serve]:
    """Starts servers on some settings and waits until they answer; each ends well in the end."""
    servers: list[Running] = []

    def begin(config: Config) -> None:
        servers.append(start(config, "serve"))
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{config.address}/healthz", timeout=PATIENCE).close()
                return
            except URLError:
                assert servers[-1].process.is_alive(), servers[-1].said.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)

    yield begin
    for server in servers:
        server.process.terminate()
        server.end()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server on these settings and waits until it answers."""
    with serving() as begin:
        yield begin


@dataclass
class Watched:
    """A page in a browser of its own; what it does wrong is remembered."""

    page: Page
    context: BrowserContext
    address: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


OpenBrowser = Callable[..., Watched]


@pytest.fixture
def open_browser(chromium: Browser) -> Iterator[OpenBrowser]:
    """Opens pages of one server; fails the test where a page breaks its policy or asks another host for anything."""
    opened: list[Watched] = []

    def open_page(address: str, width: int = 1440, scheme: str = "light", **keywords: object) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            # So that nobody sees a colour on its way from one to another.
            reduced_motion="reduce",
            color_scheme=scheme,  # type: ignore[arg-type] # light or dark
            **keywords,  # type: ignore[arg-type] # as Playwright takes them
        )
        context.set_default_timeout(PATIENCE * 1000)
        watched = Watched(context.new_page(), context, address)
        watched.page.on("console", lambda m: watched.wrong.append(m.text) if is_breach(m.type, m.text) else None)
        watched.page.on("pageerror", lambda error: watched.wrong.append(str(error)))
        watched.page.on("request", lambda r: None if r.url.startswith(address) else watched.wrong.append(r.url))
        opened.append(watched)
        return watched

    yield open_page
    for watched in opened:
        watched.context.close()
    assert [wrong for watched in opened for wrong in watched.wrong] == []


def is_breach(kind: str, text: str) -> bool:
    """Whether the console tells of an error other than an answer that a test asked for, as 409."""
    return kind == "error" and "the server responded with a status of" not in text


@pytest.fixture
def desk(seeded_config: Config, opened: Opened, serve: Serve, open_browser: OpenBrowser) -> Watched:
    """A browser in which anna, an administrator, is signed in."""
    serve(seeded_config)
    watched = open_browser(seeded_config.address, storage_state=opened.cookies)
    watched.open("/")
    return watched


@pytest.fixture
def new_desk(new_config: Config, serve: Serve, open_browser: OpenBrowser) -> Watched:
    """A browser of somebody who has just come in through the one-time link, the first of all."""
    serve(new_config)
    watched = open_browser(new_config.address)
    come_in(watched, new_config)
    return watched


def come_in(watched: Watched, config: Config, name: str = "anna") -> None:
    """Make the first account through the one-time link."""
    page = watched.page
    page.goto(tracker(config, "users", "link").strip())
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=False).nth(0).fill("correct horse battery")
    page.get_by_label("Password again").fill("correct horse battery")
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url(watched.address + "/")
