"""Seed files as they are read: what is refused, where it is said to stand, and what is only awkward."""

import os
from pathlib import Path

import pytest

from tests.seed_folder import FILES, MEETING, good, mistakes, write
from tracker.seeding.files import MAX_BYTES
from tracker.seeding.schema import Country, Minister, Source, Topic
from tracker.seeding.tree import MAX_NODES

TOPIC = b"- slug: a\n  label: A\n"
HIDDEN = "text holds the hidden character U+"
NOT_UTF8 = "is not UTF-8 text; save it as UTF-8"
NOT_YAML = "is not YAML: "

# what stands in topics.yaml, and the one mistake that this is
REFUSED = {
    "a key twice": (TOPIC + b"  slug: b\n", "3: [0].slug: this key stands twice; the first is on line 1"),
    "a key twice, without values": (b"- slug: a\n  label: A\n  parent:\n  parent:\n", "4: [0].parent: this key stands"),
    "an anchor": (b"- &x\n  slug: a\n  label: A\n", "1: [0]: anchor &x is not read; remove it"),
    "a tag": (b"- slug: !int a\n  label: A\n", "1: [0].slug: tag '!int' is not read; remove it"),
    "a tag that runs code": (
        b"- slug: !!python/object/apply:os.system a\n  label: A\n",
        "1: [0].slug: tag 'tag:yaml.org,2002:python/object/apply:os.system' is not read",
    ),
    "an alias without its anchor": (TOPIC + b"  parent: *n\n", "3: [0].parent: alias *n is not read; write it out"),
    "a merge key": (TOPIC + b"  <<: {parent: b}\n", "3: [0]: merge keys are not read; write the values out"),
    "a second document": (TOPIC + b"---\n- slug: b\n", "3: a second document begins; keep one in a file"),
    "brackets without end": (b"- slug: " + b"[" * 100_000, "1: is nested more than 12 levels deep"),
    "mappings without end": (
        b"".join(b" " * n + b"a:\n" for n in range(200)),
        "13: is nested more than 12 levels deep",
    ),
    "too many values": (
        TOPIC + b"  parent: [" + b"x," * MAX_NODES + b"]\n",
        "3: holds more than 250,000 values; divide the file",
    ),
    "too many bytes": (b"#" * (MAX_BYTES + 1), "1: is larger than 16 MB; divide it"),
    "bytes that are no text": (b"- slug: a\n  label: \xff\xfe\n", f"2: {NOT_UTF8}"),
    "a Windows encoding": ("- slug: a\n  label: Café\n".encode("cp1252"), f"2: {NOT_UTF8}"),
    "UTF-16": ("- slug: a\n".encode("utf-16"), f"1: {NOT_UTF8}"),
    "NUL": (b"- slug: a\n  label: A\0B\n", f"2: {HIDDEN}0000; remove it"),
    "a change of direction": ("- slug: a\n  label: A\u202eB\n".encode(), f"2: {HIDDEN}202E"),
    "a zero-width space in a comment": ("- slug: a # \u200b\n  label: A\n".encode(), f"1: {HIDDEN}200B"),
    "a byte-order mark inside": ("- slug: a\n  label: A\ufeff\n".encode(), f"2: {HIDDEN}FEFF"),
    "a terminal escape": (b"- slug: a\n  label: A\x1b[2JB\n", f"2: {HIDDEN}001B"),
    "NUL by escape": (b'- slug: a\n  label: "A\\0B"\n', f"2: [0].label: {HIDDEN}0000"),
    "a change of direction by escape": (b'- slug: a\n  label: "A\\u202eB"\n', f"2: [0].label: {HIDDEN}202E"),
    "a terminal escape by escape": (
        b'- slug: a\n  label: "A\\e[2JB"\n',
        "2: [0].label: text holds the control character U+001B; remove it",
    ),
    "half a character by escape": (b'- slug: a\n  label: "\\ud800"\n', f"2: {NOT_YAML}found invalid Unicode"),
    "a tab as indent": (b"- slug: a\n\tlabel: A\n", f"2: {NOT_YAML}found a tab character"),
    "an open quote": (b"- slug: a\n  label: 'A\n", f"3: {NOT_YAML}found unexpected end of stream"),
    "an open bracket": (b"- slug: a\n  label: [A\n", f"3: {NOT_YAML}did not find expected ',' or ']'"),
    "a colon in plain text": (b"- slug: a\n  label: A: B\n", "2: is not YAML: mapping values are not allowed in"),
    "a list as key": (b"- ? [a]\n  : b\n", "1: a key must be plain text"),
    "a mapping where a list should be": (b"slug: a\nlabel: A\n", "1: should be a list of records"),
    "text where a list should be": (b"hello\n", "1: should be a list of records"),
    "text where a record should be": (b"- hello\n", "1: [0]: should be a mapping of fields, not 'hello'"),
    "nothing where a record should be": (b"-\n", "1: [0]: should be a mapping of fields, not empty"),
    "a list where text should be": (b"- slug: a\n  label: [A]\n", "2: [0].label: should be text, not a list"),
    "an unknown key": (TOPIC + b"  labell: B\n", "3: [0].labell: is not a field here - did you mean 'label'?"),
    "a key that moves the cursor": (TOPIC + b'  "\\e[2J": B\n', "3: [0].\N{REPLACEMENT CHARACTER}[2J: is not a field"),
    "a field without value": (b"- slug: a\n  label:\n", "2: [0].label: is missing"),
    "a field that says null": (b"- slug: a\n  label: ~\n", "2: [0].label: is missing"),
    "a field of blanks": (b'- slug: a\n  label: "  "\n', "2: [0].label: is missing"),
    "a slug in capitals": (b"- slug: A\n  label: A\n", "1: [0].slug: 'A' does not fit; use lower-case letters"),
    "a slug that leads elsewhere": (b"- slug: ../a\n  label: A\n", "1: [0].slug: '../a' does not fit"),
    "a slug without end": (b"- slug: " + b"a" * 121 + b"\n  label: A\n", "1: [0].slug: is longer than 120 characters"),
}


