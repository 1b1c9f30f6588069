"""One's own account: where one is signed in, and how to end that."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tracker.admin.guarded import PageView
from tracker.admin.pages import page
from tracker.auth import sessions
from tracker.auth.accounts import store
from tracker.auth.signin import TOKEN
from tracker.auth.tokens import digest


class AccountView(PageView):
    """The page of one's own account."""

    def __init__(self) -> None:
        super().__init__(name="Your account", endpoint="account", url="/account")

    def is_visible(self) -> bool:
        return False

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """Role, password and open sessions."""
        with store().reading() as accounts:
            return render_template(
                "accounts/own.html",
                sessions=sessions.of(accounts, current_user.id),
                here=digest(session[TOKEN]),
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
