"""Many commitments at once: what is chosen, what the preview says, all or nothing, and the way back."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from tests.admin.conftest import Browser, SignedIn, add_people, close, fields_of
from tests.cast import meeting_of_2024
from tests.conftest import TESTER
from tracker.app import create_app
from tracker.auditing import verify_chain
from tracker.config import Config
from tracker.db import Session, reading
from tracker.models import AuditBatch, AuditEvent, Commitment, Source, StatusUpdate

BOTH = "key=IJ-2024-01&key=IJ-2024-02"
MANY = f"/commitments/many?{BOTH}"
IN_PROGRESS = {"status": "in_progress", "effective_on": "2024-10-01", "reason": "Talks go on."}
FULFILLED = {"status": "fulfilled", "effective_on": "2025-03-27", "reason": "Done.", "source": "paper", "exact": "done"}


def typed_again(html: str) -> dict[str, Any]:
    """What the form of a preview sends along, values of the same name as a list."""
    (form,) = re.findall(r'<form method="post">(.*?)</form>', html, re.DOTALL)
    sent: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        sent.setdefault(name, []).append(value)
    return sent


def preview(browser: Browser, address: str, typed: dict[str, Any]) -> str:
    response = browser.post(address, fields_of(browser.get(address).text) | typed)
    assert response.status_code == 200
    return response.text


def change(browser: Browser, address: str, typed: dict[str, Any]) -> str:
    """Preview and save; return the address of the page that tells what was done."""
    html = preview(browser, address, typed)
    response = browser.post(address, typed_again(html) | {"save": "1"})
    assert response.status_code == 302, response.text
    return str(response.location)


def commitments(records: Session) -> list[Commitment]:
    records.rollback()
    return list(records.scalars(select(Commitment).order_by(Commitment.public_id)))


def test_a_status_comes_to_many_each_with_history_and_audit(editor: Browser, records: Session) -> None:
    done = change(editor, MANY, FULFILLED)
    found = commitments(records)
    assert [one.status for one in found] == ["fulfilled", "fulfilled"]
    updates = [one.status_updates[-1] for one in found]
    assert {(one.recorded_by, one.reason, one.effective_on) for one in updates} == {
        ("editor", "Done.", date(2025, 3, 27))
    }
    assert [[cited.exact for cited in one.citations] for one in updates] == [["done"], ["done"]]
    batch = records.get_one(AuditBatch, int(done.rpartition("/")[2]))
    assert [(event.action, event.record) for event in batch.events] == [
        ("created", "status_update"),
        ("created", "citation"),
    ] * 2
    assert verify_chain(records.connection()) == []
    page = editor.get(done).text
    assert "2 commitments changed" in page
    assert page.count("Status recorded: Fulfilled, true since <time") == 2


def test_a_new_source_is_made_once(editor: Browser, records: Session) -> None:
    change(editor, MANY, FULFILLED | {"source": "", "source_title": "Release of March"})
    assert records.scalar(select(func.count()).select_from(Source).where(Source.title == "Release of March")) == 1
    cited = [one.status_updates[-1].citations[0].source.slug for one in commitments(records)]
    assert cited == ["release-of-march", "release-of-march"]


def test_the_preview_changes_nothing_and_tells_each_record(editor: Browser, records: Session) -> None:
    before = records.scalar(select(func.count()).select_from(AuditBatch))
    html = preview(editor, MANY, IN_PROGRESS | {"source": "", "source_title": "Never made", "new_target_on": "2027"})
    assert "Change 2 commitments?" in html
    assert re.search(r"IJ-2024-02.*?Unreviewed.*?<strong>In progress, target 2027", html, re.DOTALL)
    assert [one.status for one in commitments(records)] == ["in_progress", "unreviewed"]
    assert records.scalar(select(func.count()).select_from(AuditBatch)) == before
    assert records.scalar(select(func.count()).select_from(Source)) == 1


def test_what_a_rule_refuses_is_named_and_the_others_are_changed(editor: Browser, records: Session) -> None:
    typed = IN_PROGRESS | {"status": "no_evidence_found"}
    html = preview(editor, MANY, typed)
    assert "Change 1 commitment?" in html
    refused = html.partition("Refused: 1")[2]
    assert re.search(r"IJ-2024-01.*?something was known before", refused, re.DOTALL)
    editor.post(MANY, typed_again(html) | {"save": "1"})
    assert [one.status for one in commitments(records)] == ["in_progress", "no_evidence_found"]


def test_an_update_before_a_later_one_is_told_to_leave_the_status(editor: Browser) -> None:
    html = preview(editor, MANY, IN_PROGRESS | {"status": "not_started", "effective_on": "2024-08-21"})
    assert 'In progress, target 2025 <span class="needed">recorded; what stands stays' in html


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("topics", {"action": "add", "topics": ["", "trade"]}, "<strong>Consular, Trade"),
        ("topics", {"action": "remove", "topics": ["", "consular"]}, "<strong>None"),
        ("review", {"review_due_on": "2027-01-01"}, "<strong>1 Jan 2027"),
        ("owner", {"owner": "anna"}, "<strong>anna"),
        ("party", {"action": "add", "country": "FR", "role": "partner", "office": "eam"}, "France, partner"),
        ("party", {"action": "remove", "country": "IN", "role": "lead"}, "<strong>Japan, partner"),
    ],
)
def test_each_kind_of_change_is_made_and_taken_back(
    editor: Browser, app: Flask, records: Session, kind: str, typed: dict[str, Any], told: str
) -> None:
    editor.fill("/topics/new", label="Trade", slug="trade")
    editor.fill("/countries/new", code="FR", name="France")
    before = [state(one) for one in commitments(records)]
    address = f"{MANY}&change={kind}"
    assert told in preview(editor, address, typed)
    done = change(editor, address, typed)
    changed = [state(one) for one in commitments(records)]
    assert changed != before
    response = editor.post(done)
    assert response.status_code == 302
    assert [state(one) for one in commitments(records)] == before
    # What takes back is a step like any other.
    assert editor.post(response.location).status_code == 302
    assert [state(one) for one in commitments(records)] == changed
    assert verify_chain(records.connection()) == []


def state(one: Commitment) -> tuple[Any, ...]:
    parties = sorted((str(party), party.role, str(party.office)) for party in one.parties)
    return (one.owner, one.review_due_on, sorted(topic.slug for topic in one.topics), parties)


def test_a_status_is_taken_back_by_a_correction_with_its_evidence(editor: Browser, records: Session) -> None:
    change(editor, MANY, FULFILLED | {"status": "partly_fulfilled"})
    done = change(editor, MANY, FULFILLED | {"effective_on": "2025-06-01"})
    assert editor.post(done).status_code == 302
    for one in commitments(records):
        assert one.status == "partly_fulfilled"
        correction = one.status_updates[-1]
        assert correction.corrects is not None
        assert correction.corrects.status == "fulfilled"
        assert "Taken back: recorded for many at once" in (correction.reason or "")
        assert [cited.exact for cited in correction.citations] == ["done"]


def test_a_first_status_is_taken_back_to_unreviewed(editor: Browser, records: Session) -> None:
    assert editor.post(change(editor, MANY, IN_PROGRESS)).status_code == 302
    assert [one.status for one in commitments(records)] == ["in_progress", "unreviewed"]


def test_what_was_changed_again_since_is_named_and_left_out_of_taking_back(editor: Browser, records: Session) -> None:
    done = change(editor, f"{MANY}&change=owner", {"owner": "anna"})
    editor.fill("/commitments/IJ-2024-02/edit", owner="ben")
    response = editor.post(done)
    assert response.status_code == 409
    assert "IJ-2024-02 Uphold a free Indo-Pacific</strong>: Its owner is ben by now." in response.text
    assert [one.owner for one in commitments(records)] == ["anna", "ben"]
    assert editor.post(done, {"left_out": ["IJ-2024-02"]}).status_code == 302
    assert [one.owner for one in commitments(records)] == [None, "ben"]


def test_a_status_with_a_later_one_is_not_taken_back(editor: Browser, records: Session) -> None:
    done = change(editor, MANY, IN_PROGRESS)
    editor.fill("/commitments/IJ-2024-01/status", status="stalled", effective_on="2024-10-01", reason="It waits.")
    response = editor.post(done)
    assert response.status_code == 409
    assert "IJ-2024-01 Open a consulate in Fukuoka</strong>: A status was recorded since." in response.text
    assert [len(one.status_updates) for one in commitments(records)] == [3, 1]


@pytest.mark.parametrize(
    "theirs",
    [
        {"page": "edit", "title": "Another title"},
        {"page": "edit", "topics": ["", ""]},
        {"page": "status", "status": "stalled", "effective_on": "2024-10-02", "reason": "It waits."},
    ],
)
def test_a_change_between_preview_and_save_is_named_and_nothing_changed(
    signed_in: SignedIn, editor: Browser, records: Session, theirs: dict[str, Any]
) -> None:
    html = preview(editor, f"{MANY}&change=owner", {"owner": "anna"})
    page = theirs["page"]
    other = signed_in("admin")
    assert other.fill(f"/commitments/IJ-2024-01/{page}", **theirs | {"page": ""}).status_code == 302
    response = editor.post(f"{MANY}&change=owner", typed_again(html) | {"save": "1"})
    assert response.status_code == 409
    assert "Nothing was changed" in response.text
    named = re.findall(r"<li><strong>([^<]*)</strong>: Somebody has changed it", response.text)
    assert len(named) == 1
    assert named[0].startswith("IJ-2024-01")
    assert [one.owner for one in commitments(records)] == [None, None]
    # The new preview is of how things stand now.
    assert editor.post(f"{MANY}&change=owner", typed_again(response.text) | {"save": "1"}).status_code == 302
    assert [one.owner for one in commitments(records)] == ["anna", "anna"]


def test_an_open_form_knows_of_topics_that_came_meanwhile(
    signed_in: SignedIn, editor: Browser, records: Session
) -> None:
    editor.fill("/topics/new", label="Trade", slug="trade")
    other = signed_in("admin")
    form = other.get("/commitments/IJ-2024-01/edit").text
    change(editor, f"{MANY}&change=topics", {"action": "add", "topics": ["", "trade"]})
    version = re.findall(r'name="version"[^>]*value="([^"]*)"', form)[-1]
    response = other.post(
        "/commitments/IJ-2024-01/edit",
        {"version": version, "title": "Mine", "meeting": "india-japan-2plus2-3", "kind": "undertaking",
         "statements": ["consulate"], "topics": [""]},
    )  # fmt: skip
    assert response.status_code == 409
    assert sorted(topic.slug for topic in commitments(records)[0].topics) == ["consular", "trade"]


def test_one_that_fails_in_the_database_changes_nothing_and_is_named(
    editor: Browser, records: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = preview(editor, f"{MANY}&change=owner", {"owner": "anna"})
    monkeypatch.setattr(Commitment, "problems", lambda self: ["it is refused"] if self.public_id.endswith("2") else [])
    response = editor.post(f"{MANY}&change=owner", typed_again(html) | {"save": "1"})
    assert response.status_code == 409
    assert "IJ-2024-02 Uphold a free Indo-Pacific</strong>: It is refused." in response.text
    assert [one.owner for one in commitments(records)] == [None, None]


def test_all_that_match_are_chosen_by_the_filter(editor: Browser) -> None:
    html = editor.get("/commitments/?kind=principle").text
    (link,) = re.findall(r'href="(/commitments/many\?all=1[^"]*)"', html)
    page = editor.get(link.replace("&amp;", "&")).text
    assert "Change 1 commitment<" in page
    assert "IJ-2024-02" in page
    assert "IJ-2024-01" not in page


SENSELESS = [
    ("", "Nothing is chosen"),
    ("key=IJ-2024-99", "There is no &#39;IJ-2024-99&#39;"),
    ("all=1&kind=nonsense", "there is no &#39;nonsense&#39; to choose"),
    ("all=1&knd=principle", "There is no filter &#39;knd&#39;; did you mean &#39;kind&#39;?"),
    ("all=1&q=nothing+like+it", "Nothing is chosen"),
    ("key=IJ-2024-01&change=nonsense", "Change 1 commitment<"),
    ("key=%00&key=IJ-2024-01", "Change 1 commitment<"),
]


def test_a_choice_that_makes_no_sense_is_told(editor: Browser) -> None:
    for query, told in SENSELESS:
        response = editor.get(f"/commitments/many?{query}")
        assert response.status_code == 200
        assert told in response.text


def test_more_than_can_be_looked_at_is_refused(editor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.admin.bulk.MOST", 1)
    assert "More than 1 match" in editor.get("/commitments/many?all=1").text


WRONG = [
    ("status", {"status": "", "reason": "Kept text"}, "Choose a status"),
    ("status", {"status": "stalled", "effective_on": "soon", "reason": "Kept text"}, "Not a valid date"),
    ("topics", {"action": "add", "topics": [""]}, "Choose at least one topic"),
    ("party", {"action": "add", "role": "lead"}, "one of the two"),
    ("party", {"action": "add", "country": "IN", "organization": "mea", "role": "lead"}, "one of the two"),
    ("review", {"review_due_on": "soon"}, "Not a valid date"),
]


def test_a_mistake_in_the_form_is_told_and_nothing_typed_is_lost(editor: Browser) -> None:
    for kind, typed, told in WRONG:
        html = preview(editor, f"{MANY}&change={kind}", typed)
        assert told in html
        assert "Kept text" in html or "reason" not in typed


def test_the_preview_leads_back_to_the_form_with_what_was_typed(editor: Browser) -> None:
    html = preview(editor, MANY, IN_PROGRESS)
    back = editor.post(MANY, typed_again(html) | {"review": "1"}).text
    assert "Talks go on." in back
    assert "Change 2 commitments<" in back


def test_where_all_is_as_wanted_nothing_is_offered(editor: Browser) -> None:
    html = preview(editor, f"{MANY}&change=owner", {"owner": ""})
    assert "Nothing would change" in html
    assert 'name="save"' not in html


def test_a_batch_of_another_kind_is_not_taken_back_here(editor: Browser) -> None:
    for number in ("1", "999", "x", "9" * 30):
        assert editor.get(f"/commitments/many/{number}").status_code == 410
        assert editor.post(f"/commitments/many/{number}").status_code == 410


def test_a_viewer_sees_no_way_to_choose(signed_in: SignedIn) -> None:
    html = signed_in("viewer").get("/commitments/").text
    assert "Change those ticked" not in html
    assert "Change all" not in html
    assert 'type="checkbox"' not in html.partition("<table")[2]


# On each engine, while others write

EVERYTHING = "/commitments/many?all=1&q=M-"
RENAMED = [f"M-{n:03}" for n in range(0, 30, 10)]
RECORDED = [f"M-{n:03}" for n in range(5, 30, 10)]


@dataclass
class Desks:
    app: Flask
    records: Session
    number: int

    def browser(self, name: str) -> Browser:
        browser = Browser(self.app.test_client())
        browser.sign_in(name)
        return browser


@pytest.fixture
def desks(request: pytest.FixtureRequest, config: Config, engine: Engine, password_hash: str) -> Iterator[Desks]:
    """An app over so many commitments of one meeting."""
    add_people(config, password_hash)
    with Session(engine, info={"origin": TESTER}) as session:
        meeting = meeting_of_2024(session)
        statements = session.scalars(select(Commitment).limit(1)).one().statements
        session.add_all(
            Commitment(
                public_id=f"M-{n:03}", meeting=meeting, kind="principle", title=f"Matter {n}", statements=statements
            )
            for n in range(request.param)
        )
        session.commit()
    app = create_app(config)
    # For reading: it must not keep the app from writing.
    with Session(reading(engine)) as records:
        yield Desks(app, records, request.param)
    close(app)


@pytest.mark.parametrize("desks", [30, pytest.param(500, marks=pytest.mark.long)], indirect=True)
def test_many_at_once_while_two_others_edit_some_of_them(desks: Desks) -> None:
    me = desks.browser("admin")
    html = preview(me, EVERYTHING, IN_PROGRESS)
    assert f"Change {desks.number} commitments?" in html
    others = [threading.Thread(target=one, args=(desks.browser("editor"),)) for one in (rename, record)]
    for other in others:
        other.start()
    named = change_until_alone(me, html, others)
    assert named <= {*RENAMED, *RECORDED}
    records = desks.records
    found = records.scalars(select(Commitment).where(Commitment.public_id.startswith("M-"))).all()
    assert {one.status for one in found} == {"in_progress"}
    assert {one.public_id for one in found if one.title.startswith("Renamed")} == set(RENAMED)
    waiting = select(StatusUpdate).where(StatusUpdate.reason == "It waits.")
    assert {one.commitment.public_id for one in records.scalars(waiting)} == set(RECORDED)
    mine = select(func.count()).select_from(StatusUpdate).where(StatusUpdate.reason == "Talks go on.")
    times, rest = divmod(records.scalar(mine) or 0, desks.number)
    assert (times > 0, rest) == (True, 0)
    events = select(func.count()).select_from(AuditEvent).where(AuditEvent.record == "status_update")
    assert records.scalar(events) == records.scalar(select(func.count()).select_from(StatusUpdate))
    assert verify_chain(records.connection()) == []


def rename(browser: Browser) -> None:
    for key in RENAMED:
        browser.fill(f"/commitments/{key}/edit", title=f"Renamed {key}")


def record(browser: Browser) -> None:
    for key in RECORDED:
        typed = IN_PROGRESS | {"status": "stalled", "effective_on": "2024-09-20", "reason": "It waits."}
        browser.fill(f"/commitments/{key}/status", **typed)


def change_until_alone(me: Browser, html: str, others: list[threading.Thread]) -> set[str]:
    """Save again and again until a save went through after the others were done; the conflicts that were named."""
    named: set[str] = set()
    alone = False
    while not alone:
        alone = not any(other.is_alive() for other in others)
        response = me.post(EVERYTHING, typed_again(html) | {"save": "1"})
        if response.status_code == 409:
            named |= set(re.findall(r"<li><strong>(M-\d+)", response.text))
            html, alone = response.text, False
        else:
            assert response.status_code == 302
            html = html if alone else preview(me, EVERYTHING, IN_PROGRESS)
    return named


@pytest.mark.parametrize("desks", [30, pytest.param(500, marks=pytest.mark.long)], indirect=True)
def test_the_conflicts_of_many_are_named(desks: Desks) -> None:
    me, other = desks.browser("admin"), desks.browser("editor")
    address = "/commitments/many?all=1&q=M-&change=owner"
    html = preview(me, address, {"owner": "anna"})
    for key in ("M-007", "M-029"):
        assert other.fill(f"/commitments/{key}/edit", title=f"Renamed {key}").status_code == 302
    response = me.post(address, typed_again(html) | {"save": "1"})
    assert response.status_code == 409
    assert re.findall(r"<li><strong>([^<]+)</strong>: Somebody", response.text) == [
        "M-007 Renamed M-007",
        "M-029 Renamed M-029",
    ]
    desks.records.rollback()
    owned = select(func.count()).select_from(Commitment).where(Commitment.owner == "anna")
    assert desks.records.scalar(owned) == 0
    assert me.post(address, typed_again(response.text) | {"save": "1"}).status_code == 302
    desks.records.rollback()
    assert desks.records.scalar(owned) == desks.number
    assert desks.records.scalar(select(func.count()).where(Commitment.title.startswith("Renamed"))) == 2
