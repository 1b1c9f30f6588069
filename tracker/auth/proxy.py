"""What a proxy in front changes: the connection is TLS, and the visitor's address is the one that it tells."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BehindProxy:
    """The app as seen through a proxy; of others than that proxy no word is believed."""

    def __init__(self, app: "WSGIApplication", tls: bool, proxy: str | None) -> None:
        self.app = app
        self.tls = tls
        self.proxy = proxy

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.tls:
            environ["wsgi.url_scheme"] = "https"
        told = environ.pop("HTTP_X_FORWARDED_FOR", "")
        # The last one is what the proxy itself has seen; those before it anybody may have made up.
        last = told.rpartition(",")[2].strip()
        if self.proxy and environ.get("REMOTE_ADDR") == self.proxy and _is_address(last):
            environ["REMOTE_ADDR"] = last
        return self.app(environ, start_response)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
