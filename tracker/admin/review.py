"""The review queue: what to look at next and why, and "nothing found" as an answer that counts."""

import re
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from wtforms import HiddenField

from tracker.admin.as_of import today
from tracker.admin.commitment_page import history_of
from tracker.admin.evidence import CITED
from tracker.admin.fields import day, prose
from tracker.admin.forms import RecordForm, keep
from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.pages import address_of, page
from tracker.admin.review_queue import SHOWN, due
from tracker.auth.roles import require
from tracker.models import Citation, Commitment, Statement, StatusUpdate
from tracker.models.lookups import NEEDS_CITATION, NO_EVIDENCE_FOUND, UNREVIEWED

LOOKED = re.compile(r"Looked at: (.+)")
MEANWHILE = "Somebody has recorded something meanwhile. Look at it, and send this again if it still holds."


class NothingForm(RecordForm):
    """Somebody looked, and found nothing new: where, and when to look again."""

    places = prose(
        "Where you looked", required=True, hint="Sites, releases, people asked: so that the next can go on.", rows=3
    )
    looked_on = day("Looked on", required=True, default=today)
    review_due_on = day("Look again on", hint="By the interval of its kind; leave it empty to set no day.")
    stands = HiddenField()


class ReviewView(PageView):
    """The queue, and the page on which one commitment of it is looked at."""

    def __init__(self) -> None:
        super().__init__(name="Review queue", category="Track", endpoint="review", url="/review")

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """What to look at next, and why."""
        only_mine = request.args.get("show") == "mine"
        return render_template("review/queue.html", queue=due(only_mine=only_mine), only_mine=only_mine, most=SHOWN)

    @page("/<key>", "GET", "POST")
    def look_view(self, key: str) -> ResponseReturnValue:
        """One commitment: what is known of it, and a form that says that nothing more was found."""
        found = select(Commitment).where(Commitment.public_id == key, Commitment.withdrawn_on.is_(None))
        quoted = selectinload(Commitment.statements).selectinload(Statement.citations).options(*CITED)
        commitment = db.session.scalars(found.options(quoted)).one_or_none() or abort(404)
        if not commitment.status_term.is_open:
            flash(f"It is closed: {commitment.status_term.label.lower()}.", "warning")
            return redirect(address_of(commitment))
        history = history_of(commitment)
        stands = next((update for update in history if update.corrected_by is None), None)
        form = NothingForm() if request.method == "POST" else _proposed(commitment, stands)
        if form.validate_on_submit() and _record(form, commitment, stands):
            flash(f"Kept: nothing found on {commitment.public_id}.", "success")
            return redirect(_next(key, form.places.data))
        reasons = [reason for one in due(public_id=key) for reason in one.reasons]
        return render_template(
            "review/look.html", record=commitment, form=form, history=history, stands=stands, reasons=reasons
        )


def _proposed(commitment: Commitment, stands: StatusUpdate | None) -> NothingForm:
    """A new form: where the last one looked, and the next day by the interval of the kind."""
    form = NothingForm()
    told = LOOKED.search(stands.reason or "") if stands else None
    form.places.data = told[1] if told else request.args.get("places", "")[:1000]
    form.review_due_on.data = commitment.kind_term.next_review(today())
    form.stands.data = stands.key if stands else ""
    return form


def _record(form: NothingForm, commitment: Commitment, stands: StatusUpdate | None) -> bool:
    """Keep that nothing was found; False where a rule refuses it, told in the form."""
    require("review.look")
    key = stands.key if stands else ""
    if (form.stands.data or "") != key:
        form.place(MEANWHILE, None)
        form.stands.data = key
        return False
    looked_on = form.looked_on.data
    assert looked_on is not None  # seen by the form's check
    if stands is not None and looked_on < stands.effective_on:
        form.place(f"Something is known since {stands.effective_on}: give that day or a later one.", "looked_on")
        return False

    def make() -> StatusUpdate:
        commitment.review_due_on = form.review_due_on.data
        return nothing_found(commitment, stands, looked_on, form.places.data or "")

    return keep(form, make) is not None


def nothing_found(commitment: Commitment, stands: StatusUpdate | None, looked_on: date, places: str) -> StatusUpdate:
    """The update that says so: `no_evidence_found` where nothing was known, else the status that stands once more."""
    unknown = commitment.status in (UNREVIEWED, NO_EVIDENCE_FOUND)
    update = StatusUpdate(
        commitment=commitment,
        commitment_id=commitment.id,
        status=NO_EVIDENCE_FOUND if unknown else commitment.status,
        effective_on=looked_on,
        reason=f"Nothing found. Looked at: {places}" if unknown else f"Nothing new found. Looked at: {places}",
        recorded_by=current_user.username,
    )
    if update.status in NEEDS_CITATION and stands is not None:
        update.citations = [_again(citation, n) for n, citation in enumerate(stands.citations, 1)]
    return update


def _again(citation: Citation, ordinal: int) -> Citation:
    """The same passage, for an update that rests on what the one before it rests on."""
    same = ("exact", "prefix", "suffix", "start_offset", "end_offset", "locator", "bearing")
    values: dict[str, Any] = {name: getattr(citation, name) for name in same}
    return Citation(source=citation.source, ordinal=ordinal, **values)


def _next(done: str, places: str | None) -> str:
    """Where to go on: the next of the queue, or the queue where nothing is left."""
    left = [one.commitment.public_id for one in due() if one.commitment.public_id != done]
    return url_for("review.look_view", key=left[0], places=places) if left else url_for("review.index_view")
