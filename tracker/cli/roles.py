"""`tracker db init-roles`: the SQL for roles on PostgreSQL that can do no more than they need."""

import re

import click

from tracker.cli.opening import load_config
from tracker.models import Base
from tracker.models.triggers import APPEND_ONLY
from tracker.models.views import VIEWS
from tracker.reports import roles


@click.command(name="init-roles")
@click.option("--prefix", default="tracker", show_default=True, help="What the names of the roles begin with.")
def init_roles(prefix: str) -> None:
    """Print the SQL for the owner, application and report roles on PostgreSQL.

    It changes nothing. Somebody with the right to make roles looks it over and runs it.
    """
    url = load_config().database_url
    if url.get_backend_name() != "postgresql":
        raise click.ClickException("SQLite knows no roles; this is for PostgreSQL")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", prefix):
        raise click.ClickException(f"{prefix!r} cannot begin a name; use lower-case letters, digits and underscores")
    click.echo(roles.script(url.database or "", list(Base.metadata.tables), list(VIEWS), APPEND_ONLY, prefix), nl=False)
