"""The words of the trade: status, kind and strength, as rows that reports join and dialogs explain."""

from datetime import date, timedelta

from sqlalchemy import Boolean, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.operative_words import lexicon_rows


class Term:
    """One word: its place in the order, how it is shown, and what it means."""

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, unique=True)
    label: Mapped[str] = mapped_column(Text)
    definition: Mapped[str] = mapped_column(Text)

    @property
    def record_key(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.label


class Status(Term, Base):
    """What became of a commitment."""

    __tablename__ = "status"

    is_open: Mapped[bool] = mapped_column(Boolean)


class Kind(Term, Base):
    """What sort of commitment it is; `review_days` is how long it may stand before somebody looks again."""

    __tablename__ = "kind"

    is_scored: Mapped[bool] = mapped_column(Boolean)
    review_days: Mapped[int | None] = mapped_column(Integer)

    def next_review(self, day: date) -> date | None:
        """When somebody looks again who has looked on this day; None where the kind is not looked at again."""
        return day + timedelta(days=self.review_days) if self.review_days else None


class Strength(Term, Base):
    """How firmly it was put, by the words used."""

    __tablename__ = "strength"


class StatusCrosswalk(Base):
    """The same status in the words of another tracker or standard."""

    __tablename__ = "status_crosswalk"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    status: Mapped[str] = mapped_column(Text, ForeignKey("status.name"))
    scheme: Mapped[str] = mapped_column(Text)
    term: Mapped[str] = mapped_column(Text)


UNREVIEWED = "unreviewed"
NO_EVIDENCE_FOUND = "no_evidence_found"
NEEDS_CITATION = ("fulfilled", "partly_fulfilled", "not_fulfilled", "abandoned")
HAS_STRENGTH = ("undertaking", "task", "proposal")

STATUSES = (
    ("unreviewed", "Unreviewed", True, "Nobody has looked yet."),
    ("no_evidence_found", "No evidence found", True, "Somebody looked and found nothing either way."),
    ("not_started", "Not started", True, "There is evidence that nothing has begun."),
    ("in_progress", "In progress", True, "Work has begun and goes on."),
    ("stalled", "Stalled", True, "Work had begun and has stopped without being given up."),
    ("partly_fulfilled", "Partly fulfilled", True, "Some of what was promised has been done; the rest stands."),
    ("fulfilled", "Fulfilled", False, "Done as promised."),
    ("not_fulfilled", "Not fulfilled", False, "The time for it has passed and it was not done."),
    ("abandoned", "Abandoned", False, "Those who promised it have given it up."),
    ("superseded", "Superseded", False, "A later commitment has taken its place."),
    ("uncheckable", "Uncheckable", False, "Nothing that could be observed would show whether it was done."),
)
KINDS = (
    ("undertaking", "Undertaking", True, 180, "Something that a party says it will do."),
    ("task", "Task", True, 180, "Work given to officials."),
    ("proposal", "Proposal", False, 365, "Something to be explored or considered."),
    ("request", "Request", False, 365, "Something asked of the other side."),
    ("call", "Call", False, 365, "Something called for from third parties."),
    ("principle", "Principle", False, None, "A position reaffirmed or an act condemned."),
    ("report", "Report", False, None, "Something reported as done."),
)
STRENGTHS = (
    ("exploratory", "Exploratory", "To explore, consider or discuss."),
    ("intended", "Intended", "A desire or an aim; something looked forward to."),
    ("agreed", "Agreed", "Agreed, concurred on, or given to officials as a task."),
    ("decided", "Decided", "Decided or announced; will be done."),
    ("binding", "Binding", "Signed."),
)
# Only where the other scheme has a word for it: a missing row says that it has none.
CROSSWALK = {
    "ogp": {
        "not_started": "not started",
        "in_progress": "limited",
        "partly_fulfilled": "substantial",
        "fulfilled": "complete",
        "abandoned": "withdrawn",
    },
    "g20_research_group": {
        "not_started": "-1",
        "in_progress": "0",
        "partly_fulfilled": "0",
        "fulfilled": "+1",
        "not_fulfilled": "-1",
        "abandoned": "-1",
    },
    "politifact": {
        "unreviewed": "Not Yet Rated",
        "in_progress": "In the Works",
        "stalled": "Stalled",
        "partly_fulfilled": "Compromise",
        "fulfilled": "Promise Kept",
        "not_fulfilled": "Promise Broken",
        "abandoned": "Promise Broken",
    },
    "ocds": {
        "not_started": "scheduled",
        "in_progress": "scheduled",
        "stalled": "scheduled",
        "partly_fulfilled": "partiallyMet",
        "fulfilled": "met",
        "not_fulfilled": "notMet",
        "abandoned": "notMet",
    },
}


def lookup_rows() -> dict[str, list[dict[str, object]]]:
    """The rows of the lookup tables, by table name, in the order in which they must be inserted."""
    return {
        "status": [
            {"name": name, "position": n, "label": label, "is_open": is_open, "definition": definition}
            for n, (name, label, is_open, definition) in enumerate(STATUSES, 1)
        ],
        "kind": [
            {
                "name": name,
                "position": n,
                "label": label,
                "is_scored": is_scored,
                "review_days": review_days,
                "definition": definition,
            }
            for n, (name, label, is_scored, review_days, definition) in enumerate(KINDS, 1)
        ],
        "strength": [
            {"name": name, "position": n, "label": label, "definition": definition}
            for n, (name, label, definition) in enumerate(STRENGTHS, 1)
        ],
        "status_crosswalk": [
            {"status": status, "scheme": scheme, "term": term}
            for scheme, terms in CROSSWALK.items()
            for status, term in terms.items()
        ],
        "lexicon_entry": lexicon_rows(),
    }
