"""Every kind of page: for everybody, at every width, in both schemes, under the strict policy."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, OpenBrowser, Serve, Watched, free_port
from tracker.config import Config

pytestmark = pytest.mark.browser

NARROW, WIDE = 390, 1440
ALL_LOOKS = tuple((width, scheme) for width in (WIDE, NARROW) for scheme in ("light", "dark"))
# Each width and each scheme once.
LOOKS = ((WIDE, "light"), (NARROW, "dark"))
PAGES = (
    "/",
    "/commitments/",
    "/commitments/?q=nothing+like+it",
    "/commitments/?status=nonsense",
    "/search/",
    "/views/",
    "/commitments/?status=stalled",
    "/search/?q=japan+secur",
    "/search/?q=Kamikwa",
    "/commitments/IJ-2024-03",
    "/commitments/IJ-2024-03/status",
    "/commitments/IJ-2024-03/edit",
    "/commitments/IJ-2024-03/withdraw",
    "/commitments/IJ-2024-03/delete",
    "/commitments/new",
    "/status-updates/",
    "/status-updates/1",
    "/meetings/india-japan-2-plus-2-third",
    "/statements/",
    "/statements/ij-2024-unicorn",
    "/statements/new",
    "/sources/unsigned-report-2024-08-21",
    "/citations/1",
    "/ministers/minoru-kihara",
    "/series/india-japan-2-plus-2",
    "/offices/defence-minister-japan",
    "/topics/security/delete",
    "/statuses/",
    "/lexicon/",
    "/reading/",
    "/review/",
    "/review/IJ-2024-03",
    "/editions/",
    "/editions/india-japan-2-plus-2",
    "/reading/unsigned-report-2024-08-21",
    "/audit/",
    "/audit/1",
    "/reports/",
    "/reports/overdue?as_of=2030-01-01",
    "/reports/status-by-meeting",
    "/reports/chain",
    "/reports/overdue?as_of=soon",
    "/reports/brief/india-japan-2-plus-2",
    "/console/",
    "/commitments/IJ-2024-03/history",
    "/accounts/",
    "/accounts/anna",
    "/account/",
    "/?as_of=2024-10-01&known=1",
    "/commitments/?as_of=2023-01-01",
    "/entering/?series=india-japan-2-plus-2",
    "/entering/india-japan-2-plus-2-third",
    "/commitments/many?all=1&kind=proposal&change=party",
    "/commitments/IJ-2024-03?as_of=2024-08-25",
    "/account/password",
    "/no/such/page",
    f"/search/?q={'a' * 150}",
)


def test_a_narrow_home_shows_tables_in_place_of_pictures(desk: Watched) -> None:
    page = desk.open("/")
    picture = page.get_by_role("region", name="Status by meeting, picture")
    cell = page.get_by_role("region", name="Status by meeting", exact=True).get_by_role(
        "link", name="Third India-Japan"
    )
    expect(picture).to_be_visible()
    expect(cell).to_be_hidden()
    page.set_viewport_size({"width": NARROW, "height": 900})
    expect(picture).to_be_hidden()
    expect(cell).to_be_visible()


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong, whatever its impact, and whether the page scrolls sideways."""
    found = [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"scrolls sideways by {wide}"] if wide > 0 else [])


def seen_as(page: Page, looks: Sequence[tuple[int, str]]) -> list[str]:
    """The faults of the open page at these widths and in these schemes."""
    found = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # light or dark
        found += [f"{page.url} {width} {scheme}: {fault}" for fault in faults(page)]
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(ALL_LOOKS, marks=pytest.mark.long)], ids=["some", "all"])
def test_every_page_serves_everybody_in_every_look(desk: Watched, looks: Sequence[tuple[int, str]]) -> None:
    found = []
    # The sample takes turns: every third page, each in one look.
    for number, address in enumerate(PAGES if looks == ALL_LOOKS else PAGES[1::3]):
        found += seen_as(desk.open(address), looks if looks == ALL_LOOKS else looks[number % 2 :][:1])
    page = desk.open("/commitments/IJ-2024-03")
    page.keyboard.press("u")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += seen_as(page, looks)
    page.get_by_role("dialog").get_by_role("button", name="Record status").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += seen_as(page, looks)
    desk.context.clear_cookies()
    found += seen_as(desk.open("/login"), looks)
    found += seen_as(desk.open("/welcome/unknown"), looks)
    assert "\n".join(found) == ""


@pytest.mark.parametrize("kinds", [25, pytest.param(1_000, marks=pytest.mark.long)], ids=["some", "all"])
def test_no_page_is_out_of_reach_of_the_walk(desk: Watched, kinds: int) -> None:
    """Follows the links of home and of the first page of each kind; whatever breaks the policy fails the test."""
    page = desk.open("/")
    seen: set[str] = set()
    waiting = ["/"]
    while waiting and len(seen) < kinds:
        address = waiting.pop(0)
        kind = re.sub(r"(?<=/)(?!new$|edit$|status$)[^/]+(?=/|$)", "x", address.partition("?")[0].removeprefix("/"))
        kind = f"{address.split('/')[1]}:{kind}"
        if kind in seen:
            continue
        seen.add(kind)
        response = page.goto(desk.address + address)
        assert response
        assert response.ok, address
        links = page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        addresses = [link.partition("#")[0] for link in links]
        # What is fetched as a file is no page.
        waiting += [one for one in addresses if "." not in one.partition("?")[0]]
    assert len(seen) >= min(kinds, 60)


