"""Loading: what a plan would create is created, and what each record looked like is remembered."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.models import Base, SeedOrigin, Statement, StatusUpdate
from tracker.seeding.plan import Plan, Step
from tracker.seeding.rows import fill

# How many records are written at a time.
WRITTEN = 500


def load(session: Session, plan: Plan, recorded_by: str, advance: Callable[[int], object] = lambda n: None) -> None:
    """Create the records that the plan would create, in the session's transaction; the caller commits.

    Status updates that do not say who recorded them are `recorded_by`'s. `advance` is told how many more records
    were written.
    """
    steps = plan.of("create")
    rows = dict(plan.rows)
    # All rows first, so that records can refer to each other in any order.
    rows |= {step.name: step.record.model.table() for step in steps}
    with session.no_autoflush:
        for step in steps:
            _fill(rows[step.name], step, rows, recorded_by)
    for start in range(0, len(steps), WRITTEN):
        some = steps[start : start + WRITTEN]
        session.add_all(rows[step.name] for step in some)
        session.flush()
        advance(len(some))
    _remember(session, plan)


def _fill(row: Base, step: Step, rows: dict[tuple[str, str], Base], recorded_by: str) -> None:
    record = step.record
    model = type(record.model)
    if model.nested_in:
        setattr(row, model.nested_in, rows[model.nested_in, record.within])
    fill(row, model, record.content, lambda kind, key: rows[kind, key])
    if isinstance(row, Statement):
        row.position = int(record.place[-1]) + 1
    if isinstance(row, StatusUpdate) and row.recorded_by is None:
        row.recorded_by = recorded_by


def _remember(session: Session, plan: Plan) -> None:
    """Keep what each record that now stands in the database as in its file looked like."""
    now = datetime.now(UTC)
    fresh: list[dict[str, Any]] = []
    for step in [*plan.of("create"), *plan.of("same")]:
        origin = plan.origins.get(step.name)
        content, file = step.record.content, step.record.file.name
        if origin is None:
            kind, key = step.name
            fresh.append({"record": kind, "record_key": key, "file": file, "content": content, "loaded_at": now})
        elif (origin.content, origin.file) != (content, file):
            origin.content, origin.file, origin.loaded_at = content, file, now
    if fresh:
        session.execute(insert(SeedOrigin), fresh)
