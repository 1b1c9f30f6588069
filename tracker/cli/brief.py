"""`tracker brief`: the paper for the next meeting of a series."""

import sys
from datetime import date
from pathlib import Path

import click

from tracker.cli.reports import sandbox, whole_file
from tracker.reports.brief import compose
from tracker.reports.brief.papers import PAPERS
from tracker.reports.parameters import Parameter


@click.command(name="brief")
@click.argument("series")
@click.option(
    "--format", "form", type=click.Choice(list(PAPERS)), help="By default as the ending of the file says, or md."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file, or to a folder.")
@click.option("--as-of", default="today", show_default=True, metavar="DATE", help="The day that it is made for.")
def command(series: str, form: str | None, output: Path | None, as_of: str) -> None:
    """Write the brief for the next meeting of SERIES.

    SERIES is the key of a meeting series, such as india-japan-2-plus-2. The brief tells what was agreed last time and
    what became of it, what is overdue, newly fulfilled, slipped, or not mentioned again: each with its quote and its
    source.
    """
    ending = output.suffix.removeprefix(".") if output else ""
    form = form or (ending if ending in PAPERS else "md")
    if form == "docx" and output is None:
        raise click.ClickException("a DOCX file is not for reading here; name a file with -o")
    with sandbox() as box:
        day = Parameter("as_of", type="date").value(as_of, date.today())
        assert isinstance(day, date)  # by its type
        brief = compose(box, series, day)
    if output is None:
        PAPERS[form](brief, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with whole_file(output / f"{brief.name}.{form}" if output.is_dir() else output) as out:
        PAPERS[form](brief, out)
