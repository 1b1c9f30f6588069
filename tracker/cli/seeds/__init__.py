"""`tracker seeds`: the records that people keep in files. One module for each thing that is done with them."""

import click

from tracker.cli import Verbs
from tracker.cli.seeds.describing import schema
from tracker.cli.seeds.exporting import export_command
from tracker.cli.seeds.importing import import_command
from tracker.cli.seeds.loading import check, load_command, plan


@click.group(name="seeds", cls=Verbs)
def command() -> None:
    """Check, plan, load, export and import the records under seeds/.

    'tracker/docs/seeds.md' tells how seed files are written.
    """


for part in (check, plan, load_command, export_command, import_command, schema):
    command.add_command(part)
