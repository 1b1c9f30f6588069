"""Verifying from the command line: progress while it lasts, and what was found, in lines."""

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy import Row

from tracker.cli.opening import looking, number, writing
from tracker.config import Config
from tracker.documents import verify
from tracker.documents.differences import Change
from tracker.documents.verify import Checked
from tracker.models.sources import VERIFICATION_RESULTS

COLOURS = {"verbatim": "green", "normalised": "green", "not_found": "red", "no_document": "yellow"}
# Characters of a quote that one line shows.
SHOWN = 60
# Fewer citations are verified before anybody would look at the progress.
MANY = 2_000


def verify_now(config: Config, citations: Sequence[Row[Any]]) -> tuple[list[Checked], int]:
    """Look for the quotes and record what is news; the results, and how many were recorded."""
    with click.progressbar(
        verify.check(citations, config.documents),
        length=len(citations),
        label="Verifying",
        file=sys.stderr,
        hidden=len(citations) < MANY or not sys.stderr.isatty(),
    ) as bar:
        results = list(bar)
    with writing(config, door="cli") as session:
        return results, verify.store(session, results)


def verify_outdated(config: Config) -> None:
    """Verify the quotes from archived texts that were not looked for in the current text of their source yet."""
    with looking(config) as session:
        waiting = verify.selected(session, verify.outdated())
    if waiting:
        results, _ = verify_now(config, waiting)
        click.echo(f"verified {summary(results)}")


def summary(results: Sequence[Checked]) -> str:
    """Such as "13 citations: 12 verbatim, 1 not found"."""
    return f"{number(len(results), 'citation')}: {counted(Counter(checked.match.result for checked in results))}"


def show(checked: Checked, widths: Sequence[int]) -> None:
    """A citation on one line, its fields as wide as those of the others; below it what comes nearest."""
    result = checked.match.result
    fields = (
        click.style(f"{result:11}", fg=COLOURS.get(result)),
        f"{checked.key:{widths[0]}}",
        f"{checked.source:{widths[1]}}",
        f"{checked.locator or '-':{widths[2]}}",
        f'"{_shortened(checked.exact)}"' if checked.exact else "-",
    )
    click.echo("  ".join(fields))
    if result == "not_found":
        _show_nearest(checked)


def _show_nearest(checked: Checked) -> None:
    nearest = checked.match.nearest
    if nearest is None:
        click.echo("  nothing like it stands in the text")
        return
    click.echo(f'  nearest: characters {nearest.start} to {nearest.end}: "{nearest.text}"')
    for quoted, written in nearest.differences:
        if not written:
            click.echo(f'  the quote has "{quoted}", the text lacks it')
        elif not quoted:
            click.echo(f'  the quote lacks "{written}", the text has it')
        else:
            click.echo(f'  the quote has "{quoted}", the text "{written}"')
    if not nearest.differences:
        click.echo("  the words are the same; white space between them and marks is not")


def show_change(change: Change) -> None:
    """A paragraph that changed: its number in either version, and its words with those that differ."""
    numbers = [f"paragraph {number}" if number else "-" for number in (change.old, change.new)]
    click.secho(f"{numbers[0]} -> {numbers[1]}: {change.kind}", bold=True)
    marks = {"same": ("", "", None), "removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}
    for run in change.runs:
        before, after, colour = marks[run.kind]
        click.secho(f"{before}{run.text.rstrip() if before else run.text}{after}", fg=colour, nl=False)
        if before and run.text[-1:].isspace():
            click.echo(" ", nl=False)
    click.echo()


def counted(counts: Counter[str]) -> str:
    """Such as "12 verbatim, 1 not found"."""
    told = [f"{counts[name]:,} {name.replace('_', ' ')}" for name in (*VERIFICATION_RESULTS, "unchecked")]
    return ", ".join(part for part in told if not part.startswith("0 ")) or "no citations"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"
