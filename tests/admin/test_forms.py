"""Forms: each noun goes there and back, errors stand at their fields, nothing typed and nothing stored is lost."""

from typing import Any

import pytest
from sqlalchemy import func, select

from tests.admin.conftest import Browser, SignedIn, fields_of
from tracker.admin.fields import parse_period, show_period
from tracker.db import Session
from tracker.models import (
    AuditBatch,
    AuditEvent,
    Base,
    Citation,
    Commitment,
    Country,
    Meeting,
    Minister,
    OfficeTerm,
    Organization,
    Source,
    Statement,
    Topic,
)

# The form of each noun, what is typed, and where a saved one leads.
NEW: dict[str, tuple[dict[str, Any], str]] = {
    "countries": ({"code": "FR", "name": "France"}, "/countries/FR"),
    "organisations": (
        {"name": "Navy of Japan", "classification": "armed_service", "country": "JP"},
        "/organisations/navy-of-japan",
    ),
    "offices": ({"label": "Finance Minister", "organization": "mea"}, "/offices/finance-minister"),
    "ministers": ({"name": "Yōko Kamikawa", "country": "JP"}, "/ministers/yoko-kamikawa"),
    "other-names": ({"minister": "s-jaishankar", "name": "Jaishankar S."}, "/ministers/s-jaishankar"),
    "office-terms": (
        {"minister": "s-jaishankar", "office": "eam", "start_date": "2019-05"},
        "/ministers/s-jaishankar",
    ),
    "series": ({"name": "Quad", "code": "Q"}, "/series/quad"),
    "meetings": (
        {"name": "Fourth 2+2", "classification": "ministerial", "status": "planned", "start_date": "2026"},
        "/meetings/fourth-2-plus-2",
    ),
    "attendance": (
        {"meeting": "fourth-2-plus-2", "minister": "s-jaishankar", "country": "IN", "office": "eam"},
        "/meetings/fourth-2-plus-2",
    ),
    "topics": ({"label": "Sea lanes", "parent": "consular"}, "/topics/sea-lanes"),
    "sources": (
        {
            "title": "A release",
            "classification": "release",
            "url": "https://example.org/a",
            "published_on": "2024-08-21",
        },
        "/sources/a-release",
    ),
    "statements": (
        {
            "meeting": "fourth-2-plus-2",
            "attribution": "India and Japan",
            "summary": "They will meet again.",
            "said_on": "2026",
            "source": "paper",
            "exact": "to meet again",
            "bearing": "supports",
            "slug": "meet-again",
        },
        "/statements/meet-again",
    ),
    "citations": (
        {"statement": "meet-again", "source": "paper", "exact": "again", "bearing": "context"},
        "/statements/meet-again",
    ),
    "commitments": (
        {
            "title": "Meet again",
            "meeting": "fourth-2-plus-2",
            "kind": "undertaking",
            "strength": "agreed",
            "operative_phrase": "to meet",
            "statements": ["", "meet-again"],
            "topics": ["", "sea-lanes"],
            "original_target_on": "2027-02",
        },
        "/commitments/X-2026-01",
    ),
    "parties": (
        {"commitment": "X-2026-01", "country": "JP", "role": "lead", "office": "eam"},
        "/commitments/X-2026-01",
    ),
    "milestones": (
        {"commitment": "X-2026-01", "criterion": "A date is set.", "status": "scheduled"},
        "/commitments/X-2026-01",
    ),
    "links": (
        {"commitment": "X-2026-01", "relation": "continues", "target": "IJ-2024-01", "basis": "stated"},
        "/commitments/X-2026-01",
    ),
}


def test_a_record_of_each_noun_is_made_through_its_form(editor: Browser, records: Session) -> None:
    for noun, (typed, leads_to) in NEW.items():
        response = editor.fill(f"/{noun}/new", **typed)
        assert (response.status_code, response.location) == (302, leads_to), (noun, response.text[-3000:])
        assert editor.get(leads_to).status_code == 200
    commitment = records.scalars(select(Commitment).where(Commitment.public_id == "X-2026-01")).one()
    assert show_period(commitment.target_on, commitment.target_precision) == "2027-02"
    assert [str(topic) for topic in commitment.topics] == ["Sea lanes"]
    assert [str(party) for party in commitment.parties] == ["Japan"]
    assert records.scalars(select(Minister.sort_name).where(Minister.slug == "yoko-kamikawa")).one() == "Yōko Kamikawa"
    ordinals = select(Citation.ordinal).join(Citation.statement).where(Statement.slug == "meet-again")
    assert records.scalars(ordinals).all() == [1, 2]


EDITABLE = (
    "countries/IN",
    "organisations/mea",
    "offices/eam",
    "ministers/s-jaishankar",
    "other-names/1",
    "office-terms/1",
    "series/india-japan-2plus2",
    "meetings/india-japan-2plus2-3",
    "attendance/1",
    "topics/consular",
    "sources/paper",
    "statements/consulate",
    "commitments/IJ-2024-01",
    "parties/1",
    "milestones/1",
    "links/1",
)


