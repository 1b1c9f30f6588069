"""The guide to seed files names every field, as the code describes it, and its example loads."""

import re
from pathlib import Path

import pytest

from tests.seed_folder import good
from tracker.config import PROJECT
from tracker.seeding.columns import Reference
from tracker.seeding.fields import OneOf, SeedModel
from tracker.seeding.rows import columns
from tracker.seeding.schema import PARTS, RECORDS

GUIDE = (PROJECT / "tracker" / "docs" / "seeds.md").read_text(encoding="utf-8")


def table(model: type[SeedModel]) -> list[str]:
    """The rows that describe a class in the guide."""
    rows = ["| Field | Needed | What it is |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        needed = "yes" if field.is_required() else ""
        text = str(field.description)
        words = next((item.words for item in field.metadata if isinstance(item, OneOf)), ())
        if words:
            text += " One of " + ", ".join(f"`{word}`" for word in words) + "."
        if isinstance(field.default, str):
            text += f" Without it: `{field.default}`."
        column = columns(model).get(name)
        if isinstance(column, Reference):
            text += f" ({column.record.replace('meeting_', '').replace('_', ' ')})"
        rows.append(f"| `{name}` | {needed} | {text} |")
    return rows


@pytest.mark.parametrize("model", [*RECORDS, *PARTS], ids=lambda model: model.__name__)
def test_the_guide_has_a_table_of_every_field(model: type[SeedModel]) -> None:
    assert f"{model.__doc__}\n\n" + "\n".join(table(model)) + "\n\n" in GUIDE + "\n"


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
