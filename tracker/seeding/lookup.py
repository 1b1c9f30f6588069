"""What the database holds of the records of files, a few hundred at a time."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload

from tracker import models
from tracker.models import AuditBatch, AuditEvent, Base, Commitment, SeedOrigin
from tracker.seeding.fields import SeedModel
from tracker.seeding.rows import along
from tracker.seeding.schema import RECORDS, StatusUpdate

TABLES: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
# How many keys one query asks for.
ASKED = 500


def rows(session: Session, model: type[SeedModel], keys: list[str]) -> dict[str, Base]:
    """The rows of one kind by their keys, with all that describes them."""
    if model is StatusUpdate:
        asked = sorted({key.partition("/")[0] for key in keys})
        query = select(model.table).join(Commitment)
        column = Commitment.public_id
    else:
        asked, query, column = keys, select(model.table), getattr(model.table, model.identity[0])
    owner = [selectinload(getattr(model.table, model.nested_in))] if model.nested_in else []
    return {
        row.record_key: row
        for some in in_turn(asked)
        for row in session.scalars(query.where(column.in_(some)).options(*owner, *along(model)))
    }


def origins(session: Session, kind: str, keys: list[str]) -> Iterator[SeedOrigin]:
    """What the records of one kind looked like when they were last loaded."""
    for some in in_turn(keys):
        yield from session.scalars(select(SeedOrigin).where(SeedOrigin.record == kind, SeedOrigin.record_key.in_(some)))


def deleted_ids(session: Session, keys: list[str]) -> set[str]:
    """The ids that were given to commitments which are gone: they are never given again."""
    asked = (AuditEvent.record == Commitment.__tablename__, AuditEvent.action == "deleted")
    return {
        key
        for some in in_turn(keys)
        for key in session.scalars(select(AuditEvent.record_key).where(*asked, AuditEvent.record_key.in_(some)))
    }


def histories(session: Session, public_ids: list[str]) -> dict[str, list[StatusUpdate]]:
    """The status updates of commitments in the order in which they were recorded, as far as rules ask about them."""
    found: dict[str, list[StatusUpdate]] = defaultdict(list)
    table = models.StatusUpdate
    for some in in_turn(public_ids):
        query = select(table).join(Commitment).where(Commitment.public_id.in_(some)).order_by(table.id)
        for row in session.scalars(query.options(selectinload(table.commitment), selectinload(table.corrects))):
            update = StatusUpdate(
                key=row.key,
                status=row.status,
                effective_on=row.effective_on.isoformat(),
                corrects=row.corrects.key if row.corrects else None,
            )
            found[row.commitment.public_id].append(update)
    return found


def key_of(row: Base) -> Any:
    """The primary key of a row that is in the database."""
    identity = inspect(row).identity
    assert identity is not None
    return identity[0]


def in_turn(keys: list[str], asked: int = ASKED) -> Iterator[list[str]]:
    """The keys, as many at a time as one query asks for."""
    return (keys[start : start + asked] for start in range(0, len(keys), asked))


def ids(session: Session, kind: str, keys: list[str]) -> dict[str, Any]:
    """The primary keys of those records of one kind that the database holds."""
    (model,) = (model for model in RECORDS if model.table.__tablename__ == kind)
    name = getattr(model.table, model.identity[0])
    (key,) = inspect(model.table).primary_key
    return {
        found: primary
        for some in in_turn(keys)
        for found, primary in session.execute(select(name, key).where(name.in_(some)))
    }


def last_edit(session: Session, kind: str, key: str) -> str:
    """Who changed a record last, when and through which door."""
    query = (
        select(AuditBatch)
        .join(AuditEvent)
        .where(AuditEvent.record == kind, AuditEvent.record_key == key)
        .order_by(AuditBatch.position.desc())
    )
    batch = session.scalars(query.limit(1)).first()
    return f"{batch.actor}, {batch.recorded_at:%Y-%m-%d %H:%M} UTC, {batch.door}" if batch else "by whom is not known"
