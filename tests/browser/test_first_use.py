"""From the one-time link to a status update with evidence, as somebody new would do it."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched, tracker
from tracker.config import Config

pytestmark = pytest.mark.browser


def test_a_status_update_is_recorded_and_seen_in_history_and_report(new_desk: Watched, new_config: Config) -> None:
    page = new_desk.page
    page.get_by_role("link", name="Commitments", exact=True).click()
    page.get_by_label("Search commitments").fill("unicorn")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Transfer of the UNICORN antenna").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("UNICORN")
    # The key is listened to when the page has loaded its script.
    page.wait_for_load_state()
    page.keyboard.press("u")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Status", exact=False).first.select_option(label="Fulfilled")
    expect(dialog.get_by_text("Done as promised.").first).to_be_visible()
    dialog.get_by_label("Reason").fill("The memorandum of implementation was signed.")
    dialog.get_by_text("A source that is not in the list").click()
    dialog.get_by_label("Title of a new source").fill("Release on the signing")
    dialog.get_by_label("Its address").fill("https://example.org/unicorn")
    dialog.get_by_label("Quote").fill("signed the Memorandum of Implementation")
    dialog.get_by_role("button", name="Record status").click()
    expect(page.get_by_text("Status recorded.")).to_be_visible()
    history = page.get_by_role("region", name="What became of it").locator(".timeline")
    expect(history).to_contain_text("The memorandum of implementation was signed.")
    expect(history.get_by_role("link", name="Release on the signing")).to_be_visible()
    today = datetime.now(UTC).date().isoformat()
    report = tracker(new_config, "reports", "run", "status-changes", "--since", today, "--until", today)
    assert "IJ-2024-03" in report
    assert "The memorandum of implementation was signed." in " ".join(report.split())


def test_a_form_with_changes_asks_before_it_is_left(desk: Watched) -> None:
    page = desk.open("/topics/new")
    page.get_by_label("Label").fill("Half a thought")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append("asked")
        dialog.dismiss()  # type: ignore[attr-defined] # a Dialog of Playwright

    page.on("dialog", stay)
    page.get_by_role("link", name="Home").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["asked"]
    expect(page.get_by_label("Label")).to_have_value("Half a thought")
    page.remove_listener("dialog", stay)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Topic saved.")).to_be_visible()


def test_what_was_typed_survives_a_session_that_has_ended(desk: Watched) -> None:
    page = desk.open("/topics/new")
    page.get_by_label("Label").fill("Fisheries and fleets")
    elsewhere = desk.context.new_page()
    elsewhere.goto(f"{desk.address}/")
    elsewhere.get_by_role("button", name="Sign out").click()
    elsewhere.wait_for_url(f"{desk.address}/login")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is lost")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    expect(page.get_by_text("Fisheries and fleets")).to_be_visible()
    elsewhere.get_by_label("User name").fill("anna")
    elsewhere.get_by_label("Password").fill("correct horse battery")
    elsewhere.get_by_role("button", name="Sign in").click()
    elsewhere.wait_for_url(f"{desk.address}/")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Topic saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fisheries and fleets")
