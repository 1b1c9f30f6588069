"""A past day, with the keyboard alone: chosen on a list, kept on the way, left again."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched

pytestmark = pytest.mark.browser


def test_a_past_day_is_chosen_kept_and_left_by_keyboard(desk: Watched) -> None:
    page = desk.open("/commitments/?kind=task")
    keyboard = page.keyboard
    page.get_by_text("Look at a past day").focus()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(page.get_by_label("As of")).to_be_focused()
    keyboard.type("08252024")
    page.get_by_label("As it was known then").focus()
    keyboard.press("Space")
    keyboard.press("Enter")
    page.wait_for_url("**/commitments/?kind=task&as_of=2024-08-25&known=1")
    banner = page.get_by_role("region", name="A past day")
    expect(banner).to_contain_text("As of 25 Aug 2024, as it was known then")
    expect(page.get_by_role("link", name="New commitment")).to_have_count(0)
    page.get_by_role("link", name="Series", exact=True).focus()
    keyboard.press("Enter")
    page.get_by_role("link", name="India-Japan 2+2").first.focus()
    keyboard.press("Enter")
    page.wait_for_url("**/series/*as_of=2024-08-25&known=1")
    page.locator("table.matrix a[href*='IJ-2024-03']").focus()
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("UNICORN")
    # Today, all that is on the record was recorded.
    expect(page.locator(".page .badge")).to_have_text("Unreviewed")
    keyboard.press("u")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Back to today").focus()
    keyboard.press("Enter")
    page.wait_for_url("**/commitments/IJ-2024-03")
    expect(page.locator(".page .badge").first).not_to_have_text("Unreviewed")
    expect(banner).to_have_count(0)
