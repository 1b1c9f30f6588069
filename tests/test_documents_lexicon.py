"""What words propose: by the rules that the page of the lexicon tells, with the words that were found."""

import pytest

from tests.conftest import Session
from tracker.documents.attribution import Attribution
from tracker.documents.lexicon import Lexicon, read_lexicon
from tracker.documents.paragraphs import paragraphs
from tracker.documents.sentences import sentences
from tracker.models import LexiconEntry
from tracker.models.operative_words import lexicon_rows

LEXICON = Lexicon([LexiconEntry(**row) for row in lexicon_rows()])
PEOPLE = {"jaishankar": ["S Jaishankar", "Jaishankar"], "kihara": ["Minoru Kihara", "Kihara Minoru", "Kihara"]}


@pytest.mark.parametrize(
    ("words", "kind", "strength", "phrase"),
    [
        ("India will open a consulate.", "undertaking", "decided", "will"),
        ("They agreed to task their officials with it.", "task", "agreed", "agreed to task"),
        ("They agreed to explore it.", "proposal", "exploratory", "agreed to explore"),
        ("They concurred on exploring discussions.", "proposal", "exploratory", "concurred on exploring discussions"),
        ("They discussed trade, and agreed on steel.", "undertaking", "agreed", "agreed"),
        ("He requested the visitors to look into it.", "request", None, "requested"),
        ("They called for\n restraint.", "call", None, "called for"),
        ("They condemned it and decided to meet.", "undertaking", "decided", "decided"),
        ("The memorandum was signed.", "undertaking", "binding", "was signed"),
        ("Our desire for a new vision.", "undertaking", "intended", "desire"),
        ("Both agree, both WELCOME it.", "undertaking", "agreed", "agree"),
    ],
)
def test_the_firmest_chain_and_its_weakest_word_decide(
    words: str, kind: str, strength: str | None, phrase: str
) -> None:
    proposal = LEXICON.propose(words)
    assert proposal is not None
    assert (proposal.kind, proposal.strength, proposal.phrase) == (kind, strength, phrase)
    assert words[proposal.start : proposal.end] == phrase


@pytest.mark.parametrize(
    "words", ["", "They met.", "They did not agree on it.", "The willow stood.", "A disagreement."]
)
def test_no_word_proposes_nothing(words: str) -> None:
    assert LEXICON.propose(words) is None


def test_only_the_words_that_were_selected_count() -> None:
    text = "They decided to meet, and explored trade."
    proposal = LEXICON.propose(text, text.index("and"), len(text))
    assert proposal is not None
    assert proposal.phrase == "explored"


def test_an_edited_entry_counts(session: Session) -> None:
    assert read_lexicon(session).propose("They rubber-stamped it.") is None
    session.add(LexiconEntry(forms="rubber-stamp, rubber-stamped", used_for="operative", kind="task"))
    session.commit()
    proposal = read_lexicon(session).propose("They rubber-stamped it.")
    assert proposal is not None
    assert proposal.kind == "task"


def test_a_lexicon_without_entries_finds_nothing() -> None:
    assert Lexicon([]).propose("They will agree.") is None


@pytest.mark.parametrize(
    ("text", "at", "person", "because"),
    [
        ("S Jaishankar said that India will open it.", 0, "jaishankar", "S Jaishankar said"),
        ("It is agreed, said Defence Minister Minoru Kihara.", 0, "kihara", "said Defence Minister Minoru Kihara"),
        ("Jaishankar said so. He announced a consulate.", 1, "jaishankar", "Jaishankar said"),
        ("“We will meet. It is a priority,” Kihara remarked.", 0, "kihara", "Kihara remarked"),
        ("Kihara met Jaishankar. Both sides explored it.", 1, None, "Both sides explored"),
        ("Jaishankar said the two sides discussed trade.", 0, "jaishankar", "Jaishankar said"),
        ("They reaffirmed it.", 0, None, "They"),
    ],
)
def test_the_speaker_is_whom_the_text_names(text: str, at: int, person: str | None, because: str) -> None:
    found = sentences(text, paragraphs(text))
    speaker = Attribution(LEXICON, PEOPLE).speaker(text, found, at)
    assert speaker is not None
    assert (speaker.person, speaker.because) == (person, because)


def test_nobody_is_guessed() -> None:
    text = "The memorandum entered into force."
    found = sentences(text, paragraphs(text))
    assert Attribution(LEXICON, PEOPLE).speaker(text, found, 0) is None
    assert Attribution(LEXICON, {}).speaker(text, found, 0) is None
