"""When a database cannot do what it should: a page that says so, in words, and that nothing was saved."""

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from tracker.reports.errors import QueryError
from tracker.serving import log

FULL = "The disk of the server is full. Nothing was saved. Copy what you typed; it can be saved once there is room."
BUSY = "The database is busy with something else. Nothing was saved. Go back and try again in a moment."
SLOW = "This took the database too long, and it was stopped. Nothing was saved. Try again, or ask for less at once."
AWAY = "The database does not answer. Nothing was saved. Go back and try again in a moment."
REPORTS = (
    "The database that reports read does not answer. The records can be used meanwhile; try the report again later."
)
# What SQLite and PostgreSQL call it.
CODES = {
    "SQLITE_FULL": (507, FULL),
    "53100": (507, FULL),
    "SQLITE_BUSY": (503, BUSY),
    "SQLITE_LOCKED": (503, BUSY),
    "55P03": (503, BUSY),
    "40P01": (503, BUSY),
    "53300": (503, BUSY),
    "57014": (503, SLOW),
}
WORDS = {"disk is full": (507, FULL), "is locked": (503, BUSY)}


def meet(app: Flask) -> None:
    """Let requests that a database fails end in a page of ours."""
    app.register_error_handler(OperationalError, _show)
    app.register_error_handler(TimeoutError, _show_busy)
    # What a report itself has done is told on its page; this one could not even ask for its choices.
    app.register_error_handler(QueryError, lambda error: _page(error, 503, REPORTS))


def answer(error: DBAPIError) -> tuple[int, str]:
    """The status of the answer to such an error, and what to say."""
    code = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", ""))
    if code in CODES:
        return CODES[code]
    return next((found for words, found in WORDS.items() if words in str(error.orig)), (503, AWAY))


def _show(error: OperationalError) -> ResponseReturnValue:
    status, told = answer(error)
    return _page(error, status, told)


def _show_busy(error: TimeoutError) -> ResponseReturnValue:
    return _page(error, 503, BUSY)


def _page(error: Exception, status: int, told: str) -> ResponseReturnValue:
    log.requests.error("failed", extra={log.FIELD: {"request": log.request_id(), **log.told(error)}})
    return page(told), status, {"Retry-After": "10"}


def page(told: str) -> str:
    """A page that asks no database for anything, not even who is signed in."""
    return current_app.jinja_env.get_template("trouble.html").render(told=told, request_id=log.request_id())
