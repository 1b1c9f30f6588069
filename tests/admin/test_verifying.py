"""Whatever page adds a quote or changes a text: the quote is verified when the page answers, and every page says so."""

import hashlib
import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.admin.conftest import Browser
from tracker.config import Config
from tracker.documents import archive
from tracker.models import Citation, Source, Verification

PAPER = "The minister said that India will open a new Consulate in Fukuoka.\n\nIt did so “in time”.\n"
SHA256 = hashlib.sha256(PAPER.encode()).hexdigest()


@pytest.fixture
def held(web_config: Config, editor: Browser) -> None:
    """The text of `paper` is in the archive, and the source names it."""
    archive.keep(web_config.documents, PAPER.encode())
    saved = editor.fill("/sources/paper/edit", sha256=SHA256)
    assert saved.status_code == 302


def checks(records: Session, exact: str) -> list[tuple[Any, ...]]:
    """Result, text and paragraph of each check of the citation with this quote."""
    records.rollback()
    found = select(Verification).join(Citation).where(Citation.exact == exact).order_by(Verification.id)
    return [(one.result, one.sha256, one.paragraph) for one in records.scalars(found)]


def test_another_text_is_looked_through_at_once(held: None, editor: Browser, records: Session) -> None:
    assert checks(records, "will open a new Consulate") == [("no_document", None, None), ("verbatim", SHA256, 1)]
    editor.fill("/sources/paper/edit", sha256="b" * 64)
    assert checks(records, "will open a new Consulate")[-1] == ("no_document", None, None)


def test_what_changes_no_quote_is_followed_by_no_check(held: None, editor: Browser, records: Session) -> None:
    before = records.query(Verification).count()
    assert editor.fill("/sources/paper/edit", title="Another title").status_code == 302
    records.rollback()
    assert records.query(Verification).count() == before


def test_a_new_citation_is_verified(held: None, editor: Browser, records: Session) -> None:
    editor.fill("/citations/new?statement=consulate", source="paper", exact='It did so "in time"')
    editor.fill("/citations/new?statement=consulate", source="paper", exact="will shut a Consulate")
    assert checks(records, 'It did so "in time"') == [("normalised", SHA256, 2)]
    assert checks(records, "will shut a Consulate") == [("not_found", SHA256, None)]
    page = editor.get("/statements/consulate").text
    assert ("Verified<" in page, "Verified, normalised" in page, "Not found in the text" in page) == (True, True, True)


def test_the_evidence_of_a_status_is_verified(held: None, editor: Browser, records: Session) -> None:
    saved = editor.fill(
        "/commitments/IJ-2024-01/status",
        status="fulfilled",
        effective_on="2025-03-01",
        reason="It opened.",
        source="paper",
        exact="It did so “in time”",
    )
    assert saved.status_code == 302
    assert checks(records, "It did so “in time”") == [("verbatim", SHA256, 2)]
    assert "in paragraph 2" in editor.get("/commitments/IJ-2024-01").text


def test_a_refused_form_leaves_no_check(held: None, editor: Browser, records: Session) -> None:
    before = records.query(Verification).count()
    refused = editor.fill("/citations/new?statement=consulate", source="nowhere", exact="It did so")
    assert refused.status_code == 200
    records.rollback()
    assert records.query(Verification).count() == before


@pytest.mark.parametrize(
    "address",
    [
        "/commitments/IJ-2024-01",
        "/statements/consulate",
        "/sources/paper",
        "/citations/",
        "/citations/1",
        "/reading/paper",
        "/search/?q=consulate",
    ],
)
def test_the_mark_stands_wherever_the_quote_does(held: None, editor: Browser, address: str) -> None:
    page = editor.get(address).text
    assert "will open a new Consulate" in re.sub("<[^>]+>", "", page)
    assert 'class="check good"' in page


def test_a_text_that_is_not_held_here_is_told_of(editor: Browser, records: Session) -> None:
    page = editor.get("/statements/consulate").text
    assert "No archived text" in page
    source = records.scalars(select(Source)).one()
    assert source.sha256 == "a" * 64
