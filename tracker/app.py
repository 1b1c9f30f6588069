"""The web application, where everything meets; nothing is opened before `create_app` is called."""

from flask import Flask, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from jinja2 import StrictUndefined
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError
from werkzeug.exceptions import Conflict as HTTPConflict

from tracker.admin import init_admin
from tracker.admin.guarded import Conflict
from tracker.admin.handle import db as records
from tracker.admin.texts import LARGEST_UPLOAD
from tracker.auth import code_page, guard, signin, welcome
from tracker.auth.access import ANYONE, needed
from tracker.auth.keys import SECOND_FACTOR_KEY, secret_key
from tracker.auth.proxy import BehindProxy
from tracker.auth.roles import allowed, ask_to_sign_in
from tracker.config import Config
from tracker.db import create_engine, limited
from tracker.schema import trees
from tracker.serving import health, log, trouble

LARGEST_BODY = 2 * 1024 * 1024
# Pages that take more than that, from whoever may use them.
LARGER = {"texts.create_view": LARGEST_UPLOAD}
LARGEST = max(LARGEST_BODY, *LARGER.values())
ERRORS = {
    400: "The request makes no sense to the server. Go back and try again.",
    403: "Your role does not reach this far. An administrator can change it.",
    404: "There is no such page, or the record is gone.",
    405: "This address cannot be used in that way.",
    409: "Somebody else has changed this record since the form was shown. Nothing was saved. Go back and look again.",
    410: "This is gone.",
    413: "This is too much at once: {limit} MB is the limit here. Nothing was saved.",
    429: "Too many attempts. Wait a little and try again.",
    500: "Something went wrong on the server. Nothing was saved. The server's log tells more.",
}


def create_app(config: Config) -> Flask:
    """The application on these settings; its databases must be at the newest revision."""
    app = log.LoggedFlask(__name__, instance_path=str(config.instance))
    app.config.update(
        SECRET_KEY=secret_key(config.instance / "secret_key"),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        STATEMENT_SECONDS=config.statement_seconds,
        REPORTS_URL=config.reports_url,
        REPORTS_FOLDER=config.own_reports,
        DOCUMENTS=config.documents,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SESSION_COOKIE_NAME="tracker",
        SESSION_COOKIE_SAMESITE="Lax",
        # As long as the session: a form that was left open overnight is not lost to a clock.
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_SECURE=config.tls,
        PUBLIC_RECORDS=config.public_records,
        SECOND_FACTOR=config.second_factor,
        SECOND_FACTOR_KEY=config.instance / SECOND_FACTOR_KEY,
        TRUSTED_HOSTS=config.hosts or None,
    )
    app.wsgi_app = BehindProxy(app.wsgi_app, config.tls, config.trusted_proxy)  # type: ignore[method-assign] # as Flask's documentation has it
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    log.log_requests(app)
    app.before_request(_admit_larger)
    guard.protect(app)
    accounts = create_engine(limited(config.accounts_url, config.statement_seconds))
    signin.init_accounts(app, accounts)
    app.register_blueprint(welcome.blueprint)
    app.register_blueprint(code_page.blueprint)
    init_admin(app)
    with app.app_context():
        engines = {"records": records.engine, "accounts": accounts}
    health.watch(app, health.Health({tree.name: tree.head() for tree in trees(config)}, engines))
    trouble.meet(app)
    app.register_error_handler(CSRFError, _offer_to_send_again)
    app.register_error_handler(Conflict, _show_conflict)
    app.register_error_handler(HTTPException, _show_error)
    app.register_error_handler(DataError, _show_nonsense)
    app.context_processor(_menu)
    return app


def _admit_larger() -> None:
    """Raise the limits of a body before anything reads it, for a page that takes files."""
    larger = LARGER.get(request.endpoint or "")
    if larger and allowed(request.endpoint or ""):
        request.max_content_length = request.max_form_memory_size = larger


def _offer_to_send_again(error: CSRFError) -> ResponseReturnValue:
    if current_user.is_authenticated:
        return render_template("resend.html", reason="token"), 400
    if needed(request.endpoint or "") == ANYONE:
        # A password is never sent back to be sent again.
        flash("That page was out of date. Please type it once more.", "warning")
        return redirect(request.full_path.rstrip("?"))
    return ask_to_sign_in()


def _show_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # For a host name that is not ours no address can be made, and so no page.
        return "This server does not answer to that host name.", 400, {"Content-Type": "text/plain; charset=utf-8"}
    # What belongs to the error, as what is allowed or how long to wait; the page is ours.
    headers = {name: value for name, value in error.get_headers(request.environ) if name != "Content-Type"}
    return render_template("error.html", code=error.code, told=_told(error)), error.code, headers


def _told(error: HTTPException) -> str:
    """What went wrong, in words of ours; a reason that we gave with the error stands as it is."""
    ours = error.description is not None and error.description != type(error).description
    told = str(error.description) if ours else ERRORS.get(error.code or 500, ERRORS[500])
    return told.replace("{limit}", str((request.max_content_length or 0) // 1_000_000))


def _show_conflict(error: Conflict) -> ResponseReturnValue:
    return _show_error(HTTPConflict())


def _show_nonsense(error: DataError) -> ResponseReturnValue:
    # What no form of ours sends and no column holds, as a NUL in an address.
    return _show_error(BadRequest())


def _menu() -> dict[str, object]:
    (admin,) = current_app.extensions["admin"]
    return {"menu": admin.menu(), "request_id": log.request_id}
