"""The audit trail as it is written: changes noted at each flush, one hash-chained batch at commit."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, inspect, select, text
from sqlalchemy.orm import InstanceState, Session

from tracker.models import AuditBatch, AuditEvent, Base
from tracker.models.base import clean_text

NO_HASH = "0" * 64
# One number for the advisory lock under which batches take their position: sequences do not follow commit order.
CHAIN_LOCK = 7_230_141
PENDING = "audit_pending"


@dataclass(frozen=True)
class Origin:
    """Who changes the records, through which door (web, cli, seeds, import), from which address."""

    actor: str
    door: str
    address: str | None = None


Event = dict[str, Any]


def event(action: str, record: str, key: str, changes: Mapping[str, Any]) -> Event:
    """One change: `changes` maps field to [old, new]; values are made plain for JSON."""
    plain = {field: [_plain(value) for value in pair] for field, pair in changes.items()}
    return {"action": action, "record": record, "record_key": key, "changes": plain}


def note(session: Session) -> None:
    """Remember what this flush changes; call it while the session still knows the old values."""
    pending = session.info.setdefault(PENDING, [])
    for action, records in (("created", session.new), ("updated", session.dirty), ("deleted", session.deleted)):
        for record in records:
            if isinstance(record, Base) and record.audited:
                changes = _changes(inspect(record), action)
                if changes or action == "deleted":
                    pending.append(event(action, record.__tablename__, record.record_key, changes))


def add(session: Session, events: Iterable[Event]) -> None:
    """Remember changes that the session cannot see, as those of bulk statements."""
    session.info.setdefault(PENDING, []).extend(events)


def drop(session: Session) -> None:
    """Forget what a rolled-back transaction had changed."""
    session.info.pop(PENDING, None)


def write(session: Session) -> None:
    """Write the batch of this transaction, if it changed anything."""
    events = session.info.pop(PENDING, None)
    if not events:
        return
    origin = session.info.get("origin")
    if not isinstance(origin, Origin):
        raise RuntimeError("a session that changes records needs info={'origin': Origin(...)}")
    append(session.connection(), origin, events)


def append(connection: Connection, origin: Origin, events: list[Event]) -> None:
    """Add one batch to the end of the chain, within the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last = connection.execute(
        select(AuditBatch.position, AuditBatch.hash).order_by(AuditBatch.position.desc()).limit(1)
    ).first()
    position, previous = (last.position + 1, last.hash) if last else (1, NO_HASH)
    batch = {
        "position": position,
        "recorded_at": datetime.now(UTC),
        # As the columns keep them, so that the hash is over what can be read back.
        "actor": clean_text(origin.actor),
        "door": origin.door,
        "address": clean_text(origin.address or ""),
    }
    digest = batch_hash(previous, batch, events)
    connection.execute(insert(AuditBatch).values(**batch, previous_hash=previous, hash=digest))
    rows = [{"batch_position": position, "ordinal": n, **event} for n, event in enumerate(events, 1)]
    connection.execute(insert(AuditEvent), rows)


def batch_hash(previous: str, batch: Mapping[str, Any], events: list[Event]) -> str:
    """SHA-256 over the hash before it and the canonical JSON of the batch and its events."""
    content = {field: _plain(value) for field, value in batch.items()} | {"events": events}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def verify_chain(connection: Connection) -> list[str]:
    """Walk the whole chain; a sentence for each batch that is not as it was written, none for a sound chain."""
    problems = []
    position, previous = 0, NO_HASH
    for batch, events in _batches(connection):
        if batch.position != position + 1:
            problems.append(f"batches {position + 1} to {batch.position - 1} are missing")
        if batch.previous_hash != previous:
            problems.append(f"batch {batch.position} does not follow from the one before it")
        content = {field: getattr(batch, field) for field in ("position", "recorded_at", "actor", "door", "address")}
        if batch_hash(batch.previous_hash, content, events) != batch.hash:
            problems.append(f"batch {batch.position} or its events were changed after they were written")
        position, previous = batch.position, batch.hash
    return problems


def _batches(connection: Connection) -> Iterator[tuple[Row[Any], list[Event]]]:
    """Each batch with its events, in order, as the hash was made over them."""
    fields = ("action", "record", "record_key", "changes")
    query = (
        select(AuditBatch.__table__, AuditEvent.ordinal, *(getattr(AuditEvent, field) for field in fields))
        .outerjoin(AuditEvent, AuditEvent.batch_position == AuditBatch.position)
        .order_by(AuditBatch.position, AuditEvent.ordinal)
    )
    rows = connection.execute(query, execution_options={"yield_per": 1_000})
    for _, of_batch in groupby(rows, key=lambda row: row.position):
        found = list(of_batch)
        events = [{field: getattr(row, field) for field in fields} for row in found if row.ordinal is not None]
        yield found[0], events


def _changes(state: InstanceState[Any], action: str) -> dict[str, list[Any]]:
    changes = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key in ("id", "version"):
            continue
        history = state.attrs[attribute.key].history
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if action != "deleted" and history.added and old != new:
            changes[attribute.key] = [old, new]
    for relation in state.mapper.relationships:
        if relation.secondary is not None and relation.key not in state.unloaded:
            history = state.attrs[relation.key].history
            if history.added or history.deleted:
                kept = [record.record_key for record in history.unchanged]
                changes[relation.key] = [
                    [*kept, *(record.record_key for record in history.deleted)],
                    [*kept, *(record.record_key for record in history.added)],
                ]
    return changes


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
