"""Every route x method x role answers as written down in `auth.access`; a route without an entry fails."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.admin.conftest import BASE, Browser, SignedIn, close
from tracker.admin.base import RecordView
from tracker.admin.guarded import Guarded
from tracker.app import create_app
from tracker.auth.access import ANYONE, MATRIX, READER, needed
from tracker.config import PROJECT, Config

# A record of the cast for each view.
KEYS = {
    "commitments": "IJ-2024-01",
    "statements": "consulate",
    "meetings": "india-japan-2plus2-3",
    "entering": "india-japan-2plus2-3",
    "sources": "paper",
    "ministers": "s-jaishankar",
    "offices": "eam",
    "organisations": "mea",
    "topics": "consular",
    "series": "india-japan-2plus2",
    "countries": "IN",
    "statuses": "fulfilled",
    "kinds": "task",
    "strengths": "agreed",
    "reports": "overdue",
    "accounts": "viewer",
    "reading": "paper",
    "search": "meetings",
    "review": "IJ-2024-01",
}
ROLES = ("anonymous", "viewer", "editor", "admin")
LINE = re.compile(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \| (\w+) \|$", re.MULTILINE)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Each address with the keys of the cast filled in, its method and its endpoint."""
    found = []
    for rule in app.url_map.iter_rules():
        view = rule.endpoint.partition(".")[0]
        address = rule.rule.replace("<key>", KEYS.get(view, "1")).replace("<token>", "unknown")
        address = address.replace("<series>", "india-japan-2plus2").replace("<batch>", "1")
        address = address.replace("<path:filename>", "style.css").replace("<form>", "csv")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(address, method, rule.endpoint) for method in sorted(methods)]
    return found


def test_every_route_has_an_entry_and_every_entry_a_route(app: Flask) -> None:
    written = {(view, page) for view, pages in MATRIX.items() for page in pages}
    found = [rule.endpoint.partition(".") for rule in app.url_map.iter_rules()]
    assert {(view, page.removesuffix("_view")) for view, _, page in found} == written


def test_the_documentation_shows_the_matrix(app: Flask) -> None:
    """What is missing there, and what is no longer so, stands in the failure: one line an address."""
    written = {match.group() for match in LINE.finditer((PROJECT / "tracker" / "docs" / "access.md").read_text())}
    so = set()
    for rule in app.url_map.iter_rules():
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        so.add(f"| `{rule.rule}` | {methods} | {needed(rule.endpoint)} |")
    assert sorted(so - written) == []
    assert sorted(written - so) == []


def test_every_view_stands_on_the_base_view(app: Flask) -> None:
    (admin,) = app.extensions["admin"]
    assert [type(view).__name__ for view in admin._views if not isinstance(view, Guarded)] == []


def test_a_page_that_is_not_written_down_has_no_address(app: Flask) -> None:
    class Forgetful(RecordView):
        noun, plural = "secret", "Secrets"

    (admin,) = app.extensions["admin"]
    model = next(iter(app.extensions["record_views"]))
    view = Forgetful(model)
    view.create_blueprint(admin)
    assert view._urls == []


def answers_as_written(response: TestResponse, method: str, role: str, least: str | None, public: bool = False) -> bool:
    """Whether this is what somebody of this role gets from a page that needs that one."""
    to_sign_in = (response.location or "").startswith("/login")
    if least == ANYONE or (least == READER and (public or role != "anonymous")):
        return not to_sign_in and response.status_code in (200, 302, 409, 410)
    if least != READER and ROLES.index(role) >= ROLES.index(least or ""):
        # 409 and 410: a deletion that something keeps from happening, a link that is not known.
        return response.status_code in (200, 302, 409, 410) and not to_sign_in
    if role != "anonymous":
        return response.status_code == 403
    return to_sign_in if method == "GET" else response.status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_each_route_answers_each_role_as_written(app: Flask, signed_in: SignedIn, role: str) -> None:
    browser = Browser(app.test_client()) if role == "anonymous" else signed_in(role)
    astray = []
    # Reading first, then forms, then deletions. Signing out has a test of its own.
    order = sorted(routes(app), key=lambda route: (route[1], "delete" in route[0]))
    order = [route for route in order if route[2] != "security.logout"]
    for address, method, endpoint in order:
        if role == "anonymous":
            browser.get("/login")
        response = browser.get(address) if method == "GET" else browser.post(address)
        if not answers_as_written(response, method, role, needed(endpoint)):
            astray.append((method, address, response.status_code, response.location))
    assert astray == []


def test_a_head_request_is_answered_as_a_get(signed_in: SignedIn) -> None:
    client = signed_in("viewer").client
    assert client.head("/commitments/IJ-2024-01", base_url=BASE).status_code == 200
    assert client.head("/audit/", base_url=BASE).status_code == 403


def test_a_route_that_is_not_written_down_is_open_to_nobody(app: Flask, signed_in: SignedIn) -> None:
    app._got_first_request = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "seen", methods=["GET", "POST"])
    assert (Browser(app.test_client()).get("/forgotten").location or "").startswith("/login")
    admin = signed_in("admin")
    assert admin.get("/forgotten").status_code == 403
    assert admin.post("/forgotten").status_code == 403


def test_where_records_are_public_visitors_read_them_and_nothing_else(web_config: Config) -> None:
    app = create_app(replace(web_config, public_records=True))
    visitor = Browser(app.test_client())
    astray, pages = [], ""
    for address, method, endpoint in sorted(routes(app), key=lambda route: route[1]):
        visitor.get("/login")
        answer = visitor.get(address) if method == "GET" else visitor.post(address)
        if needed(endpoint) == READER and method == "GET" and answer.mimetype == "text/html":
            pages += answer.text
        if not answers_as_written(answer, method, "anonymous", needed(endpoint), public=True):
            astray.append((method, address, answer.status_code, answer.location))
    assert astray == []
    assert "Open a consulate in Fukuoka" in pages
    assert pages.count("Sign in</a>") > 30
    for hidden in ("Who changed what", "Watched by", "Working note", "Sign out", "Your account", ">Mine<", '/edit"'):
        assert hidden not in pages, hidden
    close(app)
