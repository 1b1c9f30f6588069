"""Search finds what holds the words, on both engines alike, and its indexes follow every change."""

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DatabaseError

from tests.cast import meeting_of_2024
from tracker import search
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import (
    Base,
    Citation,
    Commitment,
    Country,
    Meeting,
    MeetingSeries,
    Minister,
    MinisterName,
    Organization,
    Source,
    Statement,
    StatusUpdate,
    Topic,
)
from tracker.models.searching import PREFIX, SEARCHED, sqlite_search_tables
from tracker.schema import trees


@pytest.fixture
def records(session: Session) -> Session:
    """The shared cast, and a minister with accents and a name in another script."""
    meeting_of_2024(session)
    session.add(
        Minister(
            slug="yoko-kamikawa",
            name="Yōko Kamikawa",
            native_name="上川陽子",
            sort_name="Kamikawa, Yōko",
            country=session.get_one(Country, "JP"),
            other_names=[MinisterName(name="Kamikawa Youko")],
        )
    )
    session.commit()
    return session


KAMIKAWA, JAISHANKAR = ["Yōko Kamikawa"], ["S Jaishankar"]
CASES = (
    (Minister, "Kamikawa Yoko", KAMIKAWA),
    (Minister, "yoko kamikawa", KAMIKAWA),
    (Minister, "YŌKO", KAMIKAWA),
    (Minister, "youko", KAMIKAWA),
    (Minister, "kami", KAMIKAWA),
    (Minister, "kawa", KAMIKAWA),
    (Minister, "上川", KAMIKAWA),
    (Minister, "陽子", KAMIKAWA),
    (Minister, "Subrahmanyam", JAISHANKAR),
    (Minister, "shankar", JAISHANKAR),
    (Minister, "kamikawa jaishankar", []),
    (Commitment, "FUKUOKA consulate", ["IJ-2024-01"]),
    (Commitment, "consul", ["IJ-2024-01"]),
    (Commitment, "ij-2024-01", ["IJ-2024-01"]),
    (Commitment, "IJ 2024", ["IJ-2024-01", "IJ-2024-02"]),
    (Commitment, "free indo-pacific", ["IJ-2024-02"]),
    (Commitment, "Indo", ["IJ-2024-02"]),
    (Commitment, "acific", []),
    (Statement, "will open consulate", ["India will open a consulate."]),
    (Citation, "new consulate", ["will open a new Consulate"]),
    (StatusUpdate, "says", ["in_progress on 2024-09-01"]),
    (Meeting, "2+2", ["Third India-Japan 2+2"]),
    (MeetingSeries, "japan 2", ["India-Japan 2+2"]),
    (Organization, "xternal", ["External Affairs"]),
    (Source, "paper", ["A paper"]),
    (Topic, "onsular", ["Consular"]),
)


def shown(record: Base) -> str:
    return record.public_id if isinstance(record, Commitment) else str(record)


def test_words_are_found_whatever_their_case_accents_and_order(records: Session) -> None:
    found = [
        (model.__name__, asked, sorted(map(shown, search.find(records, model, asked, 50).records)))
        for model, asked, _ in CASES
    ]
    assert found == [(model.__name__, asked, expected) for model, asked, expected in CASES]


HOSTILE = (
    "",
    "  ",
    '"',
    "' OR 1=1 --",
    "a:b*",
    "(((",
    "NEAR(",
    "*",
    "AND",
    "NOT",
    "50%",
    "\\",
    ":x",
    "&|!",
    "{}",
    "\ud7ff",
    "x" * 3000,
)


def test_no_input_breaks_the_search(records: Session) -> None:
    for asked in HOSTILE:
        for model in (Commitment, Minister, Citation):
            search.find(records, model, asked, 5)
            search.similar(records, model, asked, 5)
    assert search.find(records, Commitment, "", 5) == search.Found([], 0)


def test_the_newest_come_first_and_a_limit_does_not_change_the_count(records: Session) -> None:
    hits = search.find(records, Commitment, "ij", 1)
    assert [one.public_id for one in hits.records] == ["IJ-2024-02"]
    assert hits.count == 2


def test_conditions_narrow_what_is_found(records: Session) -> None:
    assert search.find(records, Commitment, "ij", 5, Commitment.kind == "principle").count == 1


