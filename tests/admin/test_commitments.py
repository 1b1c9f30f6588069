"""The list and the page of commitments, and the form that says what became of one."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.admin.conftest import Browser, SignedIn, add_people, close, fields_of
from tests.cast import first_commitment
from tests.conftest import TESTER
from tracker.app import create_app
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Commitment, Source, Statement, StatusUpdate

PAGE = "/commitments/IJ-2024-01"
FULFILLED = {
    "status": "fulfilled",
    "effective_on": "2025-03-27",
    "reason": "The consulate opened its doors.",
    "source": "paper",
    "exact": "opened today",
    "locator": "paragraph 2",
}


def commitment(records: Session) -> Commitment:
    records.rollback()
    return records.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()


def test_a_status_update_with_evidence_is_recorded_and_seen(editor: Browser, records: Session) -> None:
    response = editor.fill(f"{PAGE}/status", **FULFILLED)
    assert (response.status_code, response.location) == (302, PAGE)
    found = commitment(records)
    assert found.status == "fulfilled"
    update = found.status_updates[-1]
    assert (update.recorded_by, update.effective_on) == ("editor", date(2025, 3, 27))
    assert [(one.source.slug, one.exact, one.locator) for one in update.citations] == [
        ("paper", "opened today", "paragraph 2")
    ]
    text = editor.get(PAGE).text
    assert "Status recorded." in text
    assert "The consulate opened its doors." in text
    assert "opened today" in text


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
def test_a_status_update_works_on_each_engine(
    request: pytest.FixtureRequest, password_hash: str, engine_name: str
) -> None:
    config: Config = request.getfixturevalue({"sqlite": "sqlite_config", "postgresql": "postgres_config"}[engine_name])
    add_people(config, password_hash)
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        first_commitment(session)
    app = create_app(config)
    browser = Browser(app.test_client())
    browser.sign_in("editor")
    missing = browser.fill(f"{PAGE}/status", **FULFILLED | {"source": "", "exact": "", "locator": ""})
    assert "Status fulfilled: cite at least one source as evidence" in missing.text
    assert browser.fill(f"{PAGE}/status", **FULFILLED).status_code == 302
    assert "Fulfilled" in browser.get("/commitments/?status=fulfilled&q=FUKUOKA").text
    with Session(engine) as session:
        assert session.scalars(select(Commitment.status).order_by(Commitment.public_id)).all() == [
            "fulfilled",
            "unreviewed",
        ]
    engine.dispose()
    close(app)


def test_a_new_source_comes_with_the_update(editor: Browser, records: Session) -> None:
    typed = FULFILLED | {"source": "", "source_title": "Release of March", "source_url": "https://example.org/r"}
    assert editor.fill(f"{PAGE}/status", **typed).status_code == 302
    source = records.scalars(select(Source).where(Source.slug == "release-of-march")).one()
    assert (source.url, source.accessed_on) == ("https://example.org/r", datetime.now(UTC).date())


def test_a_slipped_target_shows_beside_the_original(editor: Browser, records: Session) -> None:
    typed = {"status": "stalled", "reason": "The budget was cut.", "new_target_on": "2027-03"}
    assert editor.fill(f"{PAGE}/status", **typed).status_code == 302
    found = commitment(records)
    assert (found.original_target_on, found.target_on) == (date(2025, 12, 31), date(2027, 3, 31))
    text = editor.get(PAGE).text
    assert "Original target" in text
    assert "Mar 2027" in text


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"status": ""}, "status", "Choose a status"),
        ({"status": "resting"}, "status", "Not a valid choice"),
        ({"reason": " "}, "reason", "tell the reason"),
        ({"source": "", "exact": "", "locator": ""}, "source", "cite at least one source"),
        ({"source": ""}, "source", "Choose a source, or give the title of a new one"),
        ({"source": "gone"}, "source", "There is no"),
        ({"source_title": "Another"}, "source", "not both"),
        ({"source": "", "source_title": "A", "source_url": "example"}, "source_url", "Write the whole address"),
        (
            {"effective_on": (datetime.now(UTC) + timedelta(days=3)).date().isoformat()},
            "effective_on",
            "has not come yet",
        ),
        ({"effective_on": "yesterday"}, "effective_on", "Not a valid date"),
        ({"new_target_on": "soon"}, "new_target_on", "Write a day as"),
    ],
)
def test_a_mistake_stands_at_its_field_and_nothing_typed_is_lost(
    editor: Browser, records: Session, typed: dict[str, Any], field: str, told: str
) -> None:
    response = editor.fill(f"{PAGE}/status", **FULFILLED | typed)
    assert response.status_code == 200
    (error,) = re.findall(rf'id="{field}-error">\s*(.*?)\s*</p>', response.text)
    assert told in error
    assert "opened today" in response.text or typed.get("exact") == ""
    assert "The consulate opened its doors." in response.text or "reason" in typed
    assert commitment(records).status == "in_progress"
    assert records.scalars(select(Source.slug)).all() == ["paper"]


def test_a_mistake_is_corrected_and_stays_visible(editor: Browser, records: Session) -> None:
    editor.fill(f"{PAGE}/status", **FULFILLED)
    wrong = commitment(records).status_updates[-1]
    page = editor.get(f"{PAGE}/status?corrects={wrong.key}")
    assert "Correct a status of" in page.text
    right = {"status": "in_progress", "effective_on": "2025-03-27", "reason": "Only the site was opened."}
    assert editor.fill(f"{PAGE}/status?corrects={wrong.key}", **right).status_code == 302
    found = commitment(records)
    assert found.status == "in_progress"
    assert found.status_updates[-1].corrects_id == wrong.id
    text = editor.get(PAGE).text
    assert "The consulate opened its doors." in text
    assert "Corrected" in text
    assert "Correction of" in text
    again = editor.fill(f"{PAGE}/status?corrects={wrong.key}", **right)
    assert "was corrected before" in again.text


def test_another_commitment_s_update_is_not_corrected_from_here(editor: Browser, records: Session) -> None:
    key = commitment(records).status_updates[-1].key
    typed = {"status": "not_started", "reason": "So it is."}
    response = editor.fill(f"/commitments/IJ-2024-02/status?corrects={key}", **typed)
    assert "not one of this commitment" in response.text


def test_the_page_shows_the_operative_words_in_their_quote(editor: Browser) -> None:
    text = editor.get(PAGE).text
    assert "<mark>will open</mark> a new Consulate" in text
    for shown in ("Decided", "In progress", "External Affairs Minister", "Consular", "The consulate receives people."):
        assert shown in text


def test_a_withdrawn_commitment_leaves_the_list_and_can_come_back(editor: Browser, records: Session) -> None:
    page = editor.get(f"{PAGE}/withdraw")
    assert "IJ-2024-02" in page.text
    incomplete = editor.fill(f"{PAGE}/withdraw", withdrawn_reason="")
    assert "This is needed." in incomplete.text
    assert editor.fill(f"{PAGE}/withdraw", withdrawn_reason="Recorded twice.").location == PAGE
    assert "IJ-2024-01" not in editor.get("/commitments/").text
    assert "IJ-2024-01" in editor.get("/commitments/?show=withdrawn").text
    assert "Recorded twice." in editor.get(PAGE).text
    assert editor.post(f"{PAGE}/reinstate").location == PAGE
    assert commitment(records).withdrawn_on is None
    assert "IJ-2024-01" in editor.get("/commitments/").text


def test_a_viewer_is_offered_nothing_that_would_be_refused(signed_in: SignedIn) -> None:
    viewer = signed_in("viewer")
    text = viewer.get(PAGE).text
    for act in ("Update status", "Edit", "Withdraw", "Delete", "Add party"):
        assert f">{act}<" not in text
    assert "New commitment" not in viewer.get("/commitments/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["IJ-2024-01", "IJ-2024-02"]),
        ("q=fukuoka", ["IJ-2024-01"]),
        ("q=WILL+OPEN", ["IJ-2024-01"]),
        ("q=2024-02", ["IJ-2024-02"]),
        ("q=100%25", []),
        ("q=consulate+fukuoka", ["IJ-2024-01"]),
        ("status=in_progress", ["IJ-2024-01"]),
        ("kind=principle", ["IJ-2024-02"]),
        ("strength=decided", ["IJ-2024-01"]),
        ("meeting=india-japan-2plus2-3", ["IJ-2024-01", "IJ-2024-02"]),
        ("topic=consular", ["IJ-2024-01"]),
        ("party=JP", ["IJ-2024-01"]),
        ("party=mea", ["IJ-2024-02"]),
        ("show=open&kind=principle", ["IJ-2024-02"]),
        ("show=closed", []),
        ("show=unreviewed", ["IJ-2024-02"]),
        ("show=overdue", ["IJ-2024-01"]),
        ("show=unverified", ["IJ-2024-01", "IJ-2024-02"]),
        ("sort=public_id", ["IJ-2024-01", "IJ-2024-02"]),
        ("sort=-public_id", ["IJ-2024-02", "IJ-2024-01"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(editor: Browser, query: str, found: list[str]) -> None:
    text = editor.get(f"/commitments/?{query}").text
    shown = re.findall(r'class="name id" href="/commitments/([^"]+)"', text)
    assert shown == found if "sort" in query else sorted(shown) == found


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "page=99999999999999999999",
        "page=-1",
        "page=x",
        "sort=password",
        "sort=--public_id",
        "q=%00",
        "q=%25%5F%5C",
        "status=in_progress&status=fulfilled",
        "unknown=1",
        "topic=%F0%9F%92%A9",
    ],
)
def test_an_odd_address_is_answered_calmly(editor: Browser, query: str) -> None:
    assert editor.get(f"/commitments/?{query}").status_code == 200


def test_a_filter_value_that_does_not_exist_is_told(editor: Browser) -> None:
    assert "there is no &#39;nonsense&#39; to choose" in editor.get("/commitments/?status=nonsense").text


def test_many_commitments_come_in_pages_without_gaps(editor: Browser, app: Flask, web_config: Config) -> None:
    engine = create_engine(web_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        statement = session.scalars(select(Statement)).one()
        session.add_all(
            Commitment(
                public_id=f"IJ-2023-{n:03}",
                meeting=statement.meeting,
                kind="call",
                title="Same",
                statements=[statement],
            )
            for n in range(1, 120)
        )
        session.commit()
    engine.dispose()
    seen: list[str] = []
    for page in (1, 2, 3):
        text = editor.get(f"/commitments/?sort=title&page={page}").text
        seen += re.findall(r'class="name id" href="/commitments/([^"]+)"', text)
    assert len(seen) == len(set(seen)) == 121
    assert "Page 3 of 3" in editor.get("/commitments/?page=77").text


def test_two_editors_of_one_record_both_keep_what_they_typed(signed_in: SignedIn, records: Session) -> None:
    first, second = signed_in("editor"), signed_in("admin")
    first.get(f"{PAGE}/edit")
    held = second.get(f"{PAGE}/edit")
    assert first.fill(f"{PAGE}/edit", title="Open it in Fukuoka").status_code == 302
    response = second.post(f"{PAGE}/edit", fields_of(held.text) | {"title": "Open it soon", "owner": "admin"})
    assert response.status_code == 409
    for shown in ("Open it in Fukuoka", "Open it soon", "Somebody else changed this commitment"):
        assert shown in response.text
    assert commitment(records).title == "Open it in Fukuoka"
    over = second.post(f"{PAGE}/edit", fields_of(response.text))
    assert over.status_code == 302
    found = commitment(records)
    assert (found.title, found.owner) == ("Open it soon", "admin")


def test_a_status_update_does_not_get_in_the_way_of_an_open_form(editor: Browser, signed_in: SignedIn) -> None:
    held = editor.get(f"{PAGE}/edit").text
    signed_in("admin").fill(f"{PAGE}/status", **FULFILLED)
    assert editor.post(f"{PAGE}/edit", fields_of(held) | {"owner": "editor"}).status_code == 302


def test_updates_are_never_edited_or_deleted(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    for noun in ("status-updates", "citations", "checks", "audit"):
        for page in ("edit", "delete"):
            assert admin.get(f"/{noun}/1/{page}").status_code == 404
            assert admin.post(f"/{noun}/1/{page}").status_code == 404
    assert len(records.scalars(select(StatusUpdate)).all()) == 1
