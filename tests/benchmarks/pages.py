"""Measures the pages of the desk at a million commitments, beside a plain view of the library, in one run.

    TRACKER_INSTANCE=/tmp/big python -m tests.benchmarks.pages --small /tmp/small >> tests/benchmarks/README.md

`--small` is an instance of ten thousand commitments made by the same generator, whose pages are the measure. A page is
asked for through the application, without a network: what is measured is the time of the server. The account that it
asks as, and what it saves, stay in the databases: measure copies.
"""

import os
import resource
import secrets
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from flask import Flask
from flask.testing import FlaskClient
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event, func, make_url, select
from sqlalchemy.orm import Session as OrmSession
from werkzeug.test import TestResponse

from tests.admin.conftest import BASE, fields_of
from tracker.admin.filters import COMMITMENT_FILTERS
from tracker.app import create_app
from tracker.auth import sessions, signin
from tracker.config import Config
from tracker.db import create_engine, reading, sqlite
from tracker.models import Commitment, StatusUpdate
from tracker.models.users import User

TIMES = 5
KEY = "S1-2-4"
SORTS = ("public_id", "title", "kind", "strength", "status", "target", "meeting")
# A value of each filter that finds rows at either size.
VALUES = {
    "show": "open",
    "status": "stalled",
    "kind": "task",
    "strength": "binding",
    "meeting": "meeting-77",
    "series": "series-7",
    "topic": "topic-3",
    "party": "AB",
    "minister": "minister-7",
    "owner": "desk-4",
    "made": "2004",
    "target": "2020..2021",
    "review": "..2026-03",
    "verification": "not_found",
}
PAST = "2014-06-01"
OF_THE_PAST = {
    "list, page 1": "/commitments/?",
    "list, last page": "/commitments/?page=-1&",
    "list by status": "/commitments/?sort=status&",
    "list by target": "/commitments/?sort=target&",
    "list, show = overdue": "/commitments/?show=overdue&",
    "list, status = stalled": "/commitments/?status=stalled&",
    "list, page 1, as known": "/commitments/?known=1&",
    "commitment": f"/commitments/{KEY}?",
    "home": "/?",
}
# Plain views are asked for what they can answer; their forms load whole tables, and are not asked for.
PLAIN = {
    "list, page 1": "/admin/commitment/",
    "list, last page": "/admin/commitment/?page={last}",
    "list by title": "/admin/commitment/?sort=1",
    "list by meeting": "/admin/commitment/?sort=6",
    "list, a rare word": "/admin/commitment/?search=212",
    "list, a common word": "/admin/commitment/?search=matter",
}


def addresses() -> dict[str, str]:
    """What is asked for, by name."""
    sorts = {f"list by {sort.removeprefix('-')}{' down' if sort[0] == '-' else ''}": f"/commitments/?sort={sort}"
             for way in SORTS for sort in (way, f"-{way}")}  # fmt: skip
    filters = {
        f"list, {one.name} = {VALUES[one.name]}": f"/commitments/?{one.name}={VALUES[one.name]}"
        for one in COMMITMENT_FILTERS
        if one.name in VALUES
    }
    return (
        {
            "list, page 1": "/commitments/",
            "list, page 200": "/commitments/?page=200",
            "list, last page": "/commitments/?page=-1",
        }
        | sorts
        | filters
        | {
            "list, a common word": "/commitments/?q=matter",
            # Held by one in a thousand at either size.
            "list, a rare word": "/commitments/?q=212",
            "list, a common word and a filter": "/commitments/?q=matter&status=stalled&owner=desk-4",
            "search, a common word": "/search/?q=matter",
            "search, a rare word": "/search/?q=212",
            "search, a name": "/search/?q=family77",
            "commitment": f"/commitments/{KEY}",
            "meeting": "/meetings/meeting-77",
            "minister": "/ministers/minister-7",
            "series": "/series/series-7",
            "topic": "/topics/topic-3",
            "source": "/sources/source-77",
            "review queue": "/review/",
            "editions side by side": "/editions/series-7",
            "entering a meeting": "/entering/meeting-77?step=attendance",
            "edit form": f"/commitments/{KEY}/edit",
            "new form": "/commitments/new",
            "status form": f"/commitments/{KEY}/status",
            "home": "/",
        }
        | {f"{name}, as of {PAST}": f"{address}as_of={PAST}" for name, address in OF_THE_PAST.items()}
    )


@dataclass
class Desk:
    """A browser at the application over one instance, and the number of statements that it made."""

    client: FlaskClient
    app: Flask
    statements: int = 0

    def get(self, address: str) -> TestResponse:
        response = self.client.get(address, base_url=BASE)
        assert response.status_code == 200, (address, response.status_code)
        return response

    def save(self) -> None:
        """Change the title of a commitment."""
        fields = fields_of(self.get(f"/commitments/{KEY}/edit").text)
        fields["title"] = f"Go on with matter {secrets.token_hex(3)} of the list"
        self.statements = 0
        began = time.perf_counter()
        response = self.client.post(f"/commitments/{KEY}/edit", data=fields, base_url=BASE)
        self.took = time.perf_counter() - began
        assert response.status_code == 302, response.text[:2000]


