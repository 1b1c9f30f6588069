"""More records on top of the shared cast, so that each built-in report has something to leave out."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session as OrmSession

from tests.cast import citation, meeting_of_2024
from tests.conftest import TESTER, Server
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Commitment, Meeting, MeetingSeries, Minister, Source, Statement, StatusUpdate, Topic


def shared_records(
    request: pytest.FixtureRequest, folder: Path, records: Callable[[Engine], None] | None = None
) -> Iterator[Config]:
    """Settings for a database that holds the cast, on the engine that `request` names; share it, and only read.

    `records` makes other records in its stead.
    """
    instance = folder / "instance"
    shutil.copytree(request.getfixturevalue("sqlite_template"), instance)
    config = Config.load({"TRACKER_INSTANCE": str(instance)})
    if request.param == "sqlite":
        _fill(config, records or fill)
        yield config
        return
    server: Server = request.getfixturevalue("postgres")
    config = replace(config, database_url=server.create(request.getfixturevalue("postgres_template").database))
    _fill(config, records or fill)
    yield config
    server.drop(config.database_url)


def _fill(config: Config, records: Callable[[Engine], None]) -> None:
    engine = create_engine(config.database_url)
    records(engine)
    engine.dispose()


def fill(engine: Engine) -> None:
    """Two series, three meetings, six commitments (one withdrawn), three statements that stand and one withdrawn."""
    with Session(engine, info={"origin": TESTER}) as session:
        meeting_of_2024(session)
        _second_meeting(session)
        session.commit()
        _withdrawn(session)
        session.commit()


def _second_meeting(session: OrmSession) -> None:
    first = session.scalars(select(Meeting)).one()
    minister = session.scalars(select(Minister)).one()
    source = session.scalars(select(Source)).one()
    consular = session.scalars(select(Topic)).one()
    visas = Topic(slug="visas", label="Visas", parent=consular)
    other = MeetingSeries(slug="quad", code="QD", name="Quad")
    second = Meeting(
        slug="quad-1",
        series=other,
        edition=1,
        name="First Quad",
        classification="ministerial",
        status="held",
        start_date=date(2025, 3, 1),
        date_precision="month",
    )
    undated = Meeting(slug="planned", name="Planned talks", classification="other", status="planned")
    joint = Statement(
        slug="joint",
        meeting=second,
        attribution="The Quad",
        summary="Visas will be easier; 100 % of them.",
        position=1,
        citations=[citation(source, "visas will be easier"), citation(source, None, 2)],
    )
    spoken = Statement(
        slug="spoken",
        meeting=second,
        minister=minister,
        said_on=date(2025, 3, 2),
        said_precision="day",
        summary="=We shall see",
        citations=[citation(source, "we will see")],
    )
    easier = _commitment(session, "QD-2025-01", second, joint, "task", [visas, consular], date(2025, 6, 30))
    talks = _commitment(session, "QD-2025-02", undated, joint, "request", [], None)
    gone = _commitment(session, "QD-2025-03", second, joint, "report", [visas], date(2025, 1, 31))
    done = _commitment(session, "IJ-2024-03", first, spoken, "undertaking", [visas], date(2024, 12, 31))
    session.flush()
    _update(easier, "in_progress", date(2025, 4, 1), new_target=date(2025, 12, 31))
    _update(talks, "no_evidence_found", date(2025, 5, 1))
    _update(talks, "no_evidence_found", date(2025, 6, 1))
    wrong = _update(done, "stalled", date(2025, 1, 10))
    session.flush()
    done.status_updates.append(
        StatusUpdate(
            status="fulfilled",
            effective_on=date(2025, 1, 10),
            recorded_at=datetime(2025, 1, 12, 9, 30, tzinfo=UTC),
            reason="It is done: @home.",
            recorded_by="tester",
            corrects=wrong,
            citations=[citation(source, "is done")],
        )
    )
    _update(gone, "stalled", date(2025, 4, 2))


def _withdrawn(session: OrmSession) -> None:
    gone = session.scalars(select(Commitment).where(Commitment.public_id == "QD-2025-03")).one()
    gone.withdrawn_on, gone.withdrawn_reason = date(2025, 7, 1), "Entered twice."
    source = session.scalars(select(Source)).one()
    meeting = session.scalars(select(Meeting).where(Meeting.slug == "quad-1")).one()
    session.add(
        Statement(
            slug="unsaid",
            meeting=meeting,
            attribution="Nobody",
            summary="Nothing.",
            withdrawn_on=date(2025, 7, 1),
            withdrawn_reason="Not said.",
            citations=[citation(source, "nothing")],
        )
    )


def _commitment(
    session: OrmSession,
    public_id: str,
    meeting: Meeting,
    statement: Statement,
    kind: str,
    topics: list[Topic],
    target: date | None,
) -> Commitment:
    strength = {"strength": "decided", "operative_phrase": "will"} if kind in ("undertaking", "task") else {}
    commitment = Commitment(
        public_id=public_id,
        meeting=meeting,
        kind=kind,
        title=f"Title of {public_id}",
        statements=[statement],
        topics=topics,
        original_target_on=target,
        original_target_precision="day" if target else None,
        **strength,
    )
    session.add(commitment)
    return commitment


def _update(commitment: Commitment, status: str, day: date, new_target: date | None = None) -> StatusUpdate:
    made = StatusUpdate(
        status=status,
        effective_on=day,
        recorded_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        reason=f"Since {day}.",
        recorded_by="tester",
        new_target_on=new_target,
        new_target_precision="day" if new_target else None,
    )
    commitment.status_updates.append(made)
    return made
