"""Many commitments at once, with the keyboard alone: ticked, looked at, changed, taken back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import LOOKS, seen_as

pytestmark = pytest.mark.browser


def press(page: Page, role: str, name: str) -> None:
    """Go to a button or link and press Enter, as the keyboard does."""
    page.get_by_role(role, name=name, exact=True).focus()  # type: ignore[arg-type] # a role that ARIA knows
    page.keyboard.press("Enter")


def test_the_ticked_are_changed_and_taken_back_by_keyboard(desk: Watched) -> None:
    page = desk.open("/commitments/?kind=principle")
    for number in ("IJ-2024-26", "IJ-2024-11"):
        page.get_by_label(f"Choose {number}").focus()
        page.keyboard.press("Space")
    press(page, "button", "Change those ticked")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 2 commitments")
    page.get_by_label("Status", exact=False).first.focus()
    page.keyboard.type("No evidence")
    page.get_by_label("Reason").focus()
    page.keyboard.type("Nothing was found in the releases of both ministries.")
    press(page, "button", "Preview")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 2 commitments?")
    found = seen_as(page, LOOKS)
    press(page, "button", "Back to the form")
    expect(page.get_by_label("Reason")).to_have_value("Nothing was found in the releases of both ministries.")
    found += seen_as(page, LOOKS)
    press(page, "button", "Preview")
    press(page, "button", "Change 2 commitments")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 commitments changed")
    found += seen_as(page, LOOKS)
    page.get_by_role("link", name="IJ-2024-11").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".page .badge").first).to_have_text("No evidence found")
    page.go_back()
    press(page, "button", "Take it back")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    page.get_by_role("link", name="IJ-2024-11").click()
    expect(page.locator(".page .badge").first).to_have_text("Unreviewed")
    assert found == []


def test_all_of_a_page_are_ticked_and_a_conflict_is_named(desk: Watched) -> None:
    page = desk.open("/commitments/?kind=request")
    page.get_by_role("button", name="Tick all on this page").click()
    boxes = page.locator("input.pick")
    assert page.locator("input.pick:checked").count() == boxes.count() > 1
    page.get_by_role("button", name="Change those ticked").click()
    page.get_by_role("button", name="Owner").click()
    page.get_by_label("Owner").fill("anna")
    page.get_by_role("button", name="Preview").click()
    key = page.locator("tbody .id").first.inner_text()
    other = desk.context.new_page()
    other.goto(f"{desk.address}/commitments/{key}/edit")
    other.get_by_label("Title").fill("Renamed meanwhile")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url(f"{desk.address}/commitments/{key}")
    page.get_by_role("button", name="Change", exact=False).first.click()
    expect(page.get_by_role("alert")).to_contain_text(f"{key} Renamed meanwhile: Somebody has changed it meanwhile.")
    assert seen_as(page, LOOKS) == []
