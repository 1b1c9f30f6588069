"""Many processes change the same five commitments at once: nothing is lost and nobody sees an error."""

from datetime import date, timedelta

import pytest
from sqlalchemy import URL, func, make_url, select, text

from tests.cast import meeting_of_2024, update
from tests.conftest import TESTER
from tests.keeping_cast import run
from tests.torture.processes import pool
from tracker.auditing import Origin
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import AuditBatch, Commitment, StatusUpdate

COMMITMENTS = [f"IJ-2024-{n:02}" for n in range(11, 16)]
STATUSES = ("not_started", "in_progress", "stalled")


def change(url: str, process: int, rounds: int) -> int:
    """Record a status update and edit the title of each commitment in turn, a transaction each; return how many."""
    engine = create_engine(make_url(url))
    done = 0
    for number in range(rounds):
        public_id = COMMITMENTS[(process + number) % len(COMMITMENTS)]
        with Session(engine, info={"origin": Origin(f"process {process}", "cli")}) as session:
            commitment = session.scalars(
                select(Commitment).where(Commitment.public_id == public_id).with_for_update()
            ).one()
            commitment.title = f"{int(commitment.title) + 1}"
            day = date(2024, 9, 1) + timedelta(days=number)
            session.add(update(STATUSES[(process + number) % 3], day, commitment=commitment))
            session.commit()
            done += 1
    engine.dispose()
    return done


@pytest.mark.parametrize(("count", "rounds"), [(3, 3), pytest.param(8, 250, marks=pytest.mark.long)])
def test_no_update_is_lost(config: Config, count: int, rounds: int) -> None:
    prepare(config.database_url)
    address = config.database_url.render_as_string(hide_password=False)
    with pool(count) as processes:
        done = list(processes.map(change, [address] * count, range(count), [rounds] * count))
    assert sum(done) == count * rounds
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        titles = session.scalars(select(Commitment.title).where(Commitment.public_id.in_(COMMITMENTS))).all()
        assert sum(map(int, titles)) == count * rounds
        assert session.scalar(select(func.count()).select_from(StatusUpdate)) == count * rounds + 1
        assert session.scalar(select(func.count()).select_from(AuditBatch)) == count * rounds + 2
        assert session.scalar(select(func.max(AuditBatch.position))) == count * rounds + 2
        disagreeing = session.execute(
            text(
                "SELECT c.public_id FROM commitment c JOIN commitment_projection p ON p.commitment_id = c.id "
                "WHERE c.status <> p.status"
            )
        ).all()
        assert disagreeing == []
    engine.dispose()


def prepare(url: URL) -> None:
    engine = create_engine(url)
    with Session(engine, info={"origin": TESTER}) as session:
        meeting = meeting_of_2024(session)
        statements = session.scalars(select(Commitment).limit(1)).one().statements
        for public_id in COMMITMENTS:
            session.add(
                Commitment(public_id=public_id, meeting=meeting, kind="principle", title="0", statements=statements)
            )
        session.commit()
    engine.dispose()


def record(url: str, process: int, rounds: int) -> int:
    """Record status updates, one transaction each; return how many."""
    engine = create_engine(make_url(url))
    for number in range(rounds):
        with Session(engine, info={"origin": TESTER}) as session:
            public_id = COMMITMENTS[(process + number) % len(COMMITMENTS)]
            commitment = session.scalars(select(Commitment).where(Commitment.public_id == public_id)).one()
            day = date(2024, 9, 1) + timedelta(days=number)
            # Not appended to the collection, which would be read whole first.
            session.add(update(("stalled", "in_progress")[number % 2], day, commitment=commitment))
            session.commit()
    engine.dispose()
    return rounds


@pytest.mark.parametrize(("count", "rounds"), [(4, 3), pytest.param(16, 500, marks=pytest.mark.long)])
def test_processes_side_by_side_lose_no_update(config: Config, count: int, rounds: int) -> None:
    prepare(config.database_url)
    address = config.database_url.render_as_string(hide_password=False)
    with pool(count) as processes:
        assert sum(processes.map(record, [address] * count, range(count), [rounds] * count)) == count * rounds
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(StatusUpdate)) == count * rounds + 1
        assert session.scalar(select(func.count()).select_from(AuditBatch)) == count * rounds + 2
    engine.dispose()
    assert run(config, "db", "check").exit_code == 0
