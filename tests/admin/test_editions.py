"""The page of two editions: chosen in the address, told in words, filtered by what became of things."""

import pytest

from tests.admin.conftest import Browser
from tests.admin.test_reading import DECIDED, at, communique, writer  # noqa: F401 # fixtures
from tests.communique import add_text
from tracker.config import Config
from tracker.db import Session
from tracker.models import Source

HERE = "/editions/india-japan-2plus2"
TAKES_UP = {"relation-IJ-2024-01": "continues", "why-IJ-2024-01": "The same consulate."}


@pytest.fixture(autouse=True)
def fourth(editor: Browser) -> None:
    """The edition after that of the cast, with one commitment that goes on and one that is new."""
    words = "They welcomed the opening of the new Consulate of India in Fukuoka."
    editor.fill(at(words), title="The consulate stands", **TAKES_UP)
    editor.fill(at(DECIDED), title="A joint centre")


def test_the_last_two_editions_stand_side_by_side(editor: Browser) -> None:
    html = editor.get(HERE).text
    assert "The consulate stands" in html
    assert "Open a consulate in Fukuoka" in html
    assert "Continues it" in html
    assert "1 new" in html
    assert "1 gone" in html
    assert 'href="/editions/india-japan-2plus2"' in editor.get("/series/india-japan-2plus2").text
    assert 'href="/editions/india-japan-2plus2"' in editor.get("/editions/").text


def test_each_wording_says_where_it_stands_and_whether_it_was_found(editor: Browser) -> None:
    html = editor.get(HERE).text
    gone = html.partition('class="moved moved-gone"')[2]
    assert '<a href="/sources/paper">' in gone
    assert "No archived text" in gone
    assert html.count('class="check good"') == 2


def test_one_kind_of_change_can_be_looked_at_alone(editor: Browser) -> None:
    html = editor.get(f"{HERE}?show=new").text
    assert "A joint centre" in html
    assert "The consulate stands" not in html
    assert "The consulate stands" in editor.get(f"{HERE}?show=nonsense").text


ODD = (
    "earlier=india-japan-2plus2-3&later=india-japan-2plus2-4",
    "earlier=india-japan-2plus2-4&later=india-japan-2plus2-3",
    "later=india-japan-2plus2-4",
    "earlier=nowhere&later=",
    "earlier=india-japan-2plus2-4&later=india-japan-2plus2-4",
    "earlier_text=x&later_text=%00",
)


def test_odd_choices_still_compare_two_editions(editor: Browser) -> None:
    for asked in ODD:
        html = editor.get(f"{HERE}?{asked}").text
        assert html.index("Third India-Japan 2+2</a>") < html.index("Fourth India-Japan 2+2</a>"), asked


def test_texts_are_compared_where_both_are_held(
    editor: Browser, web_config: Config, request: pytest.FixtureRequest
) -> None:
    assert "not both held here" in editor.get(HERE).text
    session: Session = request.getfixturevalue("writer")
    source = session.query(Source).filter_by(slug="paper").one()
    add_text(
        session,
        web_config.documents,
        source,
        "The Ministers agreed to consider a joint centre for semiconductors in Nagoya by the end of 2027.",
    )
    session.commit()
    html = editor.get(HERE).text
    assert 'class="moved moved-firmer">Firmer' in html
    assert 'href="/reading/paper#p1"' in html


def test_a_series_with_one_edition_has_nothing_to_compare(editor: Browser) -> None:
    editor.fill("/series/new", name="Quad", code="Q")
    assert "not yet two dated editions" in editor.get("/editions/quad").text
    assert editor.get("/editions/nothing").status_code == 404
