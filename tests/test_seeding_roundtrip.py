"""Whatever a file says comes back from the database in the same words."""

import tempfile
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.seed_folder import FILES, MEETING, good, write
from tracker.db import Session
from tracker.models.base import HIDDEN
from tracker.models.commitments import MILESTONE_STATUSES, PARTY_ROLES, RELATIONS
from tracker.models.lookups import STATUSES
from tracker.models.sources import BEARINGS
from tracker.seeding.load import load
from tracker.seeding.merge import flat
from tracker.seeding.plan import make_plan
from tracker.seeding.records import Seeds
from tracker.seeding.rows import describe

Data = dict[str, Any]

texts = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: text and not HIDDEN.search(text))
)
days = st.dates(date(1950, 1, 1), date(2024, 8, 1)).map(date.isoformat)
periods = st.builds(lambda day, length: day[:length], days, st.sampled_from([4, 7, 10]))
topics = st.lists(st.sampled_from(["security", "cyber"]), unique=True)
slugs = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)


def record(required: Data, optional: Data) -> st.SearchStrategy[Data]:
    """A mapping that has the required fields and some of the optional ones."""
    fixed = {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in required.items()
    }
    return st.fixed_dictionaries(fixed, optional=optional)


def with_selector(citation: Data, start: int) -> Data:
    exact = citation.get("exact")
    # Offsets count the text as it is kept: composed.
    length = len(unicodedata.normalize("NFC", exact)) if exact else 0
    return citation | ({"selector": {"start": str(start), "end": str(start + length)}} if length else {})


citations = st.builds(
    with_selector,
    record(
        {"source": "report"},
        {"exact": texts, "prefix": texts, "suffix": texts, "locator": texts, "bearing": st.sampled_from(BEARINGS)},
    ),
    st.integers(0, 10_000),
)
statements = record(
    {"summary": texts, "attribution": texts, "citations": st.lists(citations, min_size=1, max_size=3)},
    {"said_on": periods, "topics": topics},
)
parties = st.lists(
    st.tuples(st.sampled_from(["IN", "NO", "ministry"]), st.sampled_from(PARTY_ROLES)), min_size=1, unique=True
).map(lambda pairs: [{"organization" if len(who) > 2 else "country": who, "role": role} for who, role in pairs])
milestones = st.lists(
    record({"slug": slugs, "criterion": texts, "status": st.sampled_from(MILESTONE_STATUSES)}, {"due_on": periods}),
    max_size=3,
    unique_by=lambda milestone: milestone["slug"],
)
updates = st.lists(
    record(
        {
            "key": slugs,
            "status": st.sampled_from([name for name, *_ in STATUSES if name != "no_evidence_found"]),
            "effective_on": days,
            "reason": texts,
            "citations": st.lists(citations, min_size=1, max_size=2),
        },
        {"recorded_on": st.just("2024-08-02"), "recorded_by": texts, "new_target_on": periods},
    ),
    max_size=3,
    unique_by=lambda update: update["key"],
)
commitments = record(
    {"kind": "call", "title": texts, "parties": parties, "milestones": milestones, "status_updates": updates},
    {
        "summary": texts,
        "promised_on": st.just("1949"),
        "original_target_on": periods,
        "review_due_on": days,
        "owner": texts,
        "topics": topics,
    },
)
links = st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(RELATIONS)), max_size=4)


def meeting(said: list[Data], promised: list[Data], linked: set[tuple[int, int, str]]) -> Data:
    said = [{"slug": f"s-{n}"} | statement for n, statement in enumerate(said)]
    names = [f"IJ-2024-{n}" for n in range(len(promised))]
    carried = [statement["slug"] for statement in said]
    promised = [
        {"public_id": name, "statements": [*carried]} | commitment
        for name, commitment in zip(names, promised, strict=True)
    ]
    for start, end, relation in sorted(linked):
        if start != end and max(start, end) < len(names):
            link = {"relation": relation, "to": names[end], "basis": "stated"}
            promised[start].setdefault("links", []).append(link)
    first = yaml.load(FILES[MEETING].partition("statements:")[0], Loader=yaml.BaseLoader)
    return {**first, "statements": said, "commitments": promised}


meetings = st.builds(
    meeting, st.lists(statements, min_size=1, max_size=3), st.lists(commitments, min_size=1, max_size=4), links
)


def described(session: Session, seeds: Seeds) -> dict[tuple[str, str], Data]:
    """Each record as the database tells it."""
    session.expire_all()
    plan = make_plan(session, seeds)
    assert [step.name for step in plan.steps if step.action != "same"] == []
    return {step.name: describe(plan.rows[step.name], type(step.record.model)) for step in plan.steps}


def comes_back(session: Session, data: Data) -> None:
    """Load one meeting, look at it, and take it back: the database of the test serves every example."""
    with tempfile.TemporaryDirectory() as folder:
        content = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        seeds = good(write(Path(folder) / "seeds", {MEETING: content}))
    try:
        load(session, make_plan(session, seeds), "asha")
        found = described(session, seeds)
    finally:
        session.rollback()
    for expected in seeds.records:
        # Paths leave out the order of parts: it has no meaning, and that of links is not kept.
        there = flat(found[expected.kind, expected.key], type(expected.model))
        here = flat(expected.content, type(expected.model))
        here.pop(expected.model.nested_in, None)
        assert {path: there.get(path) for path in here} == here
        assert there.keys() - here.keys() <= {"recorded_on", "recorded_by"}


# Shrinking loads the same meeting hundreds of times.
EACH = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@settings(EACH, max_examples=8)
@given(data=meetings)
def test_a_record_comes_back_from_the_database_as_it_was_written(session: Session, data: Data) -> None:
    comes_back(session, data)


@pytest.mark.long
@settings(EACH, max_examples=150)
@given(data=meetings)
def test_many_records_come_back_from_the_database_as_they_were_written(session: Session, data: Data) -> None:
    comes_back(session, data)
