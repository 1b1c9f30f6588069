"""The review queue: what wants looking at, in which order, and "nothing found" as an answer that counts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.admin.conftest import Browser, SignedIn, close, fields_of
from tests.cast import citation, first_commitment, update
from tests.conftest import TESTER
from tracker.admin.handle import db
from tracker.admin.review_queue import due
from tracker.app import create_app
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Commitment, CommitmentLink, Meeting, Source, StatusUpdate

TODAY = datetime.now(UTC).date()
HERE = "/review/IJ-2024-01"


@pytest.fixture
def writer(web_config: Config) -> Iterator[Session]:
    """A session that sets the stage; close what it begins before the app writes."""
    engine = create_engine(web_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        yield session
    engine.dispose()


@pytest.fixture
def first(writer: Session) -> Commitment:
    """IJ-2024-01: an undertaking, in progress, its target the end of 2025."""
    return writer.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()


def reasons(editor: Browser) -> str:
    html = editor.get("/review/").text
    return html[html.index("<main") :]


def test_a_target_that_passed_unseen_is_a_reason_until_somebody_looks(editor: Browser, first: Commitment) -> None:
    # Recorded today by the cast, after the target: somebody has looked.
    assert "Nothing wants looking at" in reasons(editor)


def test_a_review_date_that_has_come_is_a_reason(editor: Browser, writer: Session, first: Commitment) -> None:
    first.review_due_on = TODAY
    writer.commit()
    assert f"Its review was due on {TODAY}." in reasons(editor)
    first.review_due_on = TODAY + timedelta(days=1)
    writer.commit()
    assert "Its review was due" not in reasons(editor)


def test_nobody_having_looked_is_a_reason_for_kinds_that_are_looked_at(
    editor: Browser, writer: Session, first: Commitment
) -> None:
    other = writer.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
    assert other.status == "unreviewed"
    assert "IJ-2024-02" not in reasons(editor)
    other.kind = "task"
    writer.commit()
    assert "Nobody has looked yet." in reasons(editor)
    other.withdrawn_on, other.withdrawn_reason = TODAY, "Twice on the record."
    writer.commit()
    assert "IJ-2024-02" not in reasons(editor)


def test_a_later_commitment_that_supersedes_it_is_a_reason(editor: Browser, writer: Session, first: Commitment) -> None:
    other = writer.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
    with writer.no_autoflush:
        other.links.append(CommitmentLink(target=first, relation="supersedes", basis="stated"))
    writer.commit()
    assert "IJ-2024-02 supersedes it, and it is still open." in reasons(editor)


def test_a_coming_meeting_of_the_series_is_a_reason(editor: Browser, writer: Session, first: Commitment) -> None:
    coming = TODAY + timedelta(days=20)
    writer.add(
        Meeting(
            slug="next",
            series=first.meeting.series,
            name="The next",
            classification="ministerial",
            status="planned",
            start_date=coming,
            date_precision="day",
        )
    )
    other = writer.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
    other.kind = "task"
    writer.commit()
    told = reasons(editor)
    assert f"Its series meets again on {coming}." in told
    # The other one was looked at within the time before the meeting.
    assert "IJ-2024-01" not in told


def test_nothing_found_where_nothing_was_known(editor: Browser, writer: Session, records: Session) -> None:
    other = writer.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
    other.kind = "task"
    writer.commit()
    response = editor.fill("/review/IJ-2024-02", places="The ministry's releases; two newspapers")
    assert response.status_code == 302
    commitment = records.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
    assert commitment.status == "no_evidence_found"
    (look,) = commitment.status_updates
    assert look.reason == "Nothing found. Looked at: The ministry's releases; two newspapers"
    assert look.effective_on == TODAY
    assert look.recorded_by == "editor"
    assert commitment.review_due_on == TODAY + timedelta(days=180)
    assert "/review/IJ-2024-02" not in reasons(editor)


def test_nothing_found_confirms_what_stands(editor: Browser, records: Session) -> None:
    html = editor.get(HERE).text
    assert "This confirms what stands: in progress." in html
    editor.fill(HERE, places="The embassy's site", review_due_on="")
    commitment = records.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
    assert [one.status for one in commitment.status_updates] == ["in_progress", "in_progress"]
    assert commitment.review_due_on is None
    assert fields_of(editor.get(HERE).text)["places"].strip() == "The embassy&#39;s site"


def test_a_status_that_needs_evidence_rests_on_what_it_rested_on(
    editor: Browser, writer: Session, first: Commitment, records: Session
) -> None:
    source = writer.scalars(select(Source)).one()
    known = update("partly_fulfilled", date(2025, 3, 1), citations=[citation(source, "half of it is built")])
    first.status_updates.append(known)
    writer.commit()
    assert editor.fill(HERE, places="Everywhere").status_code == 302
    looks = records.scalars(select(StatusUpdate).where(StatusUpdate.status == "partly_fulfilled")).all()
    assert [[one.exact for one in look.citations] for look in looks] == [["half of it is built"]] * 2


REFUSED = (
    ({"places": ""}, "This is needed."),
    ({"places": "x", "looked_on": ""}, "Give a day."),
    ({"places": "x", "looked_on": "2999-01-01"}, "that day has not come yet"),
    ({"places": "x", "looked_on": "2024-08-01"}, "Something is known since 2024-09-01"),
    ({"places": "x", "review_due_on": "soon"}, "Not a valid date"),
    ({"places": "x", "stands": "other"}, "Somebody has recorded something meanwhile."),
)


def test_a_look_that_cannot_be_so_is_refused(editor: Browser, records: Session) -> None:
    for typed, told in REFUSED:
        assert told in editor.fill(HERE, **typed).text, typed
    assert len(records.scalars(select(StatusUpdate)).all()) == 1


def test_who_is_refused_once_can_send_it_again(editor: Browser, writer: Session, first: Commitment) -> None:
    fields = fields_of(editor.get(HERE).text) | {"places": "Here and there"}
    first.status_updates.append(update("stalled", TODAY))
    writer.commit()
    again = editor.post(HERE, fields)
    assert "Somebody has recorded something meanwhile." in again.text
    assert "Here and there" in again.text
    assert editor.post(HERE, fields_of(again.text)).status_code == 302
    writer.expire_all()
    assert first.status == "stalled"


def test_a_look_leads_to_the_next_of_the_queue(editor: Browser, writer: Session, first: Commitment) -> None:
    first.review_due_on = TODAY
    other = writer.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one()
    other.kind = "task"
    writer.commit()
    response = editor.fill(HERE, places="The embassy")
    assert response.location == "/review/IJ-2024-02?places=The+embassy"
    assert fields_of(editor.get(response.location).text)["places"].strip() == "The embassy"
    assert editor.fill("/review/IJ-2024-02", places="Nowhere").location == "/review/"


def test_what_is_closed_or_withdrawn_is_not_looked_at(editor: Browser, writer: Session, first: Commitment) -> None:
    first.status_updates.append(update("uncheckable", TODAY))
    writer.commit()
    assert editor.get(HERE).location == "/commitments/IJ-2024-01"
    first.withdrawn_on, first.withdrawn_reason = TODAY, "A mistake."
    writer.commit()
    assert editor.get(HERE).status_code == 404
    assert editor.get("/review/XX-1").status_code == 404


def test_recording_a_status_moves_a_review_date_that_has_come(
    editor: Browser, writer: Session, first: Commitment
) -> None:
    first.review_due_on = TODAY
    writer.commit()
    editor.fill("/commitments/IJ-2024-01/status", status="stalled", reason="It has stopped.")
    writer.expire_all()
    assert first.review_due_on == TODAY + timedelta(days=180)


def test_both_engines_ask_alike(config: Config, session: Session) -> None:
    commitment = first_commitment(session)
    commitment.review_due_on = date(2025, 1, 1)
    session.commit()
    app = create_app(config)
    with app.test_request_context("/review/"):
        (one,) = due(public_id="IJ-2024-01")
        assert one.reasons == ["Its review was due on 2025-01-01."]
        assert one.last is not None
        db.session.remove()
    close(app)


def test_one_can_look_at_ones_own_alone(
    editor: Browser, signed_in: SignedIn, writer: Session, first: Commitment
) -> None:
    first.review_due_on, first.owner = TODAY, "viewer"
    writer.commit()
    assert "Nothing wants looking at among yours" in editor.get("/review/?show=mine").text
    html = signed_in("viewer").get("/review/?show=mine").text
    assert "IJ-2024-01" in html
    assert "/review/IJ-2024-01" not in html
