"""The search over everything, and the lists at sizes that are not counted any more."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.admin.conftest import Browser, SignedIn
from tracker import search
from tracker.admin import lists, paging, searching


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


def test_rows_without_a_value_come_last_either_way(editor: Browser) -> None:
    # The second has neither strength nor target.
    for sort in ("strength", "-strength", "target", "-target"):
        assert ids(editor, f"sort={sort}") == ["IJ-2024-01", "IJ-2024-02"]


def test_what_is_found_in_great_numbers_stands_by_age_and_says_so(editor: Browser, few_counted: None) -> None:
    assert ids(editor, "q=ij&sort=title") == ["IJ-2024-02"]
    page = text_of(editor.get("/commitments/?q=ij&sort=title").text)
    assert "the newest first" in page
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
