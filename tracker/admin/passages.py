"""What stands around a passage of a source: its text, its citations, its meeting, and what its words propose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tracker.admin.handle import db
from tracker.documents import archive
from tracker.documents.archive import DocumentError
from tracker.documents.attribution import Attribution, Speaker
from tracker.documents.lexicon import Lexicon, Proposal, read_lexicon
from tracker.documents.paragraphs import Paragraph, paragraphs
from tracker.documents.quotes import Quote, Text
from tracker.documents.reading import Coverage, Span, coverage
from tracker.documents.sentences import locator, sentences
from tracker.documents.verify import selected
from tracker.models import Attendance, Citation, Meeting, Minister, Source, Statement, StatusUpdate

# Characters. What is longer is no quote any more.
LONGEST_QUOTE = 3_000
# Characters. A longer text is read in portions, and nobody waits for its figure.
MEASURED = 300_000
# How many days before the publication of a source its meeting may lie.
BEFORE = 21
OFFSET = re.compile("[0-9]{1,9}")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
TARGET = re.compile(rf"\bby\s+(?:the\s+end\s+of\s+)?(?:({MONTHS})\s+)?(20\d\d)\b")


@dataclass
class Passages:
    """A source whose text is held here, and what is known of it."""

    source: Source
    text: str

    @cached_property
    def lexicon(self) -> Lexicon:
        return read_lexicon(db.session())

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        return paragraphs(self.text)

    @cached_property
    def spans(self) -> dict[int, Span]:
        """Where each citation that stands is found in this text: by its last check, or looked for now."""
        return {identity: span for identity, span in self._located.items() if span is not None}

    @cached_property
    def citations(self) -> list[Citation]:
        """The citations that stand, in the order of the text; those that are not found in it come last."""
        found = db.session.scalars(
            select(Citation)
            .where(Citation.id.in_(self._located))
            .options(
                selectinload(Citation.statement),
                selectinload(Citation.status_update).selectinload(StatusUpdate.commitment),
                selectinload(Citation.verifications),
            )
        ).all()
        return sorted(found, key=lambda one: (self.spans.get(one.id, (len(self.text) + 1, 0)), one.id))

    @cached_property
    def coverage(self) -> Coverage | None:
        """How much of the operative sentences is cited; None for a text that is too long to ask."""
        return coverage(self.text, list(self.spans.values()), self.lexicon) if len(self.text) <= MEASURED else None

    @cached_property
    def _located(self) -> dict[int, Span | None]:
        text = Text(self.text)
        located: dict[int, Span | None] = {}
        for row in selected(db.session(), Source.id == self.source.id):
            if row.known_sha256 == self.source.sha256 and row.known_start_offset is not None:
                located[row.id] = row.known_start_offset, row.known_end_offset
            else:
                quote = Quote(row.exact or "", row.prefix, row.suffix, row.start_offset, row.end_offset)
                match = text.find(quote) if row.exact else None
                located[row.id] = (match.start, match.end) if match and match.start is not None and match.end else None
        return located

    def chosen(self, start: str | None, end: str | None) -> Span:
        """The words between these offsets without the white space around them; ValueError where there are none."""
        if not (start and end and OFFSET.fullmatch(start) and OFFSET.fullmatch(end)):
            raise ValueError("Select words in the text first.")
        begin, stop = int(start), min(int(end), len(self.text))
        words = self.text[begin:stop]
        begin, stop = begin + len(words) - len(words.lstrip()), stop - len(words) + len(words.rstrip())
        if begin >= stop:
            raise ValueError("Select words in the text first.")
        if stop - begin > LONGEST_QUOTE:
            raise ValueError(f"That is too long for a quote: select at most {LONGEST_QUOTE} characters.")
        return begin, stop

    def locator(self, span: Span) -> str | None:
        """Where the words stand, as people say it."""
        return locator(self.paragraphs, *span)

    def proposal(self, span: Span) -> Proposal | None:
        """What the operative words among these propose."""
        return self.lexicon.propose(self.text, *span)

    def target(self, span: Span) -> str | None:
        """The date by which the words say that it will be done: "by 2026", "by the end of March 2026"."""
        found = TARGET.search(self.text, *span)
        if found is None:
            return None
        month = f"-{MONTHS.split('|').index(found[1]) + 1:02}" if found[1] else ""
        return found[2] + month

    def speaker(self, span: Span, meeting: Meeting | None) -> Speaker[Minister] | None:
        """Who says the first of these words, among those who attended the meeting."""
        attended = meeting.attendances if meeting else []
        people = {attendance.minister: _names(attendance.minister) for attendance in attended}
        found = sentences(self.text, self.paragraphs)
        at = next((n for n, one in enumerate(found) if span[0] < one.end), None)
        return None if at is None else Attribution(self.lexicon, people).speaker(self.text, found, at)


def passages_of(source: Source) -> Passages | None:
    """The source with its text, None where the text is not held here; DocumentError where the file is damaged."""
    folder: Path = current_app.config["DOCUMENTS"]
    text = archive.read(folder, source.sha256) if source.sha256 else None
    return None if text is None else Passages(source, text)


def text_of(source: Source) -> str | None:
    """The text of a source, None where it cannot be read."""
    try:
        found = passages_of(source)
    except DocumentError:
        return None
    return found.text if found else None


def meeting_of(source: Source, slug: str | None) -> Meeting | None:
    """The meeting of this slug; else that of most statements that cite the source, or the last before its day."""
    if slug:
        return db.session.scalars(select(Meeting).where(Meeting.slug == slug)).one_or_none()
    of_statements = (
        select(Statement.meeting_id)
        .join(Citation, Citation.statement_id == Statement.id)
        .where(Citation.source_id == source.id)
        .group_by(Statement.meeting_id)
        .order_by(func.count().desc(), Statement.meeting_id.desc())
        .limit(1)
    )
    found = db.session.scalars(of_statements).first()
    if found is not None:
        return db.session.get(Meeting, found)
    if source.published_on is None:
        return None
    last = select(Meeting).where(Meeting.start_date <= source.published_on, Meeting.date_precision == "day")
    meeting = db.session.scalars(last.order_by(Meeting.start_date.desc(), Meeting.id.desc()).limit(1)).first()
    near = meeting and meeting.start_date and (source.published_on - meeting.start_date).days <= BEFORE
    return meeting if near else None


def sides(meeting: Meeting | None) -> str:
    """All sides of a meeting by name, as a joint statement is attributed to them: "India and Japan"."""
    attended: Sequence[Attendance] = meeting.attendances if meeting else []
    names = list(dict.fromkeys(attendance.country.name for attendance in attended))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _names(minister: Minister) -> list[str]:
    """What a text may call a minister."""
    names: list[Any] = [minister.name, minister.family_name, (minister.sort_name or "").partition(",")[0]]
    return [*{name for name in [*names, *(other.name for other in minister.other_names)] if name}]
