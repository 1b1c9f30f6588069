"""The forms of Flask-Security as we use them: every look at a password is counted."""

from typing import Any

from flask import request
from flask_login import current_user
from flask_security import ChangePasswordForm, LoginForm, UsernameUtil, VerifyForm
from wtforms import Field, StringField
from wtforms.validators import DataRequired

from tracker.auth.guard import stays_here
from tracker.auth.throttle import checked


class SignInForm(LoginForm):
    """User name and password; nobody stays signed in beyond the session."""

    remember = None  # type: ignore[assignment] # how WTForms drops a field

    def validate_next(self, field: Field) -> None:
        if field.data and not stays_here(field.data, request.host):
            field.data = ""

    def validate(self, **kwargs: Any) -> bool:
        name = TypedName.plain(self.username.data or "")
        return checked(name, lambda: super(SignInForm, self).validate(**kwargs))


class NewPasswordForm(ChangePasswordForm):
    """The password as it is and as it shall be."""

    def validate(self, **kwargs: Any) -> bool:
        return checked(current_user.username, lambda: super(NewPasswordForm, self).validate(**kwargs))


class ConfirmForm(VerifyForm):
    """The password once more, before something that matters."""

    def validate(self, **kwargs: Any) -> bool:
        return checked(current_user.username, lambda: super(ConfirmForm, self).validate(**kwargs))


class SetUpForm(ConfirmForm):
    """The password, and the first code of a new app."""

    code = StringField(
        "Code",
        validators=[DataRequired("Type the code that the app shows.")],
        description="The six digits that the app shows now.",
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class TypedName(UsernameUtil):
    """A name as it was typed: what a name may look like is said once, where accounts are made."""

    @staticmethod
    def plain(typed: str) -> str:
        """Without the case and the white space around it; a NUL, which no database keeps, is no part of a name."""
        return typed.replace("\0", "").strip().lower()

    def normalize(self, username: str) -> str:
        return self.plain(username)

    def validate(self, username: str | None) -> tuple[str | None, str | None]:
        # A post without the field has none.
        return None, self.plain(username or "") or None
