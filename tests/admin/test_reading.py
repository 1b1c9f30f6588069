"""The reading desk: the text with its citations, and forms beside it that hold what the words propose."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from tests.admin.conftest import Browser, SignedIn, fields_of
from tests.communique import TEXT, add_text, fourth_meeting
from tests.conftest import TESTER
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Citation, Commitment, Meeting, Source, Statement, StatusUpdate

HERE = "/reading/communique"


@pytest.fixture
def writer(web_config: Config) -> Iterator[Session]:
    """A session that sets the stage; close what it begins before the app writes."""
    engine = create_engine(web_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        yield session
    engine.dispose()


@pytest.fixture(autouse=True)
def communique(web_config: Config, writer: Session) -> None:
    fourth_meeting(writer, web_config.documents)


def at(words: str, what: str = "commitment") -> str:
    """The address of the form for these words."""
    start = TEXT.index(words)
    return f"{HERE}/cite?start={start}&end={start + len(words)}&as={what}&meeting=india-japan-2plus2-4"


DECIDED = "decided to establish a joint centre for semiconductors in Nagoya by the end of 2027"


def test_the_text_stands_there_to_the_character(editor: Browser) -> None:
    html = editor.get(HERE).text
    article = html[html.index("<article") : html.index("</article>")]
    shown = re.sub(r'<a class="(?:take|ref|number)".*?</a>', "", article, flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", "", shown)
    assert plain.split() == TEXT.split()
    for start, words in re.findall(r'data-at="(\d+)"[^>]*>([^<]*)<', article):
        assert TEXT[int(start) :].startswith(words)


def test_sentences_that_promise_and_are_not_cited_are_underlined(editor: Browser) -> None:
    html = editor.get(HERE).text
    assert "0%" in html
    assert "0 of 6" in html
    assert html.count("data-overlooked") == 6
    assert html.count('class="take"') == 6


def test_a_viewer_reads_and_records_nothing(signed_in: SignedIn) -> None:
    viewer = signed_in("viewer")
    html = viewer.get(HERE).text
    assert "joint centre" in html
    assert "data-selection" not in html
    assert 'class="take"' not in html
    assert viewer.get(at(DECIDED)).status_code == 403


def test_a_form_holds_what_the_words_propose(editor: Browser) -> None:
    fields = fields_of(editor.get(at(DECIDED)).text)
    told = {name: fields[name] for name in ("kind", "strength", "operative_phrase", "original_target_on", "locator")}
    assert told == {
        "kind": "undertaking",
        "strength": "decided",
        "operative_phrase": "decided",
        "original_target_on": "2027",
        "locator": "paragraph 3",
    }
    assert (fields["meeting"], fields["minister"]) == ("india-japan-2plus2-4", "")
    assert fields["attribution"] == "India and Japan"
    assert fields["said_on"] == "2026-03-03"
    assert editor.get(at(DECIDED)).text.count('name="leads" type="checkbox" value="') == 2


def test_the_speaker_is_proposed_from_the_sentence(editor: Browser) -> None:
    html = editor.get(at("We will also open a training school in Pune.")).text
    assert fields_of(html)["minister"] == "s-jaishankar"
    assert "“Jaishankar said” stands in the text." in html


def test_a_commitment_is_saved_with_its_statement_quote_and_check(editor: Browser, records: Session) -> None:
    response = editor.fill(at(DECIDED), title="A joint centre for semiconductors", leads=["IN", "JP"])
    assert response.status_code == 302
    assert response.location.startswith(f"{HERE}?")
    commitment = records.scalars(select(Commitment).where(Commitment.public_id == "IJ-2026-01")).one()
    (statement,) = commitment.statements
    (citation,) = statement.citations
    start = TEXT.index(DECIDED)
    assert (citation.exact, citation.start_offset, citation.end_offset) == (DECIDED, start, start + len(DECIDED))
    assert citation.prefix
    assert TEXT[:start].rstrip().endswith(citation.prefix)
    assert [check.result for check in citation.verifications] == ["verbatim"]
    assert (statement.summary, statement.attribution) == ("A joint centre for semiconductors", "India and Japan")
    assert [(party.country_code, party.role) for party in commitment.parties] == [("IN", "lead"), ("JP", "lead")]
    assert str(commitment.target_on) == "2027-12-31"
    html = editor.get(HERE).text
    assert "1 of 6" in html
    assert f'href="/statements/{statement.slug}"' in html
    assert "IJ-2026-01" in html


def test_a_quote_leads_to_its_place_in_the_text(editor: Browser, records: Session) -> None:
    editor.fill(at(DECIDED), title="Centre")
    html = editor.get("/commitments/IJ-2026-01").text
    address = f"{HERE}?after={TEXT.index(DECIDED) + 1}#p3"
    assert f'<a href="{address}">paragraph 3</a>' in html
    assert f'data-after="{TEXT.index(DECIDED) + 1}"' in editor.get(address.partition("#")[0]).text


def test_an_office_answers_for_its_minister(editor: Browser, records: Session) -> None:
    words = "India will send two hundred engineers to the centre"
    fields = fields_of(editor.get(at(words)).text)
    assert fields["minister"] == "s-jaishankar"
    editor.post(f"{HERE}/cite", fields | {"title": "Engineers", "leads": ["IN"]})
    (party,) = records.scalars(select(Commitment).where(Commitment.title == "Engineers")).one().parties
    assert party.office is not None
    assert party.office.slug == "eam"


def test_a_commitment_takes_up_one_of_the_edition_before(editor: Browser, records: Session) -> None:
    words = "They welcomed the opening of the new Consulate of India in Fukuoka."
    html = editor.get(at(words)).text
    assert "IJ-2024-01" in html
    assert "Open a consulate in Fukuoka" in html
    sent = fields_of(html) | {
        "title": "The consulate stands",
        "relation-IJ-2024-01": "continues",
        "why-IJ-2024-01": "Both speak of the consulate.",
    }
    assert editor.post(f"{HERE}/cite", sent).status_code == 302
    (link,) = records.scalars(select(Commitment).where(Commitment.title == "The consulate stands")).one().links
    assert (link.relation, link.target.public_id, link.basis) == ("continues", "IJ-2024-01", "inferred")
    assert link.note == "Both speak of the consulate."


def test_more_words_go_to_the_statement_that_cites_some(editor: Browser, records: Session) -> None:
    editor.fill(at("decided to establish a joint centre", "statement"), summary="They decided on a centre.")
    fields = fields_of(editor.get(at("decided to establish a joint centre")).text)
    statement = records.scalars(select(Statement).where(Statement.summary == "They decided on a centre.")).one()
    assert fields["statement"] == statement.slug
    longer = fields_of(editor.get(at(DECIDED)).text)
    assert longer["statement"] == ""
    editor.post(f"{HERE}/cite", longer | {"title": "Centre", "statement": statement.slug})
    records.rollback()
    assert [one.exact for one in statement.citations] == ["decided to establish a joint centre", DECIDED]
    (commitment,) = records.scalars(select(Commitment).where(Commitment.title == "Centre"))
    assert commitment.statements == [statement]


def test_evidence_changes_a_status(editor: Browser, records: Session) -> None:
    words = "They welcomed the opening of the new Consulate of India in Fukuoka."
    html = editor.get(at(words, "evidence")).text
    assert 'value="IJ-2024-01"' in html
    sent = fields_of(html) | {"status": "fulfilled", "reason": "It was opened.", "commitment": "IJ-2024-01"}
    assert editor.post(f"{HERE}/cite", sent).status_code == 302
    commitment = records.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
    assert commitment.status == "fulfilled"
    (update,) = records.scalars(select(StatusUpdate).where(StatusUpdate.status == "fulfilled"))
    assert [one.exact for one in update.citations] == [words]
    assert str(update.effective_on) == "2026-03-04"
    assert "#update-" in editor.get(HERE).text


MISTAKES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("commitment", {"title": ""}, "This is needed."),
    ("commitment", {"title": "X", "operative_phrase": "signed"}, "stand in no quote"),
    ("commitment", {"title": "X", "minister": "", "attribution": ""}, "either a minister or"),
    ("commitment", {"title": "X", "kind": "principle"}, "has no strength"),
    ("commitment", {"title": "X", "meeting": "nowhere"}, "There is no"),
    ("statement", {"summary": ""}, "This is needed."),
    ("evidence", {"other": "", "status": "stalled", "reason": "So."}, "Choose a commitment"),
    ("evidence", {"other": "XX-1", "status": "stalled", "reason": "So."}, "There is no"),
    ("evidence", {"other": "IJ-2024-01", "status": "", "reason": ""}, "Choose a status."),
)


def test_a_mistake_is_told_beside_the_text_and_nothing_is_saved(editor: Browser, records: Session) -> None:
    for what, typed, told in MISTAKES:
        html = editor.fill(at(DECIDED, what), **typed).text
        assert told in html.replace("&#39;", "'"), (what, typed)
        assert 'class="reading"' in html
    assert records.scalars(select(Citation).where(Citation.exact == DECIDED)).all() == []


def test_words_that_are_not_there_are_asked_for_again(editor: Browser) -> None:
    odd = (
        "",
        "start=1",
        "start=x&end=y",
        "start=9&end=3",
        "start=-1&end=5",
        "start=99999999&end=999999999",
        "start=0&end=٣",
    )
    for asked in odd:
        response = editor.get(f"{HERE}/cite?{asked}")
        assert (response.status_code, response.location) == (302, HERE), asked
    assert "Select words in the text first." in editor.get(HERE).text


def test_nothing_is_saved_against_a_text_that_has_changed(
    editor: Browser, web_config: Config, writer: Session, records: Session
) -> None:
    fields = fields_of(editor.get(at(DECIDED)).text)
    source = writer.scalars(select(Source).where(Source.slug == "communique")).one()
    add_text(writer, web_config.documents, source, "Corrigendum. " + TEXT)
    writer.commit()
    assert editor.post(f"{HERE}/cite", fields | {"title": "X"}).status_code == 302
    assert "The text has changed meanwhile." in editor.get(HERE).text
    assert records.scalars(select(Commitment).where(Commitment.title == "X")).all() == []


def test_quotes_are_found_in_the_corrected_text(editor: Browser, web_config: Config, writer: Session) -> None:
    editor.fill(at(DECIDED), title="Centre")
    source = writer.scalars(select(Source).where(Source.slug == "communique")).one()
    add_text(writer, web_config.documents, source, "Corrigendum.\n\n" + TEXT)
    writer.commit()
    assert "1 of 6" in editor.get(HERE).text


def test_a_text_that_is_not_here_is_said_to_be_missing(editor: Browser, web_config: Config, writer: Session) -> None:
    assert "not held here" in editor.get("/reading/paper").text
    assert "text not held here" in editor.get("/reading/").text
    assert editor.get("/reading/nothing").status_code == 404
    assert editor.get("/reading/paper/cite?start=0&end=5").location == "/reading/paper"
    source = writer.scalars(select(Source).where(Source.slug == "communique")).one()
    (web_config.documents / f"{source.sha256}.txt").write_text("Something else")
    assert "cannot be read" in editor.get(HERE).text
    assert editor.get("/reading/").status_code == 200


def test_a_long_text_comes_in_parts(editor: Browser, web_config: Config, writer: Session) -> None:
    source = Source(slug="long", title="Long", classification="other")
    writer.add(source)
    add_text(writer, web_config.documents, source, "They agreed on it, as was foreseen.\n\n" * 5_000)
    writer.commit()
    first = editor.get("/reading/long").text
    assert "Part 1 of 4" in first
    assert first.count("data-sentence") < 2_000
    last = editor.get("/reading/long?page=9").text
    assert "Part 4 of 4" in last
    assert "Part 3 of 4" in editor.get("/reading/long?after=130000").text


def test_odd_line_ends_and_signs_keep_their_places(editor: Browser, web_config: Config, writer: Session) -> None:
    text = "Résumé 😀 first.\r\n\r\n<b>They agreed</b> & left.\r\n"
    source = Source(slug="odd", title="Odd", classification="other")
    writer.add(source)
    add_text(writer, web_config.documents, source, text)
    writer.commit()
    html = editor.get("/reading/odd").text
    assert "&lt;b&gt;They" in html
    start = text.index("They agreed")
    editor.fill(
        f"/reading/odd/cite?start={start}&end={start + 11}&as=statement&meeting=india-japan-2plus2-4", summary="A"
    )
    assert writer.scalars(select(Citation.exact).join(Source).where(Source.slug == "odd")).all() == ["They agreed"]


def test_the_meeting_is_that_of_the_statements_or_of_the_day(editor: Browser, writer: Session) -> None:
    link = 'href="/meetings/india-japan-2plus2-4"'
    assert link in editor.get(HERE).text
    meeting = writer.scalars(select(Meeting).where(Meeting.edition == 4)).one()
    meeting.start_date = None
    meeting.status, meeting.date_precision = "planned", None
    writer.commit()
    assert link not in editor.get(HERE).text
    editor.fill(at(DECIDED), title="Centre", said_on="2026")
    assert link in editor.get(HERE).text
