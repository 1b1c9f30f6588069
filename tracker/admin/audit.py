"""Who changed what: the audit trail, for administrators."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin.base import ChildView
from tracker.admin.filtering import Filter, filter_by
from tracker.admin.handle import db
from tracker.admin.show import when, words
from tracker.models import AuditBatch, AuditEvent
from tracker.models.audit import ACTIONS, DOORS

# Names that did nothing in so many latest batches are found by search; to look through all of them would take long.
LATEST = 10_000
SINCE = (("1", "In the last day"), ("7", "In the last week"), ("30", "In the last month"), ("365", "In the last year"))


class AuditView(ChildView):
    """Every change of a record: by whom, when, through which door, from what to what."""

    of_the_past = False
    noun, plural, group, parent = "change", "Audit", "Manage", "batch"
    details_template = "admin/change.html"
    column_list = ("at", "actor", "door", "action", "record", "fields")
    column_details_list = ("at", "actor", "door", "address", "action", "record")
    column_labels: ClassVar = {"at": "When", "actor": "Who", "fields": "What"}
    column_formatters: ClassVar = {
        "at": lambda view, context, model, name: when(model.batch.recorded_at),
        "actor": lambda view, context, model, name: model.batch.actor,
        "door": lambda view, context, model, name: model.batch.door,
        "address": lambda view, context, model, name: model.batch.address,
        "action": lambda view, context, model, name: words(model.action),
        "record": lambda view, context, model, name: f"{model.record.replace('_', ' ')} {model.record_key}",
        "fields": lambda view, context, model, name: ", ".join(field.replace("_", " ") for field in model.changes),
    }
    searched = (AuditEvent.record_key, AuditBatch.actor)
    filters = (
        Filter("actor", "Who", lambda: actors(), lambda value: AuditBatch.actor == value),
        Filter("since", "When", lambda: SINCE, lambda value: AuditBatch.recorded_at >= days_ago(int(value))),
        filter_by("action", "Action", AuditEvent.action, ACTIONS),
        filter_by("door", "Door", AuditBatch.door, DOORS),
        Filter(
            "record",
            "Record",
            lambda: [(name, name.replace("_", " ").capitalize()) for name in audited_tables()],
            lambda value: AuditEvent.record == value,
        ),
    )
    sorts: ClassVar = {"at": (AuditEvent.batch_position,)}
    default_sort = "-at"
    loaded = (selectinload(AuditEvent.batch),)

    def selection(self) -> Any:
        return select(AuditEvent).join(AuditEvent.batch)

    def title(self, record: AuditEvent) -> str:
        return f"{words(record.action)} {record.record.replace('_', ' ')} {record.record_key}"


def audited_tables() -> list[str]:
    """The tables whose changes are audited, by name."""
    mappers = AuditEvent.registry.mappers
    return sorted(mapper.local_table.name for mapper in mappers if mapper.class_.audited)  # type: ignore[attr-defined] # each is a Table


def actors() -> list[tuple[str, str]]:
    """Those who changed something lately, by name."""
    latest = select(AuditBatch.actor).order_by(AuditBatch.position.desc()).limit(LATEST).subquery()
    return [(name, name) for name in db.session.scalars(select(latest.c.actor).distinct().order_by(latest.c.actor))]


def days_ago(days: int) -> datetime:
    """The moment so many days before now."""
    return datetime.now(UTC) - timedelta(days=days)
