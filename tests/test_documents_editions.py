"""Two editions side by side: what was taken up, how it moved, what is new and what is gone."""

from datetime import date
from typing import Any

import pytest

from tests.cast import citation, meeting_of_2024
from tests.conftest import Session
from tests.test_documents_lexicon import LEXICON
from tracker.documents.drift import between, drift, reworded, wording_of
from tracker.documents.earlier import EDITIONS, editions_before, similar
from tracker.documents.editions import align, compare, counted
from tracker.models import Citation, Commitment, CommitmentLink, Meeting, Source, Statement


def edition(session: Session, third: Meeting, number: int = 4) -> Meeting:
    meeting = Meeting(
        slug=f"edition-{number}",
        series=third.series,
        edition=number,
        name=f"Edition {number}",
        classification="ministerial",
        start_date=date(2022 + number, 3, 3),
        date_precision="day",
    )
    session.add(meeting)
    return meeting


def made(meeting: Meeting, title: str, quote: str, **fields: Any) -> Commitment:
    number = len(fields.setdefault("links", [])) + hash(title) % 10_000
    source = Source(slug=f"source-{number}", title=title, classification="other")
    statement = Statement(
        slug=f"said-{number}",
        meeting=meeting,
        attribution="Both",
        summary=title,
        citations=[citation(source, quote)],
    )
    return Commitment(
        public_id=f"E-{number}",
        meeting=meeting,
        title=title,
        statements=[statement],
        **{"kind": "undertaking"} | fields,
    )


@pytest.fixture
def two(session: Session) -> tuple[Meeting, Meeting]:
    """The third edition, and a fourth that takes up some of it."""
    third = meeting_of_2024(session)
    fourth = edition(session, third)
    consulate = session.query(Commitment).filter_by(public_id="IJ-2024-01").one()
    session.add_all(
        [
            made(
                fourth,
                "The consulate",
                "intend to open a new Consulate",
                strength="intended",
                operative_phrase="intend",
                original_target_on=date(2027, 12, 31),
                original_target_precision="year",
                links=[CommitmentLink(target=consulate, relation="continues", basis="stated")],
            ),
            made(fourth, "Uphold a free Indo-Pacific", "reaffirmed a free and open Indo-Pacific", kind="principle"),
            made(fourth, "A chip foundry", "agreed to build a foundry", strength="agreed", operative_phrase="agreed"),
        ]
    )
    session.commit()
    return third, fourth


def test_what_is_linked_or_alike_stands_side_by_side(session: Session, two: tuple[Meeting, Meeting]) -> None:
    pairs = compare(session, *two, LEXICON)
    told = [
        (pair.earlier and pair.earlier.title, pair.later and pair.later.title, pair.relation, pair.marks)
        for pair in pairs
    ]
    assert sorted(told, key=str) == sorted(
        [
            ("Open a consulate in Fukuoka", "The consulate", "continues", ["softer", "later"]),
            ("Uphold a free Indo-Pacific", "Uphold a free Indo-Pacific", None, ["restated"]),
            (None, "A chip foundry", None, ["new"]),
        ],
        key=str,
    )
    assert counted(pairs) == {"softer": 1, "later": 1, "restated": 1, "new": 1}


def test_what_the_later_edition_leaves_out_is_gone(session: Session, two: tuple[Meeting, Meeting]) -> None:
    third, _ = two
    pairs = compare(session, third, edition(session, third, 5), LEXICON)
    assert [pair.marks for pair in pairs] == [["gone"], ["gone"]]


@pytest.mark.parametrize(
    ("earlier", "later", "marks"),
    [
        (("undertaking", "agreed", None), ("undertaking", "decided", None), ["firmer"]),
        (("undertaking", "decided", None), ("proposal", "exploratory", None), ["softer"]),
        (("undertaking", "agreed", None), ("report", None, None), ["recast"]),
        (("undertaking", "agreed", date(2026, 1, 1)), ("undertaking", "agreed", date(2025, 1, 1)), ["earlier"]),
        (("undertaking", "agreed", None), ("task", "agreed", date(2025, 1, 1)), ["dated"]),
        (("task", "agreed", date(2026, 1, 1)), ("task", "binding", None), ["firmer", "undated"]),
        (("principle", None, None), ("principle", None, None), ["restated"]),
    ],
)
def test_strength_date_and_kind_tell_the_drift(earlier: Any, later: Any, marks: list[str]) -> None:
    old, new = (
        Commitment(kind=kind, strength=strength, original_target_on=target, target_on=target, title="It", statements=[])
        for kind, strength, target in (earlier, later)
    )
    assert between(old, new).marks == marks
    assert drift(old, new.kind, new.strength, new.original_target_on, "It").marks == marks


def test_the_wording_is_the_quote_with_the_operative_words() -> None:
    quotes = [Citation(exact="welcomed it", ordinal=1), Citation(exact="agreed on it", ordinal=2)]
    statement = Statement(summary="x", citations=quotes)
    one = Commitment(title="It", operative_phrase="agreed", statements=[statement])
    assert wording_of(one) == "agreed on it"
    one.operative_phrase = None
    assert wording_of(one) == "welcomed it"
    assert wording_of(Commitment(title="It", statements=[])) == "It"


def test_words_are_marked_only_where_enough_of_them_stayed() -> None:
    kinds = [run.kind for run in reworded("will sign it by 2024", "will sign it by 2026")]
    assert kinds == ["same", "removed", "added"]
    assert [run.kind for run in reworded("the consulate of India", "a foundry in Nagoya")] == ["removed", "added"]


def test_similar_commitments_come_from_earlier_editions_alone(session: Session, two: tuple[Meeting, Meeting]) -> None:
    third, fourth = two
    found = similar(session, fourth, "India will open the Consulate in Fukuoka")
    assert [one.commitment.public_id for one in found][:1] == ["IJ-2024-01"]
    assert all(one.commitment.meeting_id == third.id for one in found)
    assert similar(session, third, "India will open the Consulate in Fukuoka") == []
    assert similar(session, fourth, "") == []


def test_however_many_editions_there_are_a_fixed_number_is_looked_at(
    session: Session, two: tuple[Meeting, Meeting]
) -> None:
    third, _ = two
    last = [edition(session, third, number) for number in range(5, 30)][-1]
    session.commit()
    found = editions_before(session, last)
    assert len(found) == EDITIONS
    assert [meeting.edition for meeting in found] == list(range(28, 28 - EDITIONS, -1))


OLD = """The Ministers looked forward to the early signing of the arrangements on the antenna.

They condemned terrorism in all its forms and manifestations.

They agreed to hold a dialogue on cyber security in New Delhi."""
NEW = """They condemned terrorism in all its forms and manifestations.

The Ministers decided on the signing of the arrangements on the antenna by 2027.

A new chip foundry will be established in Nagoya, Japan."""


def test_paragraphs_are_aligned_wherever_they_stand() -> None:
    rows = [
        (row.earlier and row.earlier.number, row.later and row.later.number, row.mark)
        for row in align(OLD, NEW, LEXICON)
    ]
    assert rows == [(2, 1, "restated"), (1, 2, "firmer"), (None, 3, "new"), (3, None, "gone")]
    assert align("", "", LEXICON) == []
