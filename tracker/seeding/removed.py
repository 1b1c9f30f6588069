"""Records that were loaded once and stand in no file any more: told, and deleted only where asked and unreferred."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from tracker.models import Base, SeedOrigin, Statement, StatusUpdate
from tracker.models.triggers import APPEND_ONLY
from tracker.seeding.fields import SeedModel
from tracker.seeding.files import is_seed_file
from tracker.seeding.lookup import TABLES, key_of, origins, rows
from tracker.seeding.merge import Prefer, merge
from tracker.seeding.plan import Plan, Step, described
from tracker.seeding.records import kind_of
from tracker.seeding.schema import RECORDS

RECORD_TABLES = {kind_of(model) for model in RECORDS}
NEVER_DELETED = {
    Statement: "what was said is never deleted; withdraw it",
    StatusUpdate: "history is never deleted",
}


def add_removed(session: Session, plan: Plan, prune: bool, prefer: Prefer = None) -> None:
    """Add to the plan what stands in no file any more; with `prune`, deleted where nothing speaks against it."""
    here = {step.name for step in plan.steps}
    gone: dict[str, list[str]] = defaultdict(list)
    for kind, key, file in session.execute(select(SeedOrigin.record, SeedOrigin.record_key, SeedOrigin.file)):
        if (kind, key) not in here and is_seed_file(file):
            gone[kind].append(key)
    # Nothing is deleted before what may refer to it.
    steps = [
        step for model in reversed(RECORDS) for step in _removed(session, plan, model, gone[kind_of(model)], prefer)
    ]
    plan.steps += steps
    if prune:
        _doom(session, plan, [step for step in steps if step.action == "removed" and not step.reason])


def forget(session: Session, plan: Plan) -> None:
    """Delete what the plan would prune, and what was remembered of it."""
    for step in plan.of("prune"):
        if (row := plan.rows.get(step.name)) is not None:
            session.delete(row)
            session.flush()
        session.delete(plan.origins[step.name])
    session.flush()


def _removed(session: Session, plan: Plan, model: type[SeedModel], keys: list[str], prefer: Prefer) -> Iterator[Step]:
    kind, found = kind_of(model), rows(session, model, keys)
    for origin in origins(session, kind, sorted(keys)):
        step = Step((kind, origin.record_key), "removed", file=origin.file)
        plan.origins[step.name] = origin
        row = found.get(origin.record_key)
        if row is None:
            step.action, step.reason = "prune", "deleted in the database before"
        else:
            plan.rows[step.name] = row
            step.reason = NEVER_DELETED.get(type(row), "")
            edits = merge(model, origin.content, described(row, model), origin.content)[1]
            if edits and prefer != "file" and not step.reason:
                step.reason = "edited in the database since it was loaded"
        yield step


def _doom(session: Session, plan: Plan, waiting: list[Step]) -> None:
    """Let those be deleted that nothing refers to but what is deleted as well."""
    doomed: set[Base] = set()
    while waiting:
        left = []
        for step in waiting:
            holder = next((row for row in _holders(session, plan.rows[step.name]) if row not in doomed), None)
            if holder is None:
                doomed.add(plan.rows[step.name])
                step.action = "prune"
                # Behind those before it, so that children go before their parents.
                plan.steps.remove(step)
                plan.steps.append(step)
            else:
                step.reason = f"{holder.__tablename__} {holder.record_key} refers to it"
                left.append(step)
        if len(left) == len(waiting):
            return
        waiting = left


def _holders(session: Session, row: Base) -> Iterator[Base]:
    """The records that refer to this one, by themselves or by a part of theirs."""
    key = key_of(row)
    for other, column in _referring(row.__table__):
        if other.name in RECORD_TABLES:
            yield from session.scalars(select(TABLES[other.name]).where(column == key))
        for owner in _owners(other):
            if owner is not column:
                (foreign,) = owner.foreign_keys
                of_part = foreign.column.in_(select(owner).where(column == key))
                yield from session.scalars(select(TABLES[foreign.column.table.name]).where(of_part))


def _referring(table: Any) -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that refers to the key of a table."""
    (key,) = table.primary_key.columns
    for other in Base.metadata.tables.values():
        yield from ((other, foreign.parent) for foreign in other.foreign_keys if foreign.column is key)


def _owners(table: Table) -> list[Column[Any]]:
    """The columns that tell which record a part belongs to: the first that refers to one, or, of a citation, two."""
    if table.name in RECORD_TABLES:
        return []
    referring = [column for column in table.columns if column.foreign_keys]
    return referring[: 2 if table.name in APPEND_ONLY else 1]
