"""How the record stood on a past day: which commitments existed, at which status, with which target date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, bindparam, column, func, or_, text
from sqlalchemy.types import TypeEngine

from tracker.models.base import UtcDateTime
from tracker.models.commitments import Commitment
from tracker.models.lookups import UNREVIEWED
from tracker.models.meetings import Meeting
from tracker.models.statements import Statement
from tracker.models.status_updates import StatusUpdate
from tracker.models.views import latest


@dataclass(frozen=True)
class AsOf:
    """A past day, to its end: as it was true then, or, `known`, by no more than had been recorded then (in UTC)."""

    day: date
    known: bool = False

    @property
    def known_by(self) -> datetime:
        """The first moment after the day."""
        return datetime.combine(self.day + timedelta(days=1), time(), UTC)

    def status(self) -> ColumnElement[str]:
        """The status of `commitment` on that day."""
        return func.coalesce(self._latest("status", Text()), UNREVIEWED)

    def target_on(self) -> ColumnElement[date]:
        """The target date of `commitment` on that day."""
        return func.coalesce(self._latest("new_target_on", Date()), Commitment.original_target_on)

    def target_precision(self) -> ColumnElement[str]:
        """How exactly that target date was known."""
        return func.coalesce(self._latest("new_target_precision", Text()), Commitment.original_target_precision)

    def _latest(self, name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        found = text(latest(name, "commitment", ":as_of", ":known_by" if self.known else ""))
        found = found.bindparams(bindparam("as_of", self.day, Date()))
        if self.known:
            found = found.bindparams(bindparam("known_by", self.known_by, UtcDateTime()))
        return found.columns(column(name, kind)).scalar_subquery()

    def stands(self, model: type[Any]) -> list[ColumnElement[bool]]:
        """The conditions under which a record of this model was there on that day; none where that never changes."""
        return EXISTENCE[model](self) if model in EXISTENCE else []

    def shows(self, update: StatusUpdate) -> bool:
        """Whether this update was true by then, and, where that counts, known."""
        return update.effective_on <= self.day and self.knew(update)

    def knew(self, update: StatusUpdate) -> bool:
        """Whether this update counts, whenever it was true: where only what was known does, it was recorded by then."""
        return not self.known or update.recorded_at < self.known_by

    def not_withdrawn(self, model: type[Commitment | Statement]) -> ColumnElement[bool]:
        """Not withdrawn by the end of that day."""
        return or_(model.withdrawn_on.is_(None), model.withdrawn_on > self.day)

    def held(self) -> ColumnElement[bool]:
        """The meeting had begun, or nothing is known of its date."""
        # Not as one or the other, for each of which SQLite would ask an index and then sort what it found.
        return func.coalesce(Meeting.start_date, self.day) <= self.day

    def _recorded(self) -> list[ColumnElement[bool]]:
        return [StatusUpdate.recorded_at < self.known_by] if self.known else []


EXISTENCE: dict[type[Any], Callable[[AsOf], list[ColumnElement[bool]]]] = {
    Meeting: lambda as_of: [as_of.held()],
    Commitment: lambda as_of: [as_of.not_withdrawn(Commitment), Commitment.meeting.has(as_of.held())],
    Statement: lambda as_of: [as_of.not_withdrawn(Statement), Statement.meeting.has(as_of.held())],
    StatusUpdate: lambda as_of: [StatusUpdate.effective_on <= as_of.day, *as_of._recorded()],
}
