"""The fields of seed files told to editors, as JSON Schema, and to people, as the tables of the guide."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from tracker.seeding.columns import Reference
from tracker.seeding.fields import PERIOD, OneOf, SeedModel
from tracker.seeding.rows import columns
from tracker.seeding.schema import LISTS, PARTS, RECORDS, Meeting

MEETING = "meeting"
NAMES = (*LISTS, MEETING)
FOLDER = "schemas"
# model -> its heading in the guide
HEADINGS = {
    "Country": "Countries",
    "Organization": "Organisations",
    "Office": "Offices",
    "Minister": "Ministers",
    "OfficeTerm": "Terms of office (`office_terms` of a minister)",
    "Topic": "Topics",
    "Source": "Sources",
    "Series": "Series",
    "Meeting": "Meetings",
    "Attendance": "Attendance (`attendance` of a meeting)",
    "Statement": "Statements (`statements` of a meeting)",
    "Citation": "Citations (`citations` of a statement or status update)",
    "Selector": "Selectors (`selector` of a citation)",
    "Commitment": "Commitments (`commitments` of a meeting)",
    "Party": "Parties (`parties` of a commitment)",
    "Link": "Links (`links` of a commitment)",
    "Milestone": "Milestones (`milestones` of a commitment)",
    "StatusUpdate": "Status updates (`status_updates` of a commitment)",
}


def schema_line(name: str) -> str:
    """The comment by which an editor finds the schema of a seed file."""
    return f"# yaml-language-server: $schema={'../' if name == MEETING else ''}{FOLDER}/{name}.json"


def json_schema(name: str) -> dict[str, Any]:
    """The schema of one seed file: of a list, by the name of its file, or of a meeting."""
    model = Meeting if name == MEETING else LISTS[name]
    _, whole = models_json_schema([(model, "validation")], schema_generator=_Generator)
    definitions = {key: _for_editors(value) for key, value in whole["$defs"].items()}
    record = {"$ref": f"#/$defs/{model.__name__}"}
    root = record if model is Meeting else {"type": ["array", "null"], "items": record}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Seed file: {name}",
        **root,
        "$defs": definitions,
    }


def write_schemas(folder: Path) -> list[str]:
    """Write the schema of each seed file where the files look for it; the names of those that changed."""
    changed = []
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / FOLDER / f"{name}.json"
        text = spelled(json_schema(name))
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(f"{FOLDER}/{name}.json")
    return changed


def spelled(schema: dict[str, Any]) -> str:
    """A schema as text."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def guide() -> str:
    """Every kind of record with a table of its fields, as the guide has them."""
    models = {model.__name__: model for model in (*RECORDS, *PARTS)}
    return "\n\n".join(
        f"### {heading}\n\n{models[name].__doc__}\n\n{field_table(models[name])}" for name, heading in HEADINGS.items()
    )


def field_table(model: type[SeedModel]) -> str:
    """The fields of one kind of record, a line each."""
    rows = ["| Field | Needed | What it is |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        text = str(field.description)
        words = next((item.words for item in field.metadata if isinstance(item, OneOf)), ())
        if words:
            text += " One of " + ", ".join(f"`{word}`" for word in words) + "."
        if isinstance(field.default, str):
            text += f" Without it: `{field.default}`."
        column = columns(model).get(name)
        if isinstance(column, Reference):
            text += f" ({column.record.replace('meeting_', '').replace('_', ' ')})"
        rows.append(f"| `{name}` | {'yes' if field.is_required() else ''} | {text} |")
    return "\n".join(rows)


class _Generator(GenerateJsonSchema):
    """Without titles, which only repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _for_editors(schema: Any) -> Any:
    """What an editor may read as a number, such as a year or a title in digits, is text to us."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _for_editors(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)}
    if made.get("type") == "string" and made.get("pattern") in (None, PERIOD) and "enum" not in made:
        made["type"] = ["string", "number"]
    return made
