"""`tracker backup`: everything in one file."""

from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from tracker.cli.opening import NOT_READY, first_line, load_config
from tracker.keeping.backup import write
from tracker.keeping.bundle import BackupError
from tracker.schema import trees


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite a file of that name.")
def command(file: Path, force: bool) -> None:
    """Write the records, the accounts and the archived documents into one file.

    Others may go on writing meanwhile. The file is verified as soon as it is written, and nobody else can read it.
    On PostgreSQL it needs pg_dump and pg_restore.

    Example: tracker backup /var/backups/tracker-2026-11-22.zip
    """
    config = load_config()
    try:
        for tree in trees(config):
            if tree.current() is None:
                raise click.ClickException(f"the {tree.name} database is empty or does not exist; {NOT_READY}")
        manifest = write(config, file.absolute(), overwrite=force)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(first_line(error)) from error
    click.echo(f"{file}: {manifest.told()}; verified")
    for name in manifest.left_out:
        click.echo(f"left out, since it is damaged: {config.documents / name}; run 'tracker doctor'", err=True)
