"""`tracker db`: create, migrate, check and copy the databases."""

import sys
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from tracker.auditing import Origin
from tracker.cli import Verbs
from tracker.cli.doctor import report
from tracker.cli.opening import account, first_line, load_config, require_current, writing
from tracker.cli.roles import init_roles
from tracker.config import Config, ConfigError
from tracker.db import has_full_text
from tracker.keeping import backup, checking, copying, restoring, searching
from tracker.keeping.bundle import BackupError
from tracker.keeping.copying import CopyError
from tracker.keeping.digests import together
from tracker.schema import Tree, trees


@click.group(name="db", cls=Verbs)
def command() -> None:
    """Create, migrate and examine the databases."""


command.add_command(init_roles)


@command.command()
@click.argument("revision", default="head")
@click.option("--sql", is_flag=True, help="Print what would be run on PostgreSQL, and change nothing.")
def upgrade(revision: str, sql: bool) -> None:
    """Bring the records and the accounts to the newest REVISION, creating them if need be.

    On SQLite a backup of both is kept first, in backups/ of the instance folder, where rows could be lost.
    """
    config = load_config()
    if sql:
        _print_sql(config)
        return
    if config.database_url.get_backend_name() == "sqlite" and not has_full_text():
        raise click.ClickException("this SQLite was made without FTS5, which the search needs; install pysqlite3")
    _keep_aside(config, revision)
    for tree in trees(config):
        before = _current(tree)
        tree.upgrade(revision)
        after = tree.current()
        shown = f"at {after}" if before == after else f"{before or 'empty'} -> {after}"
        click.echo(f"{tree.name}: {shown}  {tree.url.render_as_string()}")


def _print_sql(config: Config) -> None:
    if config.database_url.get_backend_name() != "postgresql":
        raise click.ClickException("--sql is for PostgreSQL; name the server in TRACKER_DATABASE_URL")
    for tree in trees(config):
        click.echo(f"-- {tree.name}: {_current(tree) or 'empty'} -> {tree.head()}")
        tree.print_sql()


def _keep_aside(config: Config, revision: str) -> None:
    """Keep a backup before an upgrade that changes a SQLite file with rows in it."""
    if config.database_url.get_backend_name() != "sqlite":
        return
    known = [(_current(tree), tree.head() if revision == "head" else revision) for tree in trees(config)]
    if not any(current not in (None, wanted) for current, wanted in known):
        return
    try:
        if restoring.holds_rows(backup.look(config)):
            click.echo(f"backup: {backup.keep_aside(config, 'upgrade')}")
    except BackupError as error:
        raise click.ClickException(f"no backup can be made, so nothing was upgraded: {error}") from error


@command.command()
@click.argument("revision")
@click.option("--accounts", is_flag=True, help="Take the accounts back in place of the records.")
@click.confirmation_option("--yes", prompt="Going back drops tables and the rows in them. Go on?")
def downgrade(revision: str, accounts: bool) -> None:
    """Take the records back to REVISION ("base" leaves nothing)."""
    records_tree, accounts_tree = trees(load_config())
    tree = accounts_tree if accounts else records_tree
    before = _current(tree)
    tree.downgrade(revision)
    click.echo(f"{tree.name}: {before or 'empty'} -> {tree.current() or 'empty'}")


@command.command()
def status() -> None:
    """Tell which revision each database is at."""
    for tree in trees(load_config()):
        current, head = _current(tree), tree.head()
        note = "newest" if current == head else f"newest is {head}; run 'tracker db upgrade'"
        click.echo(f"{tree.name}: {current or 'empty'} ({note})  {tree.url.render_as_string()}")


@command.command()
@click.option("--repair", is_flag=True, help="Work out again what follows from the history, where it does not agree.")
def check(repair: bool) -> None:
    """Look whether both databases are whole and the records hold together.

    Looks at the files or the references, the triggers, the status of each commitment against its history, the audit
    trail, and what the search is found by; says what it looked at and what it found. Ends with 1 if something is wrong.

    Example: tracker db check
    """
    config = load_config()
    if repair:
        with writing(config, "cli") as session:
            repaired = checking.repair(session.connection(), Origin(account(), "cli"))
            rebuilt = searching.rebuild(session.connection())
        for table in rebuilt:
            click.echo(f"repaired: the search finds each {table.replace('_', ' ')} again")
        for public_id in repaired:
            click.echo(f"repaired: the status and target of {public_id} follow from its history again")
    report(checking.check(config))


@command.command(name="copy")
@click.option(
    "--to", "address", required=True, metavar="URL", help="sqlite:///FILE or postgresql+psycopg://USER@HOST/DB"
)
def copy_command(address: str) -> None:
    """Copy every row of the records and the accounts into an empty database of either engine.

    The target is brought to the newest revision, filled in one transaction for each database, and compared with the
    source, table by table; unless all is equal nothing is kept. On SQLite the accounts become accounts.db beside the
    records. The archived documents stay where they are. Leave a password to PGPASSWORD or ~/.pgpass.

    Example: tracker db copy --to postgresql+psycopg://tracker@db.example.org/tracker
    """
    config = load_config()
    target = _target(config, address)
    for tree in trees(config):
        require_current(tree)
    try:
        with click.progressbar(
            length=copying.size(config), label="Copying", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            copied = copying.copy(config, target, bar.update)
    except CopyError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(f"{target.database_url.render_as_string()}: {first_line(error)}") from error
    for tree in trees(target):
        tables = copied[tree.name]
        total = sum(table.rows for table in tables.values())
        click.echo(f"{tree.name}: {total:,} rows in {len(tables)} tables, counts and digests equal on both sides")
        click.echo(f"  digest {together(tables)}")
    click.echo(f"The archived documents stay in {config.documents}.")


def _target(config: Config, address: str) -> Config:
    """The settings under which the copy would be used."""
    try:
        target = Config.load({"TRACKER_INSTANCE": str(config.instance), "TRACKER_DATABASE_URL": address})
    except ConfigError as error:
        raise click.BadParameter(
            str(error).replace("TRACKER_DATABASE_URL", "the address"), param_hint="--to"
        ) from error
    if target.database_url.get_backend_name() == "sqlite":
        return replace(target, instance=Path(target.database_url.database or "").absolute().parent)
    return target


def _current(tree: Tree) -> str | None:
    try:
        return tree.current()
    except OperationalError as error:
        raise click.ClickException(f"{tree.url.render_as_string()}: {first_line(error)}") from error
