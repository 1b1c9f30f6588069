"""One's own second factor: set it up, make new recovery codes, take it off; each asks for the password once more."""

from collections.abc import Sequence

import segno
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from tracker.admin.guarded import PageView
from tracker.admin.pages import page
from tracker.auth import second_factor, sessions
from tracker.auth.accounts import store
from tracker.auth.forms import ConfirmForm, SetUpForm
from tracker.auth.keys import second_factor_keys
from tracker.auth.people import Actor, note
from tracker.auth.signin import TOKEN

# The secret that somebody sets up now, sealed: the cookie that keeps it can be read.
DRAFT = "second_factor"


class SecondFactorView(PageView):
    """The pages of one's own second factor."""

    def __init__(self) -> None:
        super().__init__(name="Second factor", endpoint="second_factor", url="/account/second-factor")

    def is_visible(self) -> bool:
        return False

    @page("/", "GET", "POST")
    def index_view(self) -> ResponseReturnValue:
        """Show the secret of a new app as a picture and in words, and take its first code."""
        if _setting() == "off":
            return _back("This tracker asks nobody for a second factor.")
        secret = _draft()
        form = SetUpForm(user=current_user)
        if form.validate_on_submit():
            step = second_factor.step_of(secret, form.code.data or "")
            if step is not None:
                session.pop(DRAFT)
                return _show_codes(secret, step)
            form.code.errors = ["This is not the code that the app shows now. Is the clock of the phone right?"]
        address = second_factor.address(secret, current_user.username)
        return render_template(
            "accounts/second_factor.html",
            form=form,
            picture=Markup(segno.make(address, error="m").svg_inline(scale=4, light="#fff", omitsize=True)),
            words=second_factor.in_groups(secret),
            again=_is_set_up(),
            needed=_setting() == "required",
        )

    @page("/codes", "GET", "POST")
    def codes_view(self) -> ResponseReturnValue:
        """Make new recovery codes in place of those before."""
        if not _is_set_up():
            return _back("There is no second factor yet.")
        form = ConfirmForm(user=current_user)
        if form.validate_on_submit():
            return _show_codes()
        told = "The recovery codes that you have now stop working."
        return render_template("accounts/confirm.html", form=form, act="Make new recovery codes", told=told)

    @page("/off", "GET", "POST")
    def off_view(self) -> ResponseReturnValue:
        """Take the second factor off."""
        if not _is_set_up():
            return _back("There is no second factor yet.")
        if _setting() == "required":
            return _back("This tracker asks everybody for a second factor. Set up another app in place of this one.")
        form = ConfirmForm(user=current_user)
        if form.validate_on_submit():
            with store().writing() as accounts:
                second_factor.take_off(accounts, current_user.id)
                note(accounts, _actor(), current_user.username, "took off the second factor")
            return _back("The second factor is off: your password alone lets you in.", "success")
        told = "From then on your password alone lets you in."
        return render_template("accounts/confirm.html", form=form, act="Take off the second factor", told=told)


def _setting() -> str:
    return str(current_app.config["SECOND_FACTOR"])


def _actor() -> Actor:
    return Actor(current_user.username, "web", request.remote_addr)


def _is_set_up() -> bool:
    with store().reading() as accounts:
        return second_factor.is_set_up(accounts, current_user.id)


def _draft() -> str:
    """The secret that is being set up; the same until it is, so that a picture that was read stays good."""
    ring = second_factor_keys(current_app.config["SECOND_FACTOR_KEY"])
    if DRAFT not in session:
        session[DRAFT] = ring.encrypt(second_factor.new_secret().encode()).decode()
    return ring.decrypt(session[DRAFT].encode()).decode()


def _show_codes(secret: str | None = None, step: int = 0) -> ResponseReturnValue:
    """Keep the secret of a new app, if there is one, and show new recovery codes, once."""
    with store().writing() as accounts:
        if secret is None:
            codes: Sequence[str] = second_factor.new_recovery_codes(accounts, current_user.id)
        else:
            ring = second_factor_keys(current_app.config["SECOND_FACTOR_KEY"])
            codes = second_factor.set_up(accounts, ring, current_user.id, secret, step)
            # Who came in by the password alone comes in anew.
            sessions.end_all(accounts, current_user.id, but=session[TOKEN])
        act = "made new recovery codes" if secret is None else "set up a second factor"
        note(accounts, _actor(), current_user.username, act)
    return render_template("accounts/recovery_codes.html", codes=codes, new=secret is not None)


def _back(told: str, category: str = "warning") -> ResponseReturnValue:
    flash(told, category)
    return redirect(url_for("account.index_view"))