def rows(session: Session) -> dict[str, Any]:
    """Every row of every table but the audit trail."""
    session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("audit")]
    found = {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}
    session.rollback()
    return found


def test_a_form_saved_untouched_changes_no_row(editor: Browser, records: Session) -> None:
    before = rows(records)
    for address in EDITABLE:
        assert editor.fill(f"/{address}/edit").status_code == 302, address
    assert rows(records) == before


def test_a_post_that_lacks_fields_wipes_nothing(editor: Browser, records: Session) -> None:
    before = rows(records)
    for address in EDITABLE:
        version = fields_of(editor.get(f"/{address}/edit").text)["version"]
        editor.post(f"/{address}/edit", {"version": version})
    assert rows(records) == before


def test_an_edit_is_stored_and_audited_under_the_name_of_who_made_it(editor: Browser, records: Session) -> None:
    editor.fill("/meetings/india-japan-2plus2-3/edit", city="New Delhi", start_date="2024-08")
    meeting = records.scalars(select(Meeting)).one()
    assert (meeting.city, meeting.version) == ("New Delhi", 2)
    assert show_period(meeting.start_date, meeting.date_precision) == "2024-08"
    batch = records.scalars(select(AuditBatch).order_by(AuditBatch.position.desc())).first()
    assert batch
    assert (batch.actor, batch.door, batch.address) == ("editor", "web", "127.0.0.1")
    assert batch.events[0].changes["city"] == [None, "New Delhi"]


@pytest.mark.parametrize(
    ("address", "typed", "told"),
    [
        ("/meetings/new", {"name": "", "classification": "summit"}, "This is needed."),
        ("/meetings/new", {"name": "A", "classification": "summit", "status": "held"}, "held needs its date"),
        (
            "/meetings/new",
            {"name": "A", "classification": "summit", "start_date": "20 Aug"},
            "Write a day as 2024-08-20",
        ),
        (
            "/meetings/new",
            {"name": "A", "classification": "summit", "start_date": "2023-02-30"},
            "There is no such day",
        ),
        ("/meetings/new", {"name": "A", "classification": "junket"}, "Not a valid choice"),
        (
            "/meetings/new",
            {"name": "A", "classification": "summit", "start_date": "2024", "series": "nowhere"},
            "There is no",
        ),
        ("/countries/new", {"code": "fr", "name": "France"}, "Write the code in capitals"),
        ("/countries/new", {"code": "IN", "name": "Indien"}, "There is such a record already"),
        ("/topics/new", {"label": "A", "slug": "consular"}, "There is such a record already"),
        ("/topics/new", {"label": "A", "slug": "new"}, "choose another slug"),
        ("/topics/new", {"label": "A\u202eB"}, "hidden character U+202E"),
        ("/topics/new", {"label": "A" * 1001}, "At most 1000 characters"),
        ("/sources/new", {"title": "A", "classification": "other", "sha256": "abc"}, "A SHA-256 is 64 digits"),
        ("/sources/new", {"title": "A", "classification": "other", "language": "english"}, "two letters of ISO 639-1"),
        (
            "/statements/new",
            {"meeting": "india-japan-2plus2-3", "attribution": "Both", "summary": "A"},
            "cite at least one source",
        ),
        (
            "/statements/new",
            {"meeting": "india-japan-2plus2-3", "summary": "A", "source": "paper"},
            "either a minister or",
        ),
        (
            "/statements/new",
            {"meeting": "india-japan-2plus2-3", "attribution": "B", "summary": "A", "exact": "words"},
            "Choose a source, or give the title of a new one",
        ),
        (
            "/commitments/new",
            {"title": "A", "meeting": "india-japan-2plus2-3", "kind": "task"},
            "Choose at least one statement",
        ),
        (
            "/commitments/new",
            {
                "title": "A",
                "meeting": "india-japan-2plus2-3",
                "kind": "principle",
                "strength": "agreed",
                "operative_phrase": "x",
                "statements": "consulate",
            },
            "has no strength",
        ),
        (
            "/commitments/new",
            {
                "title": "A",
                "meeting": "india-japan-2plus2-3",
                "kind": "principle",
                "statements": "consulate",
                "public_id": "IJ-2024-01",
            },
            "given before and is never reused",
        ),
        ("/parties/new", {"commitment": "IJ-2024-01", "role": "lead"}, "a country or an organisation, not both"),
        (
            "/links/new",
            {"commitment": "IJ-2024-01", "relation": "continues", "target": "IJ-2024-01", "basis": "stated"},
            "cannot be linked to itself",
        ),
    ],
)
def test_an_error_is_told_and_the_input_kept(
    editor: Browser, records: Session, address: str, typed: dict[str, str], told: str
) -> None:
    before = rows(records)
    response = editor.fill(address, **typed)
    assert response.status_code == 200
    assert told in response.text
    assert "Not saved yet" in response.text
    kept = fields_of(response.text)
    for name, value in typed.items():
        assert kept[name] in (value, ["", value]) or name == "classification", name
    assert rows(records) == before


