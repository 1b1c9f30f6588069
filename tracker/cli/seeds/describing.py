"""`tracker seeds schema`: what may stand in seed files, for editors and for the guide."""

from pathlib import Path

import click

from tracker.config import PROJECT
from tracker.seeding.described import NAMES, guide, json_schema, spelled, write_schemas


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="meeting", required=False)
@click.option("--fields", is_flag=True, help="Print the tables of all fields that the guide holds instead.")
@click.option(
    "--write",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    is_flag=False,
    flag_value=PROJECT / "seeds",
    help="Write the schemas of all files to DIR/schemas (default: the project's seeds/), where seed files name them.",
    metavar="[DIR]",
)
def schema(name: str, fields: bool, folder: Path | None) -> None:
    """Print the JSON Schema of one seed file (default: meeting), by which an editor completes and checks it.

    A seed file names its schema in a comment; editors that know the YAML language server follow it.

    Example: tracker seeds schema topics
    """
    if fields:
        click.echo(guide())
    elif folder is not None:
        for changed in write_schemas(folder) or ["nothing to change"]:
            click.echo(changed)
    else:
        click.echo(spelled(json_schema(name)), nl=False)
