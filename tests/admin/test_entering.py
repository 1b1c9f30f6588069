"""A meeting is entered in one flow, proposed from what is known, on one page; nothing that was typed is lost."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.admin.conftest import Browser, fields_of
from tracker.admin import finding
from tracker.admin.attending import next_name
from tracker.db import Session
from tracker.models import (
    Attendance,
    Commitment,
    Meeting,
    Statement,
)

ENTER = "/entering/fourth"
SAID = {
    "attribution": "India and Japan",
    "summary": "Both will go on with the consulate.",
    "source": "paper",
    "exact": "will open a new Consulate",
    "topics": ["", "consular"],
}
MADE = {"title": "Staff the consulate in Fukuoka", "kind": "task"}


def rows(html: str) -> list[dict[str, Any]]:
    """Each row of the attendance form: who, for whom, in which office, whether ticked, and why."""
    found = []
    for row in re.findall(r'<fieldset class="row-of">(.*?)</fieldset>', html, re.DOTALL):
        chosen = [
            re.findall(r'<option selected value="([^"]*)"', one)
            for one in re.findall(r"<select.*?</select>", row, re.DOTALL)
        ]
        why = re.findall(r'name="rows-\d+-why" value="([^"]*)"', row)[0]
        found.append({"chosen": [one[0] if one else "" for one in chosen], "ticked": "checked" in row, "why": why})
    return found


def begin(editor: Browser) -> None:
    """The fourth edition, with the one who attended the third."""
    response = editor.fill("/entering/?series=india-japan-2plus2", start_date="2026-02-10", slug="fourth")
    assert (response.status_code, response.location) == (302, ENTER)
    assert editor.fill(ENTER).status_code == 302


def say(editor: Browser, **typed: Any) -> str:
    """Enter a statement; where it leads."""
    response = editor.fill(f"{ENTER}?step=statement", **SAID | typed)
    assert response.status_code == 302, re.findall(r'class="error"[^>]*>([^<]*)', response.text)
    return str(response.location)


def meeting(records: Session) -> Meeting:
    records.rollback()
    return records.scalars(select(Meeting).where(Meeting.slug == "fourth")).one()


def test_the_next_edition_is_proposed(editor: Browser) -> None:
    form = fields_of(editor.get("/entering/?series=india-japan-2plus2").text)
    assert (form["name"], form["edition"], form["classification"]) == ("Fourth India-Japan 2+2", "4", "ministerial")
    assert fields_of(editor.get("/entering/").text)["name"] == ""


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Third India-Japan 2+2", "Fourth India-Japan 2+2"),
        ("Talks of the First Hour, Second part", "Talks of the Second Hour, Second part"),
        ("Twelfth Talks", "Twelfth Talks"),
        ("Talks", "Talks"),
    ],
)
def test_an_edition_counts_on_in_words(name: str, following: str) -> None:
    assert next_name(name) == following


def test_those_of_the_last_edition_are_proposed_in_their_offices(editor: Browser, records: Session) -> None:
    begin(editor)
    (one,) = meeting(records).attendances
    assert (one.minister.slug, one.country_code, one.office and one.office.slug) == ("s-jaishankar", "IN", "eam")


@pytest.mark.parametrize(
    ("terms", "proposed", "why"),
    [
        ([], "s-jaishankar", "As at the last edition."),
        ([("s-jaishankar", "2019-05-30", None)], "s-jaishankar", "As at the last edition."),
        (
            [("newcomer", "2025-06-01", None)],
            "newcomer",
            "In office since 1 Jun 2025; at the last edition it was S Jaishankar.",
        ),
        ([("newcomer", "2026-06-01", None)], "s-jaishankar", "As at the last edition."),
        ([("s-jaishankar", "2019-05-30", "2025-12-31")], "", "S Jaishankar left the office on 31 Dec 2025"),
        (
            [("s-jaishankar", "2019-05-30", "2025-05-31"), ("newcomer", "2025-06-01", "2025-12-01")],
            "",
            "New Minister left the office on 1 Dec 2025",
        ),
    ],
)
def test_who_holds_the_office_on_the_day_is_proposed(
    editor: Browser, terms: list[tuple[str, str, str | None]], proposed: str, why: str
) -> None:
    editor.fill("/ministers/new", name="New Minister", sort_name="New Minister", slug="newcomer", country="IN")
    for minister, start, end in terms:
        typed = {"minister": minister, "office": "eam", "start_date": start, "end_date": end or ""}
        assert editor.fill("/office-terms/new", **typed).status_code == 302
    editor.fill("/entering/?series=india-japan-2plus2", start_date="2026-02-10", slug="fourth")
    first, *spare = rows(editor.get(ENTER).text)
    assert first["chosen"] == [proposed, "IN", "eam"]
    assert first["ticked"] == bool(proposed)
    assert first["why"].startswith(why)
    assert [row["chosen"] for row in spare] == [["", "", ""]] * 2


def test_statement_after_statement_with_what_was_typed_last(editor: Browser, records: Session) -> None:
    begin(editor)
    first = say(editor)
    assert first.startswith(f"{ENTER}?step=statement&of=")
    say(editor, summary="They thanked each other.", exact="")
    html = editor.get(f"{ENTER}?step=statement").text
    form = fields_of(html)
    assert (form["attribution"], form["source"], form["said_on"]) == ("India and Japan", "paper", "2026-02-10")
    assert form["topics"] == ["", "consular"]
    assert (form["summary"], form["exact"], form["locator"]) == ("", "", "")
    assert [one.position for one in records.scalars(select(Statement).order_by(Statement.id))][1:] == [1, 2]
    assert "They thanked each other." in html
    # Those who attended stand first among the ministers.
    ministers = re.findall(r'<select[^>]*name="minister".*?</select>', html, re.DOTALL)[0]
    assert re.findall(r'value="([^"]*)"', ministers)[:2] == ["", "s-jaishankar"]


def test_commitment_after_commitment_with_what_was_typed_last(editor: Browser, records: Session) -> None:
    begin(editor)
    here = say(editor)
    first = fields_of(editor.get(here).text)
    assert (first["party_rows-0-country"], first["party_rows-0-role"], first["party_rows-1-country"]) == (
        "IN",
        "lead",
        "",
    )
    assert (first["topics"], first["promised_on"]) == (["", "consular"], "2026-02-10")
    typed = MADE | {
        "party_rows-1-country": "JP",
        "party_rows-1-role": "partner",
        "owner": "anna",
        "topics": ["", "consular"],
    }
    response = editor.fill(here, **typed)
    assert (response.status_code, response.location) == (302, here)
    made = records.scalars(select(Commitment).where(Commitment.title == MADE["title"])).one()
    assert (made.public_id, made.meeting.slug, made.owner) == ("IJ-2026-01", "fourth", "anna")
    assert [(str(party), party.role) for party in made.parties] == [("India", "lead"), ("Japan", "partner")]
    assert [one.summary for one in made.statements] == [SAID["summary"]]
    html = editor.get(here).text
    then = fields_of(html)
    assert [then[f"party_rows-{n}-country"] for n in range(3)] == ["IN", "JP", ""]
    assert (then["kind"], then["owner"], then["title"], then["topics"]) == ("task", "anna", "", ["", "consular"])
    assert MADE["title"] in html.partition("Entered so far")[2]
    response = editor.fill(here, **MADE | {"title": "Another thing", "next": "1"})
    assert response.location == f"{ENTER}?step=statement"


def test_the_speakers_office_answers_for_the_speakers_country(editor: Browser) -> None:
    begin(editor)
    here = say(editor, minister="s-jaishankar", attribution="")
    form = fields_of(editor.get(here).text)
    assert (form["party_rows-0-country"], form["party_rows-0-office"]) == ("IN", "eam")


def test_one_that_is_much_alike_is_shown_before_it_is_saved_twice(editor: Browser, records: Session) -> None:
    begin(editor)
    here = say(editor)
    twice = MADE | {"title": "Open a consulate in Fukuoka city"}
    response = editor.fill(here, **twice, owner="anna")
    assert response.status_code == 200
    assert "There is one much like it" in response.text
    assert 'data-id="IJ-2024-01"' in response.text
    again = fields_of(response.text)
    assert (again["title"], again["owner"], again["seen"]) == (twice["title"], "anna", "IJ-2024-01")
    assert editor.post(here, again).status_code == 302
    assert records.scalars(select(Commitment).where(Commitment.title == twice["title"])).one()


def test_what_is_like_a_title_is_told_while_it_is_typed(editor: Browser) -> None:
    html = editor.get("/entering/similar?title=consulate+Fukuoka").text
    assert re.findall(r'data-id="([^"]*)"', html) == ["IJ-2024-01"]
    for nothing in ("", "title=", "title=zzz+qqq", "title=%00"):
        response = editor.get(f"/entering/similar?{nothing}")
        assert (response.status_code, response.text.strip()) == (200, "")


WRONG_COMMITMENTS = [
    ({"title": ""}, "This is needed."),
    ({"operative_phrase": "will never"}, "stand in no quote"),
    ({"kind": "principle", "strength": "agreed", "operative_phrase": "will open"}, "has no strength"),
    ({"party_rows-1-country": "JP", "party_rows-1-organization": "mea"}, "not both"),
    ({"party_rows-1-country": "IN", "party_rows-1-role": "lead"}, "There is such a record already"),
    ({"party_rows-1-country": "XX"}, "There is no &#39;XX&#39;"),
    ({"original_target_on": "soon"}, "Write a day as"),
    ({"topics": ["", "gone"]}, "There is no &#39;gone&#39;"),
    ({"public_id": "IJ-2024-01"}, "given before"),
]


def test_a_mistake_in_a_commitment_loses_nothing_that_was_typed(editor: Browser, records: Session) -> None:
    begin(editor)
    here = say(editor)
    for typed, told in WRONG_COMMITMENTS:
        all_typed = MADE | {"party_rows-1-role": "beneficiary", "owner": "anna", "summary": "Kept text."} | typed
        response = editor.fill(here, **all_typed)
        assert response.status_code == 200
        assert told in response.text
        again = fields_of(response.text)
        assert {name: again[name] for name in all_typed if name != "topics"} == {
            name: value for name, value in all_typed.items() if name != "topics"
        }
        assert len(records.scalars(select(Commitment)).all()) == 2


WRONG_STATEMENTS = [
    ({"summary": ""}, "This is needed."),
    ({"source": ""}, "Choose a source"),
    ({"minister": "s-jaishankar"}, "either a minister or"),
    ({"said_on": "then"}, "Write a day as"),
    ({"source_title": "Another"}, "not both"),
]


def test_a_mistake_in_a_statement_loses_nothing_that_was_typed(editor: Browser) -> None:
    begin(editor)
    for typed, told in WRONG_STATEMENTS:
        all_typed = SAID | {"locator": "paragraph 9"} | typed
        response = editor.fill(f"{ENTER}?step=statement", **all_typed)
        assert response.status_code == 200
        assert told in response.text
        again = fields_of(response.text)
        assert {name: again[name] for name in all_typed} == all_typed


WRONG_ATTENDANCE = [
    ({"rows-1-minister": "s-jaishankar", "rows-1-country": "IN"}, "Chosen twice."),
    ({"rows-0-country": ""}, "Choose the country."),
    ({"rows-0-minister": ""}, "Choose at least one minister"),
    ({"rows-0-minister": "nobody"}, "There is no &#39;nobody&#39;"),
]


def test_a_mistake_in_attendance_is_told_and_the_rows_stay(editor: Browser) -> None:
    editor.fill("/entering/?series=india-japan-2plus2", start_date="2026-02-10", slug="fourth")
    for typed, told in WRONG_ATTENDANCE:
        response = editor.fill(ENTER, **typed)
        assert response.status_code == 200
        assert told in response.text
        again = fields_of(response.text)
        assert {name: again[name] for name in typed} == typed
        assert again["rows-0-why"] == "As at the last edition."


def test_more_come_later_and_nobody_twice(editor: Browser, records: Session) -> None:
    begin(editor)
    editor.fill("/ministers/new", name="New Minister", sort_name="New Minister", slug="newcomer", country="JP")
    response = editor.fill(f"{ENTER}?step=attendance", **{"rows-1-minister": "newcomer", "rows-1-country": "JP"})
    assert response.status_code == 302
    assert sorted(one.minister.slug for one in meeting(records).attendances) == ["newcomer", "s-jaishankar"]


def test_a_meeting_of_no_series_is_entered_too(editor: Browser, records: Session) -> None:
    response = editor.fill("/entering/", name="A call", classification="call_on", start_date="2026-03", slug="a-call")
    assert response.status_code == 302
    html = editor.get("/entering/a-call").text
    assert "There is no earlier edition" in html
    assert [row["chosen"] for row in rows(html)] == [["", "", ""]] * 2
    assert "Leave it for later" in html
    typed = {"summary": "They talked.", "minister": "s-jaishankar", "source": "paper"}
    response = editor.fill("/entering/a-call?step=statement", **typed)
    assert response.status_code == 302
    assert fields_of(editor.get(response.location).text)["party_rows-0-country"] == ""
    said = records.scalars(select(Statement).where(Statement.summary == "They talked.")).one()
    assert (said.said_on, said.said_precision) == (date(2026, 3, 1), "month")


def test_a_statement_of_another_meeting_is_not_taken_up(editor: Browser) -> None:
    begin(editor)
    assert "The first statement" in editor.get(f"{ENTER}?step=statement&of=consulate").text
    assert editor.get("/entering/gone").status_code == 404


def test_the_page_of_a_meeting_leads_to_its_entering(editor: Browser, records: Session) -> None:
    assert 'href="/entering/india-japan-2plus2-3"' in editor.get("/meetings/india-japan-2plus2-3").text
    assert not records.scalars(select(Attendance).where(Attendance.country_code == "JP")).all()


def test_without_a_script_the_flow_takes_words_where_there_are_too_many_to_choose_from(
    editor: Browser, records: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", 0)
    page = editor.get("/entering/?series=nothing+such").text
    assert "There is no &#39;nothing such&#39;." in page
    assert 'data-lookup="/search/lookup/series"' in page
    response = editor.fill("/entering/?series=japan+2", start_date="2026-02-10", slug="fourth")
    assert response.location == ENTER
    page = editor.get(ENTER).text
    assert [f'data-lookup="/search/lookup/{kind}"' in page for kind in ("ministers", "countries", "offices")] == [
        True
    ] * 3
    assert "<select" not in page[page.index('<fieldset class="row-of">') :]
    page = editor.fill(ENTER, **{"rows-0-minister": "nobody such"}).text
    assert "There is no &#39;nobody such&#39;." in page
    saved = editor.fill(ENTER, **{"rows-0-minister": "Subrahmanyam", "rows-0-country": "Japan"})
    assert saved.location == f"{ENTER}?step=statement"
    assert [(one.minister.slug, one.country_code) for one in meeting(records).attendances] == [("s-jaishankar", "JP")]
    of = say(editor, minister="jaishankar", attribution="", source="a paper", topics=["", "consular"])
    made = editor.fill(of, **MADE, **{"party_rows-0-country": "", "party_rows-0-organization": "external"})
    assert made.location == of, re.findall(r'class="error"[^>]*>([^<]*)', made.text)
    made_last = records.scalars(select(Commitment).order_by(Commitment.id.desc())).first()
    assert made_last is not None
    assert [str(party) for party in made_last.parties] == ["External Affairs"]