def test_an_error_stands_at_its_field(editor: Browser) -> None:
    text = editor.fill("/countries/new", code="fr", name="France").text
    assert 'id="code-error"' in text
    assert 'aria-invalid="true"' in text
    assert 'href="#code"' in text


def test_the_address_fills_a_new_form_in(editor: Browser) -> None:
    held = fields_of(editor.get("/statements/new?meeting=india-japan-2plus2-3").text)
    assert held["meeting"] == "india-japan-2plus2-3"
    assert held["bearing"] == "supports"


def test_a_statement_can_bring_a_new_source_along(editor: Browser, records: Session) -> None:
    typed = {
        "meeting": "india-japan-2plus2-3",
        "minister": "s-jaishankar",
        "summary": "More was said.",
        "source_title": "Press note",
        "source_url": "https://example.org/note",
        "exact": "more",
    }
    assert editor.fill("/statements/new", **typed).status_code == 302
    source = records.scalars(select(Source).where(Source.slug == "press-note")).one()
    assert (source.url, source.classification) == ("https://example.org/note", "other")


def test_the_original_target_never_changes_once_it_is_set(editor: Browser, records: Session) -> None:
    response = editor.fill("/commitments/IJ-2024-01/edit", original_target_on="2026")
    assert "original_target_on never changes" in response.text
    commitment = records.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
    assert show_period(commitment.original_target_on, commitment.original_target_precision) == "2025"


def test_deleting_asks_first_and_then_deletes(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    admin.fill("/topics/new", label="Passing")
    asked = admin.get("/topics/passing/delete")
    assert "Delete Passing?" in asked.text
    assert records.scalar(select(func.count()).where(Topic.slug == "passing")) == 1
    records.rollback()
    assert admin.post("/topics/passing/delete").location == "/topics/"
    assert records.scalar(select(func.count()).where(Topic.slug == "passing")) == 0
    event = records.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event
    assert (event.action, event.record_key) == ("deleted", "passing")


@pytest.mark.parametrize(
    ("address", "because"),
    [
        ("/countries/IN", "1 attendance"),
        ("/ministers/s-jaishankar", "1 attendance"),
        ("/topics/consular", "1 commitment topic"),
        ("/sources/paper", "1 citation"),
        ("/meetings/india-japan-2plus2-3", "2 commitments"),
        ("/commitments/IJ-2024-01", "1 status update"),
        ("/commitments/IJ-2024-01", "1 commitment link"),
        ("/statements/consulate", "1 citation"),
    ],
)
def test_what_is_referred_to_is_not_deleted(signed_in: SignedIn, records: Session, address: str, because: str) -> None:
    before = rows(records)
    admin = signed_in("admin")
    page = admin.get(f"{address}/delete")
    assert "cannot be deleted" in page.text
    assert because in page.text
    assert admin.post(f"{address}/delete").status_code == 409
    assert rows(records) == before


def test_a_deletion_tells_what_goes_with_the_record(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    text = admin.get("/commitments/IJ-2024-02/delete").text
    assert "parties: 1" in text
    assert "links: 1" in text
    assert admin.post("/commitments/IJ-2024-02/delete").status_code == 302
    assert records.scalars(select(Commitment.public_id)).all() == ["IJ-2024-01"]


def test_a_field_for_a_date_tells_how_to_write_one_and_asks_for_no_keypad_without_a_hyphen(editor: Browser) -> None:
    page = editor.get("/commitments/IJ-2024-01/status").text
    (field,) = [one for one in page.split("<input")[1:] if 'name="new_target_on"' in one.partition(">")[0]]
    assert 'placeholder="2024-08"' in field.partition(">")[0]
    assert "inputmode" not in page


@pytest.mark.parametrize("text", ["2024-08-20", "2024-08", "2024", "2024-02-29"])
def test_a_period_is_shown_as_it_was_written(text: str) -> None:
    first, last, precision = parse_period(text)
    assert show_period(first, precision) == show_period(last, precision) == text


@pytest.mark.parametrize(
    "text", ["", "24", "2024-8", "2024-13", "2023-02-29", "0000", "2024-08-20T00:00", "1709251200"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write a day|no such day"):
        parse_period(text)


def test_a_record_that_is_gone_is_not_found(editor: Browser) -> None:
    for address in ("/topics/nothing", "/commitments/IJ-1900-01/edit", "/parties/999", "/parties/1,2", "/parties/-1"):
        assert editor.get(address).status_code == 404, address


def test_the_key_of_a_country_may_not_be_taken_from_it(editor: Browser, records: Session) -> None:
    response = editor.fill("/countries/IN/edit", code="IX")
    assert response.status_code == 200
    assert records.get(Country, "IN") is not None
    assert records.scalars(select(OfficeTerm)).all()
    assert records.scalars(select(Organization.country_code)).all() == ["IN"]
