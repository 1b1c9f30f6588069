"""The check that stands before every page: is somebody signed in, and does their role reach?"""

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from tracker.auth.access import ANYONE, needed
from tracker.auth.guard import SAFE_METHODS


def may(role: str) -> bool:
    """Whether who asks has this role or a higher one."""
    return bool(current_user.may(role))


def allowed(endpoint: str) -> bool:
    """Whether who asks may use the page of this endpoint."""
    role = needed(endpoint)
    return role == ANYONE or (role is not None and may(role))


def require(endpoint: str) -> None:
    """Let pass, or end the request: anonymous visitors sign in first, others get 403."""
    if allowed(endpoint):
        return
    if not current_user.is_authenticated:
        abort(ask_to_sign_in())
    abort(403)


def ask_to_sign_in(mechanisms: list[str] | None = None, headers: dict[str, str] | None = None) -> Response:
    """Lead to the sign-in page and back; what a form has sent is not lost but offered to be sent again."""
    if request.authorization is not None:
        # A program, which has no use for a sign-in page.
        told = "This token does not work here. It may be out of date, revoked, or for another report.\n"
        return Response(told, 401, {"WWW-Authenticate": "Bearer"}, content_type="text/plain; charset=utf-8")
    if request.method in SAFE_METHODS:
        return make_response(redirect(url_for("security.login", next=request.full_path.rstrip("?"))))
    return make_response(render_template("resend.html", reason="signed_out"), 401)
