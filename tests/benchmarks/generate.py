"""Makes records by the million, the same ones for the same seed, in a migrated and empty database.

    TRACKER_INSTANCE=/tmp/big tracker db upgrade
    TRACKER_INSTANCE=/tmp/big python -m tests.benchmarks.generate 100000

Rows go in as fast as each engine takes them (executemany, COPY), with what their triggers would have made of them;
triggers and indexes come back afterwards.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click
import psycopg
from sqlalchemy import URL

from tracker.config import Config
from tracker.db import sqlite
from tracker.models.searching import sqlite_search_tables

SEED = 20240820
UPDATES = 3
PER_MEETING = 40
PER_STATEMENT = 4
COUNTRIES = 40
ORGANIZATIONS = 120
MINISTERS = 300
TOPICS = 60
SERIES = 50
FIRST_MEETING = date(2004, 1, 5)
KINDS = ("undertaking", "undertaking", "undertaking", "task", "task", "proposal", "request", "call", "principle")
STRENGTHS = ("exploratory", "intended", "agreed", "decided", "binding")
# What becomes of a commitment, step by step; the last is what stands.
COURSES = (
    ("not_started", "in_progress", "in_progress"),
    ("in_progress", "in_progress", "fulfilled"),
    ("not_started", "in_progress", "fulfilled"),
    ("in_progress", "partly_fulfilled", "partly_fulfilled"),
    ("no_evidence_found", "in_progress", "stalled"),
    ("in_progress", "stalled", "abandoned"),
    ("no_evidence_found", "no_evidence_found", "uncheckable"),
    ("in_progress", "in_progress", "superseded"),
)
EVIDENCED = ("fulfilled", "partly_fulfilled", "not_fulfilled", "abandoned")

PLAIN_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = current_schema()::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
"""

Row = tuple[Any, ...]
Tables = Iterator[tuple[str, str, Iterator[Row]]]


