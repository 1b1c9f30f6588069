"""`tracker seeds export`: the database into files."""

from pathlib import Path

import click

from tracker.cli.opening import load_config, looking
from tracker.cli.seeds.telling import tell
from tracker.seeding.check import read_seeds
from tracker.seeding.export import ExportError, export


@click.command(name="export")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def export_command(directory: Path) -> None:
    """Write the records of the database to DIR as seed files, which load again as the same records.

    Kept to the byte: a file whose records did not change, and in other files every record and field that did not,
    with the comments before and within it. Written anew: a field that changed, without a comment on its line. New
    records come last in their list. The base is what DIR holds or, where it is empty, the files that were last
    loaded. Files of meetings that are gone are removed. Where DIR holds edits that were not loaded, nothing is
    written. Versions, audit and what follows from the rest are not exported; a status update is, with its key,
    recorded_on and recorded_by (left out where its file left them out).

    Example: tracker seeds export seeds
    """
    try:
        with looking(load_config()) as session:
            done = export(session, directory)
    except ExportError as error:
        raise click.ClickException(f"{error}\nnothing was written") from error
    for name in done.written:
        click.echo(f"written: {name}")
    for name in done.removed:
        click.echo(f"removed: {name}")
    written = [name for name in done.written if name.endswith(".yaml")]
    click.echo(f"{directory}: {len(written) + len(done.kept)} files, {len(done.kept)} as they were")
    _, problems = read_seeds(directory)
    if problems:
        tell(problems)
        raise click.ClickException(
            f"the files are complete, but {len(problems)} of their records keep to the rules of the database alone; "
            "correct those in the admin UI before you load the files anywhere"
        )
