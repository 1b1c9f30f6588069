"""`tracker users`: accounts and the one-time links by which people come in."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.auth import keys, links, people, second_factor, sessions
from tracker.auth.people import AccountError, Actor
from tracker.cli import Verbs
from tracker.cli.opening import account, accounts, load_config, number
from tracker.config import Config
from tracker.models.users import ROLES, User

ROLE = click.Choice(ROLES)


@click.group(name="users", cls=Verbs)
def command() -> None:
    """Look after accounts: add, list, invite, reset, change roles, disable."""


@contextmanager
def _acting(config: Config) -> Iterator[tuple[Session, Actor]]:
    try:
        with accounts(config) as session:
            yield session, Actor(account(), "cli")
    except AccountError as error:
        raise click.ClickException(str(error)) from error


def _tell(config: Config, told: str, token: str) -> None:
    # Beside the output, so that a program that reads it gets the link alone.
    click.echo(f"{told}, within 24 hours, while the tracker serves:", err=True)
    click.echo(f"{config.address}/welcome/{token}")


@command.command()
def link() -> None:
    """Print a link by which the first account, an administrator, is made. It works once, for 24 hours.

    \b
    Example: tracker users link
    """
    config = load_config()
    with accounts(config) as session:
        if links.accounts_exist(session):
            click.echo("There are accounts already; sign in with one. 'tracker users list' shows their names.")
            return
        token = links.make(session, "setup", "admin")
    _tell(config, "Open this link to make the first account", token)


@command.command()
@click.argument("name")
@click.option("--role", type=ROLE, default="viewer", show_default=True, help="What the account may do.")
def add(name: str, role: str) -> None:
    """Make the account NAME and print the link by which its owner sets the password.

    \b
    Example: tracker users add anna --role editor
    """
    config = load_config()
    with _acting(config) as (session, actor):
        token = people.add(session, actor, name, role)
    _tell(config, f"{name.lower()} is made, as {role}. Send this link, by which the password is set", token)


@command.command()
@click.option("--role", type=ROLE, default="viewer", show_default=True, help="What the account may do.")
def invite(role: str) -> None:
    """Print a link by which somebody makes an account under a name of their own choice.

    \b
    Example: tracker users invite --role editor
    """
    config = load_config()
    with _acting(config) as (session, actor):
        token = people.invite(session, actor, role)
    _tell(config, f"Send this link, by which an account with the role {role} is made", token)


@command.command()
@click.argument("name")
@click.option(
    "--second-factor", "take_off", is_flag=True, help="Take off the second factor instead; the password holds."
)
def reset(name: str, take_off: bool) -> None:
    """Print a link by which the account NAME gets a new password; the old one holds until the link is used.

    \b
    Examples: tracker users reset anna
              tracker users reset anna --second-factor
    """
    config = load_config()
    with _acting(config) as (session, actor):
        if take_off:
            people.take_off_second_factor(session, actor, people.find(session, name))
            click.echo(f"{name}: the second factor is off")
            return
        token = people.reset(session, actor, people.find(session, name))
    _tell(config, "Send this link, by which the new password is set", token)


@command.command()
@click.argument("name")
@click.argument("role", type=ROLE)
def role(name: str, role: str) -> None:
    """Give the account NAME another ROLE; it is signed out everywhere.

    \b
    Example: tracker users role anna admin
    """
    with _acting(load_config()) as (session, actor):
        user = people.find(session, name)
        before = user.role
        people.set_role(session, actor, user, role)
        click.echo(f"{user.username}: {before} -> {role}")


@command.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let nobody in by the account NAME any more; its sessions end at once, its name stays in the records.

    \b
    Example: tracker users disable anna
    """
    with _acting(load_config()) as (session, actor):
        user = people.find(session, name)
        people.disable(session, actor, user)
        click.echo(f"{user.username}: disabled")


@command.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let the account NAME in again, with the password that it had.

    \b
    Example: tracker users enable anna
    """
    with _acting(load_config()) as (session, actor):
        user = people.find(session, name)
        people.enable(session, actor, user)
        click.echo(f"{user.username}: active")


@command.command(name="rotate-key")
def rotate_key() -> None:
    """Put new secret keys in place of the old ones and end every session; then start the servers anew.

    \b
    Example: tracker users rotate-key
    """
    config = load_config()
    sealing = config.instance / keys.SECOND_FACTOR_KEY
    with _acting(config) as (session, actor):
        lost = second_factor.seal_anew(session, keys.add_second_factor_key(sealing))
        keys.rotate(config.instance / keys.SECRET_KEY)
        ended = sessions.end_everywhere(session)
        people.note(session, actor, None, "rotated the secret key")
    keys.keep_newest_second_factor_key(sealing)
    click.echo(f"There is a new secret key; {ended} session{'' if ended == 1 else 's'} ended. Start the servers anew.")
    if lost:
        told = f"The key of {number(lost, 'second factor')} is lost: no code of their apps is taken."
        click.echo(f"{told} 'tracker users reset NAME --second-factor' takes one off.")


@command.command(name="list")
def list_() -> None:
    """List the accounts, one a line: name, role, state, when last seen, what lets them in.

    \b
    Example: tracker users list
    """
    with accounts(load_config()) as session:
        whose = second_factor.whose(session)
        users = session.scalars(select(User).order_by(User.username)).all()
        for user in users:
            by = "password and code" if user.id in whose else "password"
            seen = f"{user.seen_at:%Y-%m-%d}" if user.seen_at else "never"
            click.echo(f"{user.username}\t{user.role}\t{user.state}\t{seen}\t{by}")
    if not users:
        click.echo("There are no accounts yet; 'tracker users link' makes a link for the first.", err=True)
