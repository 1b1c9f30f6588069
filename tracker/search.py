"""Search: one way to ask for the records that hold some words, whichever engine keeps them.

Case and accents do not count, nor does the order of the words. Each word is found by its beginning; within a name also
by its middle or end, and a minister by every other spelling of theirs.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, column, func, literal_column, or_, select, table, text, union
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from tracker.models import Base, Country, Minister, MinisterName, Office, Organization, Topic
from tracker.models.meetings import MeetingSeries
from tracker.models.searching import PREFIX, SEARCHED, words_expression

MOST_WORDS, LONGEST_WORD = 10, 100
# Counting on would cost more than the number is worth.
COUNTED = 10_000
# Words of so few letters, or of more records than this, do not make two records alike.
SHORT, SAYS_SOMETHING = 3, 1_000
# Of each kind of name, how many are compared with a word that was mistyped.
MOST_NAMES = 2_000
NOTHING = '""'
# As many words that begin alike are looked for one by one.
MOST_SPELT_OUT = 100
# For each search index, by leaps from word to word: no letter or digit comes before "0".
WORDS_THAT_BEGIN = {
    name: text(f"""
WITH RECURSIVE found(term) AS (
  SELECT (SELECT term FROM words_of_{name} WHERE term >= :beginning ORDER BY term LIMIT 1)
  UNION ALL
  SELECT (SELECT term FROM words_of_{name} WHERE term >= found.term || '0' ORDER BY term LIMIT 1)
    FROM found WHERE substr(found.term, 1, length(:beginning)) = :beginning)
SELECT term FROM found WHERE substr(term, 1, length(:beginning)) = :beginning LIMIT :most""")
    for name in SEARCHED
}
ACCENT = re.compile("[\u0300-\u036f]")
# Few enough to be looked through: the names in which a word is found wherever it stands.
NAMES: dict[type[Base], tuple[Any, ...]] = {
    Country: (Country.name, Country.code),
    Minister: (Minister.name, Minister.native_name),
    Organization: (Organization.name,),
    Office: (Office.label,),
    MeetingSeries: (MeetingSeries.name,),
    Topic: (Topic.label,),
}


def words_of(asked: str) -> list[str]:
    """The words that are looked for, each once; of a very long one its beginning."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _cut(asked)))[:MOST_WORDS]


def folded(word: str) -> str:
    """The word as it is compared: in lower case, without accents."""
    return ACCENT.sub("", unicodedata.normalize("NFKD", word)).lower()


def _cut(words: str) -> list[str]:
    """The runs of letters, digits and their marks."""
    return "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in words).split()


def narrowed(session: Session, selection: Select[Any], model: type[Base], asked: str) -> tuple[Select[Any], Any]:
    """The selection with only the rows of `model` that hold every word; and what orders them from old to new.

    To order a great many of them by anything else takes the engine long.
    """
    words = words_of(asked)
    key = _key(model)
    if not words:
        return selection, key
    if model in NAMES:
        return selection.where(key.in_(_named(session, model, words))), key
    if session.get_bind().dialect.name == "sqlite":
        # The sign keeps SQLite from asking the index anew for each row of the table.
        index, matches = _sqlite(model, [_spelt_out(session, model, word) for word in words])
        joined = selection.join(index, key == literal_column(f"+{index.name}.rowid")).where(matches)
        return joined, literal_column(f"{index.name}.rowid")
    return selection.where(_postgresql(model, words)), key


@dataclass(frozen=True)
class Found:
    """The newest records that hold the words, and how many there are: at most one more than COUNTED."""

    records: Sequence[Any]
    count: int


def find(
    session: Session,
    model: type[Base],
    asked: str,
    limit: int,
    *conditions: ColumnElement[bool],
    loaded: Sequence[Any] = (),
) -> Found:
    """The newest `limit` records of `model` that hold every word; none where no word is asked for.

    Where more are found than are counted, PostgreSQL gives the newest of as many as are counted. `loaded` are loader
    options for what is shown of them.
    """
    words = words_of(asked)
    if not words:
        return Found([], 0)
    found = _found(session, model, words, conditions, COUNTED + 1).cte("found").prefix_with("MATERIALIZED")
    number = select(func.count()).select_from(found).scalar_subquery()
    rows = session.execute(select(found.c[0], number).order_by(found.c[0].desc()).limit(limit)).all()
    return Found(_records(session, model, [row[0] for row in rows], loaded), rows[0][1] if rows else 0)


