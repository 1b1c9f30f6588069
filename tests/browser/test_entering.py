"""A meeting is entered with the keyboard alone, from its series to the second commitment."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_bulk import press
from tests.browser.test_pages import LOOKS, seen_as

pytestmark = pytest.mark.browser


def type_into(page: Page, label: str, text: str) -> None:
    page.locator("main").get_by_label(label, exact=False).first.focus()
    page.keyboard.type(text)


def test_a_meeting_is_entered_by_keyboard(desk: Watched) -> None:
    page = desk.open("/")
    press(page, "link", "Enter a meeting")
    # The choice is heard once the scripts of the page are there.
    page.wait_for_url("**/entering/")
    type_into(page, "The next edition of", "India-Japan 2+2")
    page.wait_for_url("**/entering/?series=india-japan-2-plus-2")
    expect(page.get_by_label("Name")).to_have_value("Fourth India-Japan 2+2 Foreign and Defence Ministerial Meeting")
    type_into(page, "Date", "2026-02-10")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Who attended")).to_be_focused()
    found = seen_as(page, LOOKS)
    expect(page.get_by_role("group", name="Minoru Kihara")).to_be_visible()
    page.get_by_role("group", name="Minoru Kihara").get_by_label("Attended").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="The first statement")).to_be_focused()
    type_into(page, "Attribution", "India and Japan")
    type_into(page, "Summary", "Both sides will go on with the antenna.")
    type_into(page, "Quote", "will continue the transfer of the antenna")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose a source")
    expect(page.get_by_label("Summary")).to_have_value("Both sides will go on with the antenna.")
    found += seen_as(page, LOOKS)
    page.get_by_text("A source that is not in the list").focus()
    page.keyboard.press("Enter")
    type_into(page, "Title of a new source", "Joint statement of the fourth meeting")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="A commitment in this statement")).to_be_focused()
    type_into(page, "Title", "Transfer of the UNICORN antenna to India")
    similar = page.locator("[data-similar]")
    expect(similar).to_contain_text("IJ-2024-03")
    found += seen_as(page, LOOKS)
    type_into(page, "Target", "soon")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write a day")
    expect(similar).to_contain_text("IJ-2024-03")
    page.get_by_label("Target").fill("2027")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Commitment saved.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("")
    expect(page.get_by_label("Country").first).to_have_value("IN")
    type_into(page, "Title", "Yearly exchange of engineers")
    press(page, "button", "Save, then the next statement")
    expect(page.get_by_role("heading", name="The next statement")).to_be_focused()
    expect(page.get_by_label("Attribution")).to_have_value("India and Japan")
    entered = page.get_by_role("complementary", name="Entered so far")
    expect(entered).to_contain_text("IJ-2026-01")
    expect(entered).to_contain_text("IJ-2026-02")
    expect(entered).not_to_contain_text("Kihara")
    # Where the latest changes name the meeting by its long slug.
    found += seen_as(desk.open("/"), LOOKS)
    assert found == []
