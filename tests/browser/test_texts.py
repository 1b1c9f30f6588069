"""Texts of a source in a real browser: pasted, handed in as a file, compared; and a misquotation that is found out."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import document_files as files
from tests.browser.conftest import Watched
from tests.browser.test_pages import ALL_LOOKS, LOOKS, seen_as

pytestmark = pytest.mark.browser

SOURCE = "/sources/unsigned-report-2024-08-21"
FIRST = (
    "Joint Statement of the Ministers\n\n1. India and Japan met in New Delhi on 20 August 2024.\n\n"
    "2. They agreed to continue talks on the transfer of a ship antenna by the end of 2025.\n\n"
    "3. They thanked each other for a warm welcome."
)
SECOND = FIRST.replace("agreed to continue talks on", "decided on").replace("of 2025", "of 2026").split("\n\n")


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(ALL_LOOKS, marks=pytest.mark.long)], ids=["some", "all"])
def test_a_text_is_pasted_corrected_by_a_file_and_compared(desk: Watched, tmp_path: Path, looks: list) -> None:  # type: ignore[type-arg] # as parametrised above
    page = desk.open(SOURCE)
    page.get_by_role("link", name="Add a text").click()
    expect(page.get_by_label("Source")).to_have_value("unsigned-report-2024-08-21")
    found = seen_as(page, looks)
    page.get_by_label("Or paste the text").fill(FIRST)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Text")).to_contain_text("agreed to continue talks")
    page.goto(f"{desk.address}/texts/new?source=unsigned-report-2024-08-21")
    large = tmp_path / "large.txt"
    large.write_bytes(bytes(10_000_001))
    page.get_by_label("File").set_input_files(large)
    expect(page.get_by_text("more than 10 MB and was not taken")).to_be_visible()
    corrected = tmp_path / "corrected.docx"
    corrected.write_bytes(files.word(*SECOND, "4. They will meet again."))
    page.get_by_label("File").set_input_files(corrected)
    expect(page.get_by_text("more than 10 MB and was not taken")).to_be_hidden()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("article", name="Text")).to_contain_text("decided on the transfer")
    found += seen_as(page, looks)
    page.get_by_role("link", name="Changes since version 1").click()
    expect(page.locator(".changes del").first).to_contain_text("agreed to continue talks")
    found += seen_as(page, looks)
    desk.open(SOURCE).get_by_role("link", name="Not found in the text").first.click()
    expect(page.get_by_role("heading", name="Not found in the text")).to_be_visible()
    found += seen_as(page, looks)
    found += seen_as(desk.open(SOURCE), looks)
    assert "\n".join(found) == ""
