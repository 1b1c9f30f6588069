"""`tracker serve`: the admin UI on a production server."""

from collections.abc import Iterator
from dataclasses import replace

import click

from tracker.app import LARGEST, create_app
from tracker.cli.opening import load_config, require_current
from tracker.config import Config
from tracker.schema import trees
from tracker.serving.http import Server
from tracker.serving.log import write_log


@click.command(name="serve")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here in place of TRACKER_PORT.")
@click.option("--without-tls", is_flag=True, help="Let other machines in although nothing speaks TLS in front.")
def command(port: int | None, without_tls: bool) -> None:
    """Serve the admin UI until Ctrl-C.

    It refuses to start, and to go on, where a database is at another revision than this code. Told to stop, by SIGTERM
    or Ctrl-C, it takes no new requests and finishes those at hand. Its log goes to the standard error, a JSON object a
    line unless that is a terminal.

    It refuses to listen where other machines can reach it, unless TLS stands in front (TRACKER_PUBLIC_URL), the host
    names are known that it answers to, and nothing is set that shows its insides.

    Example: tracker serve --port 8080
    """
    config = load_config()
    if port:
        config = replace(config, port=port)
    for tree in trees(config):
        require_current(tree)
        tree.tune()
    app = create_app(config)
    unsafe = [] if config.is_local else list(dangers(config, without_tls, app.debug))
    if unsafe:
        raise click.ClickException(f"{config.host} lets other machines in, and so\n" + "\n".join(unsafe))
    try:
        server = Server(app, config.host, config.port, config.threads, 2 * LARGEST)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {config.host}:{config.port}: {error.strerror}") from error
    write_log()
    click.echo(f"Serving on {config.address} (Ctrl-C ends it)")
    finished = server.run()
    click.echo("Stopped." if finished else "Stopped; some requests had not come to their end.")


def dangers(config: Config, without_tls: bool, debug: bool) -> Iterator[str]:
    """What must not be so where other machines can reach the server, each with its remedy."""
    if not config.tls and not without_tls:
        yield (
            "- passwords would cross the network for all to read: put a proxy in front that speaks TLS, set "
            "TRACKER_PUBLIC_URL to its https:// address, or say --without-tls"
        )
    if not config.hosts:
        yield "- any host name would be believed: set TRACKER_PUBLIC_URL or TRACKER_TRUSTED_HOSTS"
    if debug:
        yield "- its insides would show: unset FLASK_DEBUG"
