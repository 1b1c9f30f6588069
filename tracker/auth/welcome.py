"""The page that a one-time link opens: choose a name and a password, and be signed in."""

import unicodedata

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import hash_password, login_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, Regexp, ValidationError

from tracker.auth import links
from tracker.auth.accounts import store

blueprint = Blueprint("welcome", __name__)

LONGEST_PASSWORD = 256


class WelcomeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is not typed
    """Name and password of a new account."""

    username = StringField(
        "User name",
        filters=[lambda value: value.strip().lower() if value else value],
        validators=[
            DataRequired("Choose a user name."),
            Length(2, 40, "Use 2 to 40 characters."),
            Regexp(r"^[a-z0-9][a-z0-9._-]*$", message="Use letters, digits, dots, hyphens and underscores."),
        ],
        description="Records name you by it. Lower case letters, digits, dots, hyphens.",
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
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

    def validate_username(self, field: StringField) -> None:
        if store().find_user(username=field.data):
            raise ValidationError("This name is taken.")


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
def page(token: str) -> ResponseReturnValue:
    """Show the form of the link; a good one spends the link, makes the account and signs in."""
    try:
        with store().reading() as accounts:
            links.find(accounts, token)
        form = WelcomeForm()
        if form.validate_on_submit():
            _sign_in(token, form)
            return redirect(url_for("home.index"))
    except links.LinkError as error:
        return render_template("welcome_spent.html", reason=str(error)), 410
    return render_template("welcome.html", form=form)


def _sign_in(token: str, form: WelcomeForm) -> None:
    # Hashed before the transaction begins: it takes long on purpose.
    username, password = form.username.data or "", form.password.data or ""
    password_hash = hash_password(unicodedata.normalize("NFKD", password))
    with store().writing() as accounts:
        links.use(accounts, token, username, password_hash)
    account = store().find_user(username=username)
    assert account is not None  # made just now
    login_user(account)
    flash(f"Welcome, {account.username}. You are signed in.", "success")
