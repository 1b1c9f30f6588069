"""The page that asks for a code after the password, and the gate for those who have no second factor but need one."""

import time

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import UserMixin, login_user
from flask_security.tf_plugin import TfPlugin
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired

from tracker.auth import people, second_factor
from tracker.auth.access import ANYONE, needed
from tracker.auth.accounts import Account, store
from tracker.auth.guard import SAFE_METHODS, stays_here
from tracker.auth.keys import second_factor_keys
from tracker.auth.throttle import checked

blueprint = Blueprint("code", __name__)

# Who has given the right password, and when: whose it is changes with the password, so that a new one ends it.
PENDING = "code_for"
PATIENCE = 600  # seconds
OVER = "This sign-in took too long, or was not begun here. Sign in again."
WRONG = "This code is wrong, or was used before."


class CodeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is not typed
    """A code of an app, or a recovery code."""

    code = StringField(
        "Code",
        validators=[DataRequired("Type the code.")],
        description="The six digits that your authenticator app shows. Without the app: one of your recovery codes.",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True},
    )


class AskForCode(TfPlugin):
    """What Flask-Security asks between the right password and the session."""

    def tf_enter(
        self, user: UserMixin, remember_me: bool | None, primary_authn_via: str, next_loc: str | None
    ) -> Response | None:
        assert isinstance(user, Account)  # what our store finds
        return ask_for_code(user, next_loc)


def ask_for_code(account: Account, target: str | None = None) -> Response | None:
    """Lead to the page that asks for the code; None where the password is enough."""
    with store().reading() as accounts:
        if current_app.config["SECOND_FACTOR"] == "off" or not second_factor.is_set_up(accounts, account.id):
            return None
    session[PENDING] = [account.fs_uniquifier, int(time.time())]
    return redirect(url_for("code.page", next=target or None))


@blueprint.route("/login/code", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the code; the right one signs in."""
    account = _pending()
    if account is None:
        abort(410, OVER)
    form = CodeForm()
    if form.validate_on_submit():
        if _let_in(account, form.code.data or ""):
            target = request.args.get("next", "")
            return redirect(target if stays_here(target, request.host) else url_for("home.index"))
        form.code.errors = [WRONG]
    return render_template("security/code.html", form=form)


def _pending() -> Account | None:
    uniquifier, since = session.get(PENDING, ("", 0))
    account = store().find_user(fs_uniquifier=uniquifier) if time.time() < since + PATIENCE else None
    return account if account is not None and account.active else None


def _let_in(account: Account, typed: str) -> bool:
    # Counted wherever it comes from: whoever tries has the password, and six digits are soon through.
    if not checked(str(account.username), lambda: _accept(account, typed), f"codes of {account.username}"):
        return False
    session.pop(PENDING)
    login_user(account)
    return True


def _accept(account: Account, typed: str) -> bool:
    ring = second_factor_keys(current_app.config["SECOND_FACTOR_KEY"])
    with store().writing() as accounts:
        accepted = second_factor.accept(accounts, ring, account.id, typed)
        if accepted == "recovery code":
            actor = people.Actor(str(account.username), "web", request.remote_addr)
            people.note(accounts, actor, account.username, "signed in by a recovery code")
            left = second_factor.recovery_codes_left(accounts, account.id)
            flash(f"That recovery code is used up; {left} left. Your account page makes new ones.", "warning")
    return accepted is not None


def insist() -> None:
    """Where everybody needs a second factor, lead whoever has none to the page that sets it up."""
    endpoint = request.endpoint or ""
    if current_app.config["SECOND_FACTOR"] != "required" or not current_user.is_authenticated:
        return
    # A program has no app; what it has is a token that reads reports.
    if request.authorization is not None or needed(endpoint) == ANYONE or endpoint == "security.logout":
        return
    if endpoint.startswith("second_factor."):
        return
    with store().reading() as accounts:
        if second_factor.is_set_up(accounts, current_user.id):
            return
    if request.method not in SAFE_METHODS:
        abort(403, "Set up a second factor first: this tracker asks everybody for one.")
    abort(redirect(url_for("second_factor.index_view")))
