"""Quotes found in texts: to the letter, or but for typesetting; and never with another word."""

# ruff: noqa: RUF001, the look-alike marks are what is tested

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.documents.differences import changes
from tracker.documents.extraction import tidied
from tracker.documents.normal import normalise
from tracker.documents.quotes import Match, Quote, Text
from tracker.models.base import HIDDEN

TEXT = (
    "The ministers reviewed what both sides had done since their talks in spring.\n\n"
    "They agreed to open a second “liaison office” – staffed by civilians – in the harbour town, and\n"
    "India’s deputy promised 1,500 places for trainees. He called it a non-binding arrangement;\n"
    "his counterpart spoke of ‘free, open’ waters, of co-\noperation among coastguards and of Indo-\n"
    "Pacific trade. A ﬁnal communiqué will follow before year-end.\n\n"
    "The next round takes place elsewhere. The ministers reviewed nothing else.\n"
)


def find(exact: str, text: str = TEXT, **place: object) -> Match:
    return Text(text).find(Quote(exact, **place))  # type: ignore[arg-type] # each test names the fields it gives


def found(exact: str, text: str = TEXT) -> tuple[str, str | None]:
    """The result, and the words of the text that it points to."""
    match = find(exact, text)
    return match.result, text[match.start : match.end] if match.start is not None else None


def test_exact_words_are_verbatim() -> None:
    assert found("agreed to open a second “liaison office”") == ("verbatim", "agreed to open a second “liaison office”")


@pytest.mark.parametrize(
    ("exact", "passage"),
    [
        ("since  their\ttalks\nin\u00a0spring", "since their talks in spring"),
        ("in the harbour town, and India's deputy", "in the harbour town, and\nIndia’s deputy"),
        ('a second "liaison office"', "a second “liaison office”"),
        ("a second «\u00a0liaison office\u00a0»", "a second “liaison office”"),
        ("of “free, open” waters", "of ‘free, open’ waters"),
        ("“liaison office” — staffed by civilians", "“liaison office” – staffed by civilians"),
        ("“liaison office”--staffed by civilians", "“liaison office” – staffed by civilians"),
        ("of cooperation among coastguards", "of co-\noperation among coastguards"),
        ("of co-operation among coastguards", "of co-\noperation among coastguards"),
        ("of Indo-Pacific trade", "of Indo-\nPacific trade"),
        ("and of Indo-\u2028Pacific trade", "and of Indo-\nPacific trade"),
        ("promised 1,500 places for train-\nees", "promised 1,500 places for trainees"),
        ("A final communique\u0301 will", "A ﬁnal communiqué will"),
        ("promised 1,500 pla\u00adces for trai\u00ad\nnees", "promised 1,500 places for trainees"),
    ],
)
def test_typesetting_does_not_count_and_offsets_lead_to_the_original(exact: str, passage: str) -> None:
    assert found(exact) == ("normalised", passage)


def test_a_text_in_another_composition_or_with_hidden_characters_is_read_alike() -> None:
    text = unicodedata.normalize("NFD", "Café tå \u200bréunion à Québec 한국 Ω.")
    assert found("tå réunion à", text) == ("normalised", unicodedata.normalize("NFD", "tå \u200bréunion à"))
    assert found("한국 Ω", text) == ("normalised", unicodedata.normalize("NFD", "한국 Ω"))


@pytest.mark.parametrize(
    ("exact", "difference"),
    [
        ("agreed to open a third “liaison office”", ("third", "second")),
        ("agreed to open a Second “liaison office”", ("Second", "second")),
        ("agreed to open a second big “liaison office”", ("big", "")),
        ("agreed to open a “liaison office”", ("", "second")),
        ("binding arrangement", ("binding", "non-binding")),
        ("500 places for trainees", ("500", "1,500")),
        ("promised 1,500 place", ("place", "places")),
        ("India", ("India", "India’s")),
        ("operation among coastguards", ("operation", "co- operation")),
        ("promised 1,600 places for trainees", ("1,600", "1,500")),
        ("of ‘free open’ waters", ("", ",")),
    ],
)
def test_another_word_is_not_found_and_is_pointed_out(exact: str, difference: tuple[str, str]) -> None:
    match = find(exact)
    assert match.result == "not_found"
    assert match.nearest is not None
    assert match.nearest.differences == [difference]


