"""The guide to seed files names every field, as the code describes it, and its example loads."""

import json
import re
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from tests.seed_folder import FILES, MEETING, good
from tracker.cli import main
from tracker.config import PROJECT
from tracker.seeding.described import HEADINGS, NAMES, guide, json_schema, schema_line, spelled
from tracker.seeding.schema import PARTS, RECORDS

GUIDE = (PROJECT / "tracker" / "docs" / "seeds.md").read_text(encoding="utf-8")


def test_the_guide_ends_with_the_tables_of_all_fields() -> None:
    assert GUIDE.endswith("\n\n" + guide() + "\n")
    assert {model.__name__ for model in (*RECORDS, *PARTS)} == HEADINGS.keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_beside_the_records_are_those_of_the_code(name: str) -> None:
    kept = PROJECT / "seeds" / "schemas" / f"{name}.json"
    assert kept.read_text(encoding="utf-8") == spelled(json_schema(name)), "run 'tracker seeds schema --write'"
    Draft202012Validator.check_schema(json_schema(name))


@pytest.mark.parametrize("path", sorted((PROJECT / "seeds").rglob("[!.]*.yaml")), ids=lambda path: path.stem)
def test_every_seed_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    if path.parent.name == "mappings":
        return
    name = "meeting" if path.parent.name == "meetings" else path.stem
    text = path.read_text(encoding="utf-8")
    assert schema_line(name) in text.splitlines()[:2]
    assert list(Draft202012Validator(json_schema(name)).iter_errors(yaml.load(text, AsEditorsDo))) == []


class AsEditorsDo(yaml.SafeLoader):
    """YAML 1.2, by which dates and NO are text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] not in ("timestamp", "bool")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@pytest.mark.parametrize("name", ["topics", "sources", "ministers", MEETING])
def test_the_small_folder_keeps_to_the_schemas_too(name: str) -> None:
    data = yaml.load(FILES[name if "/" in name else f"{name}.yaml"], AsEditorsDo)
    schema = json_schema("meeting" if "/" in name else name)
    assert list(Draft202012Validator(schema).iter_errors(data)) == []
    (data if isinstance(data, dict) else data[0])["lable"] = "x"
    assert len(list(Draft202012Validator(schema).iter_errors(data))) == 1


def test_the_command_prints_a_schema_and_the_tables() -> None:
    printed = CliRunner().invoke(main, ["seeds", "schema", "topics"]).stdout
    assert json.loads(printed) == json_schema("topics")
    assert CliRunner().invoke(main, ["seeds", "schema", "--fields"]).stdout == guide() + "\n"


def test_the_command_writes_the_schemas_where_files_look_for_them(tmp_path: Path) -> None:
    first, second = (CliRunner().invoke(main, ["seeds", "schema", "--write", str(tmp_path)]) for _ in range(2))
    assert len(first.stdout.splitlines()) == len(NAMES) == len(list((tmp_path / "schemas").iterdir()))
    assert second.stdout == "nothing to change\n"


def test_the_example_of_the_guide_is_a_folder_without_mistakes(tmp_path: Path) -> None:
    blocks = re.findall(r"`(seeds/\S+\.yaml)`:\n\n```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(blocks) == 4
    for name, content in blocks:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    assert len(good(tmp_path / "seeds").records) == 8


def test_no_field_goes_without_a_description() -> None:
    bare = [
        f"{model.__name__}.{name}"
        for model in (*RECORDS, *PARTS)
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert bare == []