def test_the_keyboard_alone_records_a_status_update(desk: Watched) -> None:
    page = desk.open("/commitments/IJ-2024-19")
    keyboard = page.keyboard
    keyboard.press("u")
    expect(page.get_by_role("dialog")).to_be_visible()
    keyboard.type("No evidence")
    keyboard.press("Tab")
    for _ in range(3):
        # Day, month and year of the date field.
        keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "reason":
        keyboard.press("Tab")
    keyboard.type("Nothing was found in the ministry's releases.")
    keyboard.press("Control+Enter")
    page.wait_for_url(f"{desk.address}/commitments/IJ-2024-19")
    expect(page.get_by_text("Status recorded.")).to_be_visible()
    expect(page.locator(".page .badge")).to_have_text("No evidence found")


def test_keys_lead_to_the_search_and_tell_of_themselves(desk: Watched) -> None:
    page = desk.open("/meetings/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert seen_as(page, LOOKS) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("kamikawa YOKO")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("kamikawa YOKO")
    expect(page.get_by_role("link", name="Yoko Kamikawa").first).to_be_visible()


def test_the_keyboard_reaches_all_that_a_mouse_reaches(desk: Watched) -> None:
    page = desk.open("/commitments/IJ-2024-03")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    count = """() => [...document.querySelectorAll(
            'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
        )].filter(one => !one.closest('dialog') && one.checkVisibility()).length"""
    reachable = page.evaluate(count)
    reached = set()
    for _ in range(reachable + 5):
        reached.add(
            page.evaluate(
                """() => { const one = document.activeElement;
                if (!one.dataset.seen) one.dataset.seen = String(Math.random()); return one.dataset.seen; }"""
            )
        )
        page.keyboard.press("Tab")
    # The browser's own stops, as the end of the page, may come on top.
    assert len(reached) >= reachable


def test_a_mistake_is_corrected_in_sight_of_everybody(desk: Watched) -> None:
    page = desk.open("/commitments/IJ-2024-03")
    page.get_by_role("link", name="Correct the status of 2024-08-20").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Correct a status of")
    page.get_by_label("Status", exact=False).first.select_option(label="Stalled")
    page.get_by_label("Reason").fill("The text speaks of progress in talks, not of work.")
    page.get_by_role("button", name="Record").click()
    history = page.get_by_role("region", name="What became of it").locator(".timeline")
    expect(history).to_contain_text("Corrected")
    expect(history).to_contain_text("Correction of in progress")
    expect(page.locator(".page .badge").first).to_have_text("Stalled")


def test_a_withdrawal_asks_for_its_reason_and_stays_visible(desk: Watched) -> None:
    page = desk.open("/commitments/IJ-2024-26")
    page.get_by_role("link", name="Withdraw").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Withdraw Human resources")
    page.get_by_role("button", name="Withdraw commitment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Withdraw Human resources")
    page.get_by_label("Reason").fill("It repeats another record.")
    page.get_by_role("button", name="Withdraw commitment").click()
    expect(page.get_by_text("It repeats another record.")).to_be_visible()


def test_deleting_still_asks_under_the_strict_policy(desk: Watched) -> None:
    page = desk.open("/topics/new")
    page.get_by_label("Label").fill("Passing thought")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete Passing thought?")
    page.get_by_role("button", name="Delete topic").click()
    expect(page.get_by_text("Topic deleted.")).to_be_visible()


def test_the_citation_goes_to_the_clipboard(desk: Watched) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = desk.open("/commitments/IJ-2024-03")
    page.get_by_role("button", name="Copy citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "IJ-2024-03" in copied
    assert "Status as of" in copied
    assert copied.endswith("/commitments/IJ-2024-03")


def test_two_browsers_on_two_servers_lose_nothing_of_one_commitment(
    desk: Watched, seeded_config: Config, serve: Serve, open_browser: OpenBrowser
) -> None:
    second_config = replace(seeded_config, port=free_port())
    serve(second_config)
    other = open_browser(second_config.address)
    page = other.open("/login")
    page.get_by_label("User name").fill("anna")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    other.open("/commitments/IJ-2024-03/edit").get_by_label("Title").fill("UNICORN, their title")
    mine = desk.open("/commitments/IJ-2024-03/edit")
    mine.get_by_label("Title").fill("UNICORN, my title")
    mine.get_by_label("Owner").fill("anna")
    other.page.get_by_role("button", name="Save").click()
    expect(other.page.get_by_text("Commitment saved.")).to_be_visible()
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Somebody else changed this commitment")
    expect(mine.get_by_text("UNICORN, their title").first).to_be_visible()
    expect(mine.get_by_text("UNICORN, my title")).to_be_visible()
    assert seen_as(mine, LOOKS) == []
    mine.get_by_role("button", name="Go on editing mine").click()
    expect(mine.get_by_label("Title")).to_have_value("UNICORN, my title")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("UNICORN, my title", timeout=PATIENCE * 1000)
