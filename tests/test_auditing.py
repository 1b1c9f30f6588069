"""The audit trail: in the same transaction as the change, with who, what and how, chained by hash."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from tests.cast import first_commitment, meeting_of_2024, update
from tests.conftest import TESTER
from tracker import auditing
from tracker.auditing import NO_HASH, Origin, batch_hash
from tracker.db import Session
from tracker.models import Attendance, AuditBatch, AuditEvent, Base, Commitment, Country, Meeting, RuleError, Topic


def last_events(session: Session) -> list[tuple[str, str, str, dict[str, object]]]:
    batch = session.scalars(select(AuditBatch).order_by(AuditBatch.position.desc()).limit(1)).one()
    return [(event.action, event.record, event.record_key, event.changes) for event in batch.events]


def test_an_edit_leaves_who_what_and_the_values_before_and_after(engine: Engine, session: Session) -> None:
    first_commitment(session)
    session.rollback()
    with Session(engine, info={"origin": Origin("ada", "web", "127.0.0.1")}) as other:
        other.scalars(select(Commitment).filter_by(public_id="IJ-2024-01")).one().title = "A new title"
        other.commit()
        batch = other.scalars(select(AuditBatch).order_by(AuditBatch.position.desc()).limit(1)).one()
        assert (batch.actor, batch.door, batch.address) == ("ada", "web", "127.0.0.1")
        assert last_events(other) == [
            ("updated", "commitment", "IJ-2024-01", {"title": ["Open a consulate in Fukuoka", "A new title"]})
        ]


def test_a_status_update_and_its_evidence_are_in_one_batch(session: Session) -> None:
    commitment = first_commitment(session)
    commitment.status_updates.append(update("stalled", date(2025, 1, 1), key="k"))
    session.commit()
    [(action, record, key, changes)] = last_events(session)
    assert (action, record, key) == ("created", "status_update", "IJ-2024-01/k")
    assert changes["status"] == [None, "stalled"]
    assert changes["effective_on"] == [None, "2025-01-01"]


def test_topics_that_come_and_go_are_named(session: Session) -> None:
    commitment = first_commitment(session)
    commitment.topics = [Topic(slug="visas", label="Visas")]
    session.commit()
    assert ("updated", "commitment", "IJ-2024-01", {"topics": [["consular"], ["visas"]]}) in last_events(session)


def test_a_deletion_is_noted(session: Session) -> None:
    session.add(Country(code="FR", name="France"))
    session.commit()
    session.delete(session.get_one(Country, "FR"))
    session.commit()
    assert last_events(session) == [("deleted", "country", "FR", {"code": ["FR", None], "name": ["France", None]})]


def test_parts_that_go_with_their_whole_are_noted(session: Session) -> None:
    meeting = meeting_of_2024(session)
    other = Meeting(slug="side", name="Side", classification="other", status="planned")
    other.attendances = [Attendance(minister=meeting.attendances[0].minister, country=meeting.country)]
    session.add(other)
    session.commit()
    session.delete(other)
    session.commit()
    gone = {(action, record, key) for action, record, key, _ in last_events(session)}
    assert gone == {("deleted", "meeting", "side"), ("deleted", "attendance", "side/s-jaishankar")}


def test_a_part_taken_out_of_its_whole_is_not_deleted_past_the_audit(session: Session) -> None:
    commitment = first_commitment(session)
    del commitment.parties[0]
    with pytest.raises(IntegrityError):
        session.commit()


def test_nothing_audited_is_deleted_as_an_orphan() -> None:
    """Of such deletions a session tells nobody."""
    mappers = [mapper for mapper in Base.registry.mappers if mapper.class_.audited]
    orphaning = [relation for mapper in mappers for relation in mapper.relationships if relation.cascade.delete_orphan]
    assert len(mappers) > 20
    assert orphaning == []


def test_what_is_rolled_back_leaves_no_trace(session: Session) -> None:
    commitment = first_commitment(session)
    batches = session.scalar(select(func.count()).select_from(AuditBatch))
    commitment.title = "Never"
    session.flush()
    session.rollback()
    session.add(Country(code="FR", name="France"))
    session.commit()
    assert session.scalar(select(func.count()).select_from(AuditBatch)) == batches + 1
    assert last_events(session)[0][2] == "FR"


def test_a_change_that_breaks_a_rule_leaves_neither_change_nor_trace(session: Session) -> None:
    commitment = first_commitment(session)
    before = session.scalar(select(func.count()).select_from(AuditEvent))
    commitment.status_updates.append(update("fulfilled", date(2025, 1, 1)))
    with pytest.raises(RuleError):
        session.commit()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_changes_without_an_origin_are_refused(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Country(code="FR", name="France"))
        with pytest.raises(RuntimeError, match="origin"):
            session.commit()


def test_bulk_doors_add_their_own_events(session: Session) -> None:
    auditing.add(session, [auditing.event("updated", "country", "FR", {"name": ["France", "Frankreich"]})])
    session.commit()
    assert last_events(session) == [("updated", "country", "FR", {"name": ["France", "Frankreich"]})]


def test_each_batch_is_chained_to_the_one_before(session: Session) -> None:
    first_commitment(session)
    session.add(Country(code="FR", name="France"))
    session.commit()
    previous = NO_HASH
    batches = session.scalars(select(AuditBatch).order_by(AuditBatch.position)).all()
    for position, batch in enumerate(batches, 1):
        events = [
            {name: getattr(event, name) for name in ("action", "record", "record_key", "changes")}
            for event in batch.events
        ]
        fields = {name: getattr(batch, name) for name in ("position", "recorded_at", "actor", "door", "address")}
        assert batch.position == position
        assert batch.previous_hash == previous
        assert batch.hash == batch_hash(previous, fields, events)
        previous = batch.hash
    assert len(batches) == 2
    assert batches[0].actor == TESTER.actor
