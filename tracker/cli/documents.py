"""`tracker documents`: archive the texts of sources and verify quotes against them."""

from collections import Counter
from pathlib import Path

import click
from sqlalchemy import select

from tracker.cli.opening import load_config, looking, writing
from tracker.documents import archive, verify
from tracker.documents.archive import DocumentError
from tracker.documents.verify import Checked
from tracker.models import Source
from tracker.models.sources import VERIFICATION_RESULTS

COLOURS = {"verbatim": "green", "normalised": "green", "not_found": "red", "no_document": "yellow"}
# Characters of a quote that one line shows.
SHOWN = 60


@click.group(name="documents")
def command() -> None:
    """Archive the texts of sources and verify quotes against them."""


@command.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def add(files: tuple[Path, ...]) -> None:
    """Keep each plain-text FILE as the text of the source that names its SHA-256.

    \b
    Example: tracker documents add ~/Downloads/joint-statement.txt
    """
    config = load_config()
    failed = False
    with looking(config) as session:
        for file in files:
            try:
                kept = archive.add(session, config.documents, file)
            except DocumentError as error:
                failed = True
                click.echo(str(error), err=True)
                continue
            told = "kept" if kept.new else "already there"
            click.echo(f"{file}: {told}: {kept.source}, {len(kept.text):,} characters, {kept.path.name}")
    if failed:
        raise click.exceptions.Exit(1)


@command.command(name="list")
def list_() -> None:
    """Show of each source whether its text is archived, and what its citations gave when last verified.

    \b
    Example: tracker documents list
    """
    config = load_config()
    with looking(config) as session:
        tally = verify.tally(session)
        sources = session.execute(select(Source.slug, Source.sha256).order_by(Source.slug)).all()
    texts = [_archived(config.documents, source.sha256) for source in sources]
    widths = [max(map(len, column), default=0) for column in ([source.slug for source in sources], texts)]
    for source, text in zip(sources, texts, strict=True):
        counts = _counts(tally.get(source.slug, Counter()))
        click.echo(f"{source.slug:{widths[0]}}  {text:{widths[1]}}  {counts}")
    if not sources:
        click.echo("there are no sources yet; run 'tracker seeds load' first")


@command.command(name="verify")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
def verify_(sources: tuple[str, ...]) -> None:
    """Look for the quote of each citation in the archived text of its source; of each SOURCE named by slug, or all.

    Ends with 1 if a quote is not found. What changed since the last time is recorded.

    \b
    Example: tracker documents verify
    Example: tracker documents verify hornbill-tv-2024-08-21
    """
    config = load_config()
    try:
        with looking(config) as session:
            citations = verify.citations(session, sources)
    except DocumentError as error:
        raise click.ClickException(str(error)) from error
    results = list(verify.check(citations, config.documents))
    with writing(config, door="cli") as session:
        recorded = verify.store(session, results)
    names = ("key", "source", "locator")
    widths = [max((len(getattr(checked, name) or "") for checked in results), default=0) for name in names]
    for checked in results:
        _show(checked, widths)
    problems = sorted({checked.problem for checked in results if checked.problem})
    for problem in problems:
        click.echo(problem, err=True)
    if not results:
        click.echo("there are no citations to verify")
        return
    counts = Counter(checked.match.result for checked in results)
    click.echo(f"{_number(len(results), 'citation')}: {_counts(counts)}; {recorded:,} recorded")
    if counts["not_found"] or problems:
        raise click.exceptions.Exit(1)


def _archived(folder: Path, sha256: str | None) -> str:
    if sha256 is None:
        return "no sha256"
    try:
        text = archive.read(folder, sha256)
    except DocumentError:
        return "damaged"
    return "not archived" if text is None else f"archived, {len(text):,} characters"


def _show(checked: Checked, widths: list[int]) -> None:
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


def _counts(counts: Counter[str]) -> str:
    """Such as "12 verbatim, 1 not found"."""
    told = [f"{counts[name]:,} {name.replace('_', ' ')}" for name in (*VERIFICATION_RESULTS, "unchecked")]
    return ", ".join(part for part in told if not part.startswith("0 ")) or "no citations"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"