@pytest.mark.parametrize(("content", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_with_the_line(tmp_path: Path, content: bytes, expected: str) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "topics.yaml").write_bytes(content)

    (mistake,) = mistakes(folder)

    assert mistake.startswith(f"seeds/topics.yaml:{expected}")


def test_an_alias_bomb_is_refused_without_growing(tmp_path: Path) -> None:
    lines = ["- slug: &a0 a", *(f"- slug: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))]
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "topics.yaml").write_text("\n".join(lines))

    found = mistakes(folder)

    assert "seeds/topics.yaml:1: [0].slug: anchor &a0 is not read; remove it" in found
    assert "seeds/topics.yaml:9: [8].slug[8]: alias *a7 is not read; write it out" in found


def test_every_mistake_is_told_at_once_by_file_and_line(tmp_path: Path) -> None:
    changes = {
        "topics.yaml": "- slug: security\n  label:\n- slug: cyber\n  label: Cyber\n  parent: securty\n  size: 3\n",
        "countries.yaml": "- code: IN\n  name: India\n- code: NO\n  name: India\n",
        "series.yaml": "- slug: two-plus-two\n  code: ij\n  name: Two plus two\n",
    }
    assert mistakes(write(tmp_path / "seeds", changes)) == [
        "seeds/countries.yaml:4: [1].name: name 'India' was given before, at seeds/countries.yaml:2",
        "seeds/series.yaml:2: [0].code: 'ij' does not fit; use capital letters and digits, as in IJ",
        "seeds/topics.yaml:2: [0].label: is missing",
        "seeds/topics.yaml:6: [1].size: is not a field here",
    ]


def test_references_are_not_doubted_while_a_file_cannot_be_read(tmp_path: Path) -> None:
    found = mistakes(write(tmp_path / "seeds", {"topics.yaml": "- slug: 'security\n"}))

    assert len(found) == 1
    assert found[0].startswith("seeds/topics.yaml:2: is not YAML")


def test_a_flood_of_mistakes_ends(tmp_path: Path) -> None:
    found = mistakes(write(tmp_path / "seeds", {"topics.yaml": "- x\n" * 100_000}))

    assert len(found) == 2002
    assert found[-1].endswith("[2000]: there are more mistakes than these; correct them first")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("topic.yaml", "is not a seed file - did you mean 'topics' with .yaml at its end?"),
        ("topics.yml", "is not a seed file - did you mean 'topics' with .yaml at its end?"),
        ("2024-08-20-third.yaml", "is not a seed file; meetings go to meetings/<date>-<slug>.yaml"),
        ("meetings/2024/x.yaml", "is not a seed file; meetings go to meetings/<date>-<slug>.yaml"),
    ],
)
def test_a_file_in_the_wrong_place_is_a_mistake(tmp_path: Path, name: str, expected: str) -> None:
    folder = write(tmp_path / "seeds")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("")

    assert mistakes(folder) == [f"seeds/{name}:1: {expected}"]


