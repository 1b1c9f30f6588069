"""Who said a sentence, as the sentence and those before it in the text tell."""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tracker.documents.lexicon import Lexicon, any_of
from tracker.documents.sentences import Sentence

# How many words may stand between a name and a verb of saying.
BETWEEN = 6
# Whom these mean was named before.
NAMED_BEFORE = re.compile(r"\b(?:he|she|the (?:\w+ )?minister)\b", re.IGNORECASE)
# These may mean anybody.
PRONOUNS = ("we", "they")
# How many sentences to look back and ahead.
BACK, AHEAD = 12, 4
# Characters of a sentence in which a speaker is looked for.
LONGEST = 2_000

Person = TypeVar("Person", bound=Hashable)


@dataclass(frozen=True)
class Speaker(Generic[Person]):
    """Who speaks: one person, or all sides where `person` is None; `because` are the words that tell."""

    person: Person | None
    because: str


class Attribution(Generic[Person]):
    """Finds the speaker among people, each with the names by which a text may call them."""

    def __init__(self, lexicon: Lexicon, people: Mapping[Person, Sequence[str]]) -> None:
        named = [(" ".join(name.casefold().split()), person) for person, names in people.items() for name in names]
        bearers = {name: {person for other, person in named if other == name} for name, _ in named if name}
        # A name that several bear tells nothing.
        self.people: dict[str, Person] = {name: whom.pop() for name, whom in bearers.items() if len(whom) == 1}
        self.lexicon = lexicon
        self.names = any_of(self.people)

    def speaker(self, text: str, sentences: Sequence[Sentence], at: int) -> Speaker[Person] | None:
        """Who speaks in the sentence of this index, None where the text does not tell."""
        found = self._named(text, sentences[at])
        if found is None and _in_quote(text, sentences[at]):
            found = self._ahead(text, sentences, at)
        if found is None and (_in_quote(text, sentences[at]) or NAMED_BEFORE.search(text, *_span(sentences[at]))):
            before = (self._named(text, sentences[n]) for n in range(at - 1, max(-1, at - 1 - BACK), -1))
            found = next((one for one in before if one is not None and one.person is not None), None)
        if found is None:
            joint = self.lexicon.joint.search(text, *_span(sentences[at]))
            found = Speaker(None, joint.group()) if joint else None
        return found

    def _named(self, text: str, sentence: Sentence) -> Speaker[Person] | None:
        """Whoever is named nearest before a verb of saying, or right after one ("said Kamikawa"); a person first."""
        best: tuple[int, bool, Speaker[Person]] | None = None
        names: list[tuple[re.Match[str], Person | None]] = [
            (name, self._person(name)) for name in self.names.finditer(text, *_span(sentence))
        ]
        names += [(name, None) for name in self._sides(text, sentence)]
        for verb in self.lexicon.saying.finditer(text, *_span(sentence)):
            for name, person in names:
                gap = _gap(text, name, verb)
                if gap is not None and (best is None or (gap, person is None) < best[:2]):
                    begin, end = min(name.start(), verb.start()), max(name.end(), verb.end())
                    best = gap, person is None, Speaker(person, " ".join(text[begin:end].split()))
        return best[2] if best else None

    def _ahead(self, text: str, sentences: Sequence[Sentence], at: int) -> Speaker[Person] | None:
        """Who is named where the quote ends, in the same paragraph."""
        for later in sentences[at + 1 : at + 1 + AHEAD]:
            if "\n" in text[sentences[at].end : later.start]:
                return None
            found = self._named(text, later)
            if found is not None or NAMED_BEFORE.search(text, *_span(later)):
                return found
        return None

    def _person(self, name: re.Match[str]) -> Person:
        return self.people[" ".join(name.group().casefold().split())]

    def _sides(self, text: str, sentence: Sentence) -> list[re.Match[str]]:
        found = self.lexicon.joint.finditer(text, *_span(sentence))
        return [name for name in found if name.group().casefold() not in PRONOUNS]


def _span(sentence: Sentence) -> tuple[int, int]:
    return sentence.start, min(sentence.end, sentence.start + LONGEST)


def _in_quote(text: str, sentence: Sentence) -> bool:
    """Whether a quote goes on into the sentence, begins with it or does not end in it."""
    line = text[text.rfind("\n", 0, sentence.start) + 1 : sentence.start]
    words = text[sentence.start : sentence.end]
    before, after = (part.count("“") + part.count("«") - part.count("”") - part.count("»") for part in (line, words))
    return before > 0 or after > 0 or line.count('"') % 2 == 1 or words.count('"') % 2 == 1 or words[:1] in '"“«'


def _gap(text: str, name: re.Match[str], verb: re.Match[str]) -> int | None:
    """How many words stand between a name and the verb after or before it; None where they are too many."""
    if name.end() <= verb.start():
        between = text[name.end() : verb.start()]
        words = len(between.split())
        return None if words > BETWEEN or re.search(r"[.;]", between) else words
    between = text[verb.end() : name.start()]
    # After the verb only titles stand before the name: "said External Affairs Minister S Jaishankar".
    titles = all(word[:1].isupper() or word in ("the", "of", "for", "and") for word in between.split())
    return (
        len(between.split()) + 1 if titles and len(between.split()) <= BETWEEN and name.start() >= verb.end() else None
    )
