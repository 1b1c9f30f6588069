"""Paragraphs as people count them, and the differences between two versions of a text."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.documents.differences import changes, words
from tracker.documents.paragraphs import paragraph_at, paragraphs


def shown(text: str) -> list[str]:
    return [text[one.start : one.end] for one in paragraphs(text)]


def test_blank_lines_part_paragraphs_whatever_the_line_ends() -> None:
    assert shown("\ufeffTitle\n\n  One wrapped\nline. \n \n\t\nTwo.\n") == ["\ufeffTitle", "One wrapped\nline.", "Two."]
    assert shown("Title\r\n\r\nOne wrapped\r\nline.\r\n\r\nTwo.") == ["Title", "One wrapped\r\nline.", "Two."]
    assert shown("") == shown(" \n \n") == []


def test_a_line_that_nobody_would_wrap_is_a_paragraph() -> None:
    long = "The two sides agreed. " * 12
    assert shown(f"Title\n{long}\nThey met again.\n\nA wrapped\nline.") == [
        "Title",
        long.strip(),
        "They met again.",
        "A wrapped\nline.",
    ]


def test_numbers_and_points_begin_paragraphs() -> None:
    text = "Preamble of two\nlines.\n1. The first\npoint.\n(2) The second.\n• A bullet.\nIn\n2024 nothing."
    assert shown(text) == [
        "Preamble of two\nlines.",
        "1. The first\npoint.",
        "(2) The second.",
        "• A bullet.\nIn\n2024 nothing.",
    ]


def test_a_character_is_in_its_paragraph_or_in_none() -> None:
    text = "\nOne.\n\nTwo."
    found = paragraphs(text)
    numbers = [one.number if (one := paragraph_at(found, at)) else None for at in range(len(text))]
    assert numbers == [None, 1, 1, 1, 1, None, None, 2, 2, 2, 2]


@given(st.text(alphabet="ab1. \n\r\t•"))
def test_paragraphs_hold_every_word_in_order(text: str) -> None:
    found = paragraphs(text)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert "".join("".join(shown(text)).split()) == "".join(text.split())


def told(old: str, new: str) -> list[tuple[int | None, int | None, str]]:
    return [(one.old, one.new, one.kind) for one in changes(old, new)]


def test_paragraphs_of_two_versions_face_each_other() -> None:
    old = "Title\n\nThey agreed to open it in May.\n\nGone.\n\nThe end."
    new = "Title\n\nNew and quite unlike.\n\nThey agreed to open it in June.\n\nThe end."
    assert told(old, new) == [
        (1, 1, "same"),
        (None, 2, "added"),
        (2, 3, "changed"),
        (3, None, "removed"),
        (4, 4, "same"),
    ]
    assert told("", "One.") == [(None, 1, "added")]
    assert told("One.", "") == [(1, None, "removed")]


def test_typesetting_is_no_change() -> None:
    assert told("The “office” is\nopen.\n\nEnd", 'The "office"  is open.\n\n\nEnd') == [(1, 1, "same"), (2, 2, "same")]


def test_the_words_that_differ_are_told_apart() -> None:
    runs = [
        (run.kind, run.text) for run in words("We agreed to open it in May, 2025.", "We will open it in May, 2026.")
    ]
    assert runs == [
        ("same", "We "),
        ("removed", "agreed to "),
        ("added", "will "),
        ("same", "open it in May, "),
        ("removed", "2025"),
        ("added", "2026"),
        ("same", "."),
    ]


@given(st.text(alphabet="ab \n"), st.text(alphabet="ab \n"))
def test_nothing_of_either_version_is_lost(old: str, new: str) -> None:
    found = changes(old, new)
    assert [one.old for one in found if one.old] == list(range(1, len(paragraphs(old)) + 1))
    assert [one.new for one in found if one.new] == list(range(1, len(paragraphs(new)) + 1))
    kept = "".join(run.text for one in found for run in one.runs if run.kind != "removed")
    assert "".join(kept.split()) == "".join(new.split())
