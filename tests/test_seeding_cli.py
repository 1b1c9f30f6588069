"""`tracker seeds` as people call it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.seed_folder import FILES, MEETING, edited, write
from tracker.cli import main
from tracker.config import PROJECT, Config
from tracker.db import create_engine


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
    assert first.stdout.endswith("\nPlan: 18 to create, 0 different and left as they are, 0 the same.\n")


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
    assert seeds(config, "plan", folder).stdout == (
        "Plan: 0 to create, 0 different and left as they are, 18 the same.\n"
    )


def test_a_difference_is_shown_by_plan_and_by_load(config: Config, tmp_path: Path) -> None:
    seeds(config, "load", str(write(tmp_path / "before" / "seeds")))
    folder = str(write(tmp_path / "after" / "seeds", edited(MEETING, "title: Peace", "title: Lasting peace")))

    assert seeds(config, "plan", folder).stdout.splitlines() == [
        f"~ commitment IJ-2024-02  (left as it is; seeds/{MEETING}:67)",
        '    title: "Peace" -> "Lasting peace"',
        "Plan: 0 to create, 1 different and left as they are, 17 the same.",
    ]
    assert seeds(config, "load", folder).stdout.splitlines() == [
        f"left as it is: commitment IJ-2024-02 (seeds/{MEETING}:67)",
        '    title: "Peace" -> "Lasting peace"',
        "nothing to change",
    ]


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
