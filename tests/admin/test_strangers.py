"""What a stranger's page, a crooked link or a broken form may not do: tried on every route that exists."""

import random
import re
import string
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from werkzeug.datastructures import MultiDict

from tests.admin.conftest import BASE, PASSWORD, Browser, SignedIn, add_people, close, fields_of, sign_in_to
from tests.admin.test_forms import rows
from tests.admin.test_routes import routes
from tracker.app import create_app
from tracker.auth import guard
from tracker.config import Config
from tracker.db import Session
from tracker.models.users import AccountsBase

ORIGINS = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": "http://127.0.0.1:9000", "Sec-Fetch-Site": "same-site"},
)
PIECES = (
    *(
        "'",
        '"',
        "\\",
        "%",
        "%00",
        "\0",
        "\ufeff",
        "\u202e",
        "\ud7ff",
        "😀",
        "<script>",
        "{{7*7}}",
        "${7}",
        "..",
        "/",
        "//",
    ),
    *(
        "-1",
        "0",
        "1",
        "9" * 30,
        "1e400",
        "nan",
        "NaN",
        "-",
        "--",
        "; DROP TABLE user",
        "' OR 1=1",
        "null",
        "None",
        "true",
    ),
    *(
        "2024-01-01",
        "2024-13-45",
        "0000-00-00",
        "99999-01-01",
        "2024",
        "2024-02-30",
        "soon",
        "IJ-2024-01",
        "paper",
        " ",
    ),
    *("\n", "\r\n", "\t", "a" * 3000, "[]", "{}", "()", "&", "=", "?", "#", "ß", "İ", "ﬀ", "٣", "\x1b[31m", "%c0%ae"),
)
NAMES = (
    *(
        "q",
        "sort",
        "page",
        "status",
        "kind",
        "strength",
        "meeting",
        "topic",
        "party",
        "owner",
        "show",
        "as_of",
        "known",
    ),
    *("since", "until", "sent", "series", "next", "key", "id", "version", "actor", "door", "record", "action", "sql"),
    *(
        "statement",
        "commitment",
        "corrects",
        "source",
        "exact",
        "x",
        "csrf_token",
        "_method",
        "locale",
        "text",
        "start",
    ),
)


def accounts_rows(app: Flask) -> dict[str, Any]:
    """Every row of the accounts but sessions and when somebody was seen."""
    with OrmSession(app.extensions["security"].datastore.engine) as accounts:
        tables = [table for table in AccountsBase.metadata.sorted_tables if table.name not in ("session", "user")]
        return {table.name: sorted(map(repr, accounts.execute(select(table)))) for table in tables}


def unsafe(app: Flask) -> list[tuple[str, str]]:
    """Every address with a method that can change something."""
    return [(address, method) for address, method, _ in routes(app) if method not in guard.SAFE_METHODS]


@pytest.mark.parametrize("rounds", [1, pytest.param(len(ORIGINS), marks=pytest.mark.long)], ids=["some", "all"])
def test_no_other_site_makes_anything_happen(app: Flask, signed_in: SignedIn, records: Session, rounds: int) -> None:
    admin = signed_in("admin")
    admin.get("/account/")
    before = rows(records), accounts_rows(app)
    tried, astray = 0, []
    for number, (address, method) in enumerate(unsafe(app)):
        for turn in range(rounds):
            headers = ORIGINS[(number + turn) % len(ORIGINS)]
            for token in (admin.token, ""):
                data = {"csrf_token": token, "label": "Fisheries", "title": "x", "role": "admin"}
                answer = admin.client.open(address, method=method, data=data, headers=headers, base_url=BASE)
                tried += 1
                if answer.status_code != 403:
                    astray.append((method, address, headers, answer.status_code))
    assert tried >= 80
    assert astray == []
    assert (rows(records), accounts_rows(app)) == before
    assert admin.get("/").status_code == 200


