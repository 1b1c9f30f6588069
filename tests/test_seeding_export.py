"""Export, on both engines: what nobody touched comes back to the byte, what changed is brought up to date."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.conftest import TESTER
from tests.seed_folder import FILES, MEETING, edited, good, loaded, mistakes, planned, write
from tests.test_seeding_roundtrip import EACH, meetings
from tracker.cli import main
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.models import Commitment, CommitmentParty, Meeting, SeedOrigin, SeedText, StatusUpdate, Topic
from tracker.seeding import columns
from tracker.seeding.contents import of_database, of_records
from tracker.seeding.export import Exported, ExportError, alike, export
from tracker.seeding.files import parsed
from tracker.seeding.load import load
from tracker.seeding.patch import patched
from tracker.seeding.plan import make_plan
from tracker.seeding.records import gather
from tracker.seeding.render import LINE_END, WIDTH, file_text, word
from tracker.seeding.schema import Meeting as MeetingFields

# What somebody has made of a meeting's file: comments, blank lines, other ways to write the same.
HANDWRITING = {
    "slug: third\n": "# What the meeting was.\n\nslug: third   # its name\n",
    "start_date: ": "# Not known to the hour.\nstart_date: ",
    "attendance:\n": "\nattendance:\n  # Only he.\n",
    "statements:\n  - slug": "\nstatements:\n  # As the report has it.\n  - slug",
    "summary: He spoke of": "summary: >-\n      He spoke\n      of",
    "[security, cyber]": "[security,   cyber]",
    "agreed to prepare a framework": "'agreed to prepare a framework'",
    "- source: report\n        bearing: context\n": "- {source: report, bearing: context}\n",
    "commitments:\n": "\n# What was promised.\ncommitments:\n",
    "- public_id: IJ-2024-01\n": "- public_id: IJ-2024-01  # the first\n",
    "title: A framework\n": "title: A framework # short\n    # Said on the day.\n",
    "      - country: IN\n": "      # Who does it.\n      - country: IN\n",
    "      - organization: ": "      # Who helps.\n      - organization: ",
    "      - key: a\n": "      # The beginning.\n      - key: a\n",
    "      - key: b\n": "      # The end.\n      - key: b\n",
    "  - public_id: IJ-2024-02\n": "\n  # The second.\n  - public_id: IJ-2024-02\n",
}


def by_hand(text: str) -> str:
    """The file as somebody would write it."""
    for plain, written in HANDWRITING.items():
        assert text.count(plain) == 1, plain
        text = text.replace(plain, written)
    return f"{text}# The end of the file.\n"


COMMENTED = by_hand(FILES[MEETING])


def exported(session: Session, folder: Path) -> Exported:
    session.rollback()
    done = export(session, folder)
    session.rollback()
    return done


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.yaml")}


def commitment(session: Session, public_id: str) -> Commitment:
    session.rollback()
    return session.scalars(select(Commitment).where(Commitment.public_id == public_id)).one()


def test_the_files_of_this_repository_come_back_to_the_byte(session: Session, tmp_path: Path) -> None:
    loaded(session, good(PROJECT / "seeds"))

    exported(session, tmp_path / "out")
    again = exported(session, tmp_path / "out")

    ours = {name: text for name, text in contents(PROJECT / "seeds").items() if not name.startswith("mappings/")}
    assert contents(tmp_path / "out") == ours
    assert (again.written, again.removed) == ([], [])
    schemas = {path.name: path.read_bytes() for path in (PROJECT / "seeds" / "schemas").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "out" / "schemas").iterdir()} == schemas


def test_files_of_any_form_come_back_to_the_byte(session: Session, tmp_path: Path) -> None:
    changes: dict[str, str | bytes] = {
        MEETING: COMMENTED.replace("\n", "\r\n"),
        "topics.yaml": b"\xef\xbb\xbf# Topics\n\n\n- {slug: security, label: Security}\n"
        b"- slug:   cyber\n  parent: security\n  label: 'Cyber'",
        "sources.yaml": FILES["sources.yaml"].replace("language", "publisher: Cafe\u0301\n  language"),
        "series.yaml": "# Only one.\n" + FILES["series.yaml"],
    }
    folder = write(tmp_path / "seeds", changes)
    loaded(session, good(folder))

    exported(session, tmp_path / "out")

    assert contents(tmp_path / "out") == contents(folder)


def rename(row: Commitment) -> None:
    row.title = "The framework: agreed"


def append_update(row: Commitment) -> None:
    row.status_updates.append(
        StatusUpdate(
            key="c",
            status="in_progress",
            effective_on=date(2024, 12, 1),
            recorded_at=datetime(2024, 12, 2, 8, tzinfo=UTC),
            recorded_by="ben",
            reason="It goes on. " * 12,
        )
    )


def end_party(row: Commitment) -> None:
    columns.delete(row.parties[0])
    row.parties.append(CommitmentParty(country_code="NO", role="beneficiary"))


def fill_in(row: Commitment) -> None:
    row.summary = "Two lines,\nthe second."
    row.owner = "null"


UPDATE = """\
      - key: c
        status: in_progress
        effective_on: 2024-12-01
        recorded_on: 2024-12-02
        recorded_by: ben
        reason: >-
          It goes on. It goes on. It goes on. It goes on. It goes on. It goes on. It goes on. It goes on. It
          goes on. It goes on. It goes on. It goes on.
