"""What holds for every request and response: where it comes from, where it leads, what a browser does with it."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_wtf import CSRFProtect

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def protect(app: Flask) -> None:
    """Guard every route of the app, those of libraries included."""
    # First, so that a foreign post is refused before anything reads its body.
    app.before_request(refuse_foreign)
    CSRFProtect(app)
    app.after_request(seal)
    # For what the server answers by itself, where a request is none.
    app.extensions["security_headers"] = HEADERS


def refuse_foreign() -> None:
    """Answer 403 to an unsafe request that another site's page has caused; checked beside the token, not instead."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        abort(403, "This request came from another site.")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(403, "This request came from another site.")


def seal(response: Response) -> Response:
    """Add the security headers, keep pages out of shared caches and redirects on this site."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "private, no-store"
    if response.location is not None and not stays_here(response.location, request.host):
        response.location = "/"
    return response


def stays_here(target: str, host: str) -> bool:
    """Whether a browser that follows this address from `host` stays there, however oddly the address is written."""
    # Browsers drop tabs and line ends, and read a backslash as a slash where other programs do not.
    plain = target.translate({9: None, 10: None, 13: None}).strip()
    if "\\" in plain:
        return False
    if plain.startswith("/"):
        return not plain.startswith("//")
    parts = urlsplit(plain)
    return parts.scheme in ("http", "https") and parts.netloc == host
