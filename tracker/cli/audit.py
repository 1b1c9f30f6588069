"""`tracker audit`: the proof that nobody has changed what was written about changes."""

import sys
from pathlib import Path

import click
from sqlalchemy import func, select

from tracker.auditing import Checkpoint, checkpoint, verify_chain
from tracker.cli import Verbs
from tracker.cli.opening import load_config, number, querying
from tracker.models import AuditEvent

SHOWN = 20


@click.group(name="audit", cls=Verbs)
def command() -> None:
    """Prove that the audit trail is as it was written."""


@command.command(name="checkpoint")
def checkpoint_() -> None:
    """Print the end of the audit trail, to be kept where whoever can change the database cannot reach.

    \b
    Example: tracker audit checkpoint >> /mnt/elsewhere/checkpoints.txt
    """
    with querying(load_config()) as connection:
        click.echo(str(checkpoint(connection)))


@command.command()
@click.option("--against", metavar="CHECKPOINT", help="A checkpoint, or a file with one a line.")
def verify(against: str | None) -> None:
    """Walk the whole audit trail and say what is not as it was written.

    The trail alone shows every change of what is in it. That its end was cut off, or that it was written anew from
    some batch on, shows against a checkpoint made before.

    \b
    Example: tracker audit verify
    Example: tracker audit verify --against /mnt/elsewhere/checkpoints.txt
    """
    checkpoints = _checkpoints(against) if against else []
    with querying(load_config()) as connection:
        events = connection.scalar(select(func.count()).select_from(AuditEvent)) or 0
        with click.progressbar(
            length=events, label="Verifying", file=sys.stderr, hidden=not sys.stderr.isatty(), width=0
        ) as bar:
            problems = verify_chain(connection, checkpoints, bar.update)
        end = checkpoint(connection)
    for problem in problems[:SHOWN]:
        click.echo(problem)
    if len(problems) > SHOWN:
        click.echo(f"and {len(problems) - SHOWN:,} more")
    if problems:
        raise click.ClickException("the audit trail is broken; compare with a backup")
    held = f", and the {'checkpoints hold' if len(checkpoints) > 1 else 'checkpoint holds'}" if checkpoints else ""
    are = "batch with {} is as it was" if end.position == 1 else "batches with {} are as they were"
    click.echo(f"{end.position:,} {are.format(number(events, 'event'))} written{held}")


def _checkpoints(given: str) -> list[Checkpoint]:
    path = Path(given)
    try:
        if ":" not in given or path.is_file():
            return [Checkpoint.read(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [Checkpoint.read(given)]
    except (OSError, ValueError) as error:
        raise click.ClickException(f"--against: {error}") from error
