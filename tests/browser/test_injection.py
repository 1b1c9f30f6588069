"""Markup in every text that the databases hold: no page, form, history, report or export runs any of it.

The browser is told to leave the content security policy out, so that what is tested is the escaping alone; the policy
is there for what would slip through.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page

from tests import cast
from tests.admin.conftest import PASSWORD, add_people, close
from tests.admin.test_routes import routes
from tests.browser.conftest import PATIENCE, OpenBrowser, Serve, free_port, tracker
from tests.conftest import TESTER
from tracker.app import create_app
from tracker.config import Config
from tracker.db import Session, create_engine, sqlite
from tracker.models import Topic
from tracker.reports import catalog

pytestmark = pytest.mark.browser

RUN = "window.ran=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"<img/src=x/onerror={RUN}>",
    f"<svg/onload={RUN}>",
    f'"><script>{RUN}</script>',
    f"'><script>{RUN}</script>",
    f'"/autofocus/onfocus={RUN}/x="',
    f"'/autofocus/onfocus={RUN}/x='",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</option></select><img/src=x/onerror={RUN}>",
    f"</style><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"<iframe/srcdoc='<script>parent.{RUN.removeprefix('window.')}</script>'>",
    f"<details/open/ontoggle={RUN}>",
    f"<math><mtext><script>{RUN}</script>",
    f"javascript:{RUN}",
    f"<a/href=javascript:{RUN}>x</a>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
)
# Where a record is looked up, and what the databases hold to a few words.
LEFT_ALONE = {
    *("slug", "public_id", "code", "key", "sha256", "hash", "previous_hash", "token_hash", "fs_uniquifier", "password"),
    *("username", "version_num", "role", "name_hash", "record", "record_key"),
}
# Beside the address of every route: what a page shows when it is asked for something.
ASKED = (
    "/?as_of=2024-10-01",
    "/commitments/?q=consulate",
    "/commitments/many?all=1&change=party",
    "/entering/?series=india-japan-2plus2",
    "/reports/brief/india-japan-2plus2",
    "/reports/commitment-history?commitment=IJ-2024-01",
    "/search/?q=consulate",
    "/search/?q=jaishankar",
    "/search/lookup/commitments?q=consulate",
    "/search/lookup/ministers?q=jais",
    "/search/lookup/parties?q=ind",
    "/search/lookup/topics?q=cons",
)
EXPORTS = ("/reports/open-commitments-by-topic", "/reports/brief/india-japan-2plus2", "/commitments/export")
INERT = {"text/csv", "application/json", "text/markdown", "application/octet-stream"}


def pages_of(config: Config) -> list[str]:
    """Every address that is read in a browser, files apart."""
    app = create_app(config)
    reports = [f"/reports/{report.name}" for report in catalog.readable(config.own_reports)[0]]
    found = {address for address, method, _ in routes(app) if method == "GET" and "." not in address}
    close(app)
    return sorted(found | {*reports, *ASKED})


@pytest.fixture
def peopled(sqlite_config: Config) -> Config:
    """An instance with an account for each role, on a free port."""
    add_people(sqlite_config, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    return replace(sqlite_config, port=free_port())


@pytest.fixture
def poisoned(peopled: Config, tmp_path: Path) -> Config:
    """The same with the cast and a document."""
    engine = create_engine(peopled.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        cast.meeting_of_2024(session)
        # More than are chosen from, so that they are looked up.
        session.add_all(Topic(slug=f"matter-{n}", label=f"Matter number {n}") for n in range(60))
        session.commit()
    engine.dispose()
    text = tmp_path / "text.txt"
    text.write_text("\n\n".join(f"India will open a new Consulate. {payload}" for payload in PAYLOADS))
    tracker(peopled, "documents", "add", "--source", "paper", str(text))
    return peopled


def poison(file: Path, first: int) -> int:
    """Put the payloads into every text column that takes them, each column another; return how many columns did."""
    taken = 0
    connection = sqlite.connect(file, isolation_level=None)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (trigger,) in names:
        connection.execute(f'DROP TRIGGER "{trigger}"')
    for table, column, kind in _text_columns(connection):
        payload = PAYLOADS[(first + taken) % len(PAYLOADS)]
        value = json.dumps({"title": [payload, payload + "x"], "note": [None, payload]}) if kind == "JSON" else payload
        # Where a column holds each value once, the number of the row makes it another.
        unique = "" if kind == "JSON" else " || rowid"
        for rows in ("1 = 1", f'"{column}" IS NOT NULL'):
            try:
                done = connection.execute(f'UPDATE "{table}" SET "{column}" = ?{unique} WHERE {rows}', (value,))
            except sqlite.IntegrityError:
                continue
            taken += bool(done.rowcount)
            break
    connection.close()
    return taken


def _text_columns(connection: Any) -> Iterator[tuple[str, str, str]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    for (table,) in tables.fetchall():
        if table.startswith(("sqlite_", "search", "status", "kind", "strength")) and table != "status_update":
            continue
        referring = {row[3] for row in connection.execute(f'PRAGMA foreign_key_list("{table}")')}
        for row in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            if row[2] in ("TEXT", "JSON") and row[1] not in LEFT_ALONE | referring and not row[5]:
                yield table, row[1], row[2]


JAVASCRIPT = 'document.querySelector(\'a[href^="javascript:" i], form[action^="javascript:" i]\')'


def ran(page: Page, told: list[str]) -> bool:
    """Whether the page ran what it should only have shown, or would at a click."""
    page.keyboard.press("Tab")
    return has_run(page, told)


def has_run(page: Page, told: list[str]) -> bool:
    """The same without a key pressed, which would close what is open."""
    return bool(page.evaluate(f"window.ran || {JAVASCRIPT} ? 1 : 0")) or bool(told)


@pytest.mark.parametrize(
    ("rounds", "every"),
    [(1, 9), pytest.param(len(PAYLOADS), 1, marks=pytest.mark.long)],
    ids=["some", "all"],
)
def test_no_text_runs_in_any_page(poisoned: Config, chromium: Browser, serve: Serve, rounds: int, every: int) -> None:
    serve(poisoned)
    pages = pages_of(poisoned)[::every]
    context = chromium.new_context(bypass_csp=True)
    context.set_default_timeout(PATIENCE * 1000)
    page, told = context.new_page(), []
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.set_content(PAYLOADS[0])
    assert ran(page, told), "what runs is not seen, so nothing is proved"
    sign_in(page, poisoned, "admin")
    astray, seen, taken = [], 0, 0
    for turn in range(rounds):
        taken = poison(poisoned.instance / "tracker.db", turn) + poison(poisoned.instance / "accounts.db", turn)
        for address in pages:
            answer = page.goto(poisoned.address + address)
            assert answer
            if answer.status >= 500 or ran(page, told):
                astray.append((turn, address, answer.status))
            seen += answer.ok
        astray += [(turn, address, 200) for address, wrong in look_ups(page, poisoned, told) if wrong]
        for address in EXPORTS:
            astray += [(turn, *wrong) for wrong in exported(context, page, poisoned.address + address, told)]
    context.close()
    assert astray == []
    assert taken >= 45
    assert seen >= rounds * len(pages) * 0.9


def look_ups(page: Page, config: Config, told: list[str]) -> Iterator[tuple[str, bool]]:
    """Let a filter and a form offer topics and take one; whether that ran anything."""
    for address in ("/commitments/", "/commitments/IJ-2024-01/edit"):
        page.goto(config.address + address)
        line = page.locator("[data-lookup*=topics]").first
        line.press_sequentially("matter")
        page.locator(".offered li").first.wait_for()
        at_sight = has_run(page, told)
        line.press("ArrowDown")
        line.press("Enter")
        if address.endswith("/"):
            # Chosen, it narrows the list.
            page.wait_for_url("**topic=**")
        yield address, at_sight or has_run(page, told)


def exported(context: BrowserContext, page: Page, address: str, told: list[str]) -> Iterator[tuple[str, int]]:
    """The exports that a browser would take for a page though they are none, or that run something as a page."""
    for ending in ("csv", "json", "md", "html"):
        file = context.request.get(f"{address}.{ending}")
        kind = file.headers["content-type"].partition(";")[0]
        if kind == "text/html" and file.ok:
            page.set_content(file.text())
            if ran(page, told):
                yield f"{address}.{ending}", file.status
        elif file.ok and (kind not in INERT or file.headers["x-content-type-options"] != "nosniff"):
            yield f"{address}.{ending} {kind}", file.status


def sign_in(page: Page, config: Config, name: str, leads_to: str = "") -> None:
    page.goto(f"{config.address}/login" + (f"?next={leads_to}" if leads_to else ""))
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


LEAVING = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "http://127.0.0.1:8000\\@evil.example/",
)


def test_no_browser_is_led_away(peopled: Config, serve: Serve, open_browser: OpenBrowser) -> None:
    serve(peopled)
    for target in LEAVING:
        page = open_browser(peopled.address).page
        sign_in(page, peopled, "viewer", target)
        assert page.url.startswith(f"{peopled.address}/"), target
