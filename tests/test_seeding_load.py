"""Seed files against a database, on both engines: what is created, what is left, and what is remembered."""

from pathlib import Path

import pytest
from sqlalchemy import delete, event, func, select, text

from tests.conftest import TESTER
from tests.seed_folder import FILES, MEETING, RECORDS, edited, good, loaded, planned, write
from tracker.auditing import Origin
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.models import (
    AuditBatch,
    AuditEvent,
    Citation,
    Commitment,
    Meeting,
    SeedOrigin,
    Statement,
    Topic,
)
from tracker.seeding.load import load
from tracker.seeding.plan import make_plan
from tracker.seeding.records import kind_of
from tracker.seeding.schema import RECORDS as KINDS


def test_the_records_of_this_repository_load_once(session: Session) -> None:
    seeds = good(PROJECT / "seeds")
    first = loaded(session, seeds)
    assert len(first.of("create")) == len(seeds.records) > 190
    for model in KINDS:
        in_database = session.scalar(select(func.count()).select_from(model.table))
        assert in_database == len(seeds.of(model)) > 0, kind_of(model)
    batches = session.scalar(select(func.count()).select_from(AuditBatch))
    events = session.scalar(select(func.count()).select_from(AuditEvent))

    second = loaded(session, seeds)

    assert len(second.of("same")) == len(seeds.records)
    assert session.scalar(select(func.count()).select_from(AuditBatch)) == batches == 1
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_no_trigger_reads_a_whole_table_for_each_row(postgres_config: Config, tmp_path: Path) -> None:
    engine = create_engine(postgres_config.database_url)
    seeds = good(write(tmp_path / "seeds"))
    with Session(engine, info={"origin": TESTER}) as session:
        load(session, make_plan(session, seeds), "asha")
        read = text("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'commitment'")
        assert session.scalar(read) == 0
    engine.dispose()


def test_each_field_arrives(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "seeds")))

    commitment = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
    first, second = commitment.status_updates
    assert (commitment.status, f"{commitment.target_on}", commitment.target_precision) == (
        "fulfilled",
        "2025-12-31",
        "year",
    )
    assert (f"{first.new_target_on}", first.new_target_precision) == ("2026-03-31", "month")
    assert f"{first.recorded_at:%Y-%m-%d %H:%M %Z}" == "2024-09-02 00:00 UTC"
    assert (first.recorded_by, second.recorded_by, second.corrects) == ("asha", "asha", first)
    assert [(party.country_code, party.role, party.office) for party in commitment.parties][1][:2] == (None, "partner")
    assert [citation.ordinal for citation in commitment.statements[0].citations] == [1, 2]
    assert commitment.statements[0].citations[0].start_offset == 10
    meeting = session.scalars(select(Meeting).where(Meeting.slug == "third")).one()
    assert (meeting.parent.slug, f"{meeting.parent.start_date}", meeting.parent.date_precision) == (
        "first",
        "2019-01-01",
        "year",
    )


def test_the_form_of_each_record_at_loading_is_kept(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "seeds")))

    origins = session.scalars(select(SeedOrigin)).all()
    assert len(origins) == RECORDS
    origin = session.get_one(SeedOrigin, ("topic", "cyber"))
    assert (origin.file, origin.content) == (
        "topics.yaml",
        {"slug": "cyber", "label": "Cyber", "parent": "security"},
    )


def test_a_record_that_was_there_already_gets_its_form_kept_too(session: Session, tmp_path: Path) -> None:
    session.add(Topic(slug="security", label="Security"))
    session.commit()

    plan = loaded(session, good(write(tmp_path / "seeds")))

    assert [step.name for step in plan.of("same")] == [("topic", "security")]
    assert session.get_one(SeedOrigin, ("topic", "security")).content["label"] == "Security"


def test_the_audit_tells_the_door_and_the_account(session: Session, tmp_path: Path) -> None:
    session.info["origin"] = Origin("asha", "seeds")
    loaded(session, good(write(tmp_path / "seeds")))

    batch = session.scalars(select(AuditBatch)).one()
    assert (batch.actor, batch.door) == ("asha", "seeds")
    created = {event.record for event in batch.events if event.action == "created"}
    assert {"country", "meeting", "statement", "citation", "commitment", "commitment_party", "status_update"} <= created


