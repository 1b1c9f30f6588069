"""Sentences: every word stands in exactly one, in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.documents.paragraphs import paragraphs
from tracker.documents.sentences import locator, sentences


def told(text: str) -> list[str]:
    return [text[one.start : one.end] for one in sentences(text, paragraphs(text))]


@given(st.text(alphabet='ab A.?!"”“\n\r\t 。', max_size=200))
def test_nothing_but_white_space_stands_outside(text: str) -> None:
    found = sentences(text, paragraphs(text))
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    outside, at = "", 0
    for one in found:
        assert at <= one.start < one.end
        outside, at = outside + text[at : one.start], one.end
        assert not text[one.start].isspace()
        assert not text[one.end - 1].isspace()
    assert (outside + text[at:]).strip() == ""


@pytest.mark.parametrize(
    "expected",
    [
        ["They agreed.", "They met."],
        ["Dr. S. Jaishankar met Mr. Kihara of the U.S. Navy.", "He left."],
        ['"We will sign."', "He left."],
        ["“Is it so?”", "It is."],
        ["A budget of 1.5 billion was set.", "It stands."],
        ["The heading without a sign"],
        ["Wait... for it."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert told(" ".join(expected)) == expected


def test_a_place_is_told_by_its_paragraphs() -> None:
    text = "One.\n\nTwo. Three.\n\nFour."
    found = paragraphs(text)
    assert locator(found, text.index("Two"), text.index("Three")) == "paragraph 2"
    assert locator(found, text.index("Three"), len(text)) == "paragraphs 2-3"
    assert locator([], 0, 1) is None
