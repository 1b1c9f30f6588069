"""Texts in the UI: added by file or by pasting, shown as text, compared; never served back as a page."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import document_files as files
from tests.admin.conftest import BASE, Browser, SignedIn
from tracker.config import Config
from tracker.documents import archive
from tracker.models import AuditEvent, Document, Source, Verification

FIRST = "Joint Statement\n\nThe minister said that India will open a new Consulate in Fukuoka.\n\nThe end."
ADD = "/texts/new?source=paper"


def add(browser: Browser, **typed: Any) -> TestResponse:
    """Send the form with a pasted text, or with a file as (bytes, name)."""
    browser.get(ADD)
    file = typed.pop("file", None)
    sent = {"source": "paper", "pasted": ""} | typed
    if file:
        sent["file"] = (io.BytesIO(file[0]), file[1])
    return browser.post(ADD, sent, content_type="multipart/form-data")


def kept(records: Session) -> list[Document]:
    records.rollback()
    return list(records.scalars(select(Document).order_by(Document.ordinal)))


def test_a_pasted_text_becomes_the_current_one_and_its_quotes_are_verified(
    editor: Browser, records: Session, web_config: Config
) -> None:
    saved = add(editor, pasted=FIRST.replace("\n", "\r\n"))
    assert saved.status_code == 302
    document = kept(records)[-1]
    assert (document.ordinal, document.added_by, document.media_type) == (2, "editor", "text/plain")
    assert records.scalars(select(Source)).one().sha256 == document.sha256
    assert archive.read(web_config.documents, document.sha256) == FIRST
    check = records.scalars(select(Verification).order_by(Verification.id.desc())).first()
    assert check is not None
    assert (check.result, check.paragraph) == ("verbatim", 2)
    events = records.scalars(select(AuditEvent).where(AuditEvent.record == "document")).all()
    assert [event.record_key for event in events] == ["paper/1", "paper/2"]
    assert 'Created text <a href="/sources/paper">' in editor.get("/").text
    page = editor.get(saved.location).text
    assert "India will open a new Consulate in Fukuoka." in page
    assert 'id="p3"' in page
    assert 'href="/reading/paper"' in page


def test_two_who_add_a_text_at_once_lose_none(signed_in: SignedIn, records: Session) -> None:
    texts = {name: f"{FIRST} Read by {name}." for name in ("editor", "admin")}
    with ThreadPoolExecutor(2) as pool:
        saved = pool.map(lambda name: add(signed_in(name), pasted=texts[name]), texts)
        assert [answer.status_code for answer in saved] == [302, 302]
    documents = kept(records)
    assert [document.ordinal for document in documents] == [1, 2, 3]
    assert {document.added_by for document in documents[1:]} == set(texts)
    assert records.scalars(select(Source)).one().sha256 == documents[-1].sha256


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (files.pdf([FIRST.split("\n")]), "statement.pdf", "PDF"),
        (files.word(*FIRST.split("\n\n")), "statement.docx", "DOCX"),
        (f"<html><body><p>{FIRST}</p><script>alert(1)</script>".encode(), "statement.txt", "HTML"),
        (FIRST.encode(), "statement.pdf", "Plain text"),
    ],
    ids=["pdf", "docx", "html with a wrong name", "text with a wrong name"],
)
def test_a_file_is_read_for_what_it_is(editor: Browser, records: Session, content: bytes, name: str, kind: str) -> None:
    saved = add(editor, file=(content, name))
    page = editor.get(saved.location).text
    assert kind in page
    assert "will open a new Consulate" in page
    assert "alert(1)" not in page
    check = records.scalars(select(Verification).order_by(Verification.id.desc())).first()
    assert check is not None
    assert check.result in ("verbatim", "normalised")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Choose a file, or paste the text below."),
        ({"pasted": FIRST, "file": (b"text", "a.txt")}, "not both"),
        ({"file": (b"%PDF-1.7 broken", "a.pdf")}, "a.pdf: it is no sound PDF"),
        ({"file": (b"\x89PNG\r\n", "<b>.png")}, "&lt;b&gt;.png: a picture"),
        ({"pasted": " \n "}, "holds no text"),
        ({"pasted": "a\0b"}, "not plain text"),
        ({"pasted": FIRST, "source": "nowhere"}, "There is no &#39;nowhere&#39;"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_changes(
    editor: Browser, records: Session, web_config: Config, typed: dict[str, Any], told: str
) -> None:
    refused = add(editor, **typed)
    assert refused.status_code == 200
    assert told in refused.text
    assert len(kept(records)) == 1
    assert not web_config.documents.exists()


def test_the_same_text_is_not_kept_twice(editor: Browser, records: Session) -> None:
    add(editor, pasted=FIRST)
    again = add(editor, pasted=FIRST)
    assert "current text of the source already" in again.text
    assert len(kept(records)) == 2


def test_a_corrected_text_is_a_version_of_its_own_and_shows_what_changed(editor: Browser, records: Session) -> None:
    add(editor, pasted=FIRST)
    later = editor.get(add(editor, pasted=FIRST.replace("Fukuoka", "Osaka") + "\n\nAdded.").location).text
    changes = editor.get(re.findall(r'href="([^"]+since=2)"', later)[0].replace("&amp;", "&")).text
    assert "<del>Fukuoka</del><ins>Osaka</ins>" in changes
    assert "<ins>Added.</ins>" in changes
    assert "1 paragraph unchanged" in changes
    source = editor.get("/sources/paper").text
    assert source.index("Version 3") < source.index("Version 2") < source.index("Version 1")
    assert "has another text by now" in editor.get(f"/texts/{kept(records)[1].id}").text
    newest = f"/texts/{kept(records)[2].id}"
    assert editor.get(f"{newest}/changes?since=7").location == newest


def test_a_text_is_served_as_text_alone(editor: Browser, records: Session) -> None:
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> They agreed."
    saved = add(editor, pasted=hostile)
    assert "<script>alert(1)" not in editor.get(saved.location).text
    plain = editor.get(f"{saved.location}/plain")
    assert plain.text == hostile
    assert plain.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert plain.headers["Content-Disposition"].startswith("attachment")
    assert plain.headers["X-Content-Type-Options"] == "nosniff"


def test_a_text_that_is_not_held_here_is_told_of(editor: Browser) -> None:
    assert "This text is not held here." in editor.get("/texts/1").text
    assert editor.get("/texts/1/plain").location == "/texts/1"
    assert "not held here" in editor.get("/texts/1").text


def send_large(browser: Browser, size: int) -> TestResponse:
    """Post a plain text of this size; written by hand, since the client would leave its temporary file open."""
    browser.get(ADD)
    parts = {
        "csrf_token": browser.token,
        "source": "paper",
        "pasted": "",
        'file"; filename="large.txt': "They. " * (size // 6),
    }
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{part}\r\n' for name, part in parts.items()
    )
    return browser.client.post(
        ADD, data=f"{body}--x--\r\n".encode(), content_type="multipart/form-data; boundary=x", base_url=BASE
    )


def test_a_file_may_be_larger_than_other_posts_for_those_who_may_add_one(signed_in: SignedIn, records: Session) -> None:
    assert send_large(signed_in("viewer"), 3_000_000).status_code == 413
    assert send_large(signed_in("editor"), 3_000_000).status_code == 302
    assert kept(records)[-1].characters == 3_000_000
    too_large = send_large(signed_in("editor"), 11_000_000)
    assert too_large.status_code == 413
    assert "10 MB is the limit here" in too_large.text


def test_other_posts_are_as_small_as_ever(editor: Browser) -> None:
    refused = editor.client.post("/sources/new", data={"note": "x" * 2_200_000}, base_url=BASE)
    assert refused.status_code == 413
    assert "2 MB is the limit here" in refused.text


def test_a_quote_that_is_not_found_shows_the_nearest_passage(editor: Browser, records: Session) -> None:
    add(editor, pasted=FIRST)
    editor.fill("/citations/new?statement=consulate", source="paper", exact="India will shut a new Consulate")
    page = editor.get("/citations/2").text
    assert "India will <del>shut </del><ins>open </ins>a new Consulate" in page
    assert "Not found in the text" in editor.get("/statements/consulate").text
    found = editor.get("/citations/1").text
    assert "<mark>will open a new Consulate</mark>" in found
    assert 'href="/reading/paper#p2"' in found


def test_visitors_of_public_records_see_no_text_and_nobody_who_added_one(
    editor: Browser, anonymous: Browser, app: Flask
) -> None:
    add(editor, pasted=FIRST)
    editor.fill("/citations/new?statement=consulate", source="paper", exact="India will shut a new Consulate")
    app.config["PUBLIC_RECORDS"] = True
    for address in ("/sources/paper", "/citations/1", "/citations/2"):
        page = anonymous.get(address)
        assert page.status_code == 200
        assert "Added by" not in page.text
        assert "in Fukuoka" not in page.text
        assert "<ins>" not in page.text
    assert anonymous.get("/texts/2").status_code == 302
