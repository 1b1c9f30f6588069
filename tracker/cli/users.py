"""`tracker users`: one-time links and the list of accounts."""

import click
from sqlalchemy import select

from tracker.auth import links
from tracker.cli.opening import accounts, load_config
from tracker.models.users import User


@click.group(name="users")
def command() -> None:
    """Make the first account and one-time links."""


@command.command()
def link() -> None:
    """Print a link by which the first account, an administrator, is made. It works once, for 24 hours."""
    config = load_config()
    with accounts(config) as session:
        if links.accounts_exist(session):
            click.echo("There are accounts already; sign in with one. 'tracker users list' shows their names.")
            return
        token = links.make(session, "setup", "admin")
    # Beside the output, so that a program that reads it gets the link alone.
    click.echo("Open this link within 24 hours to make the first account, while the tracker serves:", err=True)
    click.echo(f"{config.address}/welcome/{token}")


@command.command(name="list")
def list_() -> None:
    """List the accounts, one a line: name, role, state."""
    with accounts(load_config()) as session:
        users = session.scalars(select(User).order_by(User.username)).all()
        for user in users:
            click.echo(f"{user.username}\t{user.role}\t{'active' if user.active else 'disabled'}")
    if not users:
        click.echo("There are no accounts yet; 'tracker users link' makes a link for the first.", err=True)
