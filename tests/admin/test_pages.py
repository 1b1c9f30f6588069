"""Home and the pages that gather what belongs together: commitment, meeting, minister, series, source."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session as OrmSession

from tests.admin.conftest import Browser, SignedIn, fields_of
from tests.cast import citation
from tests.cast import update as status
from tests.conftest import TESTER
from tracker.admin import dashboard, meetings, minister_page, people, sections
from tracker.admin.pictures import Bar, Span, shortened, stacked_bars, time_line
from tracker.admin.show import marked
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import (
    Attendance,
    AuditEvent,
    Citation,
    Commitment,
    CommitmentLink,
    CommitmentParty,
    Country,
    Meeting,
    Minister,
    Office,
    Source,
    Statement,
    Topic,
)
from tracker.models.users import User, WorkingNote

PAGE = "/commitments/IJ-2024-01"
Change = Callable[[Callable[[Session], None]], None]


@pytest.fixture
def change(web_config: Config) -> Change:
    """Changes records behind the app's back."""

    def run(act: Callable[[Session], None]) -> None:
        engine = create_engine(web_config.database_url)
        with Session(engine, info={"origin": TESTER}) as session:
            act(session)
            session.commit()
        engine.dispose()

    return run


def first(session: Session) -> Commitment:
    return session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()


def later_meeting(session: Session) -> None:
    """A fourth meeting, where another minister holds the office and the first commitment is restated."""
    earlier = first(session)
    india, office = session.get_one(Country, "IN"), session.scalars(select(Office)).one()
    successor = Minister(slug="successor", name="The Successor", sort_name="Successor", country=india)
    meeting = Meeting(
        slug="fourth",
        name="Fourth 2+2",
        series=earlier.meeting.series,
        edition=4,
        classification="ministerial",
        start_date=date(2025, 9, 1),
        date_precision="day",
        attendances=[Attendance(minister=successor, office=office, country=india)],
    )
    source = session.scalars(select(Source)).one()
    statement = Statement(
        slug="again", meeting=meeting, minister=successor, summary="Again.", citations=[citation(source, "again")]
    )
    restated = Commitment(
        public_id="IJ-2025-01",
        meeting=meeting,
        kind="undertaking",
        strength="decided",
        operative_phrase="again",
        title="Open it at last",
        statements=[statement],
        parties=[CommitmentParty(country=india, role="lead", office=office)],
    )
    restated.links.append(CommitmentLink(target=earlier, relation="restates", basis="stated"))
    session.add(restated)