def test_mappings_hidden_files_and_other_texts_are_passed_over(tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds")
    for name in ("mappings/promises.yaml", ".hidden.yaml", ".git/config.yaml", "README.md", "meetings/notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("[")

    good(folder)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds")
    (tmp_path / "secret.yaml").write_text("- slug: secret\n")
    (folder / "topics.yaml").unlink()
    (folder / "topics.yaml").symlink_to(tmp_path / "secret.yaml")

    assert mistakes(folder) == ["seeds/topics.yaml:1: is a link that leads out of the folder; it is not followed"]


def test_what_is_not_a_regular_file_is_not_opened(tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds")
    (folder / "topics.yaml").unlink()
    os.mkfifo(folder / "topics.yaml")

    assert mistakes(folder) == ["seeds/topics.yaml:1: is not a regular file"]


def test_a_name_of_strange_bytes_is_shown_safely(tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds")
    (folder / "a\x1b[2J\n.yaml").write_text("")

    assert "\x1b" not in mistakes(folder)[0]
    assert "\n" not in mistakes(folder)[0]


@pytest.mark.parametrize("made", [True, False])
def test_a_folder_without_seed_files_is_a_mistake(tmp_path: Path, made: bool) -> None:
    if made:
        (tmp_path / "seeds").mkdir()
    expected = "holds no seed files; it should hold countries.yaml and the like"
    assert mistakes(tmp_path / "seeds") == [f"seeds:1: {expected if made else 'is not a folder of seed files'}"]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    windows = {name: "\ufeff".encode() + content.replace("\n", "\r\n").encode() for name, content in FILES.items()}
    assert [record.content for record in good(write(tmp_path / "windows", windows)).records] == [
        record.content for record in good(write(tmp_path / "unix")).records
    ]


def test_lines_are_counted_alike_with_windows_line_ends(tmp_path: Path) -> None:
    content = FILES[MEETING].replace("role: partner", "role: partners").replace("\n", "\r\n")
    (found,) = mistakes(write(tmp_path / "seeds", {MEETING: content}))
    assert found.startswith(f"seeds/{MEETING}:39: commitments[0].parties[1].role: 'partners' is not one of")


def test_text_stays_what_was_written(tmp_path: Path) -> None:
    seeds = good(write(tmp_path / "seeds"))
    assert [country.model.code for country in seeds.of(Country)] == ["IN", "NO"]
    (source,) = seeds.of(Source)
    assert (source.model.title, source.model.language) == ("1.10", "no")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Cafe\u0301", "Caf\u00e9"),
        ("الأمن السيبراني", "الأمن السيبراني"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("安全保障", "安全保障"),
        ("yes", "yes"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("NULL", "NULL"),
        ("'null'", "null"),
        ('"A\\u00e9"', "Aé"),
        ("|\n    two\n    lines", "two\nlines"),
        (">-\n    two\n    lines", "two lines"),
        ("  A  ", "A"),
        ("a = b - c", "a = b - c"),
    ],
)
def test_awkward_text_is_read_as_meant(tmp_path: Path, written: str, meant: str) -> None:
    topics = FILES["topics.yaml"].replace("label: Cyber", f"label: {written}")
    assert good(write(tmp_path / "seeds", {"topics.yaml": topics})).of(Topic)[1].model.label == meant


def test_a_key_without_value_is_as_good_as_absent(tmp_path: Path) -> None:
    topics = FILES["topics.yaml"].replace("label: Security", "label: Security\n  parent:")
    assert good(write(tmp_path / "seeds", {"topics.yaml": topics})).of(Topic)[0].model.parent is None


def test_an_empty_list_file_holds_no_records(tmp_path: Path) -> None:
    meeting = FILES["meetings/2019-first.yaml"].replace("series: two-plus-two\nedition: 1\n", "")
    folder = tmp_path / "seeds"
    write(folder, {"series.yaml": "# None yet.\n", "meetings/2019-first.yaml": meeting})
    (folder / MEETING).unlink()

    assert len(good(folder).of(Minister)) == 2
