"""A text in parts: nothing is lost or doubled, and each part knows what cites it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_documents_lexicon import LEXICON
from tracker.documents.paragraphs import paragraphs
from tracker.documents.reading import Coverage, coverage, portions, read

TEXT = "They agreed to meet. They will explore trade, and it rained.\n\nNothing was said. Both condemned it."
SPANS = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 40)).map(lambda at: (at[0], at[0] + at[1]))


@given(st.dictionaries(st.integers(1, 9), SPANS, max_size=9), st.none() | SPANS)
def test_parts_make_up_the_text_and_know_their_citations(
    cited: dict[int, tuple[int, int]], chosen: tuple[int, int] | None
) -> None:
    for sentence in read(TEXT, cited, LEXICON, chosen).sentences:
        place = sentence.sentence
        assert "".join(part.text for part in sentence.parts) == TEXT[place.start : place.end]
        assert sentence.parts[0].start == place.start
        for part in sentence.parts:
            end = part.start + len(part.text)
            assert TEXT[part.start : end] == part.text
            covering = {n for n, span in cited.items() if span[0] <= part.start and end <= span[1]}
            assert set(part.citations) == covering
            assert set(part.ends) == {n for n in covering if cited[n][1] == end}
            assert part.chosen == (chosen is not None and chosen[0] <= part.start and end <= chosen[1])
            inside = [one for one in sentence.operative if one.start <= part.start and end <= one.end]
            assert part.operative == bool(inside)


def test_a_sentence_is_overlooked_where_it_promises_and_nothing_cites_it() -> None:
    start = TEXT.index("agreed")
    found = read(TEXT, {1: (start, start + 6)}, LEXICON).sentences
    assert [one.overlooked for one in found] == [False, True, False, True]
    assert coverage(TEXT, [(start, start + 6)], LEXICON) == Coverage(operative=3, cited=1)


@pytest.mark.parametrize(("operative", "cited", "percent"), [(0, 0, 100), (3, 1, 33), (200, 199, 99), (2, 2, 100)])
def test_only_all_is_a_hundred_percent(operative: int, cited: int, percent: int) -> None:
    assert Coverage(operative, cited).percent == percent


def test_a_long_text_is_read_in_portions_of_whole_paragraphs() -> None:
    text = "\n\n".join(f"{number} " + "word " * 3_000 for number in range(10))
    found = paragraphs(text)
    pages = portions(found)
    assert [one for of_page in pages for one in of_page] == found
    assert [len(of_page) for of_page in pages] == [3, 3, 3, 1]
    assert portions([]) == [[]]


@pytest.mark.parametrize(
    "text",
    [
        "." * 100_000,
        '."' * 50_000,
        "agreed to " * 5_000,
        "They said Singh " * 5_000,
        "a. " + " " * 100_000,
        "-" * 100_000,
    ],
    ids=["dots", "quotes", "verbs", "names", "spaces", "dashes"],
)
def test_odd_texts_are_read_to_the_end(text: str) -> None:
    found = read(text, {1: (0, 5)}, LEXICON).sentences
    assert "".join(part.text for one in found for part in one.parts).split() == text.split()
