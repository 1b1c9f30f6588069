"""`tracker seeds` as people call it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.seed_folder import FILES, MEETING, edited, write
from tracker.auditing import Origin
from tracker.cli import main
from tracker.config import PROJECT, Config
from tracker.db import Session, create_engine
from tracker.models import Commitment


def seeds(config: Config | None, *words: str, color: bool = False) -> Result:
    environment = {"TRACKER_INSTANCE": "/nowhere"}
    if config:
        address = config.database_url.render_as_string(hide_password=False)
        environment = {"TRACKER_INSTANCE": str(config.instance), "TRACKER_DATABASE_URL": address, "LOGNAME": "asha"}
    return CliRunner().invoke(main, ["seeds", *words], env=environment, color=color)


def test_check_needs_no_database(tmp_path: Path) -> None:
    result = seeds(None, "check", str(write(tmp_path / "seeds")))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("seeds: 18 records, no mistakes\n")


def test_check_looks_at_the_seeds_of_the_project_by_default() -> None:
    result = seeds(None, "check")
    assert result.stdout.startswith(f"{PROJECT / 'seeds'}: ")


@pytest.mark.parametrize("word", ["check", "plan", "load"])
def test_mistakes_go_to_stderr_and_end_the_command(sqlite_config: Config, tmp_path: Path, word: str) -> None:
    folder = write(tmp_path / "seeds", edited("topics.yaml", "slug: security\n", "slug: Security\n"))

    result = seeds(sqlite_config, word, str(folder))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-2:] == [
        "seeds/topics.yaml:5: [1].parent: there is no topic 'security' - did you mean 'Security'?",
        "Error: 4 mistakes; nothing was changed",
    ]


def test_plan_shows_every_field_and_changes_nothing(config: Config, tmp_path: Path) -> None:
    folder = str(write(tmp_path / "seeds"))

    first, second = seeds(config, "plan", folder), seeds(config, "plan", folder)

    assert first.stdout == second.stdout
    assert '+ topic cyber\n    slug: "cyber"\n    label: "Cyber"\n    parent: "security"\n' in first.stdout
    assert '    parties[IN lead].office: "defence-minister"\n' in first.stdout
    assert first.stdout.endswith("\nPlan: 18 to create, 0 to change, 0 the same.\n")


def test_load_tells_what_it_did_and_then_that_there_is_nothing_to_do(config: Config, tmp_path: Path) -> None:
    folder = str(write(tmp_path / "seeds"))

    assert seeds(config, "load", folder).stdout.splitlines() == [
        "country: 2 created",
        "organization: 2 created",
        "office: 1 created",
        "minister: 2 created",
        "topic: 2 created",
        "source: 1 created",
        "meeting_series: 1 created",
        "meeting: 2 created",
        "statement: 1 created",
        "commitment: 2 created",
        "status_update: 2 created",
    ]
    assert seeds(config, "load", folder).stdout == "nothing to change\n"
    assert seeds(config, "plan", folder).stdout == ("Plan: 0 to create, 0 to change, 18 the same.\n")


def test_a_difference_is_shown_by_plan_and_by_load(config: Config, tmp_path: Path) -> None:
    seeds(config, "load", str(write(tmp_path / "before" / "seeds")))
    folder = str(write(tmp_path / "after" / "seeds", edited(MEETING, "title: Peace", "title: Lasting peace")))

    assert seeds(config, "plan", folder).stdout.splitlines() == [
        f"~ commitment IJ-2024-02  (seeds/{MEETING}:67)",
        '    title: "Peace" -> "Lasting peace"',
        "Plan: 0 to create, 1 to change, 17 the same.",
    ]
    assert seeds(config, "load", folder).stdout.splitlines() == ["commitment: 1 changed"]
    assert seeds(config, "plan", folder).stdout == "Plan: 0 to create, 0 to change, 18 the same.\n"


def edit_title(config: Config, title: str) -> None:
    """Another title for IJ-2024-02, as the admin gives it."""
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": Origin("ben", "web")}) as session:
        session.scalars(select(Commitment).where(Commitment.public_id == "IJ-2024-02")).one().title = title
        session.commit()
    engine.dispose()


def test_a_conflict_ends_the_load_with_both_values_and_where_they_come_from(config: Config, tmp_path: Path) -> None:
    seeds(config, "load", str(write(tmp_path / "before" / "seeds")))
    edit_title(config, "Peace at sea")
    folder = str(write(tmp_path / "after" / "seeds", edited(MEETING, "title: Peace", "title: Lasting peace")))

    result = seeds(config, "load", folder)

    assert (result.exit_code, result.stdout) == (1, "")
    told = result.stderr.splitlines()
    place = f"seeds/{MEETING}:67"
    assert told[0] == f"! commitment IJ-2024-02  (edited in the file and in the database; {place})"
    assert told[1] == (
        '    title: "Peace at sea" in the database, "Lasting peace" in the file, "Peace" when last loaded'
    )
    assert re.fullmatch(rf"    database: ben, \d{{4}}-\d\d-\d\d \d\d:\d\d UTC, web; file: {place}", told[2])
    assert told[3] == (
        "Error: 1 record was edited on both sides; say --prefer file or --prefer database, or make them agree; "
        "nothing was changed"
    )
    assert seeds(config, "load", folder, "--prefer", "database").stdout.splitlines() == [
        f'kept: commitment IJ-2024-02: title: "Peace at sea", where the file says "Lasting peace" ({place})',
        "nothing to change",
    ]
    assert "1 edited in the database and kept" in seeds(config, "plan", folder).stdout


def test_prune_is_offered_and_done(config: Config, tmp_path: Path) -> None:
    topics = FILES["topics.yaml"] + "- slug: space\n  label: Space\n"
    seeds(config, "load", str(write(tmp_path / "before" / "seeds", {"topics.yaml": topics})))
    folder = str(write(tmp_path / "after" / "seeds"))

    left = "topic space: in no file any more, left; --prune deletes it (topics.yaml)"
    assert seeds(config, "load", folder).stdout.splitlines() == [f"left: {left}", "nothing to change"]
    planned = seeds(config, "plan", folder, "--prune").stdout
    assert "- topic space  (in no file any more, to be deleted; topics.yaml)" in planned
    assert seeds(config, "load", folder, "--prune").stdout == "topic: 1 deleted\n"
    assert seeds(config, "load", folder).stdout == "nothing to change\n"


def test_a_plan_is_coloured_on_a_terminal_alone(sqlite_config: Config, tmp_path: Path) -> None:
    folder = str(write(tmp_path / "seeds"))
    assert "\x1b[32m+ topic cyber" in seeds(sqlite_config, "plan", folder, color=True).stdout
    assert "\x1b" not in seeds(sqlite_config, "plan", folder).stdout


def test_a_clash_with_another_record_of_the_database_changes_nothing(config: Config, tmp_path: Path) -> None:
    seeds(config, "load", str(write(tmp_path / "before")))
    series = FILES["series.yaml"].replace("two-plus-two", "another")
    meetings = {name: FILES[name].replace("two-plus-two", "another") for name in FILES if name.startswith("meetings/")}
    folder = str(write(tmp_path / "after", {"series.yaml": series, **meetings}))

    result = seeds(config, "load", folder)

    assert result.exit_code == 1
    assert "the database refused the records, and nothing was changed" in result.stderr
    assert "Traceback" not in result.output
    assert "1 to create" in seeds(config, "plan", folder).stdout


def test_a_database_without_tables_is_told_with_the_remedy(empty_config: Config, tmp_path: Path) -> None:
    result = seeds(empty_config, "load", str(write(tmp_path / "seeds")))
    assert result.exit_code == 1
    assert "run 'tracker db upgrade' first" in result.stderr


@pytest.mark.parametrize("word", ["check", "plan", "load"])
def test_each_command_shows_an_example(word: str) -> None:
    assert f"Example: tracker seeds {word} seeds" in seeds(None, word, "--help").stdout


def test_an_update_is_recorded_by_whoever_loads(sqlite_config: Config, tmp_path: Path) -> None:
    seeds(sqlite_config, "load", str(write(tmp_path / "seeds")))
    engine = create_engine(sqlite_config.database_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT key, recorded_by FROM status_update ORDER BY key").all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("a", "asha"), ("b", "asha")]
