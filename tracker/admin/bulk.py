"""Pages that change many commitments at once: chosen in the list, seen in a preview, made in one step, taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.admin import lists
from tracker.admin.bulk_changes import CHANGES, Change, StatusChange
from tracker.admin.bulk_steps import MOST, Halted, Step, fetch, make, rehearse
from tracker.admin.bulk_undo import by_commitment, can_be_undone, undo
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.show import counted
from tracker.admin.withdrawing import WithdrawableView
from tracker.models import AuditBatch, Commitment

# What a form of ours sends besides its own fields.
OWN_FIELDS = ("csrf_token", "seen", "save", "review")


class BulkView(WithdrawableView):
    """A view of commitments whose list lets one choose many of them."""

    @page("/many", "GET", "POST")
    def many_view(self) -> ResponseReturnValue:
        """The form for many, its preview, and the change itself; which of them a post is for, its buttons tell."""
        kind = CHANGES.get(request.args.get("change", ""), StatusChange)
        form = kind.form_class()
        change = kind(form)
        chosen, problems = self._chosen()
        if request.method == "GET" or "review" in request.form or not form.validate() or not chosen:
            return self._show_form(change, chosen, problems)
        if "save" in request.form:
            try:
                batch = make(change, _seen())
            except Halted as halted:
                return self._show_preview(change, rehearse(change, fetch(chosen)), halted.reasons), 409
            return redirect(url_for("commitments.done_view", batch=batch))
        return self._show_preview(change, rehearse(change, fetch(chosen)), {})

    @page("/many/<batch>", "GET", "POST")
    def done_view(self, batch: str) -> ResponseReturnValue:
        """What was changed, and the button that takes it back."""
        found = self._batch(batch)
        halted: Mapping[str, str] = {}
        if request.method == "POST":
            try:
                taken_back = undo(found, request.form.getlist("left_out"))
            except Halted as error:
                halted = error.reasons
            else:
                flash("Taken back.", "success")
                return redirect(url_for("commitments.done_view", batch=taken_back))
        events = by_commitment(found)
        named = select(Commitment).where(Commitment.public_id.in_(events)).order_by(Commitment.public_id)
        shown: str = self.render(
            "admin/many_done.html",
            view=self,
            batch=found,
            rows=[(one, events[one.public_id]) for one in db.session.scalars(named)],
            halted=halted,
        )
        return shown, 409 if halted else 200

    def _batch(self, number: str) -> AuditBatch:
        position = int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else 0
        found = db.session.scalars(
            select(AuditBatch).where(AuditBatch.position == position).options(selectinload(AuditBatch.events))
        ).one_or_none()
        if found is None or not can_be_undone(found):
            abort(410, "There is no change of many commitments of this number.")
        return found

    def _chosen(self) -> tuple[Sequence[str], list[str]]:
        """The public ids of what was chosen, and what cannot be had: by the post where it tells, or by the address."""
        if "seen" in request.form:
            return list(_seen()), []
        if "all" in request.args:
            listing = lists.read(request.args, self.filters, self.sorts_on_offer(), self.default_sort)
            key = Commitment.public_id
            matching = self.matching(listing).with_only_columns(key, maintain_column_froms=True).order_by(key)
            found = db.session.scalars(matching.limit(MOST + 1)).all()
            if len(found) > MOST:
                return [], [f"More than {MOST:,} match, and that is more than can be changed at once. Narrow the list."]
            # What the list could not make sense of would stand for far more than was meant.
            return ([], listing.misread) if listing.misread else (found, [])
        asked = list(dict.fromkeys(key for key in request.args.getlist("key") if key.isprintable()))[:MOST]
        known = set(db.session.scalars(select(Commitment.public_id).where(Commitment.public_id.in_(asked))))
        missing = [f"There is no {key[:60]!r}." for key in asked if key not in known]
        return [key for key in asked if key in known], missing

    def _show_form(self, change: Change, chosen: Sequence[str], problems: Sequence[str]) -> ResponseReturnValue:
        shown: str = self.render(
            "admin/many.html",
            view=self,
            change=change,
            kinds=CHANGES.values(),
            commitments=fetch(chosen),
            problems=problems,
            choice=[(name, value) for name, value in request.args.items(multi=True) if name != "change"],
        )
        return shown

    def _show_preview(self, change: Change, steps: Sequence[Step], reasons: Mapping[str, str]) -> str:
        made = [step for step in steps if step.made]
        shown: str = self.render(
            "admin/many_preview.html",
            view=self,
            change=change,
            made=made,
            refused=[step for step in steps if step.refused],
            idle=[step for step in steps if step.idle],
            reasons=reasons,
            what=counted(len(made), "commitment"),
            typed=[(name, value) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS],
        )
        return shown


def _seen() -> dict[str, str]:
    """The commitments of a preview, each with the digest of its state."""
    pairs: list[Any] = [value.rpartition(":") for value in request.form.getlist("seen")]
    return {key: state for key, _, state in pairs[:MOST] if key}
