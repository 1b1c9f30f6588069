"""Import of CSV and XLSX by a mapping: what rows become, what is refused, and what dirt does, on both engines."""

import contextlib
import csv
import fcntl
import gc
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook
from sqlalchemy import func, select

from tests.benchmarks import tables
from tests.conftest import TESTER
from tests.seed_folder import good, planned
from tracker.auditing import verify_chain
from tracker.cli import main
from tracker.cli.seeds import importing
from tracker.cli.seeds.progress import rare_collections
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.models import AuditBatch, Base, Commitment, Meeting, SeedOrigin, Source, StatusUpdate, Topic
from tracker.seeding import importer
from tracker.seeding.claims import Claims
from tracker.seeding.importer import Importer
from tracker.seeding.mapping import read_mapping
from tracker.seeding.tables import TableError, opened
from tracker.seeding.template import CellError, columns_of, compiled, dates, looked_up, public_id, short, slug

MAPPING = """\
table:
  dates: "%d/%m/%Y"
  lists:
    links: "|"
    tags: ","
values:
  statuses: {Done: fulfilled, Running: in_progress}
  strengths: {will: decided, may: exploratory}
once:
  countries:
    - {code: NZ, name: New Zealand}
  meetings:
    - slug: programme
      name: The programme
      classification: other
      start_date: 2023
each:
  topics:
    - slug: "{tags:slug}"
      label: "{tags}"
  sources:
    - slug: "{links:slug}"
      title: "[{links}]"
      classification: other
      url: "{links}"
  statements:
    - slug: said-{id:slug}
      meeting: programme
      attribution: The government
      summary: "{promise}"
      citations:
        - {source: "{links:slug}", exact: "{words}"}
  commitments:
    - public_id: P-{id:id}
      meeting: programme
      kind: undertaking
      strength: "{words:strengths}"
      operative_phrase: "{words}"
      title: "{promise:short}"
      summary:
        - "{promise}"
        - "Contested: {contested}"
      topics: ["{tags:slug}"]
      statements: ["said-{id:slug}"]
      parties:
        - {country: NZ, role: lead}
      status_updates:
        - key: first
          status: "{status:statuses}"
          effective_on: "{seen:date}"
          reason: "{why}"
          citations:
            - source: "{links:slug}"
"""
RUN = "from tracker.cli import main; main()"
HEADER = ["id", "promise", "words", "status", "seen", "why", "contested", "links", "tags"]
ROW = [
    "a 1",
    "We will build.",
    "will",
    "Done",
    "05/02/2024",
    "Built.",
    "",
    "https://x.nz/a | https://x.nz/b",
    "Homes, Land",
]


def changed(row: list[str], **cells: str) -> list[str]:
    """A row with other cells."""
    return [cells.get(name, cell) for name, cell in zip(HEADER, row, strict=True)]


def import_table(config: Config, table: Path, *words: str, mapping: Path | None = None) -> Result:
    if mapping is None:
        mapping = table.parent / "mapping.yaml"
        if not mapping.exists():
            mapping.write_text(MAPPING)
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
        "LOGNAME": "asha",
    }
    return CliRunner().invoke(main, ["seeds", "import", str(table), "--map", str(mapping), *words], env=environment)


