"""`tracker sql`: one query of one's own, on a connection that only reads."""

import sys
from pathlib import Path

import click

from tracker.cli.opening import load_config
from tracker.cli.reports import format_option, output_option, sandbox, write
from tracker.reports import roles
from tracker.reports.formats import Sheet


@click.command(name="sql")
@click.argument("query")
@format_option
@output_option
def command(query: str, form: str | None, output: Path | None) -> None:
    """Run one SQL query on a read-only connection.

    QUERY is a SELECT; "-" takes it from the standard input. What tries to write is refused. On PostgreSQL it is off
    until reports have a role of their own: see 'tracker db init-roles --help'.
    """
    text = sys.stdin.read() if query == "-" else query
    config = load_config()
    refusal = roles.why_refused(config.reports_url, config.database_url)
    if refusal:
        raise click.ClickException(f"'tracker sql' is off: {refusal}")
    with sandbox() as box, box.query(text) as result:
        write(Sheet(result.columns, result.rows, result.columns, csv=result.csv), form, output)
