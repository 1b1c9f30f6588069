"""A reload as a three-way merge, on both engines: what is taken, what is kept, what nobody but a person can decide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from sqlalchemy import func, select

from tests.conftest import TESTER
from tests.seed_folder import FILES, MEETING, differences, edited, good, loaded, plan_of, planned, write
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import (
    AuditBatch,
    AuditEvent,
    Base,
    Citation,
    Commitment,
    CommitmentParty,
    Country,
    Minister,
    SeedOrigin,
    Source,
    StatusUpdate,
    Topic,
)
from tracker.seeding.columns import delete
from tracker.seeding.load import Refused, hold, load
from tracker.seeding.merge import merge
from tracker.seeding.plan import CITATION_STANDS, TARGET_STANDS, UPDATE_STANDS, make_plan
from tracker.seeding.records import Seeds
from tracker.seeding.schema import Commitment as CommitmentFields
from tracker.seeding.schema import Minister as MinisterFields
from tracker.seeding.schema import Statement as StatementFields

Fields = dict[str, str]

FIRST = ("commitment", "IJ-2024-01")
SECOND = ("commitment", "IJ-2024-02")


def before(session: Session, tmp_path: Path) -> None:
    """The files as they are, loaded."""
    loaded(session, good(write(tmp_path / "before")))
    session.rollback()


def after(tmp_path: Path, name: str, old: str, new: str) -> Seeds:
    """The files with one passage replaced."""
    return good(write(tmp_path / "after", edited(name, old, new)))


def commitment(session: Session, public_id: str) -> Commitment:
    return session.scalars(select(Commitment).where(Commitment.public_id == public_id)).one()


EDITS = [
    ("topics.yaml", "label: Cyber", "label: Net", ("topic", "cyber"), "take label: Cyber -> Net"),
    ("topics.yaml", "  parent: security\n", "", ("topic", "cyber"), "take parent: security -> None"),
    (
        MEETING,
        "title: Peace",
        "title: Peace\n    topics: [cyber]",
        SECOND,
        "take topics: None -> ['cyber']",
    ),
    (
        MEETING,
        "role: partner",
        "role: addressee",
        FIRST,
        "take parties[ministry partner].organization: ",
    ),
    (MEETING, "due_on: 2024-12", "due_on: 2025", FIRST, "take milestones[drafted].due_on: 2024-12 -> 2025"),
    (
        MEETING,
        "selector: {start: 10, end: 39}",
        "prefix: x",
        ("statement", "framework"),
        "take citations[0].selector.start: 10 -> None",
    ),
    (
        "ministers.yaml",
        "end_date: 2024",
        "end_date: 2025",
        ("minister", "rajnath-singh"),
        "take office_terms[defence-minister 2019-05].end_date: 2024 -> 2025",
    ),
    (
        "ministers.yaml",
        "start_date: 2019-05",
        "start_date: 2019-05-01",
        ("minister", "rajnath-singh"),
        "take office_terms[defence-minister 2019-05].start_date: 2019-05 -> 2019-05-01",
    ),
    (
        "ministers.yaml",
        "other_names: [Singh Rajnath]",
        "other_names: [Singh Rajnath, R. Singh]",
        ("minister", "rajnath-singh"),
        "take other_names: ['Singh Rajnath'] -> ['R. Singh', 'Singh Rajnath']",
    ),
    (MEETING, "parent: first\n", "", ("meeting", "third"), "take parent: first -> None"),
    (
        MEETING,
        "    office: defence-minister\nst",
        "st",
        ("meeting", "third"),
        "take attendance[rajnath-singh].office: ",
    ),
    ("sources.yaml", "published_on: 2024-08-21", "published_on: 2024-08-22", ("source", "report"), "take published_on"),
]


def test_what_was_edited_in_a_file_alone_is_taken_and_taken_back(session: Session, tmp_path: Path) -> None:
    before(session, tmp_path)
    files = good(tmp_path / "before")
    for number, (name, old, new, record, expected) in enumerate(EDITS):
        changed = good(write(tmp_path / f"{number}", edited(name, old, new)))

        difference = differences(loaded(session, changed))

        # That alone: so what was taken back before is as it was.
        assert list(difference) == [record], expected
        assert difference[record][0] == "change", expected
        assert difference[record][1].startswith(expected)
        assert planned(session, changed) == {}, expected
        loaded(session, files)
    assert planned(session, files) == {}
    session.rollback()
    batches = session.scalars(select(AuditBatch)).all()
    assert len(batches) == 1 + 2 * len(EDITS)
    deleted = [event.record_key for batch in batches for event in batch.events if event.action == "deleted"]
    assert deleted == ["IJ-2024-01/ministry/partner", "IJ-2024-01/ministry/addressee", "R. Singh"]


def rename(row: Commitment) -> None:
    row.title = "Another title"


def add_party(row: Commitment) -> None:
    row.parties.append(CommitmentParty(country_code="NO", role="addressee"))


def take_milestone(row: Commitment) -> None:
    for milestone in row.milestones:
        delete(milestone)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (rename, ["keep title: Another title -> A framework"]),
        (
            add_party,
            ["keep parties[NO addressee].country: NO -> None", "keep parties[NO addressee].role: addressee -> None"],
        ),
        (take_milestone, ["keep milestones[drafted].slug: None -> drafted"]),
    ],
)
def test_what_was_edited_in_the_database_alone_is_kept(
    session: Session, tmp_path: Path, edit: Callable[[Commitment], None], expected: list[str]
) -> None:
    before(session, tmp_path)
    edit(commitment(session, "IJ-2024-01"))
    session.commit()
    files = good(tmp_path / "before")

    difference = planned(session, files)
    loaded(session, files)
    loaded(session, files, prefer="file")

    assert list(difference) == [FIRST]
    assert difference[FIRST][: len(expected) + 1] == ["keep", *expected]
    assert planned(session, files) == difference


def test_edits_of_both_sides_to_different_fields_stand_together(session: Session, tmp_path: Path) -> None:
    before(session, tmp_path)
    row = commitment(session, "IJ-2024-01")
    row.owner = "ben"
    add_party(row)
    version = row.version
    session.commit()
    files = after(tmp_path, MEETING, "title: A framework", "title: The framework\n    summary: In short.")

    loaded(session, files)
    session.rollback()

    row = commitment(session, "IJ-2024-01")
    assert (row.title, row.summary, row.owner) == ("The framework", "In short.", "ben")
    assert len(row.parties) == 3
    assert row.version > version
    assert planned(session, files)[FIRST][0] == "keep"


@pytest.mark.parametrize(
    ("prefer", "title"), [("file", "Lasting peace"), ("database", "Peace at sea"), (None, "Peace at sea")]
)
def test_a_field_edited_on_both_sides_is_a_conflict_that_somebody_decides(
    session: Session, tmp_path: Path, prefer: str | None, title: str
) -> None:
    before(session, tmp_path)
    commitment(session, "IJ-2024-02").title = "Peace at sea"
    session.commit()
    files = good(
        write(
            tmp_path / "after",
            edited(MEETING, "title: Peace", "title: Lasting peace")
            | edited("topics.yaml", "label: Cyber", "label: Net"),
        )
    )
    assert planned(session, files)[SECOND] == ["conflict", "conflict title: Peace at sea -> Lasting peace"]

    if prefer is None:
        with pytest.raises(Refused):
            loaded(session, files)
    else:
        loaded(session, files, prefer=prefer)  # type: ignore[arg-type] # the words of the table above
        assert SECOND not in planned(session, files) or planned(session, files)[SECOND][0] == "keep"
    session.rollback()

    assert commitment(session, "IJ-2024-02").title == title
    label = session.scalars(select(Topic.label).where(Topic.slug == "cyber")).one()
    assert label == ("Cyber" if prefer is None else "Net")


def test_the_same_edit_on_both_sides_is_no_conflict(session: Session, tmp_path: Path) -> None:
    before(session, tmp_path)
    commitment(session, "IJ-2024-02").title = "Lasting peace"
    session.commit()

    assert planned(session, after(tmp_path, MEETING, "title: Peace", "title: Lasting peace")) == {}


def test_a_record_that_was_never_loaded_is_a_conflict_where_it_differs(session: Session, tmp_path: Path) -> None:
    session.add_all([Topic(slug="security", label="Safety"), Country(code="IN", name="India")])
    session.commit()
    files = good(write(tmp_path / "seeds"))

    plan = plan_of(session, files)
    (step,) = plan.of("conflict")
    assert (step.name, step.reason) == (("topic", "security"), "there already, and not from a file")
    loaded(session, files, prefer="file")
    session.rollback()
    assert session.scalars(select(Topic.label).where(Topic.slug == "security")).one() == "Security"


@pytest.mark.parametrize(
    ("name", "old", "new", "record", "reason"),
    [
        (MEETING, "locator: page 1", "locator: page 2", ("status_update", "IJ-2024-01/b"), UPDATE_STANDS),
        (MEETING, "Work began", "Work had begun", ("status_update", "IJ-2024-01/a"), UPDATE_STANDS),
        (MEETING, "original_target_on: 2025\n", "original_target_on: 2026\n", FIRST, TARGET_STANDS),
        (MEETING, "    original_target_on: 2025\n", "", FIRST, TARGET_STANDS),
        (
            MEETING,
            "      - source: report\n        bearing: context\n",
            "",
            ("statement", "framework"),
            CITATION_STANDS,
        ),
    ],
)
@pytest.mark.parametrize("prefer", [None, "file"])
def test_an_edit_of_what_never_changes_is_refused(
    session: Session,
    tmp_path: Path,
    name: str,
    old: str,
    new: str,
    record: tuple[str, str],
    reason: str,
    prefer: str | None,
) -> None:
    before(session, tmp_path)
    files = after(tmp_path, name, old, new)

    plan = plan_of(session, files, prefer)  # type: ignore[arg-type] # the words of the table above

    assert [(step.name, step.reason) for step in plan.of("refuse")] == [(record, reason)]
    with pytest.raises(Refused):
        load(session, plan, "asha")


def test_a_citation_edited_in_a_file_is_corrected_and_stands_in_its_place(session: Session, tmp_path: Path) -> None:
    before(session, tmp_path)
    wider = "exact: agreed to prepare a framework\n        selector: {start: 10, end: 39}"
    files = after(tmp_path, MEETING, wider, "exact: agreed to prepare a framework\n        locator: page 3")

    loaded(session, files)
    session.rollback()

    citations = session.scalars(
        select(Citation).where(Citation.statement_id.is_not(None)).order_by(Citation.ordinal)
    ).all()
    assert [(c.ordinal, c.locator, c.corrects and c.corrects.ordinal) for c in citations] == [
        (1, None, None),
        (2, None, None),
        (3, "page 3", 1),
    ]
    assert planned(session, files) == {}
    again = good(write(tmp_path / "again", edited(MEETING, "selector: {start: 10, end: 39}", "locator: page 4")))
    loaded(session, again)
    assert planned(session, again) == {}


def test_a_correction_made_in_the_database_is_kept(session: Session, tmp_path: Path) -> None:
    before(session, tmp_path)
    update = session.scalars(select(StatusUpdate).where(StatusUpdate.key == "b")).one()
    source = session.scalars(select(Source)).one()
    update.citations.append(Citation(source=source, locator="page 9", ordinal=2, corrects=update.citations[0]))
    session.commit()

    files = good(tmp_path / "before")
    loaded(session, files)
    assert planned(session, files) == {
        ("status_update", "IJ-2024-01/b"): ["keep", "keep citations[0].locator: page 9 -> page 1"]
    }


def test_a_new_update_that_the_history_of_the_database_speaks_against_is_refused(
    session: Session, tmp_path: Path
) -> None:
    before(session, tmp_path)
    row = commitment(session, "IJ-2024-02")
    day = row.meeting.start_date
    session.add(
        StatusUpdate(commitment=row, status="in_progress", effective_on=day, reason="Seen.", recorded_by="asha")
    )
    session.commit()
    update = "key: z\n        status: no_evidence_found\n        effective_on: 2024-10-02\n        reason: Looked.\n"
    files = after(tmp_path, MEETING, "    title: Peace\n", f"    title: Peace\n    status_updates:\n      - {update}")

    (step,) = plan_of(session, files).of("refuse")

    assert step.name == ("status_update", "IJ-2024-02/z")
    assert step.reason.startswith("something was known before")


@pytest.mark.parametrize("prefer", [None, "file", "database"])
def test_a_record_deleted_in_the_database_and_edited_in_the_file(
    session: Session, tmp_path: Path, prefer: str | None
) -> None:
    topics = {"topics.yaml": FILES["topics.yaml"] + "- slug: space\n  label: Space\n"}
    loaded(session, good(write(tmp_path / "before", topics)))
    session.delete(session.scalars(select(Topic).where(Topic.slug == "space")).one())
    session.commit()
    topics = {"topics.yaml": FILES["topics.yaml"] + "- slug: space\n  label: Outer space\n"}
    files = good(write(tmp_path / "after", topics))

    actions = planned(session, files, prefer)  # type: ignore[arg-type] # the words of the table above

    assert actions == {("topic", "space"): [{None: "conflict", "file": "create", "database": "deleted"}[prefer]]}
    if prefer:
        loaded(session, files, prefer)  # type: ignore[arg-type] # the words of the table above
        assert planned(session, files) == ({} if prefer == "file" else {("topic", "space"): ["deleted"]})


MORE = {
    "topics.yaml": FILES["topics.yaml"]
    + "- slug: space\n  label: Space\n- slug: moon\n  label: Moon\n  parent: space\n",
    "countries.yaml": FILES["countries.yaml"] + "- code: JP\n  name: Japan\n",
}


def test_what_left_the_files_is_told_and_pruned_where_nothing_refers_to_it(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "before", MORE)))
    session.rollback()
    session.scalars(select(Minister).where(Minister.slug == "kari-nordmann")).one().country_code = "JP"
    session.commit()
    files = good(write(tmp_path / "after"))

    told = plan_of(session, files)
    assert {step.name[1] for step in told.of("removed")} == {"space", "moon", "JP"}
    loaded(session, files)
    pruned = loaded(session, files, prune=True)

    assert [step.name[1] for step in pruned.of("prune")] == ["moon", "space"]
    assert [(step.name[1], step.reason) for step in pruned.of("removed")] == [
        ("JP", "minister kari-nordmann refers to it")
    ]
    assert session.scalar(select(func.count()).select_from(Topic)) == 2
    assert session.get(SeedOrigin, ("topic", "moon")) is None
    deleted = session.scalars(select(AuditEvent.record_key).where(AuditEvent.action == "deleted")).all()
    assert sorted(deleted) == ["moon", "space"]


def test_a_whole_meeting_is_pruned_but_for_what_was_said_and_what_became_of_it(
    session: Session, tmp_path: Path
) -> None:
    before(session, tmp_path)
    folder = write(tmp_path / "after")
    (folder / MEETING).unlink()

    pruned = loaded(session, good(folder), prune=True)

    assert pruned.of("prune") == []
    assert {step.name[1]: step.reason for step in pruned.of("removed")} == {
        "IJ-2024-01/a": "history is never deleted",
        "IJ-2024-01/b": "history is never deleted",
        "IJ-2024-01": "status_update IJ-2024-01/a refers to it",
        "IJ-2024-02": "commitment IJ-2024-01 refers to it",
        "framework": "what was said is never deleted; withdraw it",
        "third": "statement framework refers to it",
    }


def test_what_was_edited_in_the_database_is_not_pruned_unless_the_file_is_preferred(
    session: Session, tmp_path: Path
) -> None:
    loaded(session, good(write(tmp_path / "before", MORE)))
    session.scalars(select(Topic).where(Topic.slug == "moon")).one().label = "The Moon"
    session.commit()
    files = good(write(tmp_path / "after"))

    reasons = {step.name[1]: step.reason for step in plan_of(session, files, prune=True).of("removed")}
    assert reasons["moon"] == "edited in the database since it was loaded"
    assert reasons["space"] == "topic moon refers to it"
    assert len(plan_of(session, files, prefer="file", prune=True).of("prune")) == 3


def test_what_left_the_files_and_the_database_is_forgotten(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "before", MORE)))
    session.delete(session.scalars(select(Topic).where(Topic.slug == "moon")).one())
    session.commit()

    loaded(session, good(write(tmp_path / "after")))

    assert session.get(SeedOrigin, ("topic", "moon")) is None
    assert session.get(SeedOrigin, ("topic", "space")) is not None


def test_a_commitment_moves_to_another_meeting_with_its_file(session: Session, tmp_path: Path) -> None:
    before(session, tmp_path)
    whole, second = FILES[MEETING].split("  - public_id: IJ-2024-02")
    first = FILES["meetings/2019-first.yaml"] + "commitments:\n  - public_id: IJ-2024-02" + second
    files = good(write(tmp_path / "after", {MEETING: whole, "meetings/2019-first.yaml": first}))

    assert planned(session, files)[SECOND] == ["change", "take meeting: third -> first"]
    loaded(session, files)

    assert planned(session, files) == {}
    assert commitment(session, "IJ-2024-02").meeting.slug == "first"


def test_bulk_rows_leave_the_audit_that_the_session_would_leave(session: Session, tmp_path: Path) -> None:
    """Events of a record loaded in bulk against those of the same record added as an object."""
    loaded(session, good(write(tmp_path / "seeds")))
    session.rollback()
    bulk = session.scalars(select(AuditEvent).where(AuditEvent.record_key == "cyber")).one()
    parent = session.scalars(select(Topic).where(Topic.slug == "security")).one()
    session.add(Topic(slug="net", label="Cyber", parent=parent))
    session.commit()
    alone = session.scalars(select(AuditEvent).where(AuditEvent.record_key == "net")).one()
    assert bulk.action == alone.action
    assert bulk.changes == alone.changes | {"slug": [None, "cyber"]}
    party = session.scalars(select(AuditEvent).where(AuditEvent.record_key == "IJ-2024-01/IN/lead")).one()
    assert party.record == "commitment_party"
    term = session.scalars(select(AuditEvent).where(AuditEvent.record == "office_term")).one()
    assert term.record_key == "rajnath-singh/defence-minister"
    keys = session.scalars(select(AuditEvent.record_key).where(AuditEvent.record == "citation")).all()
    assert sorted(keys) == ["IJ-2024-01/b#1", "framework#1", "framework#2"]


@pytest.mark.parametrize("rounds", [3, pytest.param(40, marks=pytest.mark.long)])
def test_a_concurrent_edit_is_before_or_after_a_load_and_never_lost(
    config: Config, tmp_path: Path, rounds: int
) -> None:
    """One thread loads titles of its own, another counts up in the owner, as the admin does: under a row lock."""
    engine = create_engine(config.database_url)
    versions = []
    for number in range(rounds):
        changes = edited(MEETING, "title: Peace", f"title: Peace {number}")
        versions.append(good(write(tmp_path / str(number), changes)))
    with Session(engine, info={"origin": TESTER}) as session:
        loaded(session, good(write(tmp_path / "first")))
    ready, done = Event(), Event()

    def edit() -> int:
        count = 0
        while not done.is_set():
            with Session(engine, info={"origin": TESTER}) as session:
                row = commitment(session, "IJ-2024-02")
                session.refresh(row, with_for_update=True)
                count += 1
                row.owner = f"{count}"
                row.parties[0].office_id = 1 if count % 2 else None
                session.commit()
            ready.set()
            sleep(0.002)
        return count

    with ThreadPoolExecutor(1) as pool:
        counted = pool.submit(edit)
        ready.wait(30)
        for files in versions:
            with Session(engine, info={"origin": TESTER}) as session:
                hold(session)
                load(session, make_plan(session, files), "asha")
                session.commit()
        done.set()
        count = counted.result(60)
    with Session(engine) as session:
        row = commitment(session, "IJ-2024-02")
        assert (row.title, row.owner) == (f"Peace {rounds - 1}", f"{count}")
        assert row.parties[0].office_id == (1 if count % 2 else None)
    engine.dispose()


# what was last loaded, what the database holds, what the file says, what should stand, what is told
CASES = [
    ({"title": "1"}, {"title": "1"}, {"title": "1"}, {"title": "1"}, []),
    ({"title": "1"}, {"title": "1"}, {"title": "2"}, {"title": "2"}, ["take"]),
    ({"title": "1"}, {"title": "2"}, {"title": "1"}, {"title": "2"}, ["keep"]),
    ({"title": "1"}, {"title": "2"}, {"title": "2"}, {"title": "2"}, []),
    ({"title": "1"}, {"title": "2"}, {"title": "3"}, {"title": "2"}, ["conflict"]),
    ({"title": "1"}, {}, {"title": "1"}, {}, ["keep"]),
    ({"title": "1"}, {}, {"title": "3"}, {}, ["conflict"]),
    ({"title": "1"}, {"title": "1"}, {}, {}, ["take"]),
    ({}, {"title": "1"}, {"title": "2"}, {"title": "1"}, ["conflict"]),
    (None, {"title": "1"}, {}, {"title": "1"}, ["conflict"]),
    (None, {"title": "1"}, {"title": "1"}, {"title": "1"}, []),
]


@pytest.mark.parametrize(("base", "old", "new", "expected", "verdicts"), CASES)
def test_one_field(base: Fields | None, old: Fields, new: Fields, expected: Fields, verdicts: list[str]) -> None:
    merged, changes = merge(CommitmentFields, base, old, new)
    assert (merged, [change.verdict for change in changes]) == (expected, verdicts)


def test_a_part_taken_on_one_side_and_edited_on_the_other_is_one_conflict() -> None:
    term = {"office": "o", "start_date": "2019"}
    merged, changes = merge(
        MinisterFields, {"office_terms": [term]}, {"office_terms": [term | {"end_date": "2024"}]}, {}
    )
    assert {change.verdict for change in changes} == {"conflict"}
    assert merged == {"office_terms": [term | {"end_date": "2024"}]}
    settled, _ = merge(
        MinisterFields, {"office_terms": [term]}, {"office_terms": [term | {"end_date": "2024"}]}, {}, "file"
    )
    assert settled == {}


def test_the_order_of_citations_does_not_count() -> None:
    one, other = {"source": "a"}, {"source": "b"}
    forms = ({"citations": [one, other]}, {"citations": [other, one]}, {"citations": [one, other]})
    assert merge(StatementFields, *forms)[1] == []


def test_every_table_that_a_record_may_stand_in_is_known_by_name() -> None:
    assert all(mapper.class_.__tablename__ in Base.metadata.tables for mapper in Base.registry.mappers)
