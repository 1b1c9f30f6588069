"""`tracker serve`: the admin UI on a production server."""

from dataclasses import replace

import click

from tracker.app import LARGEST_BODY, create_app
from tracker.cli.opening import load_config, require_current
from tracker.schema import trees
from tracker.serving.http import Server
from tracker.serving.log import write_log


@click.command(name="serve")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here in place of TRACKER_PORT.")
def command(port: int | None) -> None:
    """Serve the admin UI until Ctrl-C.

    It refuses to start, and to go on, where a database is at another revision than this code. Told to stop, by SIGTERM
    or Ctrl-C, it takes no new requests and finishes those at hand. Its log goes to the standard error, a JSON object a
    line unless that is a terminal.

    Example: tracker serve --port 8080
    """
    config = load_config()
    if port:
        config = replace(config, port=port)
    for tree in trees(config):
        require_current(tree)
    app = create_app(config)
    try:
        server = Server(app, config.host, config.port, config.threads, 2 * LARGEST_BODY)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {config.host}:{config.port}: {error.strerror}") from error
    write_log()
    click.echo(f"Serving on {config.address} (Ctrl-C ends it)")
    finished = server.run()
    click.echo("Stopped." if finished else "Stopped; some requests had not come to their end.")