def test_beyond_what_is_counted_the_newest_are_still_the_newest(
    records: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COUNTED", 1)
    hits = search.find(records, Commitment, "ij", 1)
    assert ([one.public_id for one in hits.records], hits.count) == (["IJ-2024-02"], 2)


def test_a_beginning_finds_the_same_by_itself_and_by_the_words_that_begin_so(
    records: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (
        "Open matters of the café",
        "MATTER 12 and matters0",
        "Matériel, 120 km",
        "matte 1-2",
        "Überprüfung der Mat",
    )
    records.add_all(
        Meeting(slug=f"meeting-{n}", name=name, classification="other", status="planned")
        for n, name in enumerate(names, start=1)
    )
    records.commit()
    words = {part for name in names for part in search.words_of(name)}
    beginnings = sorted({word[:end] for word in words for end in range(1, len(word) + 1)} | {"mattress", "z", "13"})

    def found(most: int) -> dict[str, list[str]]:
        monkeypatch.setattr(search, "MOST_SPELT_OUT", most)
        return {one: [str(hit) for hit in search.find(records, Meeting, one, 50).records] for one in beginnings}

    by_themselves = found(0)
    assert by_themselves["matter"] == [names[1], names[0]]
    assert by_themselves["12"] == [names[2], names[1]]
    assert [found(most) == by_themselves for most in (1, 2, 100)] == [True] * 3


@pytest.mark.parametrize("config", ["sqlite"], indirect=True)
def test_a_word_is_spelt_out_so_that_no_more_is_read_than_is_asked_for(records: Session) -> None:
    asked: list[str] = []
    event.listen(records.get_bind(), "before_cursor_execute", lambda *args: asked.append(repr(args[3])))
    search.find(records, Commitment, "Consul", 5)
    assert any('("consulate")' in one for one in asked), asked


def test_similar_records_share_words_and_the_one_that_shares_most_comes_first(records: Session) -> None:
    def alike(asked: str) -> list[str]:
        return [one.public_id for one in search.similar(records, Commitment, asked, 5)]

    assert alike("A consulate will be opened in Fukuoka") == ["IJ-2024-01"]
    assert alike("Uphold a consulate in the free Indo-Pacific")[0] == "IJ-2024-02"
    assert alike("consulate") == ["IJ-2024-01"]
    assert alike("Something about fisheries") == []


def drifted(engine: Engine) -> list[str]:
    """The search tables of SQLite that do not hold what the records say."""
    wrong = []
    for name in sqlite_search_tables():
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)")
        except DatabaseError:
            wrong.append(name)
    return wrong


def test_the_index_follows_what_is_added_changed_and_deleted(records: Session, engine: Engine) -> None:
    def meetings(asked: str) -> list[str]:
        return [one.slug for one in search.find(records, Meeting, asked, 5).records]

    meeting = Meeting(slug="fresh", name="Zürich talks", classification="other", status="planned")
    records.add(meeting)
    records.commit()
    assert meetings("zurich") == ["fresh"]
    meeting.name = "Genève talks"
    records.commit()
    assert (meetings("zurich"), meetings("geneve talks")) == ([], ["fresh"])
    records.execute(text("UPDATE meeting SET name = 'Wien' WHERE slug = 'fresh'"))
    records.commit()
    assert (meetings("geneve"), meetings("WIEN")) == ([], ["fresh"])
    records.delete(meeting)
    records.commit()
    assert meetings("wien") == []
    records.commit()
    if engine.dialect.name == "sqlite":
        assert drifted(engine) == []


TITLES = (
    "Führer des Zuges",
    "Ελλάδα και Ιαπωνία",
    "Великая Россия",
    "İstanbul ışığı",
    "हिन्दी में समझौता",
    "日米 安全保障",
    "한국 외교부",
    "đường Nguyễn Huệ",
    "e2e 2nd 1e5 a1-b2 C_d e.f/g",
    "https://example.org/a-b?c=d#e",
    "L'Aquila, O'Brien & Søn",
)


def test_each_title_is_found_by_each_of_its_words(records: Session) -> None:
    added = [Source(slug=f"s-{n}", title=title, classification="other") for n, title in enumerate(TITLES)]
    records.add_all(added)
    records.commit()
    missed = [
        (source.title, word)
        for source in added
        for word in [*search.words_of(source.title), source.title, " ".join(reversed(source.title.split()))]
        if source not in search.find(records, Source, word, 50).records
    ]
    assert missed == []


def test_what_a_search_index_keeps_is_found_by_key_also_after_it_was_seen_empty(sqlite_config: Config) -> None:
    records, _ = trees(sqlite_config)
    records.tune()
    engine = create_engine(sqlite_config.database_url)
    with engine.connect() as connection:
        for table in SEARCHED:
            # As FTS5 drops what it has merged into another part.
            dropping = f"EXPLAIN QUERY PLAN DELETE FROM {PREFIX}{table}_data WHERE id >= 1 AND id <= 2"
            assert connection.exec_driver_sql(dropping).all()[0][-1].startswith("SEARCH")
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'status'").scalar()
    engine.dispose()
