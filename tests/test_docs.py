"""The documentation says what is so."""

import re
from collections.abc import Iterator

import click
import pytest

from tracker.cli import NOUNS, main
from tracker.config import NAMES, PROJECT, Config
from tracker.models.lookups import CROSSWALK, KINDS, STATUSES, STRENGTHS

DOCS = PROJECT / "tracker" / "docs"
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def commands(command: click.Command = main, path: str = "tracker") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, f"{path} {name}")


def in_readme() -> list[str]:
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", README, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize(("path", "command"), list(commands()))
def test_each_command_has_help_in_whole_sentences(path: str, command: click.Command) -> None:
    assert command.help, path
    assert command.help.split("\n\n")[0].rstrip().endswith((".", ").")), path


@pytest.mark.parametrize("noun", NOUNS)
def test_the_list_of_commands_repeats_their_own_help(noun: str) -> None:
    command = main.get_command(click.Context(main), noun)
    assert command is not None
    assert command.help is not None
    assert " ".join(command.help.split("\n\n")[0].split()) == NOUNS[noun]


@pytest.mark.parametrize("line", [line for line in in_readme() if line.startswith("tracker ")])
def test_each_command_in_the_readme_exists(line: str) -> None:
    command: click.Command = main
    for word in line.split()[1:]:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"{line}: no command {word}"
        command = found


@pytest.mark.parametrize("line", [line for line in in_readme() if line.startswith("make ")])
def test_each_target_in_the_readme_exists(line: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{re.escape(line.split()[1])}:.*## ", makefile, re.MULTILINE)


def test_the_readme_names_the_two_commands_and_what_it_links_to_is_there() -> None:
    assert {"make run", "make test"} <= set(in_readme())
    links = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_each_setting_is_described() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    for name in ("instance", *NAMES):
        assert f"`TRACKER_{name.upper()}`" in text
    for name in ("host", "port", "threads", "statement_seconds"):
        row = rf"^\| `TRACKER_{name.upper()}` \| `{name}` \| `{re.escape(str(getattr(Config, name)))}` \|"
        assert re.search(row, text, re.MULTILINE), name


def test_each_word_is_defined_as_the_database_defines_it() -> None:
    text = (DOCS / "statuses.md").read_text(encoding="utf-8")
    for name, *_, definition in (*STATUSES, *KINDS, *STRENGTHS):
        assert re.search(rf"^\| `{name}` \|.*{re.escape(definition)} \|$", text, re.MULTILINE), name
    for terms in CROSSWALK.values():
        for status, term in terms.items():
            assert re.search(rf"^\| `{status}` \|.* {re.escape(term)} \|", text, re.MULTILINE), (status, term)


def test_each_threat_names_a_test_that_is_there() -> None:
    rows = [
        line for line in (DOCS / "threat-model.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    named = [re.findall(r"`(tests/[\w/]+\.py)`", row) for row in rows[1:]]
    assert len(named) >= 15
    assert all(named)
    assert [path for paths in named for path in paths if not (PROJECT / path).exists()] == []
