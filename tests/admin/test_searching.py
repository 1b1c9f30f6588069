"""The search over everything, and the lists at sizes that are not counted any more."""

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import event, select

from tests.admin.conftest import BASE, Browser, SignedIn
from tests.conftest import TESTER
from tracker import search
from tracker.admin import downloading, finding, lists, paging, searching
from tracker.admin.handle import db
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import (
    Citation,
    Commitment,
    CommitmentParty,
    Country,
    Meeting,
    MeetingSeries,
    Minister,
    Office,
    Organization,
    Source,
    Statement,
    Topic,
    Verification,
)
from tracker.reports.formats import Sheet


def text_of(html: str) -> str:
    """What a page says, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_one_page_shows_what_each_kind_holds_with_the_words_marked(editor: Browser) -> None:
    page = editor.get("/search/?q=CONSULATE+open").text
    assert "<mark>Open</mark> a <mark>consulate</mark> in Fukuoka" in page
    assert "India will <mark>open</mark> a <mark>consulate</mark>." in page
    assert "will <mark>open</mark> a new <mark>Consulate</mark>" in page
    assert 'href="/commitments/IJ-2024-01"' in page


def test_a_minister_is_found_by_another_spelling_which_is_shown(editor: Browser) -> None:
    page = editor.get("/search/?q=Subrahmanyam").text
    assert "S Jaishankar" in page
    assert "<mark>Subrahmanyam</mark> Jaishankar" in page


def test_a_name_is_found_by_its_middle_which_is_marked(editor: Browser) -> None:
    assert "S <mark>Jaishankar</mark>" in editor.get("/search/?q=shank").text


def test_a_mistyped_name_is_put_right(editor: Browser) -> None:
    page = editor.get("/search/?q=Jaishanker").text
    assert "Nothing holds all of these words." in page
    assert '<a href="/search/?q=Jaishankar">Jaishankar</a>?' in page


@pytest.mark.parametrize(
    "asked", ["", "%22", "%00", "'--", "%3Cscript%3Ealert(1)%3C/script%3E", "x" * 2000, "%F0%9F%98%80"]
)
def test_odd_words_find_nothing_and_break_nothing(editor: Browser, asked: str) -> None:
    for address in (f"/search/?q={asked}", f"/commitments/?q={asked}", f"/ministers/?q={asked}"):
        page = editor.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_a_long_text_is_cut_around_the_first_word_that_was_found() -> None:
    text = "before " * 40 + "the needle <b> " + "after " * 60
    shown = searching.passage(text, "needle")
    assert shown.startswith("\N{HORIZONTAL ELLIPSIS} before")
    assert "the <mark>needle</mark> &lt;b&gt; after" in shown
    assert shown.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert len(text_of(shown)) < 300
    assert searching.passage("short & sweet", "x") == "short &amp; sweet"


def test_the_commitment_whose_id_was_typed_comes_first(editor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    editor.fill("/commitments/IJ-2024-02/edit", title="After 01 of 2024")
    monkeypatch.setattr(searching, "SHOWN", 1)
    page = editor.get("/search/?q=ij-2024-01").text
    assert "IJ</mark>-<mark>2024</mark>-<mark>01</mark> Open a consulate" in page
    assert "After" not in page
    assert "All 2" in page


def test_more_than_are_shown_stand_in_the_list(editor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SHOWN", 1)
    assert 'href="/commitments/?q=ij">All 2' in editor.get("/search/?q=ij").text
    listed = editor.get("/commitments/?q=ij").text
    assert "2 commitments found" in listed


# Lists


@pytest.fixture
def few_counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two commitments are more than are counted, and a page holds one."""
    for module in (lists, paging):
        monkeypatch.setattr(module, "COUNTED", 1)
        monkeypatch.setattr(module, "PAGE_SIZE", 1)
        monkeypatch.setattr(module, "FAR", 2)
    monkeypatch.setattr(search, "COUNTED", 1)
    return None


