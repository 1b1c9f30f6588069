"""`tracker documents`: archive the texts of sources and verify quotes against them."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select

from tracker.cli import Verbs
from tracker.cli.opening import account, load_config, looking, number, writing
from tracker.cli.verifying import counted, show, show_change, summary, verify_now
from tracker.config import Config
from tracker.documents import archive, differences, extraction, verify, versions
from tracker.documents.archive import DocumentError
from tracker.models import Source

UNNAMED = "name it as sha256 of its source in seeds/sources.yaml and run 'tracker seeds load', or say --source"


versioned = click.option("--version", type=click.IntRange(1), help="The number of the version.")


@contextmanager
def told() -> Iterator[None]:
    """What is wrong with a source or its text ends the command in words."""
    try:
        yield
    except DocumentError as error:
        raise click.ClickException(str(error)) from error


def text_of(folder: Path, sha256: str) -> str:
    """The archived text; DocumentError where it is not held here."""
    text = archive.read(folder, sha256)
    if text is None:
        raise DocumentError(f"the text {sha256} is not held here; whoever has it can add it")
    return text


@click.group(name="documents", cls=Verbs)
def command() -> None:
    """Archive the texts of sources and verify quotes against them."""


@command.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", "slug", metavar="SOURCE", help="The slug of the source whose text it is.")
def add(files: tuple[Path, ...], slug: str | None) -> None:
    """Keep the text of each FILE as the current text of its source: the one named, or the one that names its SHA-256.

    FILE is plain text, HTML, PDF or DOCX. The text that the source had before is kept, too, and the quotes from the
    source are verified at once.

    \b
    Example: tracker documents add ~/Downloads/joint-statement.txt
    Example: tracker documents add --source joint-statement-2024-08-20 ~/Downloads/joint-statement.pdf
    """
    config = load_config()
    if slug and len(files) > 1:
        raise click.UsageError("a source has one text; name one FILE with --source")
    changed, failed = [], False
    for file in files:
        try:
            source, told = _add(config, file, slug)
        except DocumentError as error:
            failed = True
            click.echo(str(error), err=True)
            continue
        changed.append(source)
        click.echo(f"{file}: {told}")
    if changed:
        with looking(config) as session:
            citations = verify.citations(session, changed)
        results, _ = verify_now(config, citations)
        click.echo(summary(results))
    if failed:
        raise click.exceptions.Exit(1)


def _add(config: Config, file: Path, slug: str | None) -> tuple[str, str]:
    """Archive one file; the slug of its source, and what to tell about it."""
    content = archive.content_of(file)
    with looking(config) as session:
        named = versions.find_source(session, hashlib.sha256(content).hexdigest())
    # Nothing is parsed while a transaction is open. A file that a source names by its SHA-256 is its text as it is.
    extract = extraction.plain(content, str(file)) if named else extraction.extract(content, str(file))
    with looking(config) as session:
        source = versions.get_source(session, slug) if slug else versions.find_source(session, extract.sha256)
        if source is None:
            raise DocumentError(f"{file}: no source has the SHA-256 {extract.sha256}; {UNNAMED}")
        slug = source.slug
    archive.keep(config.documents, extract.content)
    with writing(config, door="cli") as session:
        added = versions.add(session, versions.get_source(session, slug), extract, account())
        told = f"kept as version {added.ordinal}" if added else "already there"
    return slug, f"{told}: {slug}, {len(extract.text):,} characters, {extract.sha256}.txt"


@command.command(name="show")
@click.argument("slug", metavar="SOURCE")
@versioned
def show_(slug: str, version: int | None) -> None:
    """Print the current text of SOURCE, or another version of it.

    \b
    Example: tracker documents show hornbill-tv-2024-08-21
    """
    config = load_config()
    with looking(config) as session, told():
        sha256 = versions.sha256_of(versions.get_source(session, slug), version)
        click.echo(text_of(config.documents, sha256), nl=False)


@command.command()
@click.argument("slug", metavar="SOURCE")
@click.option("--since", type=click.IntRange(1), help="The version to compare with; by default the one before.")
@versioned
def diff(slug: str, version: int | None, since: int | None) -> None:
    """Show what the current text of SOURCE, or another version of it, says otherwise than the version before.

    Paragraphs that are the same are left out; white space, quotation marks and dashes do not count.

    \b
    Example: tracker documents diff hornbill-tv-2024-08-21
    Example: tracker documents diff --since 1 --version 3 hornbill-tv-2024-08-21
    """
    config = load_config()
    with looking(config) as session, told():
        source = versions.get_source(session, slug)
        newer = version or (source.documents[-1].ordinal if source.documents else 1)
        sides = [versions.sha256_of(source, ordinal) for ordinal in (since or newer - 1, newer)]
        old, new = (text_of(config.documents, sha256) for sha256 in sides)
    changed = [change for change in differences.changes(old, new) if change.kind != "same"]
    for change in changed:
        show_change(change)
    if not changed:
        click.echo("the words are the same")


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
        counts = counted(tally.get(source.slug, Counter()))
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
    with looking(config) as session, told():
        citations = verify.citations(session, sources)
    results, recorded = verify_now(config, citations)
    names = ("key", "source", "locator")
    widths = [max((len(getattr(checked, name) or "") for checked in results), default=0) for name in names]
    for checked in results:
        show(checked, widths)
    problems = sorted({checked.problem for checked in results if checked.problem})
    for problem in problems:
        click.echo(problem, err=True)
    if not results:
        click.echo("there are no citations to verify")
        return
    click.echo(f"{summary(results)}; {recorded:,} recorded")
    missing = {checked.source for checked in results if checked.match.result == "no_document" and not checked.problem}
    if missing:
        lacking = number(len(missing), "source")
        click.echo(f"of {lacking} no text is held here; if you have it: 'tracker documents add FILE...'", err=True)
    if problems or any(checked.match.result == "not_found" for checked in results):
        raise click.exceptions.Exit(1)


def _archived(folder: Path, sha256: str | None) -> str:
    if sha256 is None:
        return "no sha256"
    try:
        text = archive.read(folder, sha256)
    except DocumentError:
        return "damaged"
    return "not archived" if text is None else f"archived, {len(text):,} characters"
