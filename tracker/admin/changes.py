"""What was changed, told in a line, each record leading to its page."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, current_app, url_for
from markupsafe import Markup, escape

from tracker.admin.show import counted
from tracker.models import AuditEvent

SHOWN_KEYS = 3
# Told with the record that they belong to.
PARTS = (
    "attendance",
    "citation",
    "commitment_link",
    "commitment_party",
    "milestone",
    "minister_name",
    "office_term",
)
# Their keys begin with that of the record on whose page they are.
WITHIN = dict.fromkeys(("status_update", "commitment_link", "commitment_party", "milestone"), "commitment")
WITHIN["document"] = "source"


def told(changes: Sequence[AuditEvent]) -> Markup:
    """What was changed, in a line: each kind of change with the records that it was made to, or their number."""
    whole = [event for event in changes if event.record not in PARTS] or list(changes)
    grouped: dict[tuple[str, str], list[AuditEvent]] = {}
    for event in whole:
        grouped.setdefault((event.action, event.record), []).append(event)
    sentence = Markup("; ").join(_told_of(action, record, events) for (action, record), events in grouped.items())
    return sentence[:1].upper() + sentence[1:]


def _told_of(action: str, record: str, events: list[AuditEvent]) -> Markup:
    view = _view(record)
    noun = view.noun if view else record.replace("_", " ")
    if len(events) > SHOWN_KEYS:
        return escape(f"{action} {counted(len(events), noun)}")
    fields = ", ".join(name.replace("_", " ") for name in events[0].changes) if len(events) == 1 else ""
    changed = f" ({fields})" if fields and action == "updated" else ""
    return Markup("{} {} {}{}").format(action, noun, Markup(", ").join(map(_key, events)), changed)


def _key(event: AuditEvent) -> Markup:
    """The key of the changed record; where a page shows the record, it leads there."""
    # A public id is short and stays whole; a slug can be longer than a line.
    kind = "id" if event.record == "commitment" else "key"
    shown = Markup('<span class="{}">{}</span>').format(kind, event.record_key)
    address = None if event.action == "deleted" else _address(event.record, event.record_key)
    return Markup('<a href="{}">{}</a>').format(address, shown) if address else shown


def _address(record: str, key: str) -> str | None:
    if record in WITHIN:
        record, key = WITHIN[record], key.partition("/")[0]
    view = _view(record)
    return None if view is None or view.key == "id" else url_for(f"{view.endpoint}.details_view", key=key)


def _view(record: str) -> Any:
    """The view of the records of this table, None where there is none."""
    views = current_app.extensions["record_views"].items()
    return next((view for model, view in views if model.__tablename__ == record), None)


def init_changes(app: Flask) -> None:
    """Make the sentence known to every template."""
    app.jinja_env.filters["told"] = told
