"""What each seed file holds, as plain nested records: of files that were read, and of a database.

A list file is a list of records; a meeting's file is the meeting with its statements and commitments, each of these
with its status updates.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker import models
from tracker.seeding.columns import Content
from tracker.seeding.fields import SeedModel
from tracker.seeding.lookup import in_turn
from tracker.seeding.records import Record
from tracker.seeding.rows import along, describe
from tracker.seeding.schema import LISTS, Commitment, Meeting, Statement, StatusUpdate

# How many meetings are looked at together.
MEETINGS = 50

# The name of a file, the kind of record that it holds, and these.
File = tuple[str, type[SeedModel], Any]


def of_records(records: Iterable[Record[SeedModel]]) -> dict[str, Any]:
    """The content of every file, by its name."""
    files: dict[str, Any] = defaultdict(list)
    commitments: dict[str, Content] = {}
    for record in records:
        name, kind = record.file.name, type(record.model)
        values = {key: value for key, value in record.content.items() if key != kind.nested_in}
        if kind is Meeting:
            files[name] = values
        elif kind is Statement:
            files[name].setdefault("statements", []).append(values)
        elif kind is Commitment:
            commitments[record.key] = values
            files[name].setdefault("commitments", []).append(values)
        elif kind is StatusUpdate:
            commitments[record.within].setdefault("status_updates", []).append(values)
        else:
            files[name].append(values)
    return files


def of_database(session: Session) -> Iterator[File]:
    """The content of every file that the database would fill; the lists first."""
    for stem, model in LISTS.items():
        found = session.scalars(select(model.table).order_by(*model.table.__table__.primary_key).options(*along(model)))
        yield f"{stem}.yaml", model, [describe(row, model) for row in found]
        session.expunge_all()
    slugs = session.scalars(select(models.Meeting.slug).order_by(models.Meeting.start_date, models.Meeting.id)).all()
    for some in in_turn(list(slugs), MEETINGS):
        yield from _meetings(session, some)
        session.expunge_all()


def file_of(meeting: Content) -> str:
    """The name of a meeting's file."""
    parts = [meeting[name] for name in ("start_date", "slug") if name in meeting]
    return f"meetings/{'-'.join(parts)}.yaml"


def _meetings(session: Session, slugs: list[str]) -> Iterator[File]:
    query = select(models.Meeting).where(models.Meeting.slug.in_(slugs)).options(*along(Meeting))
    meetings = {row.id: row for row in session.scalars(query)}
    statements = _nested(session, Statement, models.Statement.meeting_id.in_(meetings), "position", "id")
    commitments = _nested(session, Commitment, models.Commitment.meeting_id.in_(meetings), "id")
    of_meetings = select(models.Commitment.id).where(models.Commitment.meeting_id.in_(meetings))
    updates = _nested(session, StatusUpdate, models.StatusUpdate.commitment_id.in_(of_meetings), "recorded_at", "id")
    histories: dict[int, list[Content]] = defaultdict(list)
    for update in corrected_first(updates):
        histories[update.commitment_id].append(describe(update, StatusUpdate))
    said: dict[int, list[Content]] = defaultdict(list)
    for statement in statements:
        said[statement.meeting_id].append(describe(statement, Statement))
    promised: dict[int, list[Content]] = defaultdict(list)
    for commitment in commitments:
        values = describe(commitment, Commitment)
        promised[commitment.meeting_id].append(_with(values, status_updates=histories[commitment.id]))
    for slug in slugs:
        row = next(row for row in meetings.values() if row.slug == slug)
        content = _with(describe(row, Meeting), statements=said[row.id], commitments=promised[row.id])
        yield file_of(content), Meeting, content


def _nested(session: Session, model: type[SeedModel], of_them: Any, *order: str) -> list[Any]:
    columns = [getattr(model.table, name) for name in order]
    owner = selectinload(getattr(model.table, model.nested_in))
    return list(session.scalars(select(model.table).where(of_them).order_by(*columns).options(owner, *along(model))))


def corrected_first(updates: list[Any]) -> list[Any]:
    """Status updates in an order in which each stands behind the one that it corrects."""
    left = {update.id: update for update in updates}
    ordered: list[Any] = []
    for update in updates:
        chain = []
        while update is not None and left.pop(update.id, None) is not None:
            chain.append(update)
            update = update.corrects
        ordered += reversed(chain)
    return ordered


def _with(values: Content, **lists: list[Content]) -> Content:
    return values | {name: items for name, items in lists.items() if items}
