"""The page that a one-time link opens: choose a name and a password, or a new password, and be signed in."""

import unicodedata

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import hash_password, login_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Regexp, ValidationError

from tracker.auth import links, people
from tracker.auth.accounts import store
from tracker.auth.code_page import ask_for_code

blueprint = Blueprint("welcome", __name__)

LONGEST_PASSWORD = 256


class PasswordForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is not typed
    """A password, typed twice."""

    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Choose a password."),
            Length(12, LONGEST_PASSWORD, f"Use 12 to {LONGEST_PASSWORD} characters."),
        ],
        description="At least 12 characters. A few words in a row are good.",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Password again",
        validators=[EqualTo("password", "The two passwords are not the same.")],
        render_kw={"autocomplete": "new-password"},
    )


class WelcomeForm(PasswordForm):
    """Name and password of a new account."""

    username = StringField(
        "User name",
        filters=[lambda value: value.strip().lower() if value else value],
        validators=[DataRequired("Choose a user name."), Regexp(rf"^{people.NAME.pattern}$", message=people.NAME_RULE)],
        description="Records name you by it, in lower case. Letters, digits, dots, hyphens and underscores.",
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_username(self, field: StringField) -> None:
        if store().find_user(username=field.data):
            raise ValidationError("This name is taken.")


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def page(token: str) -> ResponseReturnValue:
    """Show the form of the link; a good one spends the link, makes the account or its password, and signs in."""
    try:
        with store().reading() as accounts:
            username = links.find(accounts, token).username
        form = PasswordForm() if username else WelcomeForm()
        if form.validate_on_submit():
            return _sign_in(token, username or form.username.data or "", form.password.data or "")
    except links.LinkError as error:
        return render_template("welcome_spent.html", reason=str(error)), 410
    return render_template("welcome.html", form=form, username=username)


def _sign_in(token: str, username: str, password: str) -> ResponseReturnValue:
    # Hashed before the transaction begins: it takes long on purpose.
    password_hash = hash_password(unicodedata.normalize("NFKD", password))
    with store().writing() as accounts:
        user = links.use(accounts, token, username, password_hash)
        actor = people.Actor(user.username, "web", request.remote_addr)
        people.note(accounts, actor, user.username, "chose a password by a one-time link")
    account = store().find_user(username=username)
    assert account is not None  # made or found just now
    if asked := ask_for_code(account):
        return asked
    login_user(account)
    flash(f"Welcome, {account.username}. You are signed in.", "success")
    return redirect(url_for("home.index"))
