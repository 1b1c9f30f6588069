"""Measures every built-in report and the export of a large table, beside the engine's own client, in one run.

    TRACKER_INSTANCE=/tmp/big python -m tests.benchmarks.reports >> tests/benchmarks/README.md

A report is measured as a page and a terminal ask for it, until the first 1,001 rows are there, and until the last row
is: the best of three, since a machine has other things to do. The day is the one after the last update.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import URL

from tracker.config import Config
from tracker.reports import catalog, runner
from tracker.reports.errors import ReportError
from tracker.reports.formats import FORMATS, Sheet
from tracker.reports.sandbox import Sandbox

FIRST = 1_001
LIMIT = 120.0
TIMES = 3
EXPORTED = "SELECT id, commitment_id, key, status, effective_on, recorded_by, reason, new_target_on FROM status_update"


def measured(box: Sandbox, name: str, today: date, first: int | None) -> str:
    """Seconds until the rows of a report are there, and how many they were."""
    report = catalog.find(name)
    given = {"commitment": "S1-20-4"} if any(p.name == "commitment" for p in report.parameters) else {}
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        try:
            with runner.run(box, report, given, today, first) as result:
                number = sum(1 for _ in result.rows)
        except ReportError as error:
            return str(error).rpartition(": ")[2]
        seconds.append(time.perf_counter() - began)
    return f"{min(seconds):.2f} s, {number:,} rows"


def exported(box: Sandbox, target: Path, rows: int) -> float:
    """Rows a second of a CSV export."""
    began = time.perf_counter()
    with box.query(f"{EXPORTED} LIMIT {rows}") as found, target.open("wb") as out:
        FORMATS["csv"].write(Sheet(found.columns, found.rows, found.columns, csv=found.csv), out)
    return rows / (time.perf_counter() - began)


def by_client(url: URL, target: Path, rows: int) -> float:
    """Rows a second of the same export by sqlite3 or psql."""
    query = f"{EXPORTED} LIMIT {rows}"
    if url.get_backend_name() == "sqlite":
        command = ["sqlite3", "-readonly", "-csv", "-header", str(url.database), query]
    else:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        command = ["psql", "-q", address, "-c", f"\\copy ({query}) TO STDOUT WITH (FORMAT csv, HEADER)"]
    began = time.perf_counter()
    with target.open("wb") as out:
        subprocess.run(command, stdout=out, check=True)
    return rows / (time.perf_counter() - began)


def lines(url: URL, rows: int) -> Iterator[str]:
    """The table, in Markdown."""
    box = Sandbox(url, LIMIT)
    counts = "SELECT (SELECT COUNT(*) FROM commitment), COUNT(*), MAX(recorded_at) FROM status_update"
    with box.query(counts) as found:
        ((commitments, updates, latest),) = found.rows
    today = date.fromisoformat(str(latest)[:10]) + timedelta(days=1)
    yield f"\n### {url.get_backend_name()}, {commitments:,} commitments, {updates:,} updates, {os.cpu_count()} cores\n"
    yield "| report | first page | all rows |"
    yield "| --- | --- | --- |"
    for name in sorted(catalog.paths()):
        yield f"| `{name}` | {measured(box, name, today, FIRST)} | {measured(box, name, today, None)} |"
    with TemporaryDirectory() as folder:
        # In turn, so that both meet the same machine.
        file = Path(folder, "export.csv")
        pairs = [(exported(box, file, rows), by_client(url, file, rows)) for _ in range(TIMES)]
    ours, theirs = (max(rates) for rates in zip(*pairs, strict=True))
    rates = f"{ours:,.0f} rows/s; the engine's own client {theirs:,.0f} rows/s ({ours / theirs:.2f})"
    yield f"\nCSV of {rows:,} rows, the best of {TIMES} each: {rates}."
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    yield f"No process of ours held more than {peak:,} MB in all of this."


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="How many rows to export.")
def command(rows: int) -> None:
    """Measure the configured database."""
    for line in lines(Config.load().reports_url, rows):
        click.echo(line)
        sys.stdout.flush()


if __name__ == "__main__":
    command()