def test_the_nearest_passage_is_the_one_that_has_most_in_common() -> None:
    nearest = find("The ministers reviewed what both parties have done since their talks").nearest
    assert nearest is not None
    assert nearest.text == "The ministers reviewed what both sides had done since their talks"
    assert TEXT[nearest.start : nearest.end] == nearest.text
    assert nearest.differences == [("parties have", "sides had")]


def test_a_single_misspelt_word_has_a_nearest_passage_too() -> None:
    nearest = find("coastguard").nearest
    assert nearest is not None
    assert nearest.text == "coastguards"


def test_where_nothing_is_alike_there_is_no_nearest_passage() -> None:
    assert find("Xylophone quizzes") == Match("not_found")
    assert find("anything", text="") == Match("not_found")


def test_a_quote_may_begin_anywhere_where_words_are_not_spaced() -> None:
    assert found("自由で開かれた", "両国は自由で開かれたインド太平洋を支持した。")[0] == "verbatim"


def test_a_quote_of_marks_alone_is_harmless() -> None:
    for exact in ("–", "\u00ad", "“", "-\n"):
        assert find(exact).result in ("verbatim", "normalised", "not_found")


REPEATED = "We agreed today. They said: we agreed. In closing we agreed again. And we agreed."


def test_of_several_places_the_given_one_counts() -> None:
    at = REPEATED.index("we agreed.")
    assert find("we agreed", REPEATED, start=at, end=at + 9) == Match("verbatim", at, at + 9)


def test_offsets_that_do_not_fit_only_choose_among_the_places() -> None:
    last = REPEATED.rindex("we agreed")
    assert find("we agreed", REPEATED, start=last + 2, end=last + 11) == Match("verbatim", last, last + 9)


def test_words_before_and_after_choose_among_the_places() -> None:
    at = REPEATED.index("we agreed again")
    assert find("we agreed", REPEATED, prefix="In\n closing ", suffix=" again").start == at
    assert find("we agreed", REPEATED, suffix="again").start == at
    assert find("we agreed", REPEATED, prefix="said:").start == REPEATED.index("we agreed.")
    assert find("we agreed", REPEATED).start == REPEATED.index("we agreed")


# Words of our own, each once, so that a passage stands in the text once; with every mark that is made alike.
PASSAGE = (
    "Both delegations “reviewed progress” made under last year’s programme – notably joint patrols, rescue "
    "drills and port visits – before turning towards rules-based trade. Ministers Amélie Dübendorf (France) "
    "and Øystein Ås «welcomed» 2,750 scholarships; officials should finish an updated, legally sound framework "
    "‘without delay’ while affirming flexible financing of coast-guard vessels, Indo-Pacific fisheries, "
    "naïve-looking pilots, offshore wind, efficient ﬂeets, undersea cables, vaccine stocks, visas, "
    "semiconductors, ammonia fuel, disaster relief, satellite data, seismology, archives."
)
WORDS = PASSAGE.split()

WHITE_SPACE = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\u00a0", " \n\n ", "\u2009", "\u3000"])
MARKS = ["“", "”", '"', "'", "«", "»", "„", "‘", "’", "‹", "`"]
DASHES = ["-", "–", "—", "\u2011", "\u2212", " – "]
ALIKE = dict.fromkeys("“”«»‘’", MARKS) | dict.fromkeys("–-", DASHES) | {"ﬂ": ["ﬂ", "fl"]}


@st.composite
def passages(draw: st.DrawFn) -> tuple[int, int]:
    """The first and the last word (not included) of a passage."""
    start = draw(st.integers(0, len(WORDS) - 3))
    return start, draw(st.integers(start + 3, min(len(WORDS), start + 30)))


def set_anew(draw: Callable[..., Any], words: list[str]) -> str:
    """The words as another typesetter might have set them."""
    pieces = []
    for word in words:
        letters = [draw(st.sampled_from(ALIKE[c])) if c in ALIKE else c for c in word]
        if word.isalpha() and len(word) > 4 and draw(st.booleans()):
            letters.insert(draw(st.integers(2, len(word) - 2)), draw(st.sampled_from(["-\n", "\u00ad", "\u00ad\n"])))
        pieces += ["".join(letters), draw(WHITE_SPACE)]
    form = draw(st.sampled_from(["NFC", "NFD"]))
    return unicodedata.normalize(form, "".join(pieces[:-1]))