def ids(browser: Browser, query: str) -> list[str]:
    page = browser.get(f"/commitments/?{query}").text
    return re.findall(r'<td data-label="Id">.*?>(IJ-[0-9-]+)<', page)


SORTS = ("public_id", "title", "kind", "strength", "status", "target", "meeting")


def test_an_order_is_the_same_whether_gathered_or_walked_and_from_either_end(
    editor: Browser, request: pytest.FixtureRequest
) -> None:
    gathered = {sort: ids(editor, f"sort={sort}") for way in SORTS for sort in (way, f"-{way}")}
    assert all(len(found) == 2 for found in gathered.values())
    request.getfixturevalue("few_counted")
    for sort, whole in gathered.items():
        assert [ids(editor, f"sort={sort}&page={page}") for page in (1, 2)] == [[one] for one in whole], sort
        assert [ids(editor, f"sort={sort}&page={page}") for page in (-2, -1)] == [[one] for one in whole], sort


BY_WHAT_BELONGS = ("party=IN", "party=JP", "party=mea", "minister=s-jaishankar", "topic=consular", "show=unverified",
                   "verification=unchecked", "verification=not_found", "party=JP&topic=consular")  # fmt: skip


def test_a_filter_by_what_belongs_to_records_finds_the_same_whether_gathered_or_walked(
    editor: Browser, web_config: Config, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(web_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        first, second = session.scalars(select(Commitment).order_by(Commitment.id))
        japan = session.scalars(select(Country).where(Country.code == "JP")).one()
        first.parties += [CommitmentParty(country=japan, role=role) for role in ("addressee", "beneficiary")]
        second.parties.append(CommitmentParty(country=japan, role="lead"))
        session.commit()
    engine.dispose()
    gathered = {query: ids(editor, query) for query in BY_WHAT_BELONGS}
    assert [len(found) for found in gathered.values()] == [1, 2, 1, 2, 1, 2, 2, 0, 1]
    request.getfixturevalue("few_counted")
    # Of what belongs to them a part that tells nothing, since it is all of one record's, to one that tells everything.
    for part in (1, 2, 3, 4, 5):
        monkeypatch.setattr(paging, "PART", part)
        for query, whole in gathered.items():
            found = [ids(editor, f"{query}&page={page}") for page in range(1, len(whole) + 1)]
            assert found == [[one] for one in whole], (part, query)
            told = text_of(editor.get(f"/commitments/?{query}").text)
            assert ("More than" in told) == (len(whole) > 1), (part, query)


def test_verified_is_what_rests_on_no_quote_but_those_that_were_found(editor: Browser, web_config: Config) -> None:
    engine = create_engine(web_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        statement = session.scalars(select(Statement)).one()
        (cited,) = statement.citations
        cited.verifications.append(Verification(result="verbatim"))
        session.commit()
        assert ids(editor, "verification=verified") == ["IJ-2024-02", "IJ-2024-01"]
        statement.citations.append(Citation(source=cited.source, exact="another", ordinal=2))
        session.commit()
        assert ids(editor, "verification=verified") == []
        assert ids(editor, "verification=unchecked") == ["IJ-2024-02", "IJ-2024-01"]
    engine.dispose()


def test_rows_without_a_value_come_last_either_way(editor: Browser) -> None:
    # The second has neither strength nor target.
    for sort in ("strength", "-strength", "target", "-target"):
        assert ids(editor, f"sort={sort}") == ["IJ-2024-01", "IJ-2024-02"]


@pytest.mark.parametrize("web_config", ["sqlite"], indirect=True)
def test_what_is_found_in_great_numbers_stands_by_age_and_says_so(editor: Browser, few_counted: None) -> None:
    assert ids(editor, "q=ij&sort=title") == ["IJ-2024-02"]
    page = text_of(editor.get("/commitments/?q=ij&sort=title").text)
    assert "the newest first" in page
    assert ids(editor, "q=ij&page=-1") == ids(editor, "q=ij&page=2")
    assert "More than 10,000 commitments found" in page


def test_pages_in_the_midst_of_a_great_many_are_not_walked_to(editor: Browser, few_counted: None) -> None:
    page = text_of(editor.get("/commitments/?page=9999").text)
    assert "Pages beyond 2 are not shown." in page
    assert "Page 2" in page
    assert "Page 2 from the end" in text_of(editor.get("/commitments/?page=-7").text)
    assert ids(editor, "page=-0") == ids(editor, "page=1") == ids(editor, "page=x")


def test_no_list_breaks_on_any_page_or_order(app: Flask, signed_in: SignedIn, few_counted: None) -> None:
    browser = signed_in("admin")
    for view in app.extensions["record_views"].values():
        address = f"/{view.endpoint.replace('_', '-')}/"
        for query in ("", "?page=-1", "?page=7", "?q=a", *(f"?sort=-{sort}" for sort in view.sorts)):
            assert browser.get(address + query).status_code == 200, address + query


# Exports


def exported(browser: Browser, address: str) -> bytes:
    # Closed, since its connection would be left to the collector of garbage.
    with browser.client.get(address, base_url=BASE) as response:
        assert response.status_code == 200, address
        return response.data


def test_an_export_holds_exactly_what_is_filtered_in_each_form(editor: Browser) -> None:
    wanted = "?kind=undertaking&party=JP&topic=consular"
    (row,) = csv.DictReader(io.StringIO(exported(editor, f"/commitments/export.csv{wanted}").decode()))
    assert (row["public_id"], row["meeting"], row["topics"], row["parties"]) == (
        "IJ-2024-01",
        "india-japan-2plus2-3",
        "consular",
        "IN JP",
    )
    assert row["original_target_on"] == "2025-12-31"
    assert [one["public_id"] for one in json.loads(exported(editor, f"/commitments/export.json{wanted}"))] == [
        "IJ-2024-01"
    ]
    book = load_workbook(io.BytesIO(exported(editor, f"/commitments/export.xlsx{wanted}")), read_only=True)
    cells = [cell.value for line in book.active.iter_rows() for cell in line]
    assert "IJ-2024-01" in cells
    assert "IJ-2024-02" not in cells


def test_an_export_is_ordered_as_its_list_and_holds_its_search(editor: Browser) -> None:
    def keys(query: str) -> list[str]:
        return [row["public_id"] for row in json.loads(exported(editor, f"/commitments/export.json?{query}"))]

    assert keys("sort=title") == ["IJ-2024-01", "IJ-2024-02"]
    assert keys("sort=-title") == ["IJ-2024-02", "IJ-2024-01"]
    assert keys("q=fukuoka") == ["IJ-2024-01"]
    assert keys("sort=-strength") == ["IJ-2024-01", "IJ-2024-02"]


def test_no_cell_of_an_export_is_taken_for_a_formula(editor: Browser) -> None:
    editor.fill("/topics/new", label="=cmd|'/c calc'!A1", slug="evil")
    assert "\n'=cmd" in exported(editor, "/topics/export.csv").decode().replace("\r", "").replace("evil,", "\n")


def test_every_list_can_be_exported(app: Flask, signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    for view in app.extensions["record_views"].values():
        address = f"/{view.endpoint.replace('_', '-')}/export.csv"
        assert exported(browser, address).count(b"\r\n") >= 1, address
    assert browser.get("/commitments/export.exe").status_code == 404


# Filters


FILTERED = {
    "series=india-japan-2plus2": 2,
    "meeting=india-japan-2plus2-3": 2,
    "minister=s-jaishankar": 2,
    "party=IN": 1,
    "party=mea": 1,
    "made=2024": 2,
    "made=2024-09..": 0,
    "target=2025-01..2025": 1,
    "target=..2024": 0,
    "review=2030": 0,
    "verification=unchecked": 2,
    "verification=not_found": 0,
    "verification=verified": 0,
    "topic=consular": 1,
    "status=in_progress&kind=undertaking&party=JP&made=2024-08-20": 1,
}


def test_each_filter_narrows_and_all_combine(editor: Browser) -> None:
    assert {query: len(ids(editor, query)) for query in FILTERED} == FILTERED


def test_a_topic_holds_those_below_it_however_deep(editor: Browser) -> None:
    for slug, parent in (("people", ""), ("travel", "people")):
        editor.fill("/topics/new", label=slug, slug=slug, parent=parent)
    editor.fill("/topics/consular/edit", parent="travel")
    assert ids(editor, "topic=people") == ["IJ-2024-01"]


def test_a_value_that_means_nothing_is_told_and_kept(editor: Browser) -> None:
    page = editor.get("/commitments/?made=soon&status=nonsense&target=2025..2024").text
    assert "Made: Write a day as 2024-08-20" in page
    assert "Status: there is no" in page
    assert "2025 comes after 2024" in page
    assert 'value="soon"' in page


def test_a_filter_that_there_is_not_is_told_with_the_one_that_was_meant(editor: Browser) -> None:
    page = editor.get("/commitments/?statuss=stalled").text
    assert "There is no filter &#39;statuss&#39;; did you mean &#39;status&#39;?" in page
    assert "The list is not narrowed by it." in page
    assert "There is no filter" not in editor.get("/commitments/?q=x&sort=title&page=1&as_of=2024-09-01&known=1").text
    assert "There is no filter &#39;status&#39;." in editor.get("/countries/?status=stalled").text


@pytest.mark.parametrize("query", ["statuss=stalled", "status=nonsense", "made=soon"])
def test_a_file_of_more_than_was_asked_for_is_refused(editor: Browser, query: str) -> None:
    assert editor.get(f"/commitments/export.csv?{query}").status_code == 400


# Look-ups


@pytest.fixture
def few_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single record is too many to choose from."""
    monkeypatch.setattr(finding, "FEW", 0)


def test_a_form_looks_up_where_there_are_too_many_to_choose_from(editor: Browser, few_offered: None) -> None:
    page = editor.get("/commitments/IJ-2024-01/edit").text
    assert 'data-lookup="/search/lookup/meetings" data-shown="Third India-Japan 2+2"' in page
    assert 'value="india-japan-2plus2-3"' in page
    saved = editor.fill("/commitments/IJ-2024-01/edit", title="Sent as it stood")
    assert saved.location == "/commitments/IJ-2024-01"
    assert 'value="consular" checked' in editor.get("/commitments/IJ-2024-01/edit").text


CHOSEN_FROM = (
    (Country, "code"), (Organization, "slug"), (Office, "slug"), (Minister, "slug"), (MeetingSeries, "slug"),
    (Meeting, "slug"), (Source, "slug"), (Topic, "slug"), (Statement, "slug"), (Commitment, "public_id"),
)  # fmt: skip


def test_what_can_be_chosen_from_is_called_as_everywhere_and_read_once(app: Flask, records: Session) -> None:
    read: list[str] = []
    with app.test_request_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: read.append(args[2]))
        for model, key in CHOSEN_FROM:
            named = {(getattr(one, key), finding.called(one)) for one in records.scalars(select(model))}
            assert named, model
            assert set(finding.few(model, key) or ()) == named
            finding.few(model, key)
    asked = [one for one in read if "FROM" in one]
    assert len(asked) == len(CHOSEN_FROM)
    # No more than key and name, which is not all that these have.
    assert [one for one in asked if one.partition("FROM")[0].count(",") > 1] == []


def test_without_a_script_a_line_takes_words_and_says_what_it_does_not_understand(
    editor: Browser, few_offered: None
) -> None:
    assert editor.fill("/commitments/IJ-2024-01/edit", meeting="third japan").status_code == 302
    page = editor.fill("/commitments/IJ-2024-01/edit", meeting="nothing like it").text
    assert "There is no &#39;nothing like it&#39;." in page
    page = editor.fill("/links/new", commitment="IJ-2024", target="IJ-2024-01", relation="continues").text
    assert "may be IJ-2024-02 Uphold a free Indo-Pacific (IJ-2024-02), IJ-2024-01 Open a consulate" in page
    assert ids(editor, "meeting=third+japan") == ["IJ-2024-02", "IJ-2024-01"]


def test_a_look_up_offers_what_letters_may_mean_and_no_more_than_so_many(
    editor: Browser, anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(address: str) -> list[str]:
        return [one["key"] for one in json.loads(editor.get(address).data)]

    assert found("/search/lookup/ministers?q=subra") == ["s-jaishankar"]
    assert found("/search/lookup/commitments?q=fuku&limit=-1") == ["IJ-2024-01"]
    assert found("/search/lookup/parties?q=a") == ["JP", "IN", "mea"]
    monkeypatch.setattr(finding, "OFFERED", 1)
    assert found("/search/lookup/commitments") == ["IJ-2024-02"]
    for kind in ("audit", "citations", "statuses", "nonsense"):
        assert editor.get(f"/search/lookup/{kind}").status_code == 404
    assert anonymous.get("/search/lookup/ministers").status_code == 302


# Saved views


def save_view(browser: Browser, name: str, query: str, **more: str) -> None:
    browser.get("/commitments/")
    saved = browser.post("/views/save", {"list": "commitments", "name": name, "query": query} | more)
    assert saved.status_code == 302, saved.text


def test_a_view_is_kept_for_oneself_and_offered_above_its_list(editor: Browser, signed_in: SignedIn) -> None:
    save_view(editor, "Open ones", "status=in_progress&sort=-title&page=3&nonsense=1")
    page = editor.get("/commitments/").text
    assert '<a href="/commitments/?status=in_progress&amp;sort=-title">Open ones</a>' in page
    assert "Open ones" not in signed_in("viewer").get("/commitments/").text
    assert "Open ones" not in editor.get("/meetings/").text


def test_a_view_for_everybody_names_its_author(editor: Browser, signed_in: SignedIn) -> None:
    save_view(editor, "Open ones", "status=in_progress", shared="1")
    viewer = signed_in("viewer")
    assert 'Open ones</a> <span class="muted">by editor</span>' in viewer.get("/commitments/").text
    save_view(viewer, "Own one", "kind=task", shared="1")
    assert "Own one" not in editor.get("/commitments/").text, "a viewer offers nothing to others"


def test_a_view_of_the_same_name_makes_room(editor: Browser) -> None:
    save_view(editor, "Own one", "kind=task")
    save_view(editor, "Own one", "kind=call")
    page = editor.get("/views/").text
    assert page.count(">Own one</a>") == 1
    assert "kind=call" in page


def test_a_view_is_deleted_by_its_author_or_an_administrator(editor: Browser, signed_in: SignedIn) -> None:
    save_view(editor, "Theirs", "kind=task")
    save_view(editor, "Shared", "kind=call", shared="1")
    viewer, admin = signed_in("viewer"), signed_in("admin")
    viewer.get("/views/")
    assert [viewer.post(f"/views/{key}/delete").status_code for key in ("1", "2", "x")] == [410] * 3
    admin.get("/views/")
    assert [admin.post(f"/views/{key}/delete").status_code for key in ("1", "2")] == [410, 302]
    editor.get("/views/")
    assert editor.post("/views/1/delete").status_code == 302
    assert "None yet." in editor.get("/views/").text


# Downloads


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_download_that_is_given_up_ends(form: str) -> None:
    asked: list[int] = []

    def rows() -> Iterator[tuple[str]]:
        for n in range(1_000_000):
            asked.append(n)
            yield (f"{n * 7919 % 1_000_003} of many",)

    parts = downloading.written(Sheet(("a",), rows(), ("a",)), form)
    assert next(parts)
    parts.close()  # type: ignore[attr-defined] # it is a generator
    assert len(asked) < 500_000


def test_of_a_great_many_a_workbook_is_said_to_take_long(editor: Browser, request: pytest.FixtureRequest) -> None:
    assert "takes minutes" not in editor.get("/commitments/").text
    request.getfixturevalue("few_counted")
    assert "takes minutes" in editor.get("/commitments/").text