"""
CHANGES = [
    (rename, "    title: A framework # short\n", '    title: "The framework: agreed"\n'),
    (append_update, "            locator: page 1\n", "            locator: page 1\n" + UPDATE),
    (
        end_party,
        "      # Who does it.\n      - country: IN\n        role: lead\n        office: defence-minister\n"
        "      # Who helps.\n      - organization: ministry\n        role: partner\n",
        "      # Who does it.\n      # Who helps.\n      - organization: ministry\n        role: partner\n"
        "      - country: NO\n        role: beneficiary\n".replace("NO", '"NO"'),
    ),
    (
        fill_in,
        "    title: A framework # short\n    # Said on the day.\n    promised_on: 2024-08-20\n"
        "    original_target_on: 2025\n    topics",
        "    title: A framework # short\n    summary: |-\n      Two lines,\n      the second.\n    # Said on the day.\n"
        '    promised_on: 2024-08-20\n    original_target_on: 2025\n    owner: "null"\n    topics',
    ),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("edit", "old", "new"), CHANGES)
def test_only_what_changed_is_written_anew(
    session: Session, tmp_path: Path, edit: Any, old: str, new: str, end: str
) -> None:
    folder = write(tmp_path / "seeds", {MEETING: COMMENTED.replace("\n", end)})
    loaded(session, good(folder))
    edit(commitment(session, "IJ-2024-01"))
    session.commit()

    done = exported(session, folder)

    assert COMMENTED.count(old) == 1
    assert (folder / MEETING).read_bytes().decode() == COMMENTED.replace(old, new).replace("\n", end)
    assert done.written[0] == MEETING
    assert exported(session, folder).written == []
    assert planned(session, good(folder)) == {}


def test_new_records_come_last_and_deleted_ones_go(session: Session, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "seeds", {"topics.yaml": "# Topics.\n" + FILES["topics.yaml"] + "- slug: x\n  label: X\n"}
    )
    loaded(session, good(folder))
    session.delete(session.scalars(select(Topic).where(Topic.slug == "x")).one())
    session.add(Topic(slug="space", label="- Space"))
    session.commit()

    exported(session, folder)

    expected = "# Topics.\n" + FILES["topics.yaml"] + '\n- slug: space\n  label: "- Space"\n'
    assert (folder / "topics.yaml").read_text() == expected


def test_a_meeting_that_moves_takes_its_file_along(session: Session, tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds", {MEETING: COMMENTED})
    loaded(session, good(folder))
    session.rollback()
    meeting = session.scalars(select(Meeting).where(Meeting.slug == "third")).one()
    meeting.start_date, meeting.date_precision = date(2024, 8, 1), "month"
    session.commit()

    done = exported(session, folder)

    assert (done.written[0], done.removed) == ("meetings/2024-08-third.yaml", [MEETING])
    moved = COMMENTED.replace("start_date: 2024-08-20", "start_date: 2024-08")
    assert (folder / done.written[0]).read_text() == moved
    assert planned(session, good(folder)) == {}


def test_edits_that_were_not_loaded_are_not_lost(session: Session, tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds")
    loaded(session, good(folder))
    write(folder, edited("topics.yaml", "label: Cyber", "label: Net"))
    (folder / "series.yaml").write_text(FILES["series.yaml"] + "- slug: more\n  code: M\n  name: More\n")
    before = contents(folder)

    with pytest.raises(ExportError) as refused:
        exported(session, folder)

    assert str(refused.value).splitlines() == [
        "the folder holds edits that were not loaded; load them first:",
        "seeds/topics.yaml:3: topic cyber",
        "seeds/series.yaml:4: meeting_series more",
    ]
    assert contents(folder) == before


def test_a_folder_with_mistakes_is_left_alone(session: Session, tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds", {"topics.yaml": "- slug: [\n"})
    with pytest.raises(ExportError, match=r"topics.yaml:2: is not YAML"):
        exported(session, folder)


def test_a_meeting_whose_name_leads_elsewhere_is_not_written(session: Session, tmp_path: Path) -> None:
    session.add(Meeting(slug="../../x", name="X", classification="other", status="planned"))
    session.commit()
    with pytest.raises(ExportError, match="no file can be named after this slug"):
        exported(session, tmp_path / "out" / "in")
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []
    assert not (tmp_path / "x.yaml").exists()


def test_updates_of_one_day_keep_the_order_that_decides(session: Session, tmp_path: Path) -> None:
    loaded(session, good(write(tmp_path / "seeds")))
    row = commitment(session, "IJ-2024-02")
    day = {"effective_on": date(2024, 9, 1), "reason": "Seen.", "recorded_by": "ben"}
    late, early = (datetime(2024, 9, 3, hour, tzinfo=UTC) for hour in (18, 6))
    first = StatusUpdate(key="late", status="stalled", recorded_at=late, **day)
    row.status_updates.append(first)
    session.flush()
    row.status_updates.append(StatusUpdate(key="early", status="in_progress", recorded_at=early, **day))
    session.commit()
    assert row.status == "stalled"

    exported(session, tmp_path / "out")

    text = (tmp_path / "out" / MEETING).read_text()
    assert text.index("key: early") < text.index("key: late")


def test_what_was_true_tomorrow_in_the_first_time_zone_loads_again(config: Config, tmp_path: Path) -> None:
    """In Auckland it is the second of September already, by UTC the first."""
    changes = edited(MEETING, "recorded_on: 2024-09-02", "recorded_on: 2024-08-31")
    folder = write(tmp_path / "seeds", changes)
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        loaded(session, good(folder))
        update = session.scalars(select(StatusUpdate).where(StatusUpdate.key == "a")).one()
        assert f"{update.recorded_at:%Y-%m-%d %H:%M}" == "2024-08-31 10:00"
        assert planned(session, good(folder)) == {}
    engine.dispose()


def test_the_command_tells_what_it_wrote_and_what_breaks_a_rule_of_files(sqlite_config: Config, tmp_path: Path) -> None:
    environment = {
        "TRACKER_INSTANCE": str(sqlite_config.instance),
        "TRACKER_DATABASE_URL": sqlite_config.database_url.render_as_string(hide_password=False),
    }
    engine = create_engine(sqlite_config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        loaded(session, good(write(tmp_path / "seeds")))
        row = commitment(session, "IJ-2024-02")
        session.delete(row.parties[0])
        session.commit()
    engine.dispose()

    result = CliRunner().invoke(main, ["seeds", "export", str(tmp_path / "seeds")], env=environment)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == f"written: {MEETING}"
    assert result.stdout.splitlines()[-1] == f"{tmp_path / 'seeds'}: 9 files, 8 as they were"
    assert "commitments[1].parties: is missing" in result.stderr
    assert "correct those in the admin UI" in result.stderr
    (tmp_path / "seeds" / MEETING).write_text("[")
    result = CliRunner().invoke(main, ["seeds", "export", str(tmp_path / "seeds")], env=environment)
    assert result.exit_code == 1
    assert result.stderr.endswith("nothing was written\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("2024-08", "2024-08"),
        ("1.10", '"1.10"'),
        ("NO", '"NO"'),
        ("a: b", '"a: b"'),
        ("a:b", "a:b"),
        ("a #b", '"a #b"'),
        ("# a", '"# a"'),
        ("- a", '"- a"'),
        ("[a]", '"[a]"'),
        ("ends:", '"ends:"'),
        ('say "a"', 'say "a"'),
        ('"a" said', '"\\"a\\" said"'),
        ("“a” said", "“a” said"),
        ("a\tb", '"a\\tb"'),
        ("a\u2028b", '"a\\u2028b"'),
        ("الأمن", "الأمن"),
        ("~", '"~"'),
        ("null", '"null"'),
    ],
)
def test_a_word_is_quoted_only_where_it_must_be(text: str, expected: str) -> None:
    assert word(text) == expected


def comes_out_again(session: Session, data: dict[str, Any]) -> None:
    """Load one meeting, export it without a base, and find the same records in the files."""
    with tempfile.TemporaryDirectory() as folder:
        content = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        seeds = good(write(Path(folder) / "seeds", {MEETING: content}))
        try:
            load(session, make_plan(session, seeds), "asha")
            session.execute(delete(SeedText))
            export(session, Path(folder) / "out")
            again = good(Path(folder) / "out")
            steps = make_plan(session, again).steps
            in_database = {name: found for name, _, found in of_database(session)}
        finally:
            session.rollback()
        assert [step.name for step in steps if step.action != "same"] == []
        assert len(steps) == len(seeds.records)
        # What a fresh database would hold: all of it, when and by whom each update was recorded, too.
        assert of_records(again.records)[MEETING] == in_database[MEETING]
        lines = (Path(folder) / "out" / MEETING).read_text().split("\n")
        assert [line for line in lines if len(line) > WIDTH and '"' not in line] == []


@settings(EACH, max_examples=8)
@given(data=meetings)
def test_an_export_without_a_base_holds_every_record(session: Session, data: dict[str, Any]) -> None:
    comes_out_again(session, data)


@pytest.mark.long
@settings(EACH, max_examples=150)
@given(data=meetings)
def test_many_exports_without_a_base_hold_every_record(session: Session, data: dict[str, Any]) -> None:
    comes_out_again(session, data)


def strewn(text: str, seed: int) -> str:
    """The same file with comments and blank lines where they may stand."""
    random = Random(seed)
    lines = []
    in_block = None
    for line in text.split("\n"):
        margin = len(line) - len(line.lstrip(" "))
        if in_block is not None and line.strip() and margin <= in_block:
            in_block = None
        if in_block is None and random.random() < 0.2:
            lines.append(random.choice(["", f"{' ' * margin}# said {len(lines)}", "# at the edge"]))
        if line.endswith(("|-", ">-")):
            in_block = margin + (2 if line.lstrip().startswith("- ") else 0)
        lines.append(line)
    return "\n".join(lines)


def content_of(data: dict[str, Any] | str) -> Any:
    text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    gathered = gather([parsed(MEETING, text)])
    assert gathered.problems == []
    return of_records(gathered.seeds.records)[MEETING]


@settings(EACH, max_examples=40)
@given(old=meetings, new=meetings, seed=st.integers(0, 1000), end=st.sampled_from(["\n", "\r\n"]))
def test_a_patched_file_holds_the_new_records_and_the_old_comments(
    old: dict[str, Any], new: dict[str, Any], seed: int, end: str
) -> None:
    before, after = content_of(old), content_of(new)
    text = strewn(file_text(before, MeetingFields, ["# A header."]), seed).replace("\n", end)
    root = parsed(MEETING, text).root

    assert patched(text, root, before, before, MeetingFields) == text
    result = patched(text, root, before, after, MeetingFields)

    assert alike(MeetingFields, content_of(result), after)
    assert "# A header." in result
    assert [found.group() for found in LINE_END.finditer(result) if found.group() not in (end, "\u2028")] == []


def test_every_origin_of_a_loaded_folder_stays_after_an_export(session: Session, tmp_path: Path) -> None:
    """An export to somewhere else must not make an older folder look edited."""
    folder = write(tmp_path / "seeds")
    loaded(session, good(folder))
    rename(commitment(session, "IJ-2024-01"))
    session.commit()
    kept = session.get_one(SeedOrigin, ("commitment", "IJ-2024-01")).content["title"]

    exported(session, tmp_path / "elsewhere")

    assert session.get_one(SeedOrigin, ("commitment", "IJ-2024-01")).content["title"] == kept
    assert planned(session, good(folder))[("commitment", "IJ-2024-01")][0] == "keep"
    assert mistakes(tmp_path / "elsewhere") == []
