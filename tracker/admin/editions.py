"""The page of two editions of a series: what became of the commitments, and how the texts have drifted."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import case, func, select

from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.passages import MEASURED, text_of
from tracker.documents.differences import Run
from tracker.documents.drift import telling, wording_of
from tracker.documents.editions import MARKS, align, compare, counted
from tracker.documents.lexicon import read_lexicon
from tracker.models import Citation, Commitment, Meeting, MeetingSeries, Source, Statement

LISTED = 200


class EditionsView(PageView):
    """Two editions side by side."""

    def __init__(self) -> None:
        super().__init__(name="Editions", category="Track", endpoint="editions", url="/editions")

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """The series with editions that can be compared, the last one met first."""
        last, number = func.max(Meeting.start_date), func.count(Meeting.start_date)
        found = db.session.execute(
            select(MeetingSeries, number, last)
            .join(Meeting, Meeting.series_id == MeetingSeries.id)
            .group_by(MeetingSeries.id)
            .having(number > 1)
            .order_by(last.desc(), MeetingSeries.name)
            .limit(LISTED)
        )
        return render_template("editions/list.html", rows=found.all())

    @page("/<series>")
    def compare_view(self, series: str) -> ResponseReturnValue:
        """The last two editions, or those that the address names."""
        found = db.session.scalars(select(MeetingSeries).where(MeetingSeries.slug == series)).one_or_none()
        if found is None:
            abort(404)
        meetings = db.session.scalars(
            select(Meeting)
            .where(Meeting.series_id == found.id, Meeting.start_date.is_not(None))
            .order_by(Meeting.start_date, Meeting.id)
        ).all()
        earlier, later = _chosen(meetings)
        shown: dict[str, Any] = {"series": found, "meetings": meetings, "earlier": earlier, "later": later}
        if earlier is None or later is None:
            return render_template("editions/none.html", **shown)
        shown |= _compared(earlier, later) | _texts(earlier, later)
        return render_template("editions/compare.html", **shown, wording=_unchanged, telling=telling)


def _chosen(meetings: Sequence[Meeting]) -> tuple[Meeting | None, Meeting | None]:
    """The two editions that the address names, the earlier first; else the last one and that before it."""
    by_slug = {meeting.slug: meeting for meeting in meetings}
    asked = [by_slug[slug] for name in ("earlier", "later") if (slug := request.args.get(name)) in by_slug and slug]
    if len(asked) == 2 and asked[0] is not asked[1]:
        first, second = sorted(asked, key=meetings.index)
        return first, second
    if len(asked) == 1 and meetings.index(asked[0]) > 0:
        return meetings[meetings.index(asked[0]) - 1], asked[0]
    return (meetings[-2], meetings[-1]) if len(meetings) > 1 else (None, None)


def _unchanged(commitment: Commitment) -> list[Run]:
    """The wording of a commitment that has none to be compared with."""
    return [Run("same", wording_of(commitment))]


def _compared(earlier: Meeting, later: Meeting) -> dict[str, Any]:
    pairs = compare(db.session(), earlier, later, read_lexicon(db.session()))
    only = request.args.get("show")
    only = only if only in MARKS else None
    return {
        "pairs": [pair for pair in pairs if only is None or only in pair.marks],
        "counts": counted(pairs),
        "only": only,
    }


def _texts(earlier: Meeting, later: Meeting) -> dict[str, Any]:
    """The texts that can be compared, and the paragraphs of the two that are chosen."""
    sides = {"earlier": cited_at(earlier), "later": cited_at(later)}
    chosen, texts = {}, {}
    for side, sources in sides.items():
        named = request.args.get(f"{side}_text")
        source = next((one for one in sources if one.slug == named), sources[0] if sources else None)
        chosen[side], texts[side] = source, text_of(source) if source else None
    old, new = texts["earlier"], texts["later"]
    short = old is not None and new is not None and len(old) + len(new) <= MEASURED
    rows = align(old, new, read_lexicon(db.session())) if old is not None and new is not None and short else []
    return {"sources": sides, "chosen": chosen, "rows": rows}


def cited_at(meeting: Meeting) -> Sequence[Source]:
    """The archived sources that the statements of a meeting cite: joint statements first, then the most cited."""
    cited = (
        select(Source)
        .join(Citation, Citation.source_id == Source.id)
        .join(Statement, Citation.statement_id == Statement.id)
        .where(Statement.meeting_id == meeting.id, Source.sha256.is_not(None))
        .group_by(Source.id)
        .order_by(case((Source.classification == "joint_statement", 0), else_=1), func.count().desc(), Source.id)
        .limit(20)
    )
    return db.session.scalars(cited).all()
