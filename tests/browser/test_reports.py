"""Reports and the console in a browser: what people click, and that nothing of it needs a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tracker.config import Config

pytestmark = pytest.mark.browser


def test_a_report_is_narrowed_shown_and_fetched(desk: Watched) -> None:
    page = desk.page
    page.get_by_role("link", name="Reports", exact=True).click()
    page.get_by_role("link", name="Overdue", exact=True).click()
    page.get_by_label("As of").fill("2040-01-31")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("As of: 2040-01-31.")).to_be_visible()
    expect(page.get_by_role("button", name="Stop it")).to_be_hidden()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert fetched.value.suggested_filename == "overdue-as-of-2040-01-31.csv"
    page.get_by_role("link", name="Link to this result").click()
    expect(page.get_by_label("As of")).to_have_value("2040-01-31")


def test_several_choices_are_ticked_in_a_list(desk: Watched) -> None:
    page = desk.open("/reports/open-commitments-by-topic")
    page.get_by_label("Kind: Any").click()
    page.get_by_label("Task", exact=True).check()
    page.get_by_label("Request", exact=True).check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Kind: Task, Request")).to_be_visible()
    expect(page.get_by_text("Kind: task, request.")).to_be_visible()


def test_an_endless_query_is_stopped_by_a_button(desk: Watched, seeded_config: Config) -> None:
    page = desk.open("/console/")
    page.get_by_label("One SELECT on the records").fill(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    )
    page.get_by_role("button", name="Run").click(no_wait_after=True)
    page.get_by_role("button", name="Stop it").click(no_wait_after=True)
    expect(page.get_by_text("It was stopped.")).to_be_visible()
    page.get_by_role("link", name="WITH RECURSIVE n").click()
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("table")).to_contain_text("RECURSIVE STEP")
    # The key is heard once the scripts of the page are there.
    page.wait_for_load_state()
    page.get_by_label("One SELECT on the records").fill("SELECT COUNT(*) AS commitments FROM commitment")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("columnheader", name="commitments")).to_be_visible()
