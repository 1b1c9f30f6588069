"""The audit trail as it is written: changes noted at each flush, one hash-chained batch at commit."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, func, insert, inspect, select, text
from sqlalchemy.orm import InstanceState, Session

from tracker.models import AuditBatch, AuditEvent, Base
from tracker.models.base import clean_text

NO_HASH = "0" * 64
# One number for the advisory lock under which batches take their position: sequences do not follow commit order.
CHAIN_LOCK = 7_230_141
PENDING = "audit_pending"
# Where a session keeps the position of the batch that it wrote last.
BATCH = "audit_batch"
read_json = json.JSONDecoder().decode
CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Origin:
    """Who changes the records, through which door (web, cli, seeds, import), from which address."""

    actor: str
    door: str
    address: str | None = None


Event = dict[str, Any]


def event(action: str, record: str, key: str, changes: Mapping[str, Any]) -> Event:
    """One change: `changes` maps field to [old, new]; values are made plain for JSON."""
    told = {field: [plain(value) for value in pair] for field, pair in changes.items()}
    return {"action": action, "record": record, "record_key": key, "changes": told}


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
    session.info[BATCH] = append(session.connection(), origin, events)


def append(connection: Connection, origin: Origin, events: list[Event]) -> int:
    """Add one batch to the end of the chain, within the transaction of `connection`; return its position."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last = checkpoint(connection)
    position, previous = last.position + 1, last.hash
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
    return int(position)


def batch_hash(previous: str, batch: Mapping[str, Any], events: list[Event]) -> str:
    """SHA-256 over the hash before it and the canonical JSON of the batch and its events."""
    content = {field: plain(value) for field, value in batch.items()} | {"events": events}
    return hashlib.sha256(f"{previous}\n{CANONICAL.encode(content)}".encode()).hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """The end of the chain at one moment, as `position:hash`; kept elsewhere, it proves the chain up to there."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """What `str` wrote; raises ValueError for anything else."""
        position, _, digest = text.strip().partition(":")
        if not re.fullmatch(r"[0-9]{1,18}", position) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError(f"{text.strip()[:80]!r} is not a checkpoint; 'tracker audit checkpoint' prints one")
        return cls(int(position), digest)


def checkpoint(connection: Connection) -> Checkpoint:
    """The end of the chain as it is now; position 0 where nothing was ever changed."""
    last = connection.execute(
        select(AuditBatch.position, AuditBatch.hash).order_by(AuditBatch.position.desc()).limit(1)
    ).first()
    return Checkpoint(last.position, last.hash) if last else Checkpoint(0, NO_HASH)


def verify_chain(
    connection: Connection,
    against: Iterable[Checkpoint] = (),
    advance: Callable[[int], object] = lambda events: None,
) -> list[str]:
    """Walk the whole chain; a sentence for each batch that is not as it was written, none for a sound chain.

    `against` finds what the chain alone cannot tell: an end that was cut off, or a chain that was forged anew.
    `advance` is told how many events were read.
    """
    problems = []
    position, previous, seen = 0, NO_HASH, 0
    proved = {(one.position, one.hash) for one in against if one.position}
    proved_positions = {position for position, _ in proved}
    for batch, rows in _batches(connection):
        if batch.position != position + 1:
            problems.append(f"batches {position + 1} to {batch.position - 1} are missing")
        if batch.previous_hash != previous:
            problems.append(f"batch {batch.position} does not follow from the one before it")
        if _hash_of(batch, rows) != batch.hash:
            problems.append(f"batch {batch.position} or its events were changed after they were written")
        position, previous, seen = batch.position, batch.hash, seen + len(rows)
        if position in proved_positions and (position, previous) not in proved:
            problems.append(f"batch {position} is not the one of the checkpoint: the chain was forged")
        advance(len(rows))
    missed = max(proved_positions, default=0)
    if missed > position:
        problems.append(
            f"the chain ends at batch {position}, but a checkpoint was made at {missed}: its end was cut off"
        )
    stray = (connection.scalar(select(func.count()).select_from(AuditEvent)) or 0) - seen
    if stray:
        problems.append(f"{stray} events belong to no batch")
    return problems


# As the driver gives them: making objects of a million rows would take longer than hashing them.
CHAIN = """
SELECT b.position, b.recorded_at, b.actor, b.door, b.address, b.previous_hash, b.hash,
       e.ordinal,
       e.action, e.record, e.record_key, CAST(e.changes AS TEXT) AS changes
  FROM audit_batch b
  LEFT JOIN audit_event e ON e.batch_position = b.position
 ORDER BY b.position, e.ordinal
"""


def _batches(connection: Connection) -> Iterator[tuple[Row[Any], list[Row[Any]]]]:
    """Each batch with the rows of its events, in order."""
    found = connection.execute(text(CHAIN), execution_options={"yield_per": 5_000})
    for _, rows in groupby(chain.from_iterable(found.partitions()), itemgetter(0)):
        first, *others = rows
        yield first, [first, *others] if first.ordinal is not None else []


def _hash_of(batch: Row[Any], rows: Sequence[Sequence[Any]]) -> str | None:
    """The hash that the batch must have; None where it cannot even be read."""
    try:
        recorded_at = batch.recorded_at
        if isinstance(recorded_at, str):
            recorded_at = datetime.fromisoformat(recorded_at)
        fields = {
            "position": batch.position,
            "recorded_at": recorded_at.replace(tzinfo=UTC),
            "actor": batch.actor,
            "door": batch.door,
            "address": batch.address,
        }
        events = [
            {"action": action, "record": record, "record_key": key, "changes": read_json(changes)}
            for action, record, key, changes in (row[8:] for row in rows)
        ]
        return batch_hash(batch.previous_hash, fields, events)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _changes(state: InstanceState[Any], action: str) -> dict[str, list[Any]]:
    changes = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key in ("id", "version"):
            continue
        history = state.attrs[attribute.key].history
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if action == "deleted":
            # What goes is told too, as far as the session had read it.
            old = state.dict.get(attribute.key)
        if (history.added or action == "deleted") and old != new:
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


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if type(value) is str or type(value) is int:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