def text_of(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub("<[^>]+>", "", page)


def test_home_counts_what_needs_somebody_and_leads_there(editor: Browser, change: Change) -> None:
    def prepare(session: Session) -> None:
        first(session).owner = "editor"

    change(prepare)
    text = " ".join(editor.get("/").text.split())
    for name, number in (("overdue", 1), ("soon", 0), ("unreviewed", 1), ("unverified", 2), ("mine", 1)):
        assert f'href="/commitments/?show={name}"><strong>{number}</strong>' in text
    assert 'class="tile quiet" href="/commitments/?show=soon"' in text


def test_a_review_is_due_when_the_interval_of_its_kind_has_passed(editor: Browser, change: Change) -> None:
    tile = 'href="/commitments/?show=review"><strong>{}</strong>'
    assert tile.format(0) in editor.get("/").text

    def set_day(session: Session) -> None:
        first(session).review_due_on = datetime.now(UTC).date()

    def long_ago(session: Session) -> None:
        commitment = first(session)
        commitment.review_due_on = None
        commitment.status_updates.append(
            status("stalled", date(2025, 1, 1), recorded_at=datetime.now(UTC) - timedelta(days=1))
        )

    change(set_day)
    assert tile.format(1) in editor.get("/").text
    change(long_ago)
    assert tile.format(0) in editor.get("/").text


def test_the_pictures_stand_beside_tables_of_the_same_data(editor: Browser) -> None:
    text = editor.get("/").text
    assert text.count("<svg") >= 2
    assert 'href="/commitments/?meeting=india-japan-2plus2-3&amp;status=in_progress">1</a>' in text
    assert "style=" not in text


def test_home_tells_what_changed_since_the_last_visit(signed_in: SignedIn, accounts: Engine) -> None:
    with OrmSession(accounts) as session:
        session.execute(update(User).where(User.username == "viewer").values(seen_at=datetime.now(UTC)))
        session.commit()
    signed_in("editor").fill("/topics/new", label="Sea lanes")
    page = signed_in("viewer").get("/").text
    assert "New since your last visit" in page
    assert "Created topic sea-lanes" in text_of(page)
    assert '<a href="/topics/sea-lanes">' in page
    assert "tester" not in page
    assert "Latest changes" in signed_in("admin").get("/").text


def test_home_tells_the_beginning_of_what_a_load_changed(
    editor: Browser, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(lambda records: records.add_all(Topic(slug=f"topic-{n}", label=f"Topic {n}") for n in range(30)))
    assert "Created 30 topics</td>" in editor.get("/").text
    monkeypatch.setattr(dashboard, "SHOWN_EVENTS", 20)
    loaded: list[object] = []

    def count(*args: object) -> None:
        loaded.append(args)

    event.listen(AuditEvent, "load", count)
    try:
        assert "Created 20 topics; and more</td>" in editor.get("/").text
    finally:
        event.remove(AuditEvent, "load", count)
    assert len(loaded) <= 2 * 21


def test_a_table_on_a_page_is_cut_and_leads_to_the_whole(
    editor: Browser, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(records: Session) -> None:
        first, second = records.scalars(select(Commitment).order_by(Commitment.public_id))
        second.topics = list(first.topics)
        earlier = Meeting(slug="earlier", name="Earlier", classification="ministerial", start_date=date(2022, 1, 1))
        earlier.date_precision, earlier.series = "day", first.meeting.series
        records.add(earlier)

    change(add)
    whole = editor.get("/topics/consular").text
    assert all(f">IJ-2024-0{n}<" in whole for n in (1, 2))
    assert "are shown" not in whole + editor.get("/series/india-japan-2plus2").text
    monkeypatch.setattr(sections, "SHOWN", 1)
    monkeypatch.setattr(meetings, "SHOWN_EDITIONS", 1)
    page = editor.get("/topics/consular").text
    assert '1 of 2 are shown. <a href="/commitments/?topic=consular">All of them</a>' in page
    assert ">IJ-2024-02<" not in page
    page = editor.get("/series/india-japan-2plus2").text
    assert '1 of 2 are shown. <a href="/meetings/?series=india-japan-2plus2">All of them</a>' in page
    assert "The latest 1 editions are shown." in page
    matrix = page[page.index('class="matrix"') : page.index("</table>")]
    assert "/meetings/india-japan-2plus2-3" in matrix
    assert "/meetings/earlier" not in matrix


def test_the_page_of_a_minister_tells_of_the_first_and_that_there_are_more(
    editor: Browser, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(records: Session) -> None:
        first, second = records.scalars(select(Commitment).order_by(Commitment.public_id))
        (party,) = [party for party in first.parties if party.office]
        second.parties.append(CommitmentParty(country=party.country, role="partner", office=party.office))
        later = Meeting(slug="later", name="Later", classification="ministerial", start_date=date(2026, 1, 1))
        later.date_precision = "day"
        heir = Minister(slug="heir", name="Heir", sort_name="Heir", country=party.country)
        later.attendances.append(Attendance(minister=heir, office=party.office, country=party.country))
        records.add(later)

    change(add)
    ours, heirs = "/ministers/s-jaishankar", "/ministers/heir"
    assert all(f"IJ-2024-0{n}" in editor.get(page).text for page in (ours, heirs) for n in (1, 2))
    assert "shown" not in text_of(editor.get(ours).text + editor.get(heirs).text)
    for module in (sections, minister_page, people):
        monkeypatch.setattr(module, "SHOWN", 1)
    page = editor.get(ours).text
    assert "The first 1 are shown." in page
    assert "IJ-2024-02" not in page
    page = editor.get(heirs).text
    assert "The latest 1 are shown." in page
    assert "IJ-2024-01" not in page


def test_nobody_s_words_become_markup_in_a_picture() -> None:
    bad = '<script>alert("1")</script>'
    drawn = stacked_bars([Bar(bad, [("stalled", bad, 3)])], "title")
    drawn += time_line([Span(bad, bad, "stalled", date(2024, 1, 1), date(2025, 1, 1), None)], "title", date(2026, 1, 1))
    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_empty_pictures_can_be_drawn() -> None:
    assert "<svg" in stacked_bars([], "title")
    assert "<svg" in time_line([], "title", date(2026, 1, 1))


def test_a_long_label_is_shortened() -> None:
    assert shortened("short", 100) == "short"
    assert shortened("a very long label indeed", 66) == "a very lo…"


@pytest.mark.parametrize(
    ("quote", "phrase", "shown"),
    [
        ("we will open it", "will open", "we <mark>will open</mark> it"),
        ("we will\n open it", "will open", "we <mark>will\n open</mark> it"),
        ("we <b>will</b>", "<b>will", "we <mark>&lt;b&gt;will</mark>&lt;/b&gt;"),
        ("we will", "shall", "we will"),
        ("we will", None, "we will"),
        ("a.c", ".", "a<mark>.</mark>c"),
    ],
)
def test_operative_words_are_marked_in_their_quote(quote: str, phrase: str | None, shown: str) -> None:
    assert str(marked(quote, phrase)) == shown


def test_lateness_is_counted_from_the_original_target(editor: Browser) -> None:
    late = (datetime.now(UTC).date() - date(2025, 12, 31)).days
    assert f"{late} days late" in editor.get(PAGE).text
    editor.fill(f"{PAGE}/status", status="stalled", reason="Budget.", new_target_on="2099", effective_on="2025-06-01")
    assert f"{late} days late" in editor.get(PAGE).text
    done = {"status": "fulfilled", "reason": "Done.", "source": "paper", "effective_on": "2026-01-02"}
    editor.fill(f"{PAGE}/status", **done)
    assert ">2 days late<" in editor.get(PAGE).text


def test_a_commitment_is_followed_from_meeting_to_meeting(editor: Browser, change: Change) -> None:
    change(later_meeting)
    for address in (PAGE, "/commitments/IJ-2025-01"):
        text = editor.get(address).text
        assert "From meeting to meeting" in text
        assert text.index("Open a consulate in Fukuoka") < text.rindex("Open it at last")
        assert 'Restates <span class="id">IJ-2024-01</span>' in text
    assert "From meeting to meeting" not in editor.get("/commitments/IJ-2024-02").text


def test_who_answers_for_it_then_and_since(editor: Browser, change: Change) -> None:
    change(later_meeting)
    text = " ".join(editor.get(PAGE).text.split())
    assert 'S Jaishankar</a> at the meeting; since then <a href="/ministers/successor">The Successor</a>' in text
    minister = editor.get("/ministers/s-jaishankar").text
    assert "Answers for" in minister
    assert "The Successor" in minister
    heir = editor.get("/ministers/successor").text
    assert "Taken over with an office" in heir
    assert "IJ-2024-01" in heir


def test_of_another_meeting_on_the_same_day_nobody_can_tell_who_came_first(editor: Browser, change: Change) -> None:
    change(later_meeting)

    def move(session: Session) -> None:
        meeting = session.scalars(select(Meeting).where(Meeting.slug == "fourth")).one()
        meeting.start_date = first(session).meeting.start_date

    change(move)
    text = " ".join(editor.get(PAGE).text.split())
    assert "S Jaishankar</a> at the meeting" in text
    assert "since then" not in text


def test_a_meeting_shows_what_became_of_the_edition_before(editor: Browser, change: Change) -> None:
    change(later_meeting)
    text = editor.get("/meetings/fourth").text
    assert "What became of those of Third India-Japan 2+2" in text
    assert "IJ-2024-02" in text
    assert "What became of" not in editor.get("/meetings/india-japan-2plus2-3").text


def test_a_series_shows_commitments_by_edition_in_one_row_where_they_are_taken_up(
    editor: Browser, change: Change
) -> None:
    change(later_meeting)
    rows = editor.get("/series/india-japan-2plus2").text.split('class="matrix"')[1].split("<tr>")[2:]
    (taken_up,) = [row for row in rows if "IJ-2024-01" in row]
    assert "IJ-2025-01" in taken_up
    assert "IJ-2024-02" not in taken_up


def test_sources_that_contradict_each_other_stand_side_by_side(editor: Browser) -> None:
    typed = {"statement": "consulate", "source": "paper", "exact": "has no plan", "bearing": "contradicts"}
    editor.fill("/citations/new", **typed)
    text = editor.get(PAGE).text
    assert "For it" in text
    assert "Against it" in text


def test_a_source_shows_all_that_is_cited_from_it(editor: Browser) -> None:
    text = editor.get("/sources/paper").text
    assert "will open a new Consulate" in text
    assert "India will open a consulate." in text


def test_watching_and_a_private_note_are_one_s_own(signed_in: SignedIn, accounts: Engine) -> None:
    viewer, other = signed_in("viewer"), signed_in("editor")
    viewer.get(PAGE)
    viewer.post(f"{PAGE}/watch", {"watch": "1"})
    viewer.post(f"{PAGE}/note", {"text": "Ask the embassy."})
    assert "Ask the embassy." in viewer.get(PAGE).text
    assert "IJ-2024-01" in viewer.get("/commitments/?show=mine").text
    seen = other.get(PAGE).text
    assert "Ask the embassy." not in seen
    assert "viewer" in seen
    viewer.post(f"{PAGE}/watch", {"unwatch": "1"})
    viewer.post(f"{PAGE}/note", {"text": ""})
    with OrmSession(accounts) as session:
        assert session.scalars(select(WorkingNote)).all() == []
    assert "IJ-2024-01" not in viewer.get("/commitments/?show=mine").text


def test_a_note_that_cannot_be_kept_is_not_lost(editor: Browser) -> None:
    editor.get(PAGE)
    text = editor.post(f"{PAGE}/note", {"text": "hid\u202eden"}).text
    assert "hidden character U+202E" in text
    assert "hid\u202eden" in text


def test_who_changed_what_stands_on_the_page_of_a_commitment(editor: Browser) -> None:
    editor.fill(f"{PAGE}/edit", title="Open it")
    page = editor.get(PAGE).text
    assert "Updated commitment IJ-2024-01 (title)" in text_of(page)
    assert f'<a href="{PAGE}"><span class="id">IJ-2024-01</span></a> (title)' in page


def test_what_was_deleted_leads_nowhere(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    admin.fill("/topics/new", label="Passing")
    admin.fill("/topics/passing/delete")
    page = admin.get("/").text
    assert "Deleted topic passing" in text_of(page)
    assert page.count('href="/topics/passing"') == 1


def test_a_record_deleted_meanwhile_leaves_what_was_typed(signed_in: SignedIn, editor: Browser) -> None:
    editor.fill("/topics/new", label="Passing")
    held = fields_of(editor.get("/topics/passing/edit").text)
    admin = signed_in("admin")
    admin.get("/topics/passing/delete")
    admin.post("/topics/passing/delete")
    response = editor.post("/topics/passing/edit", held | {"label": "A long and careful label"})
    assert response.status_code == 404
    assert "was deleted meanwhile" in response.text
    assert fields_of(response.text)["label"] == "A long and careful label"
    assert editor.post("/topics/new", fields_of(response.text)).status_code == 302


def test_going_on_with_one_s_own_version_saves_nothing_yet(signed_in: SignedIn, records: Session) -> None:
    mine, theirs = signed_in("editor"), signed_in("admin")
    held = fields_of(mine.get(f"{PAGE}/edit").text)
    theirs.fill(f"{PAGE}/edit", title="Theirs")
    conflict = mine.post(f"{PAGE}/edit", held | {"title": "Mine"})
    assert conflict.status_code == 409
    form = mine.post(f"{PAGE}/edit", fields_of(conflict.text) | {"review": "1"})
    assert fields_of(form.text)["title"] == "Mine"
    assert first(records).title == "Theirs"
    assert mine.post(f"{PAGE}/edit", fields_of(form.text)).status_code == 302


def test_a_withdrawal_that_others_overtook_keeps_its_reason(signed_in: SignedIn) -> None:
    mine, theirs = signed_in("editor"), signed_in("admin")
    held = fields_of(mine.get(f"{PAGE}/withdraw").text)
    theirs.fill(f"{PAGE}/edit", title="Theirs")
    response = mine.post(f"{PAGE}/withdraw", held | {"withdrawn_reason": "Recorded twice."})
    assert "Look at it once more" in response.text
    assert fields_of(response.text)["withdrawn_reason"] == "Recorded twice."
    assert mine.post(f"{PAGE}/withdraw", fields_of(response.text)).status_code == 302


def test_a_citation_is_added_not_changed(editor: Browser, records: Session) -> None:
    editor.fill("/citations/new", statement="consulate", source="paper", exact="a second quote")
    assert len(records.scalars(select(Citation)).all()) == 2
    assert "a second quote" in editor.get("/statements/consulate").text
