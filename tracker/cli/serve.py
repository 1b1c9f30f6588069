"""`tracker serve`: the admin UI on a production server."""

import signal
from dataclasses import replace
from types import FrameType

import click
from waitress.server import create_server

from tracker.app import LARGEST_BODY, create_app
from tracker.cli.opening import load_config, require_current
from tracker.schema import trees

THREADS = 8


@click.command(name="serve")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here in place of TRACKER_PORT.")
def command(port: int | None) -> None:
    """Serve the admin UI until Ctrl-C."""
    config = load_config()
    if port:
        config = replace(config, port=port)
    for tree in trees(config):
        require_current(tree)
    app = create_app(config)
    try:
        server = create_server(
            app, host=config.host, port=config.port, threads=THREADS, max_request_body_size=2 * LARGEST_BODY, ident=None
        )
    except OSError as error:
        raise click.ClickException(f"cannot listen on {config.host}:{config.port}: {error.strerror}") from error
    signal.signal(signal.SIGTERM, _stop)
    click.echo(f"Serving on {config.address} (Ctrl-C ends it)")
    try:
        server.run()
    finally:
        server.close()
        click.echo("Stopped.")


def _stop(number: int, frame: FrameType | None) -> None:
    # As Ctrl-C: the server finishes the requests at hand.
    raise KeyboardInterrupt
