"""`tracker doctor`: examine this installation and say what to do about what is wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator

import click

from tracker.config import Config, ConfigError
from tracker.examining import examine
from tracker.examining.finding import MARKS, Finding, error, number
from tracker.examining.installation import INSTALLATION
from tracker.examining.storage import STORAGE
from tracker.keeping.leftovers import leftovers

COLOURS = {"ok": "green", "note": "cyan", "warning": "yellow", "error": "red"}


@click.command(name="doctor")
def command() -> None:
    """Examine this installation and say what to do about what is wrong.

    Each line is marked ok, note, warning or error. Ends with 1 if there is an error.

    \b
    Example: tracker doctor
    """
    report(_findings())


def report(findings: Iterable[Finding]) -> None:
    """Show each finding and how many there are of each mark; an error ends the command with 1."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.mark] += 1
        click.echo(f"{click.style(f'{finding.mark:7}', fg=COLOURS[finding.mark])}  {finding.what}")
        if finding.remedy:
            click.echo(f"{'':7}  remedy: {finding.remedy}")
    click.echo(", ".join(f"{counts[mark]} ok" if mark == "ok" else number(counts[mark], mark) for mark in MARKS))
    if counts["error"]:
        raise click.exceptions.Exit(1)


def _findings() -> Iterator[Finding]:
    try:
        config = Config.load()
    except ConfigError as failure:
        yield error(f"the settings cannot be used: {failure}", "correct the setting named here")
        return
    yield from examine(config, (*INSTALLATION, *STORAGE, leftovers))
