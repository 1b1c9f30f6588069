"""The reading desk: the texts that are held here, each read with its citations, and forms that open beside them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tracker.admin.commitment_page import CHAINED
from tracker.admin.desk_forms import FORMS, form_for
from tracker.admin.desk_saving import candidates, commitment_from, earlier_like, statement_from, update_from
from tracker.admin.forms import keep
from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.passages import Passages, meeting_of, passages_of
from tracker.admin.reading_list import carried_by, held, page_number
from tracker.auth.roles import require
from tracker.documents.archive import DocumentError
from tracker.documents.drift import telling
from tracker.documents.reading import Span, portions, read
from tracker.models import Meeting, Source

SAVED = {"statement": "Statement saved.", "commitment": "Commitment saved.", "evidence": "Status recorded."}


class ReadingView(PageView):
    """Texts, to be worked through from the first sentence to the last."""

    def __init__(self) -> None:
        super().__init__(name="Reading desk", category="Record", endpoint="reading", url="/reading")

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """The texts that are held here, the newest first, each with what of it is cited."""
        texts, more = held(page_number())
        return render_template("reading/list.html", texts=texts, number=page_number(), more=more)

    @page("/<key>")
    def text_view(self, key: str) -> ResponseReturnValue:
        """One text, with each citation where it stands."""
        source = self._source(key)
        try:
            passages = passages_of(source)
        except DocumentError as error:
            return render_template("reading/missing.html", source=source, problem=str(error))
        if passages is None:
            return render_template("reading/missing.html", source=source, problem=None)
        after = request.args.get("after", "")
        return show(
            passages,
            meeting_of(source, request.args.get("meeting")),
            after=int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else None,
        )

    @page("/<key>/cite", "GET", "POST")
    def cite_view(self, key: str) -> ResponseReturnValue:
        """The text with a form beside it, for the words that were selected."""
        source = self._source(key)
        try:
            passages = passages_of(source)
            if passages is None or request.values.get("sha256", source.sha256) != source.sha256:
                raise ValueError("The text has changed meanwhile. Select the words again.")
            span = passages.chosen(request.values.get("start"), request.values.get("end"))
        except ValueError as error:
            flash(str(error), "warning")
            return redirect(url_for("reading.text_view", key=key))
        what = request.values.get("as", "")
        return cite(what if what in FORMS else "commitment", passages, span)

    def _source(self, key: str) -> Source:
        return db.session.scalars(select(Source).where(Source.slug == key)).one_or_none() or abort(404)


def show(
    passages: Passages, meeting: Meeting | None, chosen: Span | None = None, after: int | None = None, **form: Any
) -> str:
    """The page of a text, with a form beside it where there is one; opened at what was chosen or `after` a place."""
    pages = portions(passages.paragraphs)
    at = chosen[0] if chosen else after
    within = (n for n, of_page in enumerate(pages, 1) if of_page and at is not None and at <= of_page[-1].end)
    number = min(next(within, page_number()), len(pages))
    numbered = {citation.id: n for n, citation in enumerate(passages.citations, 1)}
    spans = {numbered[identity]: span for identity, span in passages.spans.items()}
    shown: str = render_template(
        "reading/text.html",
        source=passages.source,
        meeting=meeting,
        reading=read(passages.text, spans, passages.lexicon, chosen, pages[number - 1]),
        coverage=passages.coverage,
        cited=dict(enumerate(passages.citations, 1)),
        carried=carried_by(passages.citations),
        found=spans,
        number=number,
        pages=len(pages),
        chosen=chosen,
        after=after,
        quote=passages.text[slice(*chosen)] if chosen else "",
        **({"what": "", "form": None} | form),
    )
    return shown


def cite(what: str, passages: Passages, span: Span) -> ResponseReturnValue:
    """The form for these words, or what it leads to once it is saved."""
    asked = request.values.get("meeting")
    meeting = meeting_of(passages.source, asked)
    form = form_for(what, passages, span, meeting)
    found = candidates(form, passages, span, form.meeting.data) if what == "commitment" else []
    if what == "evidence":
        words = passages.text[slice(*span)]
        form.suggested = [one.commitment for one in earlier_like(meeting, words)]
    if request.method == "POST" and form.validate() and _saved(what, form, passages, span, found):
        flash(SAVED[what], "success")
        kept = form.meeting.data.slug if what != "evidence" else asked
        return redirect(url_for("reading.text_view", key=passages.source.slug, meeting=kept, after=span[1]))
    proposed: dict[str, Any] = {"proposal": passages.proposal(span), "speaker": passages.speaker(span, meeting)}
    proposed |= {"candidates": found, "relations": CHAINED, "telling": telling}
    return show(passages, meeting, span, what=what, form=form, **proposed)


def _saved(what: str, form: Any, passages: Passages, span: Span, found: Any) -> bool:
    require("reading.cite")
    makers = {
        "statement": lambda: statement_from(form, passages, span),
        "commitment": lambda: commitment_from(form, passages, span, found),
        "evidence": lambda: update_from(form, passages, span),
    }
    return keep(form, makers[what]) is not None
