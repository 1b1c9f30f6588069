"""One's own account: where one is signed in, the tokens of one's programs, and how to end either."""

from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.admin.guarded import PageView
from tracker.admin.pages import page
from tracker.auth import api, second_factor, sessions
from tracker.auth.accounts import store
from tracker.auth.people import AccountError, Actor, note
from tracker.auth.signin import TOKEN
from tracker.auth.tokens import digest
from tracker.reports import catalog
from tracker.reports.catalog import Report


class AccountView(PageView):
    """The page of one's own account."""

    def __init__(self) -> None:
        super().__init__(name="Your account", endpoint="account", url="/account")

    def is_visible(self) -> bool:
        return False

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """Role, password, open sessions and tokens."""
        with store().reading() as accounts:
            return render_template(
                "accounts/own.html",
                sessions=sessions.of(accounts, current_user.id),
                here=digest(session[TOKEN]),
                tokens=api.of(accounts, current_user.id),
                reports=[report.name for report in _reports()],
                lifetimes=api.LIFETIMES,
                second_factor=current_app.config["SECOND_FACTOR"],
                is_set_up=second_factor.is_set_up(accounts, current_user.id),
                codes_left=second_factor.recovery_codes_left(accounts, current_user.id),
            )

    @page("/sessions/<key>/end", "POST")
    def end_view(self, key: str) -> ResponseReturnValue:
        """End one of one's sessions."""
        with store().writing() as accounts:
            sessions.end_one(accounts, current_user.id, key)
        flash("That session is ended.", "success")
        return redirect(url_for("account.index_view"))

    @page("/sessions/end", "POST")
    def end_others_view(self) -> ResponseReturnValue:
        """End all of one's sessions but this one."""
        with store().writing() as accounts:
            sessions.end_all(accounts, current_user.id, but=session[TOKEN])
        flash("You are signed out everywhere else.", "success")
        return redirect(url_for("account.index_view"))

    @page("/tokens", "POST")
    def token_view(self) -> ResponseReturnValue:
        """Make a token for one's programs and show it once."""
        days, report = request.form.get("days", ""), request.form.get("report") or None
        try:
            if report not in (None, *(one.name for one in _reports())):
                raise AccountError(f"there is no report {report!r}")
            with store().writing() as accounts:
                lifetime = int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0
                token = api.make(accounts, current_user.id, request.form.get("name", ""), report, lifetime)
                actor = Actor(current_user.username, "web", request.remote_addr)
                note(accounts, actor, current_user.username, f"made an API token for {report or 'all reports'}")
        except ValueError as error:
            told = str(error)
            flash(f"{told[:1].upper()}{told[1:]}.", "error")
            return redirect(url_for("account.index_view"))
        address = request.host_url.rstrip("/") + url_for("reports.report_view", key=f"{report or 'overdue'}.csv")
        return render_template("accounts/token.html", token=token, address=address)

    @page("/tokens/<key>/revoke", "POST")
    def revoke_view(self, key: str) -> ResponseReturnValue:
        """Make one of one's tokens worthless."""
        if key.isascii() and key.isdecimal() and len(key) < 16:
            with store().writing() as accounts:
                api.revoke(accounts, current_user.id, int(key))
                actor = Actor(current_user.username, "web", request.remote_addr)
                note(accounts, actor, current_user.username, "revoked an API token")
            flash("The token is revoked.", "success")
        return redirect(url_for("account.index_view"))


def _reports() -> Sequence[Report]:
    return catalog.readable(current_app.config["REPORTS_FOLDER"])[0]