def queries(seed: int) -> Iterator[str]:
    """Query strings that no form would make."""
    chance = random.Random(seed)
    while True:
        names = chance.choices((*NAMES, chance.choice(PIECES)), k=chance.randint(1, 4))
        pairs = [f"{name}={''.join(chance.choices(PIECES, k=chance.randint(1, 3)))}" for name in names]
        noise = "".join(chance.choices(string.printable, k=8)) if chance.random() < 0.2 else ""
        yield "&".join(pairs) + noise


@pytest.mark.parametrize("number", [80, pytest.param(500, marks=pytest.mark.long)])
def test_no_query_string_breaks_a_page_or_changes_a_row(
    app: Flask, signed_in: SignedIn, records: Session, number: int
) -> None:
    admin = signed_in("admin")
    pages = [address for address, method, _ in routes(app) if method == "GET"]
    before = rows(records), accounts_rows(app)
    broken = []
    for query, address in zip(islice(queries(number), number), cycle(pages), strict=False):
        answer = admin.client.get(address, query_string=query, base_url=BASE)
        if answer.status_code >= 500:
            broken.append((address, query, answer.status_code))
        answer.close()
    assert broken == []
    assert (rows(records), accounts_rows(app)) == before


def broken_form(chance: random.Random, form: dict[str, Any]) -> MultiDict[str, Any]:
    """The fields of a form, some of them missing, some twice, some with what no browser would send."""
    sent = MultiDict(form)
    for name in chance.choices([*form, chance.choice(NAMES)], k=chance.randint(1, 5)):
        value = "".join(chance.choices(PIECES, k=chance.randint(0, 3)))
        match chance.randrange(4):
            case 0:
                sent.poplist(name)
            case 1:
                sent.add(name, value)
            case _:
                sent[name] = value
    return sent


@pytest.mark.parametrize("number", [40, pytest.param(200, marks=pytest.mark.long)])
def test_no_broken_form_breaks_a_page_or_changes_a_row_unsaid(
    app: Flask, signed_in: SignedIn, records: Session, number: int
) -> None:
    """What is taken as it was typed, as an odd title, is saved and audited; whatever is refused has changed nothing."""
    chance = random.Random(number)
    admin = signed_in("admin")
    with_page = {address for address, method, _ in routes(app) if method == "GET"}
    forms = [address for address, method in unsafe(app) if "delete" not in address and "logout" not in address]
    chance.shuffle(forms)
    before, broken = rows(records), []
    for address in islice(cycle(forms), number):
        page = admin.get(address).text if address in with_page else ""
        form = fields_of(page) if 'method="post"' in page.partition("</aside>")[2] or "form" in page else {}
        data = broken_form(chance, form) | {"csrf_token": admin.token}
        answer = admin.client.post(address, data=data, base_url=BASE)
        after = rows(records)
        if answer.status_code >= 500 or (after != before and answer.status_code != 302):
            broken.append((address, dict(data.lists()), answer.status_code))
        before = after
        answer.close()
    assert broken == []


ODD_KEYS = ("%E2%80%AEx", "9" * 30, "%ED%A0%80", "a" * 3000, "..%2f..", "%c0%ae")


@pytest.mark.parametrize("piece", ["%00x", *(pytest.param(key, marks=pytest.mark.long) for key in ODD_KEYS)])
def test_no_key_in_an_address_breaks_a_page_on_either_engine(config: Config, password_hash: str, piece: str) -> None:
    add_people(config, password_hash)
    app = create_app(config)
    admin = sign_in_to(app, "admin")
    broken = []
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^>]+>", piece, rule.rule)
        if address == rule.rule:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = admin.client.open(address, method=method, data={"csrf_token": admin.token}, base_url=BASE)
            if answer.status_code >= 500:
                broken.append((method, address, answer.status_code))
            answer.close()
    assert broken == []
    close(app)