def test_the_order_of_parts_does_not_count(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "before")))
    changed = edited(MEETING, "topics: [security, cyber]", "topics: [cyber, security]")
    country = "      - country: IN\n        role: lead\n        office: defence-minister\n"
    ministry = "      - organization: ministry\n        role: partner\n"
    turned = str(changed[MEETING]).replace(country + ministry, ministry + country)
    assert turned != changed[MEETING]

    assert planned(session, good(write(tmp_path / "after", {MEETING: turned}))) == {}


def test_a_new_status_update_is_added_to_an_existing_commitment(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "before")))
    before = session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-01")).one()
    version = before.version
    later = "      - key: c\n        status: abandoned\n        effective_on: 2024-12-01\n        reason: Given up.\n"
    later += "        citations: [{source: report}]\n"
    content = FILES[MEETING].replace("  - public_id: IJ-2024-02", later + "  - public_id: IJ-2024-02")

    plan = loaded(session, good(write(tmp_path / "after", {MEETING: content})))

    assert [step.name for step in plan.of("create")] == [("status_update", "IJ-2024-01/c")]
    session.rollback()
    session.refresh(before)
    assert (before.status, before.version) == ("abandoned", version)


@pytest.mark.parametrize("remembered", [True, False])
def test_a_commitment_deleted_in_the_database_stays_deleted(session: Session, tmp_path: Path, remembered: bool) -> None:
    links = "    links:\n      - relation: continues\n        to: IJ-2024-02\n        note: They belong together.\n"
    seeds = good(write(tmp_path / "seeds", edited(MEETING, links, "")))
    loaded(session, seeds)
    session.delete(session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one())
    if not remembered:
        session.execute(delete(SeedOrigin))
    session.commit()

    plan = loaded(session, seeds)

    assert [step.name for step in plan.of("deleted")] == [("commitment", "IJ-2024-02")]
    assert plan.of("create") == []


def test_what_refers_to_a_deleted_record_is_left_out_with_what_refers_to_that(session: Session, tmp_path: Path) -> None:
    topics = FILES["topics.yaml"] + "- slug: space\n  label: Space\n"
    loaded(session, good(write(tmp_path / "before", {"topics.yaml": topics})))
    session.delete(session.scalars(select(Topic).where(Topic.slug == "space")).one())
    session.commit()
    topics += "- slug: rockets\n  label: Rockets\n  parent: space\n- slug: fuel\n  label: Fuel\n  parent: rockets\n"

    plan = loaded(session, good(write(tmp_path / "after", {"topics.yaml": topics})))

    assert [(step.name[1], step.action, step.reason) for step in plan.steps if step.action != "same"] == [
        ("space", "deleted", ""),
        ("rockets", "blocked", "it refers to topic space, which the database does not have"),
        ("fuel", "blocked", "it refers to topic rockets, which the database does not have"),
    ]


def test_records_may_stand_in_any_order(session: Session, tmp_path: Path) -> None:
    topics = "- slug: cyber\n  label: Cyber\n  parent: security\n- slug: security\n  label: Security\n"

    loaded(session, good(write(tmp_path / "seeds", {"topics.yaml": topics})))

    assert session.scalars(select(Topic).where(Topic.slug == "cyber")).one().parent.slug == "security"


def test_the_number_of_queries_does_not_grow_with_the_records(session: Session, tmp_path: Path) -> None:
    def queries(folder: Path, topics: int) -> int:
        more = "".join(f"- slug: t{n}\n  label: T\n  parent: cyber\n" for n in range(topics))
        seeds = good(write(folder, {"topics.yaml": FILES["topics.yaml"] + more}))
        loaded(session, seeds)
        session.expunge_all()
        asked.clear()
        make_plan(session, seeds)
        return len(asked)

    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))

    assert queries(tmp_path / "few", 5) == queries(tmp_path / "many", 200)


def test_positions_follow_the_file(session: Session) -> None:
    loaded(session, good(PROJECT / "seeds"))
    positions = select(Statement.position).join(Meeting).where(Meeting.edition == 3).order_by(Statement.position)
    found = session.scalars(positions).all()
    assert found == list(range(1, len(found) + 1))


def test_every_citation_of_this_repository_has_a_quote_and_its_place(session: Session) -> None:
    loaded(session, good(PROJECT / "seeds"))
    bare = select(func.count()).select_from(Citation).where(Citation.start_offset.is_(None))
    assert session.scalar(bare) == 0
