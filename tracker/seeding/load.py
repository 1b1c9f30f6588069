"""Loading: what a plan would do is done, and what each record looked like in its file is remembered."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tracker.models import Base, SeedOrigin, SeedText
from tracker.models.base import Versioned
from tracker.seeding.bulk import Advance, Creator
from tracker.seeding.columns import table_of
from tracker.seeding.lookup import TABLES, key_of
from tracker.seeding.plan import Name, Plan, Step
from tracker.seeding.removed import forget
from tracker.seeding.rows import change

# The audit trail has a lock of its own.
UNHELD = ("audit_batch", "audit_event")
# SQLite's memory for pages in kB: new rows belong all over the indexes, of which the default holds next to nothing.
CACHE = 32_000
# Seconds to wait until nobody else is in the middle of a change.
PATIENCE = 30


class Refused(ValueError):
    """A plan that cannot be carried out before somebody decides; nothing was changed."""


def hold(session: Session) -> None:
    """Keep others from changing records until the session's transaction ends, so that each edit is before it or after.

    On SQLite a transaction that writes does so by itself, and only gets memory. On PostgreSQL the locks are taken all
    at once or not at all: who waits for one while holding others could wait for ever.
    """
    if session.get_bind().dialect.name != "postgresql":
        session.execute(text(f"PRAGMA cache_size = -{CACHE}"))
        return
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables if table.name not in UNHELD)
    deadline = monotonic() + PATIENCE
    while True:
        try:
            session.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE NOWAIT"))
        except OperationalError:
            session.rollback()
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return


def load(
    session: Session,
    plan: Plan,
    recorded_by: str,
    advance: Advance = lambda n: None,
    known: Mapping[Name, Any] | None = None,
) -> dict[Name, Any]:
    """Do what the plan would do, in the session's transaction; the caller commits.

    Status updates that do not say who recorded them are `recorded_by`'s. `advance` is told how many more records
    were written. `known` are primary keys of records beyond the plan that its records refer to; returned are these
    and those of the plan. Raises Refused where the plan holds a conflict or an edit of what never changes.
    """
    if plan.refused:
        raise Refused("there are conflicts; nothing was changed")
    ids = dict(known or {}) | {name: key_of(row) for name, row in plan.rows.items()}
    creator = Creator(session, ids, recorded_by, advance)
    creator.create([step.found for step in plan.of("create")])
    with session.no_autoflush:
        for step in plan.of("change"):
            _change(step, plan.rows[step.name], _getter(session, plan, ids))
            advance(1)
    session.flush()
    forget(session, plan)
    _remember(session, plan)
    return ids


def _change(step: Step, row: Base, get: Callable[[str, str], Base]) -> None:
    model = type(step.found.model)
    if any(edit.field == model.nested_in for edit in step.changes if edit.verdict == "take"):
        setattr(row, model.nested_in, get(model.nested_in, step.content[model.nested_in]))
    change(row, model, step.content, get)
    if isinstance(row, Versioned):
        # Whoever has the record open in a form must hear of it, also where its own columns stay as they are.
        row.version = row.version + 1


def _getter(session: Session, plan: Plan, ids: dict[Name, Any]) -> Callable[[str, str], Base]:
    def get(kind: str, key: str) -> Base:
        row = plan.rows.get((kind, key))
        return row if row is not None else session.get_one(TABLES[kind], ids[kind, key])

    return get


def _remember(session: Session, plan: Plan) -> None:
    """Keep what each record of the files that was settled looks like there."""
    now = datetime.now(UTC)
    fresh: list[dict[str, Any]] = []
    for step in plan.of("create", "same", "change", "keep", "deleted"):
        origin = plan.origins.get(step.name)
        content, file = step.found.content, step.found.file.name
        if origin is not None and (origin.content, origin.file) != (content, file):
            origin.content, origin.file, origin.loaded_at = content, file, now
        elif origin is None and step.action != "deleted":
            kind, key = step.name
            fresh.append({"record": kind, "record_key": key, "file": file, "content": content, "loaded_at": now})
    if fresh:
        session.execute(insert(table_of(SeedOrigin)), fresh)
    _keep_texts(session, {file.name: file.text for file in plan.files})
    session.flush()


def _keep_texts(session: Session, texts: dict[str, str]) -> None:
    """Keep the files of a folder as they stand; what is imported has none."""
    if not texts:
        return
    known = {kept.file: kept for kept in session.scalars(select(SeedText))}
    for name in known.keys() - texts.keys():
        session.delete(known[name])
    for name, content in texts.items():
        if name in known:
            known[name].content = content
        else:
            session.add(SeedText(file=name, content=content))