@contextmanager
def desk(config: Config) -> Iterator[Desk]:
    """A signed-in administrator."""
    app = create_app(config)
    found = Desk(app.test_client(), app)
    engine = app.extensions["security"].datastore.engine
    with OrmSession(engine) as accounts:
        user = User(
            username=f"bench-{secrets.token_hex(4)}", role="admin", active=True, fs_uniquifier=secrets.token_hex(16)
        )
        accounts.add(user)
        accounts.commit()
        token = sessions.start(accounts, user.id, "127.0.0.1", "benchmark")
        accounts.commit()
        uniquifier = user.fs_uniquifier
    with found.client.session_transaction(base_url=BASE) as cookie:
        cookie |= {"_user_id": uniquifier, "_fresh": True, signin.TOKEN: token}

    def count(*_: object) -> None:
        found.statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def measured(at: Desk, address: str) -> tuple[float, int]:
    """Median milliseconds of the server for a page, and the statements that it made."""
    at.get(address)
    took = []
    for _ in range(TIMES):
        at.statements = 0
        began = time.perf_counter()
        at.get(address).get_data()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took), at.statements


def saved(at: Desk) -> tuple[float, int]:
    took = []
    for _ in range(TIMES):
        at.save()
        took.append(1000 * at.took)
    return statistics.median(took), at.statements


def exported(at: Desk, form: str) -> tuple[float, float, int]:
    """Milliseconds to the first byte of an export of everything, seconds to its last, and its bytes."""
    began = time.perf_counter()
    response = at.client.get(f"/commitments/export.{form}", base_url=BASE, buffered=False)
    parts = iter(response.response)
    size = len(next(parts))
    first = 1000 * (time.perf_counter() - began)
    size += sum(map(len, parts))
    response.close()
    return first, time.perf_counter() - began, size


def plain(config: Config, commitments: int) -> dict[str, float]:
    """Milliseconds of a plain view of the library over the same tables, by name."""
    app = Flask("plain")
    app.config |= {"SQLALCHEMY_DATABASE_URI": config.database_url, "SECRET_KEY": secrets.token_hex(16)}
    if config.database_url.get_backend_name() == "sqlite":
        # Two SQLite libraries on one file in one process would undo each other's locks.
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"module": sqlite}
    handle = SQLAlchemy(app, add_models_to_shell=False)

    class View(ModelView):  # type: ignore[misc] # Flask-Admin is not typed
        column_list = ("public_id", "title", "kind", "strength", "status", "target_on", "meeting.start_date")
        column_sortable_list = column_list
        column_searchable_list = ("public_id", "title", "summary", "operative_phrase")
        page_size = 50
        can_create = can_edit = False

    Admin(app).add_view(View(Commitment, handle, endpoint="commitment"))
    client = app.test_client()
    found = {}
    for name, address in PLAIN.items():
        began = time.perf_counter()
        response = client.get(address.format(last=(commitments - 1) // View.page_size))
        found[name] = 1000 * (time.perf_counter() - began)
        assert response.status_code == 200, (name, response.status_code)
    with app.app_context():
        handle.engine.dispose()
    return found


def memory() -> float:
    """The most megabytes that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sizes(config: Config) -> Sequence[int]:
    engine = create_engine(config.database_url)
    with reading(engine).connect() as connection:
        found = [
            connection.scalar(select(func.count()).select_from(model)) or 0 for model in (Commitment, StatusUpdate)
        ]
    engine.dispose()
    return found


def lines(config: Config, small: Config, forms: Sequence[str]) -> Iterator[str]:
    """The table, in Markdown."""
    commitments, updates = sizes(config)
    engine = config.database_url.get_backend_name()
    yield f"\n### Pages: {engine}, {commitments:,} commitments, {updates:,} updates, {os.cpu_count()} cores\n"
    yield f"| page | ms | statements | ms at {sizes(small)[0]:,} | ms of a plain view |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    with desk(small) as at:
        before = {name: measured(at, address) for name, address in addresses().items()} | {"save": saved(at)}
    with desk(config) as at:
        after = {name: measured(at, address) for name, address in addresses().items()} | {"save": saved(at)}
        exports = {form: exported(at, form) for form in forms}
    held = memory()
    beside = plain(config, commitments)
    for name, (took, statements) in after.items():
        grown = f" (was {before[name][1]})" if before[name][1] != statements else ""
        other = f"{beside[name]:,.0f}" if name in beside else ""
        yield f"| {name} | {took:,.0f} | {statements}{grown} | {before[name][0]:,.0f} | {other} |"
    yield ""
    for form, (first, seconds, size) in exports.items():
        yield f"- Export of everything as {form}: first byte {first:,.0f} ms, {seconds:,.0f} s, {size / 1e6:,.0f} MB."
    yield f"- The process held {held:,.0f} MB at most, the exports included."
    yield f"- List, page 1: {after['list, page 1'][0] / before['list, page 1'][0]:.2f} times that at the smaller size."


@click.command()
@click.option(
    "--small", required=True, type=click.Path(path_type=Path), help="An instance of ten thousand commitments."
)
@click.option("--small-url", help="Its database, where it is on a server.")
@click.option("--form", "forms", multiple=True, default=("csv", "json", "xlsx"), show_default=True)
def command(small: Path, small_url: str | None, forms: Sequence[str]) -> None:
    """Measure the configured instance."""
    smaller = Config.load({"TRACKER_INSTANCE": str(small)})
    if small_url:
        smaller = replace(smaller, database_url=make_url(small_url))
    for line in lines(Config.load(), smaller, forms):
        click.echo(line)


if __name__ == "__main__":
    command()
