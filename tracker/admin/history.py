"""The history of a record from the audit trail, as differences that people can read."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from operator import attrgetter
from re import findall
from typing import Any

from flask import g
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, Table, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from tracker.admin.handle import db
from tracker.models import AuditBatch, AuditEvent, Base

SHOWN = 200
# Texts that share less than this are shown whole: a patchwork of words would be harder to read.
ALIKE = 0.4
MOST_NAMES = 10


def history_of(record: Base) -> list[tuple[AuditBatch, list[AuditEvent]]]:
    """The batches that changed the record or what belongs to it, newest first, also under its earlier names."""
    keys, found = {record.record_key}, _events(record, [record.record_key])
    while len(keys) < MOST_NAMES and (earlier := _earlier_names(found) - keys):
        keys |= earlier
        found = _events(record, sorted(keys))
    return [(batch, list(events)) for batch, events in groupby(found, attrgetter("batch"))]


def _events(record: Base, keys: Sequence[str]) -> Sequence[AuditEvent]:
    own = and_(AuditEvent.record == record.__tablename__, AuditEvent.record_key.in_(keys))
    parts = [belongs_to(db.session(), key) for key in keys]
    found = (
        select(AuditEvent)
        .join(AuditEvent.batch)
        .where(or_(own, *parts))
        .order_by(AuditBatch.position.desc(), AuditEvent.ordinal)
        .limit(SHOWN)
        .options(selectinload(AuditEvent.batch))
    )
    events = db.session.scalars(found).all()
    _keep_at_hand(events)
    return events


def _keep_at_hand(events: Sequence[AuditEvent]) -> None:
    """Load at once the records that these events refer to by number; the session would forget what is named later."""
    wanted: dict[Table, set[int]] = {}
    for event in events:
        for field, values in event.changes.items():
            table = _reference(event.record, field)
            if table is not None:
                wanted.setdefault(table, set()).update(value for value in values if isinstance(value, int))
    g.named_in_history = [
        db.session.scalars(select(_model(table)).where(table.c.id.in_(keys))).all() for table, keys in wanted.items()
    ]


def belongs_to(session: Session, key: str) -> ColumnElement[bool]:
    """Events of what belongs to the record of this key, asked for so that each engine finds them by its index."""
    if session.get_bind().dialect.name == "sqlite":
        # For LIKE it asks no index. What comes after "/" is "0".
        return and_(AuditEvent.record_key >= f"{key}/", AuditEvent.record_key < f"{key}0")
    return AuditEvent.record_key.startswith(f"{key}/", autoescape=True)


def _earlier_names(events: Sequence[AuditEvent]) -> set[str]:
    changed = (event.changes.get(field) for event in events for field in ("slug", "code", "name"))
    return {pair[0] for pair in changed if pair and isinstance(pair[0], str)}


def differences(event: AuditEvent) -> Iterator[tuple[str, Markup]]:
    """Each field that the event changed, with what went out and what came in marked; of a new record all is new."""
    for field, (old, new) in event.changes.items():
        target = _reference(event.record, field)
        before, after = _told(old, target), _told(new, target)
        if before != after:
            name = field.removesuffix("_id") if target is not None else field
            shown = escape(after) if event.action == "created" else marked(before, after)
            yield name.replace("_", " ").capitalize(), shown


def marked(before: str, after: str) -> Markup:
    """Both texts as one, words that went out in <del>, words that came in in <ins>."""
    old, new = findall(r"\s*\S+", before), findall(r"\s*\S+", after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not old or not new or matcher.ratio() < ALIKE:
        return Markup(" ").join(filter(None, (_mark("del", before), _mark("ins", after))))
    parts = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            parts.append(escape("".join(old[a:b])))
        else:
            parts += [_mark("del", "".join(old[a:b])), _mark("ins", "".join(new[c:d]))]
    return Markup("").join(parts)


def _mark(tag: str, text: str) -> Markup:
    return Markup("<{tag}>{text}</{tag}>").format(tag=Markup(tag), text=text) if text else Markup("")


def _told(value: Any, target: Table | None) -> str:
    """A value of the audit trail as people read it: a reference by the name that its record has now."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value) if target is None else _named(target, value)


def _reference(record: str, field: str) -> Table | None:
    """The table that the field refers to by the number of a row."""
    table = Base.metadata.tables.get(record)
    keys = table.columns[field].foreign_keys if table is not None and field in table.columns else ()
    return next((key.column.table for key in keys if key.column.primary_key and key.column.name == "id"), None)


def _model(table: Table) -> type[Any]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)


def _named(table: Table, key: int) -> str:
    found = db.session.get(_model(table), key)
    return str(found) if found is not None else f"a {table.name.replace('_', ' ')} that is gone"
