"""`tracker seeds check`, `plan` and `load`: files into the database."""

from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker import auditing
from tracker.cli.opening import account, first_line, load_config, looking, writing
from tracker.cli.seeds.progress import committing, progress, rare_collections, undone, working
from tracker.cli.seeds.telling import complain, report, show, summary
from tracker.cli.verifying import verify_outdated
from tracker.config import PROJECT
from tracker.seeding.check import read_seeds
from tracker.seeding.load import hold, load
from tracker.seeding.merge import Prefer
from tracker.seeding.plan import Plan, Step, make_plan
from tracker.seeding.records import Seeds
from tracker.seeding.removed import add_removed

# A load of fewer records is over before anybody would look at its progress.
LONG_LOAD = 2000

folder = click.argument(
    "directory", metavar="[DIR]", type=click.Path(path_type=Path), default=PROJECT / "seeds", required=False
)
preferring = click.option(
    "--prefer", type=click.Choice(["file", "database"]), help="Whose value stands where both sides edited a field."
)
pruning = click.option("--prune", is_flag=True, help="Delete what stands in no file any more and nothing refers to.")


@click.command()
@folder
def check(directory: Path) -> None:
    """Check the files of DIR (default: the project's seeds/) without a database.

    Every mistake is told at once, with file and line. Exits with 1 if there is one.

    Example: tracker seeds check seeds
    """
    seeds = read(directory)
    click.echo(f"{directory}: {len(seeds.records)} records, no mistakes")


@click.command()
@folder
@preferring
@pruning
def plan(directory: Path, prefer: Prefer, prune: bool) -> None:
    """Show what loading DIR (default: the project's seeds/) would do, a field a line; changes nothing.

    '+' is a record that would be created, '~' one that would be changed as its file says, '=' one that was edited
    in the database and would be kept so, '-' one that stands in no file any more, '!' one about which somebody must
    decide or that cannot be created. The last line sums up.

    Example: tracker seeds plan seeds
    """
    seeds = read(directory)
    with looking(load_config()) as session:
        planned = compared(session, seeds, prefer, prune)
        for step in planned.steps:
            show(session, step)
        click.echo(summary(planned))


@click.command(name="load")
@folder
@preferring
@pruning
def load_command(directory: Path, prefer: Prefer, prune: bool) -> None:
    """Load DIR (default: the project's seeds/) in one transaction: all of it or nothing.

    Records that the database lacks are created. What was edited in a file since it was last loaded is changed; what
    was edited in the database is kept. A field that was edited in both is a conflict: nothing is loaded until you
    say --prefer file or --prefer database. Status updates are only ever added. Nothing is deleted without --prune.
    Loading the same files again changes nothing.

    Example: tracker seeds load seeds
    """
    seeds = read(directory)
    try:
        with writing(load_config(), "seeds") as session:
            with undone(), rare_collections():
                hold(session)
                planned = compared(session, seeds, prefer, prune)
                if planned.refused:
                    for step in planned.of("conflict", "refuse"):
                        show(session, step, err=True)
                    raise click.ClickException(decide(planned.of("conflict", "refuse")))
                written = len(planned.of("create", "change"))
                with progress("Loading", "records", written, hidden=written < LONG_LOAD) as advance:
                    load(session, planned, account(), advance)
                with working("Writing the audit trail"):
                    auditing.write(session)
            with committing():
                session.commit()
    except IntegrityError as error:
        raise click.ClickException(
            f"the database refused the records, and nothing was changed: {first_line(error)}\n"
            "A record of the files may have the code, name or checksum of another one in the database. "
            "If somebody else was loading at the same time, run the command again."
        ) from error
    report(planned)
    verify_outdated(load_config())


def read(directory: Path) -> Seeds:
    """The records of a folder; mistakes in it end the command."""
    with undone(), working(f"Reading {directory}"):
        seeds, problems = read_seeds(directory)
    if problems:
        complain(problems)
    return seeds


def compared(session: Session, seeds: Seeds, prefer: Prefer, prune: bool) -> Plan:
    """What a load of the records would do."""
    with working("Comparing with the database"):
        planned = make_plan(session, seeds, prefer)
        add_removed(session, planned, prune, prefer)
    return planned


def decide(steps: list[Step]) -> str:
    """What somebody must do before anything can be loaded."""
    conflicts = sum(step.action == "conflict" for step in steps)
    refused = len(steps) - conflicts
    parts = []
    if conflicts:
        parts.append(
            f"{conflicts} {'record was' if conflicts == 1 else 'records were'} edited on both sides; "
            "say --prefer file or --prefer database, or make them agree"
        )
    if refused:
        parts.append(f"{refused} {'edit' if refused == 1 else 'edits'} cannot be loaded; see above")
    return "; ".join([*parts, "nothing was changed"])
