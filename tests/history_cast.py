"""A series with a past: meetings over ten years, commitments with updates in and out of order, corrected, withdrawn."""

import random
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from tests.cast import citation
from tracker.models import Commitment, Meeting, MeetingSeries, Source, Statement, StatusUpdate

FIRST, LAST = date(2014, 1, 1), date(2024, 12, 31)
STATUSES = ("not_started", "in_progress", "stalled", "superseded", "uncheckable", "unreviewed")


def series_with_a_past(session: Session) -> None:
    """Four meetings with five commitments each; the third has updates, one of them corrected, more often than not."""
    chance = random.Random(20240901)
    series = MeetingSeries(slug="talks", code="T", name="Talks")
    source = Source(slug="paper", title="A paper", classification="press_report")
    for edition, year in enumerate((2014, 2017, 2020, 2023), 1):
        meeting = Meeting(
            slug=f"talks-{year}", series=series, edition=edition, name=f"Talks of {year}", classification="ministerial",
            status="held", start_date=date(year, 6, 15), date_precision="day",
        )  # fmt: skip
        said = Statement(
            slug=f"said-{year}", meeting=meeting, attribution="Both sides", summary="They will.",
            citations=[citation(source, "they will")],
        )  # fmt: skip
        for number in range(1, 6):
            one = Commitment(
                public_id=f"T-{year}-{number:02}", meeting=meeting, kind="undertaking", title=f"Matter {number}",
                statements=[said],
            )  # fmt: skip
            if chance.random() < 0.6:
                one.original_target_on, one.original_target_precision = _between(chance, year + 1), "day"
            session.add(one)
            session.flush()
            _happen(session, one, year, chance)
            if number == 5:
                one.withdrawn_on, one.withdrawn_reason = _between(chance, year), "It repeats another."
    session.commit()


def _happen(session: Session, commitment: Commitment, year: int, chance: random.Random) -> None:
    updates: list[StatusUpdate] = []
    for _ in range(chance.randrange(6)):
        day = _between(chance, year)
        # Some things become known long after they were true.
        known = datetime(day.year, day.month, day.day, chance.randrange(24), 30, tzinfo=UTC)
        known += timedelta(days=chance.choice((0, 1, 40, 400)))
        moved = chance.random() < 0.4
        wrong = [update for update in updates if update.corrected_by is None and update.recorded_at < known]
        update = StatusUpdate(
            commitment=commitment, status=chance.choice(STATUSES), effective_on=day, recorded_at=known,
            recorded_by="tester", reason="It was so reported.",
            new_target_on=_between(chance, year + 2) if moved else None, new_target_precision="day" if moved else None,
            corrects_id=chance.choice(wrong).id if wrong and chance.random() < 0.4 else None,
        )  # fmt: skip
        session.add(update)
        session.flush()
        session.expire_all()
        updates.append(update)


def _between(chance: random.Random, year: int) -> date:
    return date(year, 6, 16) + timedelta(days=chance.randrange(900))
