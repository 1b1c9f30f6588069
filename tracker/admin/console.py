"""The console: SQL of one's own on the records, for administrators, in the sandbox of the reports."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask import Response, current_app, redirect, render_template, request, stream_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import inspect

from tracker.admin.guarded import PageView
from tracker.admin.handle import db
from tracker.admin.pages import page
from tracker.admin.reports import SHOWN, Answer, cell
from tracker.admin.running import running
from tracker.db import reading
from tracker.models import Base
from tracker.models.views import VIEWS
from tracker.reports import roles
from tracker.reports.errors import QueryError
from tracker.reports.sandbox import Sandbox

KEPT = 20
LONGEST = 100_000


@dataclass
class Histories:
    """The latest queries of each person, newest first, for as long as this server runs."""

    queries: dict[str, deque[str]] = field(default_factory=dict)

    def own(self) -> deque[str]:
        """Those of who is signed in."""
        return self.queries.setdefault(current_user.username, deque(maxlen=KEPT))

    def add(self, query: str) -> None:
        """Put a query on top, once."""
        own = self.own()
        if query in own:
            own.remove(query)
        own.appendleft(query)


class ConsoleView(PageView):
    """One page: the query, its answer, the tables, and what one asked before."""

    def __init__(self) -> None:
        super().__init__(name="Console", category="Manage", endpoint="console", url="/console")

    @page("/")
    def index_view(self) -> ResponseReturnValue:
        """The empty page, or one with an earlier query in it."""
        return render_template("reports/console.html", **_page(request.args.get("sql", "")[:LONGEST]))

    @page("/run", "GET", "POST")
    def run_view(self) -> ResponseReturnValue:
        """Run or explain a query; the page comes in parts, so that the query can be stopped."""
        query = request.form.get("sql", "").strip()[:LONGEST]
        if request.method == "GET" or not query or why_off():
            return redirect(url_for("console.index_view"))
        current_app.extensions["console_histories"].add(query)
        with ExitStack() as begun:
            box, key = begun.enter_context(running())
            answers = _plan(box, query) if "explain" in request.form else _run(box, query)
            shown = _page(query) | {"answers": answers, "key": key}
            response = Response(stream_template("reports/console.html", **shown), mimetype="text/html")
            response.call_on_close(begun.pop_all().close)
        return response


def why_off() -> str | None:
    """Why nobody can use the console of this installation; None where they can."""
    config = current_app.config
    refusal = roles.why_refused(config["REPORTS_URL"], config["SQLALCHEMY_DATABASE_URI"])
    return f"The console is off: {refusal}." if refusal else None


def schema() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The views and the tables that can be read, each with its columns."""
    with reading(db.engine).connect() as connection:
        known = inspect(connection)
        views = {name: [column["name"] for column in known.get_columns(name)] for name in VIEWS}
    tables = {name: [column.name for column in table.columns] for name, table in sorted(Base.metadata.tables.items())}
    return {"Views, made for reading": views, "Tables": tables}


def _page(query: str) -> dict[str, Any]:
    histories: Histories = current_app.extensions["console_histories"]
    return {
        "off": why_off(),
        "query": query,
        "schema": schema(),
        "history": list(histories.own()),
        "answers": (),
        "key": "",
    }


def _run(box: Sandbox, query: str) -> Iterator[Answer]:
    try:
        with box.query(query) as found:
            rows = list(islice(found.rows, SHOWN + 1))
            shown = [[cell(one) for one in row] for row in rows[:SHOWN]]
            yield Answer(labels=found.columns, rows=shown, more=len(rows) > SHOWN)
    except QueryError as error:
        yield Answer(problem=_placed(error))


def _plan(box: Sandbox, query: str) -> Iterator[Answer]:
    try:
        yield Answer(labels=["Plan"], rows=[[cell(line)] for line in box.plan(query)])
    except QueryError as error:
        yield Answer(problem=_placed(error))


def _placed(error: QueryError) -> str:
    return f"Line {error.line}: {error}" if error.line else str(error)
