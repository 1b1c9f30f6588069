"""The words for status, kind and strength, to be read and looked up."""

from typing import ClassVar

from tracker.admin.base import RecordView
from tracker.models import Kind, Status, Strength


class TermView(RecordView):
    """Words in their order, each with what it means."""

    of_the_past = False
    key = "name"
    column_list: ClassVar[tuple[str, ...]] = ("label", "definition")
    column_details_list: ClassVar[tuple[str, ...]] = ("name", "definition")
    default_sort = "position"


class StatusView(TermView):
    """What can become of a commitment."""

    noun, plural, group = "status", "Statuses", "Words"
    column_list = ("label", "definition", "is_open")
    column_labels: ClassVar = {"is_open": "Open"}
    sorts: ClassVar = {"position": (Status.position,)}


class KindView(TermView):
    """Sorts of commitments."""

    noun, plural, group = "kind", "Kinds", "Words"
    column_list = ("label", "definition", "is_scored", "review_days")
    column_labels: ClassVar = {"is_scored": "In scorecards", "review_days": "Days between reviews"}
    sorts: ClassVar = {"position": (Kind.position,)}


class StrengthView(TermView):
    """How firmly commitments are put."""

    noun, plural, group = "strength", "Strengths", "Words"
    sorts: ClassVar = {"position": (Strength.position,)}
