"""Withdrawal: what was published is not deleted; it leaves lists and reports with date and reason."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from tracker.admin.as_of import today
from tracker.admin.base import RecordView
from tracker.admin.fields import day, prose
from tracker.admin.forms import RecordForm, version_of
from tracker.admin.handle import db
from tracker.admin.pages import page


class WithdrawForm(RecordForm):
    withdrawn_on = day("Withdrawn on", required=True, default=today)
    withdrawn_reason = prose("Reason", required=True, hint="Shown on its page for ever.")


class WithdrawableView(RecordView):
    """A view whose records are withdrawn, and can be brought back."""

    def affected(self, record: Any) -> list[tuple[str, list[Any]]]:
        """What a withdrawal touches: a heading and the records, for the page that asks."""
        return []

    @page("/<key>/withdraw", "GET", "POST")
    def withdraw_view(self, key: str) -> ResponseReturnValue:
        """Asks for date and reason, and tells what is affected."""
        record = self.get(key)
        form = WithdrawForm()
        if request.method == "GET":
            form.version.data = version_of(record)
        elif form.version.data != version_of(record):
            form.place(f"Somebody else has changed this {self.noun} meanwhile. Look at it once more.", None)
            form.version.data = version_of(record)
        elif form.validate() and self.save(form, record, is_created=False):
            flash(f"{self.noun.capitalize()} withdrawn.", "success")
            return redirect(self.address(record))
        shown: str = self.render(
            "admin/withdraw.html", view=self, record=record, form=form, affected=self.affected(record)
        )
        return shown

    @page("/<key>/reinstate", "POST")
    def reinstate_view(self, key: str) -> ResponseReturnValue:
        """Bring a withdrawn record back."""
        record = self.get(key)
        record.withdrawn_on = record.withdrawn_reason = None
        db.session.commit()
        flash(f"{self.noun.capitalize()} brought back.", "success")
        return redirect(self.address(record))
