"""Shows how pages, searches, saves, reports, loads and exports grow with the records, on SQLite, in one run.

    python -m tests.benchmarks.scale 10000 100000 1000000 --keep /tmp/scale

The instances are made in that folder, or taken from it where they are there already; saving adds some updates to them.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import count as counted
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask

from tests.admin.conftest import BASE, Browser, add_people, close
from tests.benchmarks import generate, tables
from tests.benchmarks.reports import FIRST
from tests.visitors import cookies
from tracker.app import create_app
from tracker.auditing import Origin
from tracker.config import Config
from tracker.db import Session, create_engine, sqlite
from tracker.reports import catalog, runner
from tracker.reports.errors import ReportError
from tracker.reports.sandbox import Sandbox
from tracker.schema import trees
from tracker.seeding.importer import Importer
from tracker.seeding.mapping import read_mapping
from tracker.seeding.tables import opened

TODAY = date(2026, 1, 15)
TIMES = 7
LIMIT = 30.0
# Rows that are loaded into what is there, and taken back.
LOADED = 1_000
EXPORT = "SELECT id, public_id, kind, strength, title, status, target_on FROM commitment"
# Lower bounds: what the same would take without us.
READ = "SELECT * FROM commitment WHERE public_id = 'S1-1-1'"


def prepare(folder: Path, count: int) -> Config:
    """An instance with that many commitments and somebody who may edit them; one that is there is upgraded."""
    config = Config.load({"TRACKER_INSTANCE": str(folder / str(count))})
    fresh = not (config.instance / "tracker.db").exists()
    for tree in trees(config):
        tree.upgrade()
    if fresh:
        generate.fill(config.database_url, count)
    with closing(sqlite.connect(str(config.accounts_url.database))) as accounts:
        (people,) = accounts.execute("SELECT COUNT(*) FROM user").fetchone()
    if not people:
        add_people(config, "no password")
    return config


def milliseconds(act: Callable[[], object]) -> str:
    """The shortest of some times, after one that warms up; one alone where it takes seconds."""
    begun = time.perf_counter()
    act()
    first = time.perf_counter() - begun
    taken = []
    for _ in range(TIMES if first < 2 else 1):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return f"{min(taken) * 1000:,.2f}"


def figures(config: Config, count: int) -> Iterator[tuple[str, str]]:
    """What was measured, and its milliseconds."""
    app = create_app(config)
    browser = Browser(app.test_client())
    browser.client.set_cookie("tracker", cookies(config, "editor", 1)[0], domain="127.0.0.1")

    def page(address: str) -> Callable[[], object]:
        def ask() -> None:
            answer = browser.client.get(address, base_url=BASE)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"

        return ask

    yield "home", milliseconds(page("/"))
    yield "list", milliseconds(page("/commitments/"))
    yield "list, sorted by title", milliseconds(page("/commitments/?sort=title"))
    yield "search, rare word", milliseconds(page(f"/commitments/?q={count // 2}"))
    yield "search, common word", milliseconds(page("/commitments/?q=matter"))
    yield "commitment page", milliseconds(page("/commitments/S1-1-2"))
    yield "commitment page with its chain", milliseconds(page("/commitments/S1-1-1"))
    days = counted()

    def save() -> None:
        day = date(2026, 1, 1) + timedelta(days=next(days))
        typed = {"status": "in_progress", "effective_on": day.isoformat(), "reason": "It was so reported."}
        assert browser.fill("/commitments/S1-1-1/status", **typed).status_code == 302

    yield "status form and save", milliseconds(save)
    close(app)
    yield from reported(config)
    yield f"load of {LOADED:,} commitments more", milliseconds(lambda: load(config))
    yield from exported(config)


def reported(config: Config) -> Iterator[tuple[str, str]]:
    """The first page of each report."""
    box = Sandbox(config.database_url, LIMIT)
    for name in sorted(catalog.paths()):
        report = catalog.find(name)
        given = {"commitment": "S1-1-1"} if any(p.name == "commitment" for p in report.parameters) else {}

        def ask(report: object = report, given: dict[str, str] = given) -> None:
            with runner.run(box, report, given, TODAY, FIRST) as result:
                for _ in result.rows:
                    pass

        try:
            yield f"report `{name}`", milliseconds(ask)
        except ReportError:
            yield f"report `{name}`", f"over {LIMIT * 1000:,.0f}"


def load(config: Config) -> None:
    """Import a table as the command does, but take it back at the end."""
    engine = create_engine(config.database_url)
    with TemporaryDirectory() as folder, Session(engine, info={"origin": Origin("scale", "import")}) as session:
        file, mapping = tables.write(LOADED, Path(folder))
        recipe, problems = read_mapping(mapping)
        assert recipe is not None, problems
        with opened(file, recipe.table, list(recipe.columns)) as table:
            importer = Importer(session, recipe, table)
            for _, refused in importer.run("scale", lambda rows, lines: None):
                assert refused == []
        assert importer.outcome.rows == LOADED
        session.rollback()
    engine.dispose()


def exported(config: Config) -> Iterator[tuple[str, str]]:
    """Every commitment through the sandbox; and, as lower bounds, what the library alone takes."""
    box = Sandbox(config.database_url, 600.0)

    def export() -> None:
        with box.query(EXPORT) as found:
            for _ in found.rows:
                pass

    yield "export of every commitment", milliseconds(export)
    with closing(sqlite.connect(str(config.database_url.database), isolation_level=None)) as bare:
        yield "*export, SQLite alone*", milliseconds(lambda: sum(1 for _ in bare.execute(EXPORT)))
        yield "*read by key, SQLite alone*", milliseconds(lambda: bare.execute(READ).fetchall())


def hello() -> str:
    """What a bare Flask view takes."""
    app = Flask(__name__)
    app.add_url_rule("/", "hello", lambda: "<!doctype html><title>Hello</title><p>Hello.</p>")
    client = app.test_client()
    return milliseconds(lambda: client.get("/"))


def lines(folder: Path, counts: tuple[int, ...]) -> Iterator[str]:
    """The table, in Markdown."""
    columns = []
    for count in counts:
        click.echo(f"{count:,} commitments", err=True)
        columns.append(dict(figures(prepare(folder, count), count)))
    yield "\n| ms | " + " | ".join(f"{count:,}" for count in counts) + " | largest / smallest |"
    yield "| --- |" + " ---: |" * (len(counts) + 1)
    for what in columns[0]:
        found = [column[what] for column in columns]
        yield f"| {what} | " + " | ".join(found) + f" | {growth(found)} |"
    logarithm = math.log(counts[-1]) / math.log(counts[0])
    yield f"\nWhat grows with the logarithm takes {logarithm:.1f} times as long, what grows with the records"
    yield f"{counts[-1] / counts[0]:g} times. A bare Flask view takes {hello()} ms in the same run."


def growth(found: list[str]) -> str:
    """How many times as long the last takes as the first."""
    try:
        return f"{float(found[-1].replace(',', '')) / float(found[0].replace(',', '')):,.1f}"
    except ValueError:
        return ""


@click.command()
@click.argument("counts", type=click.IntRange(1_000), nargs=-1, required=True)
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the instances are."
)
def command(counts: tuple[int, ...], keep: Path) -> None:
    """Measure instances with so many COUNTS of commitments."""
    for each in lines(keep, counts):
        click.echo(each)


if __name__ == "__main__":
    command()
