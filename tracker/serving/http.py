"""The web server: it stops by letting go of its address, finishing what it has begun, and then ending."""

import signal
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

# Seconds that requests at hand may take once the server was told to stop.
LAST_REQUESTS = 30.0
TICK = 0.25


class SealedError(ErrorTask):  # type: ignore[misc] # waitress is not typed
    """What is answered to something that is no request, with the headers of every other answer."""

    headers: Mapping[str, str] = {}

    def execute(self) -> None:
        self.response_headers.extend(self.headers.items())
        super().execute()


class Server:
    """Listens from the moment it is made; OSError where it cannot."""

    def __init__(self, app: Flask, host: str, port: int, threads: int, largest_body: int) -> None:
        self.app = app
        SealedError.headers = app.extensions["security_headers"]
        HTTPChannel.error_task_class = SealedError
        self.stopping = False
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=threads,
            max_request_body_size=largest_body,
            ident=None,
        )

    def run(self) -> bool:
        """Serve until told to stop by SIGTERM or Ctrl-C; whether every request at hand came to its end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            wasyncore.loop(timeout=TICK, map=self._sockets, count=1)
        return self._finish()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        self.app.extensions["health"].stopping = True

    def _finish(self) -> bool:
        for listener in self._held(BaseWSGIServer):
            # Not its own `close`, which would take away what wakes the loop for answers that are ready.
            wasyncore.dispatcher.close(listener)
        deadline = time.monotonic() + LAST_REQUESTS
        while (busy := self._busy()) and time.monotonic() < deadline:
            wasyncore.loop(timeout=TICK, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown(timeout=1)
        return not busy

    def _busy(self) -> bool:
        """Whether a request is being answered, or an answer is on its way."""
        return any(channel.requests or channel.total_outbufs_len for channel in self._held(HTTPChannel))

    def _held(self, kind: type) -> list[Any]:
        return [held for held in list(self._sockets.values()) if isinstance(held, kind)]
