"""`tracker restore`: bring back what a backup holds."""

from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from tracker.cli.opening import first_line, load_config
from tracker.keeping.bundle import BackupError
from tracker.keeping.restoring import restore
from tracker.schema import trees


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Restore over records and accounts; what was there is kept aside.")
def command(file: Path, force: bool) -> None:
    """Bring back what a backup holds.

    The backup is compared with its manifest and looked through before anything is changed. Stop the server first.
    Restore only backups that you trust: one of PostgreSQL may bring any statement.

    Example: tracker restore /var/backups/tracker-2026-11-22.zip
    """
    config = load_config()
    try:
        restored = restore(config, file, force=force)
    except BackupError as error:
        raise click.ClickException(f"{error}; nothing was changed") from error
    except DBAPIError as error:
        raise click.ClickException(first_line(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or file}: {error.strerror or error}") from error
    click.echo(f"restored as of {restored.manifest.made_at}: {restored.manifest.told()}")
    if restored.before:
        click.echo(f"what was there before: {restored.before}")
    if any(tree.current() != tree.head() for tree in trees(config)):
        click.echo("The backup is of an earlier revision: run 'tracker db upgrade'.")