def similar(session: Session, model: type[Base], asked: str, limit: int, *conditions: ColumnElement[bool]) -> list[Any]:
    """The records of `model` that share most words with the text, best first; words of many records count for little.

    At least two words are shared, if so many are asked for.
    """
    words = [word for word in words_of(asked) if len(word) > SHORT]
    shared: Counter[Any] = Counter()
    weight: Counter[Any] = Counter()
    for word in words:
        ids = session.scalars(_found(session, model, [word], conditions, SAYS_SOMETHING + 1)).all()
        if len(ids) <= SAYS_SOMETHING:
            shared.update(ids)
            weight.update(dict.fromkeys(ids, 1 + SAYS_SOMETHING // max(1, len(ids))))
    best = [one for one, _ in weight.most_common() if shared[one] >= min(2, len(words))]
    return _records(session, model, best[:limit])


def _key(model: type[Base]) -> Any:
    return model.__mapper__.primary_key[0]


def _found(
    session: Session, model: type[Base], words: Sequence[str], conditions: Sequence[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """At most `limit` ids of records that hold every word; on SQLite the newest, which come first there anyway."""
    selection, newest = narrowed(session, select(_key(model)).where(*conditions), model, " ".join(words))
    if session.get_bind().dialect.name == "sqlite":
        selection = selection.order_by(newest.desc())
    return selection.limit(limit)


def _records(session: Session, model: type[Base], ids: Sequence[Any], loaded: Sequence[Any] = ()) -> list[Any]:
    """The records of these ids, in their order."""
    key = _key(model)
    found = session.scalars(select(model).where(key.in_(ids)).options(*loaded)) if ids else ()
    records = {getattr(record, key.name): record for record in found}
    return [records[one] for one in ids if one in records]


def _named(session: Session, model: type[Base], words: Sequence[str]) -> Any:
    """The ids of the records of this kind whose names hold every word."""
    asked = _sqlite_ids if session.get_bind().dialect.name == "sqlite" else _postgresql_ids
    key = _key(model)
    inside = [or_(*(name.icontains(word, autoescape=True) for name in NAMES[model])) for word in words]
    ways = [select(key).where(*inside)]
    if model.__tablename__ in SEARCHED:
        ways.append(asked(model, words, key))
    if model is Minister:
        ways.append(asked(MinisterName, words, MinisterName.minister_id))
    return union(*ways).subquery().select()


def _sqlite_ids(model: type[Base], words: Sequence[str], wanted: Any) -> Select[Any]:
    index, matches = _sqlite(model, [_beginning(word) for word in words])
    key = _key(model)
    return select(wanted).join(index, key == literal_column(f"+{index.name}.rowid")).where(matches)


def _postgresql_ids(model: type[Base], words: Sequence[str], wanted: Any) -> Select[Any]:
    return select(wanted).where(_postgresql(model, words))


def _sqlite(model: type[Base], asked: Sequence[str]) -> tuple[Any, ColumnElement[bool]]:
    """The FTS5 table of a model, and the condition that a row of it holds all that is asked for."""
    index = table(f"{PREFIX}{model.__tablename__}", column("rowid"))
    return index, literal_column(index.name).bool_op("MATCH")(" AND ".join(asked))


def _beginning(word: str) -> str:
    """How FTS5 is asked for the words that begin like this one; it folds them as it folded the text."""
    return f'"{word}" *' if len(word) > 1 else f'"{word}"'


def _spelt_out(session: Session, model: type[Base], word: str) -> str:
    """The same with the words themselves, where they are few.

    For a beginning FTS5 reads the whole lists of all that hold such a word before it gives the first; the list of a
    word it reads from its end, and no further than it is asked to.
    """
    if len(word) == 1 or not word.isascii():
        # Beyond ASCII it may fold a word otherwise than `folded` does.
        return _beginning(word)
    asked = {"beginning": word.lower(), "most": MOST_SPELT_OUT + 1}
    found = [f'"{one}"' for one in session.scalars(WORDS_THAT_BEGIN[model.__tablename__], asked)]
    # Without any, nothing is found.
    return f"({' OR '.join(found) or NOTHING})" if len(found) <= MOST_SPELT_OUT else _beginning(word)


def _postgresql(model: type[Base], words: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a row holds every word."""
    parts = [part for word in words for part in _cut(folded(word))]
    query = " & ".join(f"'{part}':*" if len(part) > 1 else f"'{part}'" for part in parts)
    return literal_column(words_expression(model.__tablename__)).bool_op("@@")(cast(query, TSQUERY))


def spans(content: str, asked: str, *, inside: bool = False) -> list[tuple[int, int]]:
    """Where in the text the words stand that are looked for: the first character of each and the one after it.

    `inside` is for names, in which a word is found by its middle and end too.
    """
    wanted = [folded(word) for word in words_of(asked)]
    found, start = [], 0
    for is_word, run in groupby(content, key=lambda c: unicodedata.category(c)[0] in "LNM"):
        length = len(word := "".join(run))
        if is_word and any(_begins(folded(word), one) or (inside and one in folded(word)) for one in wanted):
            found.append((start, start + length))
        start += length
    return found


def _begins(word: str, wanted: str) -> bool:
    return word == wanted if len(wanted) == 1 else word.startswith(wanted)


def nearest(session: Session, asked: str) -> str | None:
    """The words with those that no name holds put right by the names that are most like them; None where none is."""
    names = [name for columns in NAMES.values() for name in session.scalars(select(columns[0]).limit(MOST_NAMES))]
    names += session.scalars(select(MinisterName.name).limit(MOST_NAMES))
    known = {folded(word): word for name in names for word in words_of(name) if len(word) > SHORT}
    words = words_of(asked)
    close = {
        word: get_close_matches(folded(word), known, n=1, cutoff=0.75)
        for word in words
        if len(word) > SHORT and folded(word) not in known
    }
    better = [known[close[word][0]] if close.get(word) else word for word in words]
    return " ".join(better) if better != words else None
