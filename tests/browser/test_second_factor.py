"""Coming in, by a real browser: the link, the password, the code; each page for everybody, in every look."""

import re
from collections.abc import Sequence

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenBrowser, Serve, Watched, tracker
from tests.browser.test_pages import ALL_LOOKS, LOOKS, seen_as
from tracker.config import Config

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


@pytest.fixture
def door(new_config: Config, serve: Serve, open_browser: OpenBrowser) -> Watched:
    """A browser before a tracker that nobody has an account at, where whoever wants has a second factor."""
    (new_config.instance / "config.toml").write_text('second_factor = "optional"\n')
    serve(new_config)
    return open_browser(new_config.address)


def code_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Code")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(ALL_LOOKS, marks=pytest.mark.long)], ids=["some", "all"])
def test_a_second_factor_from_its_set_up_to_the_loss_of_the_phone(
    door: Watched, new_config: Config, looks: Sequence[tuple[int, str]]
) -> None:
    page = door.page
    found: list[str] = []
    visited: list[str] = []

    def look() -> None:
        # The sample is every other page, in one look.
        if looks == ALL_LOOKS or len(visited) % 2 == 0:
            found.extend(seen_as(page, looks if looks == ALL_LOOKS else looks[len(visited) // 2 % 2 :][:1]))
        visited.append(page.url)

    page.goto(tracker(new_config, "users", "link").strip())
    look()
    page.get_by_label("User name").fill("anna")
    page.get_by_label("Password", exact=False).nth(0).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    press(page, "Make my account")

    door.open("/account/").get_by_role("link", name="Set up a second factor").click()
    look()
    # The picture is drawn, on white in the dark, too.
    drawn = page.get_by_role("img", name="QR code").locator("svg").bounding_box()
    assert drawn
    assert drawn["width"] == drawn["height"] > 150
    app = TOTP("".join(page.locator(".secret").inner_text().split()))
    code_field(page).fill(str(app.generate().token))
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Set up")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor is set up")
    look()
    recovery = page.locator("#codes").inner_text().split()
    assert len(recovery) == 10

    door.open("/account/")
    look()
    page.get_by_label("What it is for").fill("script")
    press(page, "Make a token")
    look()
    for name in ("New recovery codes", "Take it off"):
        door.open("/account/").get_by_role("link", name=name).click()
        look()
    door.open("/accounts/").get_by_label("Role").select_option("editor")
    press(page, "Make a link")
    look()
    door.open("/accounts/anna")
    look()

    door.context.clear_cookies()
    door.open("/login?next=/topics/")
    page.get_by_label("User name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.wait_for_url(re.compile("/login/code"))
    # Where one types first, without a hand on the mouse.
    expect(code_field(page)).to_be_focused()
    look()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("wrong, or was used before")).to_be_visible()
    look()
    code_field(page).fill(recovery[0])
    press(page, "Sign in")
    page.wait_for_url(re.compile(r"/topics/$"))
    expect(page.get_by_text("9 left")).to_be_visible()
    assert "\n".join(found) == ""