def tables(count: int, seed: int = SEED) -> Tables:
    """Name, columns and rows of each table, parents first, for `count` commitments with three updates each."""
    meetings = -(-count // PER_MEETING)
    statements = -(-count // PER_STATEMENT)
    yield "country", "code, name", ((_code(n), f"Country {n}") for n in range(COUNTRIES))
    yield (
        "organization",
        "id, slug, name, classification, country_code",
        ((n + 1, f"ministry-{n}", f"Ministry {n}", "ministry", _code(n % COUNTRIES)) for n in range(ORGANIZATIONS)),
    )
    yield (
        "office",
        "id, slug, label, organization_id",
        ((n + 1, f"office-{n}", f"Minister {n}", n + 1) for n in range(ORGANIZATIONS)),
    )
    yield (
        "minister",
        "id, slug, name, sort_name, country_code",
        (
            (n + 1, f"minister-{n}", f"Given Family{n}", f"Family{n}, Given", _code(n % COUNTRIES))
            for n in range(MINISTERS)
        ),
    )
    yield "office_term", "minister_id, office_id, start_date, start_precision, end_date, end_precision", _terms()
    yield (
        "topic",
        "id, slug, label, parent_id",
        ((n + 1, f"topic-{n}", f"Topic {n:02}", n % 12 + 1 if n >= 12 else None) for n in range(TOPICS)),
    )
    yield (
        "meeting_series",
        "id, slug, code, name",
        ((n + 1, f"series-{n}", f"S{n}", f"Series {n}") for n in range(SERIES)),
    )
    yield (
        "source",
        "id, slug, title, publisher, classification, published_on",
        (
            (n + 1, f"source-{n}", f"Press report of meeting {n}", f"Paper {n % 30}", "press_report", _held(n))
            for n in range(meetings)
        ),
    )
    columns = "id, slug, series_id, edition, name, classification, status, start_date, date_precision, country_code"
    yield "meeting", columns, (
        (n + 1, f"meeting-{n}", n % SERIES + 1, n // SERIES + 1, f"Meeting {n // SERIES + 1} of series {n % SERIES}",
         "ministerial", "held", _held(n), "day", _code(n % COUNTRIES))
        for n in range(meetings)
    )  # fmt: skip
    yield (
        "attendance",
        "meeting_id, minister_id, office_id, country_code",
        (
            (n + 1, (n + k) % MINISTERS + 1, (n + k) % ORGANIZATIONS + 1, _code((n + k) % COUNTRIES))
            for n in range(meetings)
            for k in range(4)
        ),
    )
    yield "statement", "id, slug, meeting_id, minister_id, summary, position, first_citation", (
        (n + 1, f"statement-{n}", n * PER_STATEMENT // PER_MEETING + 1, n % MINISTERS + 1,
         f"The two sides will go on with matter {n}.", n % 10, 1)
        for n in range(statements)
    )  # fmt: skip
    yield (
        "citation",
        "id, statement_id, ordinal, source_id, exact",
        (
            (n + 1, n + 1, 1, n * PER_STATEMENT // PER_MEETING + 1, f"will go on with matter {n}")
            for n in range(statements)
        ),
    )
    yield (
        "verification",
        "citation_id, result",
        ((n + 1, "verbatim" if n % 5 else "not_found") for n in range(statements)),
    )
    yield from _commitments(count, seed)
    yield from _updates(count, seed, statements)


def _commitments(count: int, seed: int) -> Tables:
    columns = (
        "id, public_id, meeting_id, kind, strength, operative_phrase, title, promised_on, promised_precision, "
        "original_target_on, original_target_precision, review_due_on, owner, status, target_on, target_precision"
    )
    yield "commitment", columns, _commitment_rows(count, seed)
    yield "commitment_party", "commitment_id, country_code, organization_id, role, office_id", _parties(count)
    yield "commitment_statement", "commitment_id, statement_id", ((n + 1, n // PER_STATEMENT + 1) for n in range(count))
    yield "commitment_topic", "commitment_id, topic_id", ((n + 1, n * 7 % TOPICS + 1) for n in range(count))
    # A fifth of what an edition holds follows from the edition before.
    step = SERIES * PER_MEETING
    yield (
        "commitment_link",
        "from_id, to_id, relation, basis",
        (
            (n + 1, n + 1 - step, ("continues", "restates", "supersedes")[n // 5 % 3], "stated")
            for n in range(step, count, 5)
        ),
    )


def _commitment_rows(count: int, seed: int) -> Iterator[Row]:
    chance, updates = random.Random(seed), _update_rows(count, seed)
    for n in range(count):
        meeting = n // PER_MEETING
        kind = KINDS[int(chance.random() * len(KINDS))]
        strength = STRENGTHS[int(chance.random() * 5)] if kind in ("undertaking", "task", "proposal") else None
        held = _held(meeting)
        target = held + timedelta(days=90 + int(chance.random() * 2000)) if chance.random() < 0.4 else None
        review = date(2026, 1, 1) + timedelta(days=int(chance.random() * 400)) if chance.random() < 0.7 else None
        history = list(islice(updates, UPDATES))
        moved = [row[8] for row in history if row[8]]
        stands = moved[-1] if moved else target
        yield (
            n + 1, f"S{meeting % SERIES}-{meeting // SERIES + 1}-{n % PER_MEETING + 1}", meeting + 1, kind, strength,
            "will" if strength else None, f"Go on with matter {n} of the list", held, "day",
            target, "day" if target else None, review, f"desk-{n % 9}",
            history[-1][3], stands, "day" if stands else None,
        )  # fmt: skip


def _parties(count: int) -> Iterator[Row]:
    for n in range(count):
        office = n * 11 % ORGANIZATIONS
        yield n + 1, _code(office % COUNTRIES), None, "lead", office + 1
        yield n + 1, None, (office + 7) % ORGANIZATIONS + 1, "partner", None


def _updates(count: int, seed: int, citations: int) -> Tables:
    columns = (
        "id, commitment_id, key, status, effective_on, recorded_at, recorded_by, reason, new_target_on, "
        "new_target_precision, first_citation"
    )
    yield "status_update", columns, _update_rows(count, seed)
    evidenced = ((row[0], (row[1] - 1) // PER_MEETING + 1) for row in _update_rows(count, seed) if row[-1])
    yield (
        "citation",
        "id, status_update_id, ordinal, source_id",
        ((citations + n, update, 1, source) for n, (update, source) in enumerate(evidenced, 1)),
    )


def _update_rows(count: int, seed: int) -> Iterator[Row]:
    chance = random.Random(seed + 1)
    for n in range(count):
        course = COURSES[int(chance.random() * len(COURSES))]
        held = _held(n // PER_MEETING)
        room = (date(2025, 12, 1) - held).days // (UPDATES + 1)
        day = held
        for k, status in enumerate(course[:UPDATES]):
            day += timedelta(days=1 + int(chance.random() * room))
            recorded = datetime(day.year, day.month, day.day, 12) + timedelta(days=int(chance.random() * 10))
            target = day + timedelta(days=365) if chance.random() < 0.1 else None
            yield (
                n * UPDATES + k + 1, n + 1, f"{day}-{k}", status, day, recorded, "desk", "It was so reported.",
                target, "day" if target else None, 1 if status in EVIDENCED else None,
            )  # fmt: skip


def _terms() -> Iterator[Row]:
    for office in range(ORGANIZATIONS):
        for n, year in enumerate(range(2000, 2025, 5)):
            end = date(year + 4, 12, 31) if year < 2020 else None
            minister = (office + n * ORGANIZATIONS) % MINISTERS + 1
            yield minister, office + 1, date(year, 1, 1), "day", end, "day" if end else None


def _code(n: int) -> str:
    return chr(ord("A") + n // 26) + chr(ord("A") + n % 26)


def _held(meeting: int) -> date:
    return FIRST_MEETING + timedelta(days=meeting * 7 // SERIES % 7800)


def fill(url: URL, count: int, seed: int = SEED) -> None:
    """Make the records in one transaction, then let the engine look at what it has."""
    if url.get_backend_name() == "sqlite":
        _fill_sqlite(Path(url.database or ""), count, seed)
    else:
        _fill_postgresql(url, count, seed)


def _fill_sqlite(path: Path, count: int, seed: int) -> None:
    connection = sqlite.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA cache_size = -400000")
    connection.execute("BEGIN IMMEDIATE")
    made = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql > ''"
    )
    left_out = made.fetchall()
    for kind, name, _ in left_out:
        connection.execute(f"DROP {kind} {name}")
    for table, columns, rows in tables(count, seed):
        marks = ", ".join("?" for _ in columns.split(","))
        insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
        written = (tuple(_as_text(cell) for cell in row) for row in rows)
        while batch := list(islice(written, 20_000)):
            connection.executemany(insert, batch)
    for index in sqlite_search_tables():
        connection.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
    for _, _, statement in left_out:
        connection.execute(statement)
    assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()


def _as_text(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}.000000"
    return cell.isoformat() if isinstance(cell, date) else cell


def _fill_postgresql(url: URL, count: int, seed: int) -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        # Neither triggers nor keys are looked at.
        connection.execute("SET session_replication_role = replica")
        left_out = connection.execute(PLAIN_INDEXES).fetchall()
        for name, _ in left_out:
            connection.execute(f"DROP INDEX {name}")
        for table, columns, rows in tables(count, seed):
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        for _, statement in left_out:
            connection.execute(statement)
        for table in ("commitment", "status_update", "citation", "meeting", "source", "statement", "topic"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@click.command()
@click.argument("count", type=click.IntRange(1))
def command(count: int) -> None:
    """Fill the configured database with COUNT commitments."""
    fill(Config.load().database_url, count)


if __name__ == "__main__":
    command()
