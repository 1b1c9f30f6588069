"""The check that stands before every page: is somebody signed in, and does their role reach?"""

from flask import abort, current_app
from flask_login import current_user


def may(role: str) -> bool:
    """Whether who is signed in has this role or a higher one."""
    return bool(current_user.is_authenticated and current_user.may(role))


def require(role: str | None) -> None:
    """Let pass, or end the request: anonymous visitors sign in first, others get 403. No role lets nobody pass."""
    if not current_user.is_authenticated:
        abort(current_app.login_manager.unauthorized())  # type: ignore[attr-defined] # Flask-Login puts it there
    if role is None or not may(role):
        abort(403)