def test_every_answer_of_every_route_carries_the_headers(app: Flask, signed_in: SignedIn) -> None:
    """Whoever asks, whatever the method, also where there is no such page or address."""
    clients = [signed_in("viewer").client, signed_in("admin").client, app.test_client()]
    methods = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "NONSENSE")
    addresses = [*sorted({address for address, _, _ in routes(app)}), "/no/such/page", "/static/no.css", "/%00", "//x"]
    bare, seen = [], set()
    for number, address in enumerate(addresses):
        # They take turns: each page by one method and one of those who ask.
        answer = clients[number % 3].open(address, method=methods[number % len(methods)], base_url=BASE)
        seen.add(answer.status_code)
        if {name: answer.headers.get(name) for name in guard.HEADERS} != guard.HEADERS:
            bare.append((address, answer.status_code))
        answer.close()
    assert bare == []
    assert {200, 302, 400, 403, 404, 405} <= seen


HOSTS = ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "evil%2eexample", "user@evil.example")
LEADS = ("https://{}", "http://{}/", "//{}", "///{}", "/\\{}", "\\\\{}", "http:{}", "http:/{}", "https:///{}", "/\t/{}")
LEAVING = [lead.format(host) for lead in LEADS for host in HOSTS[:3]] + [
    *(f"http://127.0.0.1:8000@{host}" for host in HOSTS),
    *(f"http://127.0.0.1:8000\\@{host}" for host in HOSTS[:2]),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "\r\nLocation: https://evil.example",
        "/\n/evil.example",
    ),
]


@pytest.mark.parametrize("target", LEAVING)
def test_no_address_that_leads_away_passes_for_one_of_ours(target: str) -> None:
    assert len(LEAVING) >= 40
    assert not guard.stays_here(target, "127.0.0.1:8000")


@pytest.mark.parametrize("targets", [LEAVING[::9], pytest.param(LEAVING, marks=pytest.mark.long)], ids=["some", "all"])
@pytest.mark.parametrize("place", ["/login", "/verify"])
def test_no_redirect_leads_away(app: Flask, signed_in: SignedIn, place: str, targets: list[str]) -> None:
    """Wherever a target is taken from the form, after a password that was right."""
    astray = []
    for target in targets:
        browser = signed_in("viewer") if place == "/verify" else Browser(app.test_client())
        browser.get(place)
        answer = browser.post(place, {"username": "viewer", "password": PASSWORD, "next": target})
        location = answer.location or "/"
        if not re.match(r"/(?![/\\])", location):
            astray.append((target, answer.status_code, location))
    assert astray == []


PLACES = ("next", "url", "return_url", "back", "redirect", "target")


@pytest.mark.parametrize("rounds", [1, pytest.param(len(LEAVING), marks=pytest.mark.long)], ids=["some", "all"])
def test_no_page_or_form_leads_away_whatever_it_is_asked(app: Flask, signed_in: SignedIn, rounds: int) -> None:
    """Every route, by every method: reading, forms, confirmations, and what a browser says that it came from."""
    browser, astray, led = signed_in("admin"), [], 0
    doors = [route[:2] for route in routes(app) if route[2] != "security.logout"]
    # The sample takes turns: every eighth door, each with another target.
    for number, (address, method) in enumerate(doors if rounds > 1 else doors[::8]):
        # So many targets a request as there are places.
        for turn in range(0, rounds, len(PLACES)):
            targets = {place: LEAVING[(number + turn + n) % len(LEAVING)] for n, place in enumerate(PLACES)}
            answer = browser.client.open(
                address,
                method=method,
                query_string=targets,
                data=targets | {"csrf_token": browser.token} if method == "POST" else None,
                headers={"Referer": targets["next"].translate({10: None, 13: None})},
                base_url=BASE,
            )
            led += answer.location is not None
            if answer.location is not None and not re.match(r"/(?![/\\])", answer.location):
                astray.append((method, address, targets, answer.location))
            answer.close()
    assert astray == []
    assert led