def written(path: Path, *rows: list[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([HEADER, *rows])
    return path


def counts(config: Config) -> dict[str, int]:
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        found = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
        assert verify_chain(session.connection()) == []
    engine.dispose()
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    second = changed(
        ROW, id="b", promise="We may look.", words="may", status="Running", contested="Some say no.", tags=""
    )
    return written(tmp_path / "in" / "promises.csv", ROW, second)


def test_rows_become_records_and_the_same_rows_change_nothing(config: Config, table: Path) -> None:
    first = import_table(config, table)
    before = counts(config)
    second = import_table(config, table)

    assert first.output.splitlines() == [
        "country: 1 created",
        "topic: 2 created",
        "source: 2 created",
        "meeting: 1 created",
        "statement: 2 created",
        "commitment: 2 created",
        "status_update: 2 created",
        "2 rows taken, 0 refused",
    ]
    assert second.output.splitlines() == ["nothing to change", "2 rows taken, 0 refused"]
    assert counts(config) == before
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        row = session.scalars(select(Commitment).where(Commitment.public_id == "P-A-1")).one()
        other = session.scalars(select(Commitment).where(Commitment.public_id == "P-B")).one()
        assert (row.status, row.strength, row.title, row.summary) == (
            "fulfilled",
            "decided",
            "We will build.",
            "We will build.",
        )
        assert [topic.slug for topic in row.topics] == ["homes", "land"]
        (update,) = row.status_updates
        assert (update.key, f"{update.effective_on}", update.recorded_by) == ("first", "2024-02-05", "asha")
        assert [citation.source.url for citation in update.citations] == ["https://x.nz/a", "https://x.nz/b"]
        assert (other.summary, other.topics) == ("We may look.\n\nContested: Some say no.", [])
        batch = session.scalars(select(AuditBatch)).one()
        assert (batch.actor, batch.door) == ("asha", "import")
    engine.dispose()


def test_a_dry_run_shows_the_rows_as_they_would_become_and_changes_nothing(config: Config, table: Path) -> None:
    before = counts(config)
    result = import_table(config, table, "--dry-run")

    assert result.exit_code == 0
    assert "line 2 becomes\n  topic:\n    - slug: homes\n      label: Homes\n" in result.output
    assert "        - key: first\n          status: fulfilled\n          effective_on: 2024-02-05\n" in result.output
    assert result.output.endswith("status_update: 2 to create\n2 rows would be taken, 0 refused\n")
    assert counts(config) == before


def test_an_edit_of_the_table_is_taken_and_one_of_the_database_kept(config: Config, table: Path) -> None:
    import_table(config, table)
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        session.scalars(select(Commitment).where(Commitment.public_id == "P-B")).one().owner = "ben"
        session.scalars(select(Topic).where(Topic.slug == "homes")).one().label = "Housing"
        session.commit()
    written(table, ROW, changed(ROW, id="b", promise="We may look again.", words="may", status="Running", tags=""))

    result = import_table(config, table)

    assert "commitment: 1 changed" in result.output
    with Session(engine, info={"origin": TESTER}) as session:
        row = session.scalars(select(Commitment).where(Commitment.public_id == "P-B")).one()
        assert (row.title, row.owner) == ("We may look again.", "ben")
        row.title = "Edited here"
        session.commit()
    written(table, ROW, changed(ROW, id="b", promise="Edited there, we may.", words="may", status="Running", tags=""))
    before = counts(config)
    conflict = import_table(config, table)
    assert conflict.exit_code == 1
    assert '"Edited here" in the database, "Edited there, we may." in the file' in conflict.output
    assert "promises.csv:3" in conflict.output
    assert counts(config) == before
    assert import_table(config, table, "--prefer", "file").exit_code == 0
    engine.dispose()


def test_an_import_is_left_alone_by_a_load_and_comes_out_with_an_export(config: Config, table: Path) -> None:
    import_table(config, table)
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        missing = planned(session, good(PROJECT / "seeds"), prune=True)
        assert {step[0] for step in missing.values()} == {"create"}
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    out = table.parent / "out"
    assert CliRunner().invoke(main, ["seeds", "export", str(out)], env=environment).exit_code == 0
    with Session(engine, info={"origin": TESTER}) as session:
        assert planned(session, good(out)) == {}
    engine.dispose()


REFUSED = {
    "blank id": (changed(ROW, id=" "), "commitments: public_id: is missing"),
    "unknown word": (changed(ROW, status="Dnoe"), "'Dnoe' is not in the values of statuses (Done, Running)"),
    "other date": (changed(ROW, seen="2024/02/05"), "'2024/02/05' is not a date in the form %d/%m/%Y"),
    "no such day": (changed(ROW, seen="30/02/2024"), "'30/02/2024' is not a date in the form %d/%m/%Y"),
    "future": (changed(ROW, seen="01/01/2999"), "2999-01-01 has not come yet"),
    "no reason": (changed(ROW, why=""), "reason: is missing; status fulfilled needs one"),
    "no evidence": (changed(ROW, links=""), "citations: is missing"),
    "no address": (changed(ROW, links="ftp://x"), "use a web address that begins with https:// or http://"),
    "hidden character": (changed(ROW, promise="We will\u202e build."), "text holds the hidden character U+202E"),
    "NUL": (changed(ROW, promise="We will\0 build."), "text holds the hidden character U+0000"),
    "no promise": (changed(ROW, promise=""), "summary: is missing"),
    "too many cells": ([*ROW, "more"], "has 10 cells for 9 columns"),
    "phrase not quoted": (changed(ROW, words="shall"), "'shall' is not in the values of strengths"),
}


@pytest.mark.parametrize(("row", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_a_record_is_refused_with_its_reason(
    sqlite_config: Config, tmp_path: Path, row: list[str], reason: str
) -> None:
    table = written(tmp_path / "in" / "promises.csv", row, changed(ROW, id="good"))

    result = import_table(sqlite_config, table)

    assert result.exit_code == 1
    assert "1 rows taken, 1 refused" in result.output
    assert "promises.csv:2: " in result.output
    assert reason in result.output
    with (tmp_path / "in" / "promises.refused.csv").open(newline="") as file:
        header, refused = csv.reader(file)
    assert header == [*HEADER, "import_line", "import_reason"]
    assert refused[: len(row)] == row
    assert refused[-2] == "2"
    assert reason in refused[-1]


def test_a_refused_row_is_corrected_and_imported_again(config: Config, tmp_path: Path) -> None:
    table = written(tmp_path / "in" / "promises.csv", ROW, changed(ROW, id="b", status="?"))
    assert import_table(config, table).exit_code == 1
    refused = tmp_path / "in" / "promises.refused.csv"
    refused.write_text(refused.read_text().replace(",?,", ",Running,"))

    again = import_table(config, refused)

    assert again.exit_code == 0
    assert "1 rows taken, 0 refused" in again.output
    assert counts(config)["commitment"] == 2
    assert import_table(config, table).exit_code == 1
    assert "promises.refused-2.csv" in {path.name for path in table.parent.iterdir()}


def test_where_refused_rows_cannot_go_is_told_before_anything_is_imported(
    sqlite_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = written(tmp_path / "promises.csv", ROW, changed(ROW, id="b", status="?"))
    for elsewhere in (table, tmp_path / "nowhere" / "refused.csv"):
        result = import_table(sqlite_config, table, "--refused", str(elsewhere))
        assert f"{elsewhere}: give --refused a file that is not there yet" in result.output
    monkeypatch.setattr(importing, "_free", lambda file: tmp_path / "nowhere" / "refused.csv")
    result = import_table(sqlite_config, table)
    assert "refused.csv: the refused rows cannot be written there: No such file or directory; say with" in result.output
    assert counts(sqlite_config)["commitment"] == 0


def test_a_second_row_with_the_same_id_is_refused(sqlite_config: Config, tmp_path: Path) -> None:
    table = written(tmp_path / "promises.csv", ROW, changed(ROW, id="A-1", promise="We will again."))
    result = import_table(sqlite_config, table)
    assert "1 rows taken, 1 refused" in result.output
    assert "commitment 'P-A-1' was made by a row before; give each row its own" in result.output


def test_rows_that_disagree_about_what_they_share_are_told(sqlite_config: Config, tmp_path: Path) -> None:
    table = written(tmp_path / "promises.csv", ROW, changed(ROW, id="b", tags="HOMES"))
    result = import_table(sqlite_config, table)
    assert "topic 'homes' was made by a row before with other fields; make them agree" in result.output


def test_what_a_refused_row_alone_would_make_is_not_made(sqlite_config: Config, tmp_path: Path) -> None:
    table = written(tmp_path / "promises.csv", ROW, changed(ROW, id="b", tags="Sea", status="?"))
    import_table(sqlite_config, table)
    assert counts(sqlite_config)["topic"] == 2


def test_a_row_that_needs_what_a_refused_row_alone_would_make_is_refused_with_it(
    config: Config, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING.replace('topics: ["{tags:slug}"]', 'topics: ["{contested:slug}"]'))
    maker = changed(ROW, id="a", contested="Nowhere", tags="Sea")
    follower = changed(ROW, id="b", contested="Sea", tags="Land")
    last = changed(ROW, id="c", contested="Land", tags="")
    result = import_table(config, written(tmp_path / "promises.csv", maker, follower, last))
    assert "promises.csv:2: there is no topic 'nowhere'" in result.output
    assert "promises.csv:3: there is no topic 'sea'" in result.output
    assert "promises.csv:4: there is no topic 'land'" in result.output
    assert "0 rows taken, 3 refused" in result.output
    assert counts(config)["topic"] == 0


def test_what_stands_for_itself_is_judged_too(config: Config, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    table = written(tmp_path / "promises.csv", ROW)
    mapping.write_text(MAPPING.replace("start_date: 2023", "start_date: 2023\n      country: FR"))
    result = import_table(config, table)
    assert "mapping.yaml: once: there is no country 'FR' in the table, the mapping or the database" in result.output
    mapping.write_text(MAPPING.replace("start_date: 2023", "start_date: 2023\n      end_date: 2022-01-01"))
    result = import_table(config, table)
    assert "mapping.yaml: once: meetings: end_date: the meeting ends before it begins" in result.output
    mapping.write_text(MAPPING.replace("New Zealand}", "New Zealand}\n    - {code: NZ, name: Elsewhere}"))
    result = import_table(config, table)
    assert "once: country 'NZ' was made by a row before with other fields; make them agree" in result.output
    assert counts(config)["audit_batch"] == 0


@pytest.mark.parametrize("words", [["--dry-run"], []], ids=["planned", "imported"])
def test_a_row_refers_to_what_another_made_a_thousand_rows_before(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(importer, "ROWS", 1)
    link = '      links:\n        - {relation: depends_on, basis: stated, to: "P-{contested:id}"}\n      parties:'
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("      parties:", link))
    table = written(tmp_path / "promises.csv", ROW, changed(ROW, id="b", tags="Sea", contested="a 1"))
    result = import_table(config, table, *words)
    assert ("2 rows would be taken, 0 refused" if words else "2 rows taken, 0 refused") in result.output
    assert "topic: 3" in result.output
    assert counts(config)["commitment_link"] == (0 if words else 1)


def test_a_reference_to_nothing_is_refused_and_one_to_the_database_found(config: Config, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING.replace('topics: ["{tags:slug}"]', 'topics: ["{tags:slug}", elsewhere]'))
    table = written(tmp_path / "promises.csv", ROW)
    result = import_table(config, table)
    assert "there is no topic 'elsewhere' in the table, the mapping or the database" in result.output
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        session.add(Topic(slug="elsewhere", label="Elsewhere"))
        session.commit()
    engine.dispose()
    assert "1 rows taken, 0 refused" in import_table(config, table).output


AWKWARD = {
    "byte-order mark": {"encoding": "utf-8-sig"},
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "UTF-16 with its mark": {"encoding": "utf-16"},
}


@pytest.mark.parametrize("form", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_table_is_read_as_meant(sqlite_config: Config, tmp_path: Path, form: dict[str, str]) -> None:
    row = changed(ROW, id="  a 1 ", promise="We will build cafe\u0301s; und\u00fcbersehbar.")
    table = written(tmp_path / "promises.csv", row, ["", "", ""], **form)  # type: ignore[arg-type] # names of arguments
    assert "1 rows taken, 0 refused" in import_table(sqlite_config, table).output
    engine = create_engine(sqlite_config.database_url)
    with Session(engine) as session:
        assert session.scalars(select(Commitment.title)).one() == "We will build caf\u00e9s; und\u00fcbersehbar."
    engine.dispose()


def test_a_windows_encoding_is_asked_for_and_kept(sqlite_config: Config, tmp_path: Path) -> None:
    rows = [changed(ROW, promise="We will build caf\u00e9s \u2013 soon."), changed(ROW, id="b", status="\u00e9")]
    table = written(tmp_path / "promises.csv", *rows, encoding="cp1252")
    result = import_table(sqlite_config, table)
    assert result.exit_code == 1
    assert "is not utf-8 text; state in the mapping how it is written, as in 'encoding: windows-1252'" in result.output
    assert counts(sqlite_config)["commitment"] == 0
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("table:\n", "table:\n  encoding: windows-1252\n"))
    assert "1 rows taken, 1 refused" in import_table(sqlite_config, table).output
    assert "\u00e9" in (tmp_path / "promises.refused.csv").read_text(encoding="cp1252")


def test_a_workbook_is_read_like_a_table(sqlite_config: Config, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["another sheet"])
    sheet = book.create_sheet("Promises")
    sheet.append(HEADER)
    sheet.append([1.0, *ROW[1:4], "2024-02-05", *ROW[5:]])
    sheet.append([None] * 9)
    book.save(tmp_path / "promises.xlsx")
    assert "there is no column 'id'" in import_table(sqlite_config, tmp_path / "promises.xlsx").output
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("table:\n", "table:\n  sheet: Promises\n"))
    assert "1 rows taken, 0 refused" in import_table(sqlite_config, tmp_path / "promises.xlsx").output
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("table:\n", "table:\n  sheet: Promise\n"))
    assert (
        "no sheet 'Promise' - did you mean 'Promises'?"
        in import_table(sqlite_config, tmp_path / "promises.xlsx").output
    )


def test_a_refused_workbook_is_closed(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["a column", "another"])
    book.save(tmp_path / "promises.xlsx")
    with pytest.raises(TableError, match="no column") as told, opened(tmp_path / "promises.xlsx", {}, ["id"]):
        pass
    # As where an error is told in a circle, so that the collector clears away what it holds, in any order.
    told.value.args = (told.value,)
    del told
    gc.collect()


TABLES = {
    "empty": (b"", "is empty; its first line should name the columns"),
    "a column twice": (b"id,id,promise\n", "two columns are named 'id'; rename one"),
    "a column missing": (",".join(HEADER).replace("why", "whi").encode(), "no column 'why' - did you mean 'whi'?"),
    "an open quote": (",".join(HEADER).encode() + b'\n"a,b\n', "promises.csv:2: is not CSV from here on"),
    "no workbook": (b"PK\x03\x04rubbish", "is not a workbook (XLSX)"),
    "bytes": (b"\x89PNG\xff\xfe\x00", "is not utf-8 text"),
}


@pytest.mark.parametrize(("content", "told"), TABLES.values(), ids=TABLES)
def test_a_table_that_is_none_is_told_and_nothing_changed(
    sqlite_config: Config, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "promises.csv").write_bytes(content)
    result = import_table(sqlite_config, tmp_path / "promises.csv")
    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output
    assert counts(sqlite_config)["country"] == 0


MISTAKES = {
    "a kind": (
        '  topics:\n    - slug: "{tags',
        '  topis:\n    - slug: "{tags',
        ":18: each.topis: is not known",
    ),
    "a field": (
        '      label: "{tags}"',
        '      lable: "{tags}"',
        "each.topics[0].lable: is not",
    ),
    "a form": (
        '{tags:slug}"\n      label',
        '{tags:slog}"\n      label',
        "no form or table of values 'slog'",
    ),
    "a date": ('  dates: "%d/%m/%Y"\n', "", "say under table how dates are written"),
    "a needed field": ('      effective_on: "{seen:date}"\n', "", "status_updates[0].effective_on: is missing"),
    "a column in once": ("name: The programme", 'name: "{promise}"', "stands under 'once'; move it to 'each'"),
    "no meeting": (
        "      meeting: programme\n      attribution",
        "      attribution",
        "statements[0].meeting: is missing",
    ),
    "two lists": ('title: "[{links}]"', 'title: "[{tags}]"', "names two columns of lists"),
    "no YAML": ("table:", "table: [", "is not YAML"),
}


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_mapping_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    mapping = tmp_path / "mapping.yaml"
    assert old in MAPPING.replace("          effective_on", "      effective_on")
    text = MAPPING.replace("          effective_on", "      effective_on") if "effective_on" in old else MAPPING
    mapping.write_text(text.replace(old, new, 1))
    _, problems = read_mapping(mapping)
    assert any(told in str(problem) for problem in problems), [str(problem) for problem in problems]
    assert all(problem.line >= 1 for problem in problems)


def test_the_mapping_of_the_new_zealand_promises_makes_records_without_a_meeting_or_a_quote(
    config: Config, tmp_path: Path
) -> None:
    header = (
        "id,area,areaLabel,era,party,sourceType,ptype,status,promise,keyNumber,statusReason,whatHappened,contested,"
        "contestedNote,sourceDoc,sourceUrl,evidenceUrls,coSigned"
    )
    cells = (
        'homes-1,housing,Housing,labour,Labour,manifesto,act,largely,Build homes.,"10 -> 8",Most were built.,'
        "Eight were.,True,Some say fewer.,Labour manifesto,https://x.nz/m,https://x.nz/1 | https://x.nz/m,False"
    )
    (tmp_path / "p.csv").write_text(f"{header}\n{cells}\n")
    result = import_table(config, tmp_path / "p.csv", mapping=PROJECT / "seeds" / "mappings" / "nz-promises.yaml")
    assert "1 rows taken, 0 refused" in result.output
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        meeting = session.scalars(select(Meeting)).one()
        assert (meeting.classification, f"{meeting.start_date}", meeting.date_precision) == (
            "other",
            "2017-01-01",
            "year",
        )
        assert meeting.note.startswith("Not a meeting")
        commitment = session.scalars(select(Commitment)).one()
        assert (commitment.public_id, commitment.status, commitment.strength) == (
            "NZ-HOMES-1",
            "partly_fulfilled",
            None,
        )
        update = session.scalars(select(StatusUpdate)).one()
        assert update.reason == (
            "Most were built.\n\nEight were.\n\nContested: Some say fewer.\n\nIn the words of the table: largely."
        )
        assert sorted(session.scalars(select(Source.url))) == ["https://x.nz/1", "https://x.nz/m"]
        assert {origin.file for origin in session.scalars(select(SeedOrigin))} == {"import:nz-promises.yaml"}
    engine.dispose()


def test_many_rows_go_in_by_the_thousand(sqlite_config: Config, tmp_path: Path) -> None:
    table, mapping = tables.write(2_100, tmp_path)
    result = import_table(sqlite_config, table, mapping=mapping)
    assert "commitment: 2,100 created" in result.output
    assert "status_update: 6,300 created" in result.output
    found = counts(sqlite_config)
    assert (found["citation"], found["audit_batch"], found["meeting"], found["topic"]) == (4_200, 3, 3, 40)
    engine = create_engine(sqlite_config.database_url)
    with Session(engine) as session:
        assert set(session.scalars(select(Commitment.status))) == {"fulfilled"}
    engine.dispose()


def test_an_interrupted_import_leaves_neither_records_nor_refused_rows(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Importer, *given: object) -> None:
        if self.outcome.rows == 3:
            raise KeyboardInterrupt
        load(self, *given)

    load = Importer._load
    monkeypatch.setattr(importer, "ROWS", 2)
    monkeypatch.setattr(Importer, "_load", interrupted)
    rows = [changed(ROW, id=str(n), status="?" if n == 1 else "Done") for n in range(6)]
    result = import_table(config, written(tmp_path / "in" / "promises.csv", *rows))
    assert (result.exit_code, result.output.strip()) == (1, "Error: interrupted; nothing was changed")
    assert counts(config)["commitment"] == 0
    assert {path.name for path in (tmp_path / "in").iterdir()} == {"promises.csv", "mapping.yaml"}


def test_a_terminal_shows_rows_rate_and_time_left_on_one_line_and_a_pipe_nothing(
    sqlite_config: Config, tmp_path: Path
) -> None:
    table, mapping = tables.write(4_000, tmp_path)
    words = [sys.executable, "-c", RUN, "seeds", "import", str(table), "--map", str(mapping), "--dry-run"]
    environment = os.environ | {"TRACKER_INSTANCE": str(sqlite_config.instance), "TERM": "xterm"}
    plain = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert plain.stderr == ""
    said, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=terminal, text=True) as running:
        os.close(terminal)
        shown = "".join(chunks(said))
        assert running.stdout is not None
        assert running.stdout.read() == plain.stdout
    frames = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame) for frame in re.split(r"\r|\n", shown)]
    assert any(re.fullmatch(r"Planning .*3,000 rows, [\d,]+/s, 0:00:\d\d left", frame) for frame in frames), frames
    assert shown.count("\n") == 1, "a line is written over, and taken away at the end"


def chunks(descriptor: int) -> Iterator[str]:
    """What a terminal is told until nobody holds it any more."""
    with contextlib.suppress(OSError):
        while told := os.read(descriptor, 65_536):
            yield told.decode(errors="replace")
    os.close(descriptor)


def test_memory_stays_as_it_is_however_many_rows_there_are(
    sqlite_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "ROWS", 100)
    table, mapping = tables.write(1_600, tmp_path)
    recipe, _ = read_mapping(mapping)
    assert recipe is not None
    engine = create_engine(sqlite_config.database_url)
    held = []
    with (
        rare_collections(),
        opened(table, recipe.table, list(recipe.columns)) as rows,
        Session(engine, info={"origin": TESTER}) as session,
    ):
        for _ in Importer(session, recipe, rows).run("asha", lambda *done: held.append(sys.getallocatedblocks())):
            pass
    engine.dispose()
    # What the two names of a row are known by takes two blocks; the keys that queries asked for would take six more.
    assert held[-1] - held[-11] < 3_000


def test_a_claim_stands_for_good_and_takes_a_tenth_of_the_memory_of_a_dict() -> None:
    claims, known = Claims(), {}
    tracemalloc.start()
    taken = [tracemalloc.get_traced_memory()[0]]
    for n in range(100_000):
        assert claims.claim(("topic", f"topic-{n}"), n - 50_000) is None
    taken.append(tracemalloc.get_traced_memory()[0])
    for n in range(100_000):
        known["topic", f"topic-{n}"] = n - 50_000
    taken.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert (taken[1] - taken[0]) * 6 < taken[2] - taken[1]
    assert all(claims.claim(name, 7) == number for name, number in known.items())
    assert ("topic", "topic-99999") in claims
    assert ("topic", "topic-100000") not in claims


def test_templates_fill_in_cells_and_leave_out_what_is_blank() -> None:
    forms = {"slug": slug, "id": public_id, "short": short, "date": dates("%d.%m.%Y"), "s": looked_up("s", {"a": "b"})}
    row = {"a": "x Y", "b": "", "d": "1.2.2024", "s": "a", "bad": "z"}
    filled = {
        text: compiled(text, forms)(row)
        for text in (
            "plain",
            "{a}",
            "{b}",
            "<{a}{b}>",
            "note: {b}",
            "{a:slug}",
            "{a:id}",
            "{d:date}",
            "{s:s}",
            "{{{a}}}",
        )
    }
    assert filled == {
        "plain": "plain",
        "{a}": "x Y",
        "{b}": None,
        "<{a}{b}>": "<x Y>",
        "note: {b}": None,
        "{a:slug}": "x-y",
        "{a:id}": "X-Y",
        "{d:date}": "2024-02-01",
        "{s:s}": "b",
        "{{{a}}}": "{x Y}",
    }
    assert columns_of("{a:slug} {b} {{c}}") == {"a": "slug", "b": ""}
    with pytest.raises(CellError, match="column 'bad': 'z' is not in the values of s"):
        compiled("{bad:s}", forms)(row)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Climate & Emissions", "climate-emissions"),
        ("Māori", "maori"),
        ("https://www.x.nz/a?b=1", "x-nz-a-b-1"),
        ("", ""),
        ("\u5b89\u5168", "d0c5b1b1"),
    ],
)
def test_a_slug_is_made_of_any_text(cell: str, expected: str) -> None:
    made = slug(cell)
    assert made == expected if cell.isascii() or "M" in cell else len(made) == 8
    assert len(slug("x" * 300)) <= 110
    assert slug("x" * 300) != slug("x" * 301)