# How often each is tried by `make test`, and once in a while.
FEW, MANY = 100, pytest.param(1_000, marks=pytest.mark.long)


@pytest.mark.parametrize("times", [FEW, MANY])
def test_quotes_set_anew_are_all_found_where_they_stand(times: int) -> None:
    settings(deadline=None, max_examples=times)(given(st.data())(set_anew_and_found))()


def set_anew_and_found(data: st.DataObject) -> None:
    start, end = data.draw(passages())
    match = find(set_anew(data.draw, WORDS[start:end]), PASSAGE)
    assert match.result in ("verbatim", "normalised")
    assert PASSAGE[match.start : match.end] == " ".join(WORDS[start:end])


@settings(deadline=None)
@given(st.data())
def test_a_quote_is_found_in_a_text_set_anew(data: st.DataObject) -> None:
    start, end = data.draw(passages())
    parts = [set_anew(data.draw, part) if part else "" for part in (WORDS[:start], WORDS[start:end], WORDS[end:])]
    text = " ".join(parts)
    match = find(" ".join(WORDS[start:end]), text)
    assert match.result in ("verbatim", "normalised")
    # A dash may have got white space around it, which is no part of what is found.
    assert text[match.start : match.end] == parts[1].strip()


def other_word(draw: Callable[..., Any], word: str) -> str:
    """The word with a letter or digit replaced, left out, added, or in the other case; or another word."""
    places = [at for at, c in enumerate(word) if c.isalnum()]
    at = draw(st.sampled_from(places))
    new = draw(st.sampled_from([c for c in "abcxyz0189" if c != word[at]]))
    others = [
        word[:at] + new + word[at + 1 :],
        word[:at] + new + word[at:],
        word[:at] + word[at + 1 :] if len(places) > 1 else f"{word}s",
        word[:at] + word[at].swapcase() + word[at + 1 :] if word[at].isalpha() else f"{word}5",
        "never",
    ]
    return str(draw(st.sampled_from(others)))


@pytest.mark.parametrize("times", [FEW, MANY])
def test_of_quotes_with_one_word_changed_none_is_found(times: int) -> None:
    settings(deadline=None, max_examples=times)(given(st.data())(changed_and_not_found))()


def changed_and_not_found(data: st.DataObject) -> None:
    start, end = data.draw(passages())
    words = WORDS[start:end]
    changed = data.draw(st.sampled_from([at for at, word in enumerate(words) if any(c.isalnum() for c in word)]))
    words[changed] = other_word(data.draw, words[changed])
    quote = data.draw(st.sampled_from([" ".join(words), set_anew(data.draw, words)]))
    match = find(quote, PASSAGE)
    assert match.result == "not_found"
    assert match.nearest is not None
    assert match.nearest.differences


@settings(deadline=None)
@given(st.text())
def test_the_normal_form_of_any_text_leads_back_into_it(text: str) -> None:
    form = normalise(text)
    assert len(form.text) == len(form.starts) == len(form.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(form.starts, form.ends, strict=True))
    assert list(form.starts) == sorted(form.starts)
    assert list(form.ends) == sorted(form.ends)


@settings(deadline=None)
@given(st.text())
def test_the_normal_form_is_final(text: str) -> None:
    form = normalise(text).text
    assert normalise(form).text == form


# Each takes for ever if a rule looks at every part of a long run again.
ODD = {
    "spaces": "a" + " " * 200_000 + "b",
    "lines": "a" + "\n" * 200_000 + "b",
    "dashes": "a-\n" * 60_000,
    "marks": "' " * 100_000,
    "dots": "." * 200_000,
    "invisible": "\u200d" * 200_000,
    "accents": "a" + "\u0301" * 200_000,
    "points": "1. a\n" * 4_000,
}


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_are_searched_and_compared_to_the_end(name: str) -> None:
    text = Text(ODD[name])
    assert text.find(Quote("They agreed to open it")).result == "not_found"
    assert text.find(Quote("".join(ODD[name][:50]) + "x")).result == "not_found"
    assert "".join(tidied(ODD[name]).split()) == "".join(HIDDEN.sub("", ODD[name]).split())
    kept = [run.text for change in changes(ODD[name], ODD[name] + "!") for run in change.runs if run.kind != "removed"]
    assert "".join("".join(kept).split()) == "".join((ODD[name] + "!").split())
