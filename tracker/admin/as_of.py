"""A past day in the address (`?as_of=2024-09-01&known=1`): pages show the record as it stood then, and change nothing.

Lists, pages of records and home tell of the past; the day stays in the links between them. Every other page of a
record, and every post, is refused. How the record stood is told by `models/as_of.py`; a page that asks for the state of
commitments in SQL asks here, and the commitments that a page holds are put back to how they stood before it is drawn.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, abort, before_render_template, current_app, g, has_request_context, request, url_for
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm.attributes import set_committed_value

from tracker.admin.handle import db
from tracker.admin.show import spoken
from tracker.auth.guard import SAFE_METHODS
from tracker.models import Commitment, Status, StatusUpdate
from tracker.models.as_of import AsOf

HOME = "home.index"
TELLING = ("index_view", "details_view", "export_view")
REFUSED = "On a past day nothing can be changed. Go back to today to do so."


def today() -> date:
    """The day by this clock, in UTC."""
    return datetime.now(UTC).date()


def past() -> AsOf | None:
    """The past day that this page tells of; None where it is today."""
    found: AsOf | None = g.get("as_of") if has_request_context() else None
    return found


def day() -> date:
    """The day that this page tells of."""
    as_of = past()
    return as_of.day if as_of else today()


def status() -> ColumnElement[str]:
    """The status of a commitment on that day."""
    as_of = past()
    return as_of.status() if as_of else Commitment.status.expression


def target_on() -> ColumnElement[Any]:
    """The target date of a commitment on that day."""
    as_of = past()
    return as_of.target_on() if as_of else Commitment.target_on.expression


def target_precision() -> ColumnElement[Any]:
    """How exactly that target date was known on that day."""
    as_of = past()
    return as_of.target_precision() if as_of else Commitment.target_precision.expression


def suffix() -> str:
    """What the name of a file adds that tells of a past day."""
    as_of = past()
    return f"-as-of-{as_of.day}{'-as-known' if as_of.known else ''}" if as_of else ""


def standing() -> list[ColumnElement[bool]]:
    """The conditions under which a commitment stands on that day."""
    as_of = past()
    return as_of.stands(Commitment) if as_of else [Commitment.withdrawn_on.is_(None)]


def existing(model: type[Any]) -> list[ColumnElement[bool]]:
    """The conditions under which a record of this model is there on that day."""
    as_of = past()
    return as_of.stands(model) if as_of else []


def check(record: Any) -> None:
    """Answer 404 where this record was not there on the day that the page tells of."""
    model = type(record)
    (key,) = model.__mapper__.primary_key
    conditions = existing(model)
    if conditions and not db.session.scalar(select(key).where(key == getattr(record, key.name), *conditions)):
        abort(404, f"On {spoken(day())} there was no {record}.")


def there(ids: Collection[int]) -> Collection[int]:
    """Those of these commitments, by their ids, that stand on that day; today all that are on the record."""
    if past() is None:
        return ids
    return set(db.session.scalars(select(Commitment.id).where(Commitment.id.in_(ids), *standing())))


def shown(updates: Iterable[StatusUpdate]) -> list[StatusUpdate]:
    """Those of these status updates that count on that day, not yet corrected where nobody knew better."""
    as_of = past()
    if as_of is None:
        return list(updates)
    kept = [update for update in updates if as_of.shows(update)]
    for update in kept:
        if update.corrected_by is not None and not as_of.knew(update.corrected_by):
            set_committed_value(update, "corrected_by", None)
    return kept


def put_back(commitments: Sequence[Commitment]) -> None:
    """Let these commitments, as they are shown, have the status and the target date of that day."""
    as_of = past()
    if as_of is None or not commitments:
        return
    terms = {term.name: term for term in db.session.scalars(select(Status))}
    columns = (Commitment.id, as_of.status(), as_of.target_on(), as_of.target_precision())
    stood = {
        row[0]: row
        for row in db.session.execute(select(*columns).where(Commitment.id.in_([c.id for c in commitments])))
    }
    for one in commitments:
        _, name, target, precision = stood[one.id]
        told = {"status": name, "status_term": terms[name], "target_on": target, "target_precision": precision}
        for attribute, value in told.items():
            set_committed_value(one, attribute, value)


@dataclass(frozen=True)
class Control:
    """What the frame offers: the day of the page, another one, and the way back."""

    as_of: AsOf | None
    problem: str
    latest: date

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The other arguments of the address, which a change of the day leaves as they are."""
        dropped = ("as_of", "known", "page")
        return [(name, value) for name, value in request.args.items(multi=True) if name not in dropped]

    @property
    def way_back(self) -> str:
        """The same page as it is today."""
        arguments: dict[str, Any] = dict(self.kept) | (request.view_args or {})
        return url_for(request.endpoint or HOME, as_of=None, known=None, **arguments)


def control() -> Control | None:
    """The frame's control, on pages that tell of the past."""
    tells = has_request_context() and _tells(request.endpoint)
    return Control(past(), g.get("as_of_problem", ""), today()) if tells else None


def init_as_of(app: Flask, views: Sequence[Any]) -> None:
    """Read the day from the address of each page of these views, keep it in links, put commitments back as drawn."""
    app.extensions["as_of_pages"] = {HOME} | {f"{view.endpoint}.{page}" for view in views for page in TELLING}
    app.extensions["as_of_views"] = {view.endpoint for view in views} | {HOME.partition(".")[0]}
    app.before_request(_read)
    app.url_defaults(_keep)
    app.jinja_env.globals.update(as_of_control=control, past=past, on_day=day)
    before_render_template.connect(_put_back_what_is_held, app)


def _tells(endpoint: str | None) -> bool:
    return endpoint in current_app.extensions["as_of_pages"]


def _read() -> None:
    asked = request.args.get("as_of") or request.form.get("as_of")
    if not asked or request.blueprint not in current_app.extensions["as_of_views"]:
        return
    if request.method not in SAFE_METHODS or not _tells(request.endpoint):
        abort(409, REFUSED)
    try:
        chosen = date.fromisoformat(asked)
    except ValueError:
        _not_understood(f"There is no day {asked[:40]!r}; write it as 2024-09-01.")
        return
    if chosen > today():
        _not_understood(f"{spoken(chosen)} has not come yet.")
        return
    g.as_of = AsOf(chosen, bool(request.args.get("known")))


def _not_understood(problem: str) -> None:
    """A page shows today and says so; a file would not say it."""
    if request.endpoint and request.endpoint.endswith(".export_view"):
        abort(400, problem)
    g.as_of_problem = f"{problem} This is today."


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    as_of = past()
    if as_of is not None and _tells(endpoint):
        values.setdefault("as_of", as_of.day.isoformat())
        values.setdefault("known", "1" if as_of.known else None)


def _put_back_what_is_held(app: Flask, **drawn: Any) -> None:
    if past() is not None:
        put_back([one for one in db.session.identity_map.values() if isinstance(one, Commitment)])
