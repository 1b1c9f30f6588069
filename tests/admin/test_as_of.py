"""Pages on a past day: they tell what the history tells, keep the day in their links, and change nothing."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import example, given, settings
from sqlalchemy import Engine

from tests.admin.conftest import PASSWORD, Browser, SignedIn, add_people, close
from tests.conftest import TESTER
from tests.history_cast import FIRST, LAST, STATUSES, series_with_a_past
from tests.test_as_of import PAST_DAYS, Stood, all_commitments, worked_out
from tracker.admin import lists, paging
from tracker.app import create_app
from tracker.config import Config
from tracker.db import Session
from tracker.models import Commitment, Status
from tracker.models.as_of import AsOf

PAGE = "/commitments/IJ-2024-01"


@dataclass
class Desk:
    """Somebody who is signed in to an app over a series with a past, and what is on the record there."""

    browser: Browser
    commitments: list[Commitment]
    statuses: dict[str, Status]


@pytest.fixture
def desk(config: Config, engine: Engine, password_hash: str) -> Iterator[Desk]:
    add_people(config, password_hash)
    with Session(engine, info={"origin": TESTER}) as session:
        series_with_a_past(session)
        app = create_app(config)
        browser = Browser(app.test_client())
        browser.sign_in("admin", PASSWORD)
        yield Desk(browser, all_commitments(session), {one.name: one for one in session.query(Status)})
    close(app)


def asked(as_of: AsOf) -> str:
    return f"as_of={as_of.day}&known=1" if as_of.known else f"as_of={as_of.day}"


def badges(html: str) -> dict[str, str]:
    """Each commitment that a page shows with a badge after its link, and the status of that badge."""
    return dict(
        re.findall(
            r'href="/commitments/(T-\d+-\d+)\?as_of[^>]*>(?:(?!</a>).)*</a>\s*<br><span class="badge status-(\w+)', html
        )
    )


def listed(html: str) -> dict[str, Stood]:
    """Each commitment of the list, with its status and its target date."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]
    found = {}
    for row in rows:
        (public_id,) = re.findall(r'class="name id"[^>]*>(T-\d+-\d+)<', row)
        (status,) = re.findall(r"badge status-(\w+)", row)
        (target,) = re.findall(r'data-label="Target">(.*?)</td>', row, re.DOTALL)
        moment = re.search(r'datetime="([^"]+)"', target)
        found[public_id] = Stood(status, date.fromisoformat(moment.group(1)) if moment else None)
    return found


def exported(text: str) -> dict[str, Stood]:
    """Each commitment of the file of a list, with its status and its target date."""
    return {
        row["public_id"]: Stood(row["status"], date.fromisoformat(row["target_on"]) if row["target_on"] else None)
        for row in csv.DictReader(io.StringIO(text, newline=""))
    }


def of_one(html: str) -> Stood:
    """Status and target date on the page of a commitment."""
    (status,) = re.findall(r'<p class="line"><span class="badge status-(\w+)', html)[:1]
    targets = dict(re.findall(r"<dt>(Original target|Target that day)</dt><dd><time datetime=\"([^\"]+)", html))
    target = targets.get("Target that day", targets.get("Original target"))
    return Stood(status, date.fromisoformat(target) if target else None)


def counted(html: str) -> dict[tuple[str, str], int]:
    """How many commitments home counts for each meeting and status."""
    cells = re.findall(r'href="/commitments/\?meeting=(talks-\d+)&amp;status=(\w+)&amp;as_of[^"]*">(\d+)<', html)
    return {(meeting, status): int(number) for meeting, status, number in cells}


