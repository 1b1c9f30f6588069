"""The engine and the session: what they set, what they refuse, what they keep in step."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tests.cast import citation, first_commitment, meeting_of_2024, update
from tests.conftest import TESTER
from tracker import db
from tracker.config import Config
from tracker.db import Session, create_engine, journal_mode, reading, wal_reset_bug
from tracker.models import Commitment, Country, RuleError, Source, Statement, Topic
from tracker.schema import trees


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_the_wal_reset_bug_is_known_by_version(version: tuple[int, ...], affected: bool) -> None:
    assert wal_reset_bug(version) is affected
    assert journal_mode(version) == ("delete" if affected else "wal")


def test_each_connection_to_sqlite_is_prepared(sqlite_config: Config) -> None:
    engine = create_engine(sqlite_config.database_url)
    with engine.connect() as connection:
        pragmas = ("busy_timeout", "journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    engine.dispose()
    assert found == [30_000, journal_mode(db.sqlite.sqlite_version_info), 2, 1, 1]


@pytest.mark.parametrize("empty_config", ["sqlite"], indirect=True)
def test_an_older_sqlite_keeps_the_rollback_journal(empty_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "journal_mode", lambda version: journal_mode((3, 40, 1)))
    engine = create_engine(empty_config.database_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    engine.dispose()


def test_the_standard_librarys_sqlite_serves_too(sqlite_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "sqlite", __import__("sqlite3"))
    engine = create_engine(sqlite_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        assert first_commitment(session).status == "in_progress"
    engine.dispose()


def test_a_writer_waits_and_a_reader_does_not(sqlite_config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(sqlite_config.database_url)
    with engine.connect() as writer, reading(engine).connect() as reader:
        writer.execute(text("INSERT INTO country (code, name) VALUES ('IN', 'India')"))
        assert reader.execute(text("SELECT COUNT(*) FROM country")).scalar() == 0
        # Waits, until its patience is at an end.
        monkeypatch.setattr(db, "BUSY_SECONDS", 0.1)
        with engine.connect() as second, pytest.raises(OperationalError, match="locked"):
            second.execute(text("SELECT 1"))
        writer.commit()
    engine.dispose()


def test_a_commitment_starts_unreviewed_with_its_original_target(session: Session) -> None:
    meeting_of_2024(session)
    second = session.scalars(select(Commitment).filter_by(public_id="IJ-2024-02")).one()
    first = session.scalars(select(Commitment).filter_by(public_id="IJ-2024-01")).one()
    assert (second.status, second.target_on) == ("unreviewed", None)
    assert (first.target_on, first.target_precision) == (date(2025, 12, 31), "year")


def test_status_and_target_follow_the_latest_update_and_the_version_stays(session: Session) -> None:
    commitment = first_commitment(session)
    commitment.status_updates.append(
        update("stalled", date(2025, 1, 1), new_target_on=date(2026, 6, 30), new_target_precision="month")
    )
    session.commit()
    assert (commitment.status, commitment.target_on, commitment.version) == ("stalled", date(2026, 6, 30), 1)
    commitment.status_updates.append(update("not_started", date(2024, 8, 25)))
    session.commit()
    assert commitment.status == "stalled", "what was true earlier does not win"
    assert commitment.original_target_on == date(2025, 12, 31)


def test_a_corrected_update_does_not_count(session: Session) -> None:
    commitment = first_commitment(session)
    wrong = update("stalled", date(2025, 1, 1), new_target_on=date(2030, 1, 1), new_target_precision="day")
    commitment.status_updates.append(wrong)
    session.commit()
    commitment.status_updates.append(update("in_progress", date(2025, 1, 1), corrects=wrong))
    session.commit()
    assert (commitment.status, commitment.target_on) == ("in_progress", date(2025, 12, 31))
    session.refresh(wrong)
    assert wrong.corrected_by is not None


def test_an_overlooked_target_can_be_added_once(session: Session) -> None:
    meeting_of_2024(session)
    commitment = session.scalars(select(Commitment).filter_by(public_id="IJ-2024-02")).one()
    commitment.original_target_on, commitment.original_target_precision = date(2026, 3, 31), "month"
    session.commit()
    assert (commitment.target_on, commitment.target_precision) == (date(2026, 3, 31), "month")
    commitment.original_target_on = date(2027, 3, 31)
    with pytest.raises(IntegrityError, match="original_target_on never changes"):
        session.commit()


def test_the_mapper_checks_the_version_that_it_read(session: Session) -> None:
    commitment = first_commitment(session)
    assert commitment.version == 1
    session.connection().execute(text("UPDATE commitment SET version = 2 WHERE id = 1"))
    commitment.title = "Too late"
    with pytest.raises(StaleDataError):
        session.commit()


@pytest.mark.parametrize(
    ("status", "reason", "day", "message"),
    [
        ("stalled", "", date(2025, 1, 1), "tell the reason"),
        ("stalled", "  ", date(2025, 1, 1), "tell the reason"),
        ("fulfilled", "Done.", date(2025, 1, 1), "cite at least one source"),
        ("stalled", "Soon.", date(2999, 1, 1), "has not come yet"),
        ("no_evidence_found", "Looked.", date(2025, 1, 1), "repeat the status that stands, in_progress"),
    ],
)
def test_the_session_says_what_a_status_update_lacks(
    session: Session, status: str, reason: str, day: date, message: str
) -> None:
    commitment = first_commitment(session)
    commitment.status_updates.append(update(status, day, reason))
    with pytest.raises(RuleError, match=message):
        session.commit()
    session.rollback()
    assert commitment.status == "in_progress"


def test_a_status_with_its_evidence_is_kept(session: Session) -> None:
    commitment = first_commitment(session)
    source = session.scalars(select(Source)).one()
    done = update("fulfilled", date(2025, 1, 1), citations=[citation(source)])
    commitment.status_updates.append(done)
    session.commit()
    assert (commitment.status, done.first_citation) == ("fulfilled", 1)


def test_statements_and_commitments_name_what_they_rest_on(session: Session) -> None:
    meeting = meeting_of_2024(session)
    session.add(Statement(slug="x", meeting=meeting, summary="Nobody said it, nowhere."))
    session.add(Commitment(public_id="X-1", meeting=meeting, kind="report", strength="agreed", title="Nothing"))
    with pytest.raises(RuleError) as caught:
        session.commit()
    assert sorted(problem.split(": ")[1][:24] for problem in caught.value.problems) == [
        "a report has no strength",
        "a strength needs the ope",
        "cite at least one source",
        "give either a minister o",
        "name at least one statem",
    ]


@pytest.mark.parametrize(
    "text_", ["a\u202eb", "a\u200bb", "a\x00b", "a\u2066b", "\ufeffab", "a\u200db", "x\u061cy", "a\x1bb", "a\U000e0041"]
)
def test_hidden_characters_are_refused(session: Session, text_: str) -> None:
    session.add(Country(code="XX", name=text_))
    with pytest.raises(Exception, match=r"hidden character U\+"):
        session.commit()


def test_text_is_composed_and_trimmed_and_blank_is_nothing(session: Session) -> None:
    session.add(Country(code="CI", name="  Co\u0302te d'Ivoire "))
    meeting = meeting_of_2024(session)
    meeting.city = "   "
    session.commit()
    session.expire_all()
    assert session.get_one(Country, "CI").name == "C\u00f4te d'Ivoire"
    assert meeting.city is None


def test_joiners_stay_where_a_script_needs_them(session: Session) -> None:
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    session.add(Country(code="IR", name=persian))
    session.commit()
    session.expire_all()
    assert session.get_one(Country, "IR").name == persian


def test_a_deleted_commitments_public_id_is_not_given_again(session: Session) -> None:
    meeting = meeting_of_2024(session)
    second = session.scalars(select(Commitment).filter_by(public_id="IJ-2024-02")).one()
    statements = list(second.statements)
    session.delete(second)
    session.commit()
    session.add(Commitment(public_id="IJ-2024-02", meeting=meeting, kind="report", title="x", statements=statements))
    with pytest.raises(IntegrityError, match="never reused"):
        session.commit()


def test_operative_words_stand_in_a_quote(session: Session) -> None:
    commitment = first_commitment(session)
    commitment.operative_phrase = "has opened"
    with pytest.raises(RuleError, match="stand in no quote"):
        session.commit()


def test_no_chain_of_parents_comes_back(session: Session) -> None:
    first, second = Topic(slug="a", label="A"), Topic(slug="b", label="B")
    second.parent = first
    session.add_all([first, second])
    session.commit()
    first.parent = second
    with pytest.raises(RuleError, match="stands above itself"):
        session.commit()


def test_nothing_found_is_an_answer_where_nothing_was_known(session: Session) -> None:
    commitment = first_commitment(session)
    commitment.status_updates.append(update("no_evidence_found", date(2024, 8, 30)))
    session.commit()
    assert commitment.status == "in_progress"


def test_two_updates_of_one_day_follow_each_other(session: Session) -> None:
    meeting_of_2024(session)
    second = session.scalars(select(Commitment).filter_by(public_id="IJ-2024-02")).one()
    day = date(2025, 1, 1)
    second.status_updates += [update("no_evidence_found", day), update("in_progress", day)]
    session.commit()
    assert second.status == "in_progress"


def test_sqlite_knows_what_its_tables_hold_after_an_upgrade(sqlite_config: Config) -> None:
    engine = create_engine(sqlite_config.database_url)
    with engine.begin() as connection:
        for n in range(1_000):
            connection.execute(text("INSERT INTO topic (slug, label) VALUES (:slug, 'x')"), {"slug": f"t{n}"})
            source = "INSERT INTO source (slug, title, classification) VALUES (:slug, 'x', 'release')"
            connection.execute(text(source), {"slug": f"s{n}"})
    engine.dispose()
    trees(sqlite_config)[0].upgrade()
    with engine.connect() as connection:
        known = connection.scalars(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'topic'")).all()
        unique = text("SELECT stat FROM sqlite_stat1 WHERE idx LIKE 'sqlite_autoindex_source%'")
        of_sources = connection.scalars(unique).all()
    engine.dispose()
    # Rows, and how many of them share a label: a sample would have it that few do.
    assert any(stat.startswith("1000 1000") for stat in known)
    # No two sources share a key, and none a document, though none has one.
    assert of_sources == ["1000 1", "1000 1"]
