"""The log: one line a request with its id, times and outcome; never a secret, a quote, or what somebody typed.

So no address is written down but the pattern of the route and the key of the record, no query, and of an error its kind
and where in the code it came up, not its message: databases put the values of the row into theirs.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

HEADER = "X-Request-Id"
# What a proxy may hand on: nothing that could forge a line or carry a message.
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
FIELD = "event"
requests = logging.getLogger("tracker.requests")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LoggedFlask(Flask):
    """Writes down of an error what it was and where, and not what it said."""

    def log_exception(self, exc_info: ExcInfo) -> None:
        error = exc_info[1]
        requests.error("failed", extra={FIELD: {"request": request_id(), **(told(error) if error else {})}})


def told(error: BaseException) -> dict[str, Any]:
    """The kind of an error, the code that a database gave it, and the way that led to it."""
    frames = traceback.extract_tb(error.__traceback__)
    found: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, DBAPIError) and error.orig is not None:
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
        found["database"] = code or type(error.orig).__name__
    return found | {"at": [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]}


def _module(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])


def log_requests(app: Flask) -> None:
    """Give each request an id and a line in the log."""
    app.before_request(_begin)
    app.after_request(_end)


def request_id() -> str:
    """The id of the request at hand, as the answer and the error page show it."""
    return str(g.get("request_id", ""))


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    route = request.url_rule.rule if request.url_rule else None
    event = {
        "request": request_id(),
        "method": request.method,
        "route": route,
        "record": (request.view_args or {}).get("key") if route else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1),
        # Asked of those requests alone that have looked at it; an answer from a file needs no account.
        "account": current_user.username if "_login_user" in g and current_user.is_authenticated else None,
        "address": request.remote_addr,
    }
    requests.info("request", extra={FIELD: {name: value for name, value in event.items() if value is not None}})
    return response


class Lines(logging.Formatter):
    """A JSON object a line, or words in columns for somebody who looks on."""

    def __init__(self, *, for_people: bool) -> None:
        super().__init__()
        self.for_people = for_people

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = getattr(record, FIELD, None) or {"logger": record.name, "says": record.getMessage()}
        moment = datetime.fromtimestamp(record.created, UTC)
        if self.for_people:
            words = " ".join(str(value) for name, value in event.items() if name != "at")
            return f"{moment:%H:%M:%S} {record.levelname.lower():7} {words}"
        head = {"time": f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z", "level": record.levelname.lower()}
        return json.dumps(head | {"kind": record.getMessage() if FIELD in vars(record) else "note"} | event)


def write_log() -> None:
    """Let the log of this process go to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(for_people=sys.stderr.isatty()))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