@pytest.mark.parametrize("examples", [6, pytest.param(200, marks=pytest.mark.long)])
def test_every_page_tells_what_the_history_tells(desk: Desk, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @example(AsOf(FIRST))
    @example(AsOf(LAST, known=True))
    @given(PAST_DAYS)
    def agrees(as_of: AsOf) -> None:
        query = asked(as_of)
        stood = worked_out(desk.commitments, as_of.day, as_of.known)
        assert listed(desk.browser.get(f"/commitments/?{query}").text) == stood
        assert exported(desk.browser.get(f"/commitments/export.csv?{query}").text) == stood
        statuses = {public_id: one.status for public_id, one in stood.items()}
        assert badges(desk.browser.get(f"/series/talks?{query}").text) == statuses
        for public_id in ("T-2017-01", "T-2020-05"):
            response = desk.browser.get(f"/commitments/{public_id}?{query}")
            if public_id in stood:
                assert of_one(response.text) == stood[public_id]
            else:
                assert response.status_code == 404
        by_meeting: dict[tuple[str, str], int] = {}
        for public_id, status in statuses.items():
            of = (f"talks-{public_id[2:6]}", status)
            by_meeting[of] = by_meeting.get(of, 0) + 1
        home = desk.browser.get(f"/?{query}").text
        assert counted(home) == by_meeting
        overdue = [one for one in stood.values() if desk.statuses[one.status].is_open and _passed(one, as_of.day)]
        assert f"<strong>{len(overdue)}</strong><span>Overdue" in home

    agrees()


def _passed(one: Stood, day: date) -> bool:
    return one.target_on is not None and one.target_on < day


@pytest.mark.parametrize("status", ["unreviewed", "in_progress", "stalled"])
def test_a_filter_by_status_asks_for_the_status_of_that_day(desk: Desk, status: str) -> None:
    stood = worked_out(desk.commitments, date(2021, 3, 1), known=False)
    wanted = {public_id: one for public_id, one in stood.items() if one.status == status}
    html = desk.browser.get(f"/commitments/?as_of=2021-03-01&status={status}").text
    assert listed(html) == wanted != {}


def test_of_a_great_many_the_latest_are_looked_through_and_the_file_holds_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = f"as_of={LAST}"
    whole = {status: listed(desk.browser.get(f"/commitments/?{day}&status={status}").text) for status in STATUSES}
    assert sum(map(len, whole.values())) > 10
    latest = list(listed(desk.browser.get(f"/commitments/?{day}").text))[:5]
    for module in (lists, paging):
        monkeypatch.setattr(module, "COUNTED", 5)
    for status, found in whole.items():
        page = desk.browser.get(f"/commitments/?{day}&status={status}").text
        assert "Too many stood then to look through the history of each: these are of the latest 5." in page
        assert listed(page) == {one: stood for one, stood in found.items() if one in latest}
        assert exported(desk.browser.get(f"/commitments/export.csv?{day}&status={status}").text) == found
    # What narrows them enough is looked through as a whole.
    page = desk.browser.get(f"/commitments/?{day}&status={STATUSES[1]}&meeting=talks-2014").text
    assert "Too many stood then" not in page


def test_the_day_stays_in_the_links_and_the_way_back_leaves_it(editor: Browser) -> None:
    html = editor.get("/commitments/?as_of=2024-09-02&known=1&kind=undertaking").text
    links = set(re.findall(r'href="(/[^"#]*)"', html))
    inside = [link for link in links if link.startswith(("/commitments/", "/series/", "/meetings/"))]
    back = "/commitments/?kind=undertaking"
    assert back in inside
    assert [link for link in inside if "as_of=2024-09-02&amp;known=1" not in link] == [back]
    assert "/?as_of=2024-09-02&amp;known=1" in links
    assert not [link for link in links if link.startswith("/reports") and "as_of" in link]
    # The menu forgets the day with the request.
    assert "as_of=" not in "".join(re.findall(r'href="([^"]*)"', editor.get("/").text))


def test_a_banner_says_what_is_of_that_day_and_nothing_can_be_edited(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    for address in ("/", "/commitments/", PAGE, "/series/india-japan-2plus2", "/meetings/india-japan-2plus2-3"):
        html = admin.get(f"{address}?as_of=2024-09-02").text
        assert "As of <time" in html, address
        assert "titles and words are those of today" in html
        main = html.partition("<main")[2]
        assert 'method="post"' not in main, address
        assert not re.search(r'href="[^"]*/(new|edit|delete|withdraw|status)\b', main), address


def test_a_form_or_a_post_on_a_past_day_is_refused(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    typed = {"status": "stalled", "effective_on": "2024-10-01", "reason": "No.", "title": "Other"}
    typed |= {"withdrawn_on": "2024-10-01", "withdrawn_reason": "No."}
    for page in ("edit", "status", "withdraw", "delete"):
        address = f"{PAGE}/{page}"
        assert admin.get(f"{address}?as_of=2024-09-02").status_code == 409
        for to, sent in ((f"{address}?as_of=2024-09-02", typed), (address, typed | {"as_of": "2024-09-02"})):
            response = admin.post(to, sent)
            assert response.status_code == 409
            assert "On a past day nothing can be changed" in response.text
    one = records.query(Commitment).filter_by(public_id="IJ-2024-01").one()
    assert (one.version, one.status, len(one.status_updates)) == (1, "in_progress", 1)


def test_a_post_to_a_page_that_only_tells_is_refused_too(editor: Browser) -> None:
    editor.get(PAGE)
    assert editor.post(f"{PAGE}/watch?as_of=2024-09-02", {"watch": "1"}).status_code == 409
    assert "<dd>Nobody" in editor.get(PAGE).text


def test_a_list_of_a_past_day_is_exported_as_it_shows(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    page = admin.get("/commitments/?as_of=2024-08-25").text
    (address,) = re.findall(r'href="(/commitments/export\.csv[^"]*)"', page)
    assert "as_of=2024-08-25" in address
    response = admin.get(address.replace("&amp;", "&"))
    assert {one.status for one in exported(response.text).values()} == {"unreviewed"}
    assert "-as-of-2024-08-25.csv" in response.headers["Content-Disposition"]
    assert "in_progress" in admin.get("/commitments/export.csv").text
    for day, told in (("soon", "There is no day"), ("2999-01-01", "has not come yet")):
        refused = admin.get(f"/commitments/export.csv?as_of={day}")
        assert (refused.status_code, told in refused.text) == (400, True)


NO_DAYS = [
    ("soon", "There is no day &#39;soon&#39;"),
    ("2024-13-01", "There is no day"),
    ("0", "There is no day"),
    ("2024-09-02\0", "There is no day"),
    ((datetime.now(UTC) + timedelta(days=2)).date().isoformat(), "has not come yet"),
    ("9" * 5000, "There is no day"),
]


def test_a_day_that_makes_no_sense_is_told_and_today_is_shown(editor: Browser) -> None:
    for day, told in NO_DAYS:
        response = editor.get("/commitments/", query_string={"as_of": day})
        assert response.status_code == 200
        assert told in response.text
        assert "Open a consulate in Fukuoka" in response.text
        assert "Nothing can be edited" not in response.text


def test_before_everything_there_was_nothing(editor: Browser) -> None:
    for day in ("0001-01-01", "1066-10-14"):
        assert "0 commitments" in editor.get(f"/commitments/?as_of={day}&known=1").text
        assert editor.get(f"/?as_of={day}").status_code == 200
        gone = editor.get(f"{PAGE}?as_of={day}")
        assert gone.status_code == 404
        assert "there was no IJ-2024-01" in gone.text
        assert f'href="{PAGE}"' in gone.text
    assert "On 14 Oct 1066 there was no" in gone.text


def test_the_page_tells_the_history_up_to_that_day(editor: Browser) -> None:
    page = editor.get(f"{PAGE}?as_of=2024-08-25").text
    assert "Nobody has looked yet" in page
    assert "2024-08-25</span>: unreviewed." in page
    assert "It says so." in editor.get(f"{PAGE}?as_of=2024-09-01").text
    # It was recorded today, so nobody knew it then.
    assert "Nobody has looked yet" in editor.get(f"{PAGE}?as_of=2024-09-01&known=1").text


def test_a_correction_that_nobody_knew_of_does_not_show(editor: Browser, app: Flask) -> None:
    editor.fill(f"{PAGE}/status", status="stalled", effective_on="2024-10-01", reason="It waits.")
    key = re.findall(r'id="update-([^"]+)"', editor.get(PAGE).text)[0]
    form = f"{PAGE}/status?corrects={key}"
    assert editor.fill(form, status="not_started", effective_on="2024-09-15", reason="Never begun.").status_code == 302
    then = editor.get(f"{PAGE}?as_of=2024-12-01").text
    assert "Never begun." in then
    assert ">Corrected<" in then


def test_lists_and_pages_of_the_words_and_of_the_audit_are_of_today(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    for address in ("/audit/", "/statuses/", "/reports/"):
        html = admin.get(f"{address}?as_of=2024-09-02").text
        assert "Nothing can be edited here" not in html
        assert "Look at a past day" not in html


def test_home_counts_no_further_than_is_worth_it(editor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "<strong>1</strong><span>Overdue" in editor.get("/").text
    assert "<strong>1</strong><span>Overdue" in editor.get("/?as_of=2026-02-01").text
    monkeypatch.setattr("tracker.admin.dashboard.COUNTED", 0)
    assert "<strong>0+</strong><span>Overdue" in editor.get("/").text
    # Of a past day each history would have to be asked; the list still tells.
    then = editor.get("/?as_of=2026-02-01").text
    assert "<strong>" not in then.partition('class="tiles"')[2].partition("</ul>")[0]
    assert 'href="/commitments/?show=overdue&amp;as_of=2026-02-01"' in then


def test_home_shows_the_latest_meetings_and_undated_ones_last(signed_in: SignedIn, records: Session) -> None:
    admin = signed_in("admin")
    admin.fill("/meetings/new", name="Undated talks", slug="undated", classification="dialogue", status="planned")
    typed = {"title": "Undated", "meeting": "undated", "kind": "task", "statements": ["consulate"]}
    assert admin.fill("/commitments/new", **typed).status_code == 302
    bars = admin.get("/").text.partition('id="bars-title"')[2].partition("</section>")[0]
    assert bars.index("Third India-Japan 2+2") < bars.index("Undated talks")
