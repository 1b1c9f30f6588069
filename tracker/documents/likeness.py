"""How alike texts are by the words that they share; the rarer a word among them, the more it counts."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from tracker.documents.normal import normalise

WORD = re.compile(r"\w+")
# Inflected forms of a word mostly have their first letters in common: explore, explored, exploring.
STEM = 5
SHORTEST = 3
# Below this two texts have no more in common than any two of one meeting.
ALIKE = 0.08

Key = TypeVar("Key", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)
Vector = dict[str, float]


class Corpus(Generic[Key]):
    """Texts by key, to be compared with others; a likeness is the cosine of the angle, from 0 to 1.

    How rare a word is, these texts tell, and `others` of their kind.
    """

    def __init__(self, texts: Mapping[Key, str], others: Iterable[str] = ()) -> None:
        counted = {key: Counter(stems(text)) for key, text in texts.items()}
        around = [set(stems(text)) for text in others]
        self._size = len(texts) + len(around)
        self._spread = Counter(word for words in [*counted.values(), *around] for word in words)
        self._vectors = {key: self._vector(words) for key, words in counted.items()}
        self._places: defaultdict[str, list[Key]] = defaultdict(list)
        for key, vector in self._vectors.items():
            for word in vector:
                self._places[word].append(key)

    def nearest(self, text: str) -> list[tuple[Key, float]]:
        """The texts that have a word in common with this one, the likest first."""
        sought = self._vector(Counter(stems(text)))
        scores: defaultdict[Key, float] = defaultdict(float)
        for word, weight in sought.items():
            for key in self._places.get(word, ()):
                scores[key] += weight * self._vectors[key][word]
        return sorted(scores.items(), key=lambda pair: -pair[1])

    def _vector(self, words: Counter[str]) -> Vector:
        """The weight of each word, with the length 1 in all."""
        weights = {
            word: (1 + math.log(count)) * math.log((self._size + 1) / (self._spread[word] + 0.5))
            for word, count in words.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / length for word, weight in weights.items()}


def stems(text: str) -> Iterable[str]:
    """The beginnings of the words of a text, in lower case."""
    words = (found.group() for found in WORD.finditer(normalise(text).text.casefold()))
    return (word[:STEM] for word in words if len(word) >= SHORTEST or word.isdecimal())


def matched(earlier: Mapping[Key, str], later: Mapping[Other, str], least: float = ALIKE) -> dict[Other, Key]:
    """Which earlier text each later one takes up: the likest pairs first, each text once; unlike ones stay alone."""
    corpus = Corpus(earlier, later.values())
    pairs = [
        (score, n, key, other) for n, (other, text) in enumerate(later.items()) for key, score in corpus.nearest(text)
    ]
    found: dict[Other, Key] = {}
    taken: set[Key] = set()
    for score, _, key, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if score >= least and other not in found and key not in taken:
            found[other] = key
            taken.add(key)
    return found
