"""Hostile seed files: the name of each case, the files that it changes, where its mistake is told and in which words.

Every case is the small folder without mistakes with something done to it. `told` is file, line and the words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.seed_folder import FILES, MEETING
from tracker.seeding.files import MAX_BYTES
from tracker.seeding.tree import MAX_NODES

Files = dict[str, str | bytes]
TOPIC = "- slug: a\n  label: A\n"


@dataclass(frozen=True)
class Case:
    """One hostile folder."""

    name: str
    files: Files
    told: str


def cases() -> Iterator[Case]:
    """All of them, one by one: some are large."""
    for kind in (_syntax, _characters, _encodings, _fields, _relations, _names, _sizes):
        yield from kind()


def _topics(name: str, content: str | bytes, told: str) -> Case:
    return Case(name, {"topics.yaml": content}, f"seeds/topics.yaml:{told}")


def _edit(name: str, file: str, old: str, new: str, line: int, words: str) -> Case:
    assert FILES[file].count(old) == 1, (name, old)
    return Case(name, {file: FILES[file].replace(old, new)}, f"seeds/{file}:{line}: {words}")


def _syntax() -> Iterator[Case]:
    yield _topics("a key twice", TOPIC + "  slug: b\n", "3: [0].slug: this key stands twice; the first is on line 1")
    yield _topics("a key thrice", TOPIC + "  label: B\n  label: C\n", "4: [0].label: this key stands twice")
    yield _topics("a key twice in braces", "- {slug: a, label: A, label: B}\n", "1: [0].label: this key stands twice")
    yield _topics("a key twice, once quoted", TOPIC + '  "slug": b\n', "3: [0].slug: this key stands twice")
    yield _topics("a key twice, once escaped", TOPIC + '  "\\x73lug": b\n', "3: [0].slug: this key stands twice")
    yield _topics("an anchor", "- &x\n  slug: a\n  label: A\n", "1: [0]: anchor &x is not read; remove it")
    yield _topics("an anchor on a text", "- slug: &x a\n  label: A\n", "1: [0].slug: anchor &x is not read")
    yield _topics("an anchor on a key", "- &x slug: a\n  label: A\n", "1: [0]: anchor &x is not read")
    yield _topics("an alias", "- slug: &x a\n  label: *x\n", "2: [0].label: alias *x is not read; write it out")
    yield _topics("an alias to nothing", TOPIC + "  parent: *n\n", "3: [0].parent: alias *n is not read")
    yield _topics("an alias to itself", "- &x [*x]\n", "1: [0]: anchor &x is not read")
    yield _topics("a merge key", TOPIC + "  <<: {parent: b}\n", "3: [0]: merge keys are not read")
    yield _topics("a merge of an alias", "- &x {slug: a, label: A}\n- <<: *x\n", "2: [1]: merge keys are not read")
    bomb = ["- slug: &a0 a", *(f"- slug: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    yield _topics("a bomb of aliases", "\n".join(bomb), "1: [0].slug: anchor &a0 is not read")
    for name, tag in {
        "a tag": "!int",
        "a tag of YAML": "!!str",
        "a tag that runs code": "!!python/object/apply:os.system",
        "a tag that imports": "!!python/name:os.system",
        "a tag of binary": "!!binary",
        "a tag that includes": "!include",
        "a long tag": "!<tag:example.org,2000:x>",
    }.items():
        yield _topics(name, f"- slug: {tag} a\n  label: A\n", "1: [0].slug: tag '")
    yield _topics("a tag on a list", "!!set\n- slug: a\n  label: A\n", "1: tag 'tag:yaml.org,2002:set' is not read")
    yield _topics("a second document", TOPIC + "---\n- slug: b\n", "3: a second document begins")
    yield _topics("many documents", TOPIC + "---\n" * 1000, "3: a second document begins")
    yield _topics("a directive", "%YAML 9.9\n---\n" + TOPIC, "1: is not YAML: found incompatible YAML document")
    yield _topics("brackets without end", "- slug: " + "[" * 100_000, "1: is nested more than 12 levels deep")
    yield _topics("braces without end", "- slug: " + "{a: " * 100_000, "1: is nested more than 12 levels deep")
    yield _topics("hyphens without end", "- " * 100_000, "1: is nested more than 12 levels deep")
    deep = "".join(" " * n + "a:\n" for n in range(200))
    yield _topics("mappings without end", deep, "13: is nested more than 12 levels deep")
    yield _topics("question marks without end", "? " * 10_000, "1: a key must be plain text")
    yield _topics("a tab as indent", "- slug: a\n\tlabel: A\n", "2: is not YAML: found a tab character")
    yield _topics("an open quote", "- slug: a\n  label: 'A\n", "3: is not YAML: found unexpected end of stream")
    yield _topics("an open double quote", '- slug: a\n  label: "A\n', "3: is not YAML: found unexpected end of stream")
    yield _topics("an open bracket", "- slug: [a\n", "2: is not YAML: did not find expected ',' or ']'")
    yield _topics("an open brace", "- {slug: a\n", "2: is not YAML: did not find expected ',' or '}'")
    yield _topics("a lone bracket", "]\n", "1: is not YAML: did not find expected node content")
    yield _topics(
        "a colon in plain text", "- slug: a\n  label: A: B\n", "2: is not YAML: mapping values are not allowed"
    )
    yield _topics(
        "a backtick", "- slug: a\n  label: `A`\n", "2: is not YAML: found character that cannot start any token"
    )
    yield _topics(
        "an at sign", "- slug: a\n  label: @A\n", "2: is not YAML: found character that cannot start any token"
    )
    yield _topics("a per cent sign", "- slug: a\n  label: %A\n", "2: is not YAML: found character that cannot start")
    yield _topics("an unknown escape", '- slug: a\n  label: "\\q"\n', "2: is not YAML: found unknown escape character")
    yield _topics("half a character", '- slug: a\n  label: "\\ud800"\n', "2: is not YAML: found invalid Unicode")
    yield _topics(
        "a character beyond all", '- slug: a\n  label: "\\U00110000"\n', "2: is not YAML: found invalid Unicode"
    )
    yield _topics("a wrong indent", "- slug: a\n label: A\n", "2: is not YAML: did not find expected '-' indicator")
    yield _topics("a list as key", "- ? [a]\n  : b\n", "1: a key must be plain text")
    yield _topics("a mapping as key", "- ? {a: b}\n  : c\n", "1: a key must be plain text")
    yield _topics("an alias as key", "- ? *x\n  : c\n", "1: [0]: alias *x is not read")
    yield _topics("a mapping for a list", "slug: a\nlabel: A\n", "1: should be a list of records")
    yield _topics("text for a list", "hello\n", "1: should be a list of records")
    yield _topics("text for a record", "- hello\n", "1: [0]: should be a mapping of fields, not 'hello'")
    yield _topics("nothing for a record", "-\n", "1: [0]: should be a mapping of fields, not empty")
    yield _topics("a list for a record", "- - a\n", "1: [0]: should be a mapping of fields, not a list")
    yield _topics("JSON on one line", '{"slug": "a", "label": "A"}\n', "1: should be a list of records")
    yield Case("a list for a meeting", {MEETING: "- slug: third\n"}, f"seeds/{MEETING}:1: should be one meeting")
    yield Case("nothing for a meeting", {MEETING: "# Nothing.\n"}, f"seeds/{MEETING}:1: should be one meeting")


def _characters() -> Iterator[Case]:
    hidden = {
        "NUL": 0x0,
        "bell": 0x7,
        "backspace": 0x8,
        "escape": 0x1B,
        "delete": 0x7F,
        "C1": 0x9B,
        "Arabic letter mark": 0x61C,
        "zero-width space": 0x200B,
        "left-to-right mark": 0x200E,
        "right-to-left mark": 0x200F,
        "right-to-left embedding": 0x202B,
        "right-to-left override": 0x202E,
        "word joiner": 0x2060,
        "isolate": 0x2067,
        "no-break no space": 0xFEFF,
        "tag letter": 0xE0041,
    }
    for name, code in hidden.items():
        character = chr(code)
        yield _topics(
            f"{name} in a text",
            f"- slug: a\n  label: A{character}B\n",
            f"2: text holds the hidden character U+{code:04X}",
        )
        escape = f"\\U{code:08x}"
        yield _topics(f"{name} by escape", f'- slug: a\n  label: "A{escape}B"\n', "2: [0].label: text holds the ")
    for name in ("zero-width space", "right-to-left override", "tag letter"):
        code = hidden[name]
        yield _topics(
            f"{name} in a comment", f"# x{chr(code)}\n{TOPIC}", f"1: text holds the hidden character U+{code:04X}"
        )
        yield _topics(
            f"{name} in a key",
            f"- slug: a\n  la{chr(code)}bel: A\n",
            f"2: text holds the hidden character U+{code:04X}",
        )
    yield _topics(
        "a joiner between Latin letters", "- slug: a\n  label: A\u200dB\n", "2: text holds the hidden character U+200D"
    )
    yield _topics(
        "a line end by escape", '- slug: a\n  label: "A\\rB"\n', "2: [0].label: text holds the control character U+000D"
    )
    yield _topics("a C1 line end by escape", '- slug: a\n  label: "A\\NB"\n', "2: [0].label: text holds the ")
    yield _topics(
        "a key that moves the cursor", TOPIC + '  "\\e[2J": B\n', "3: [0].\N{REPLACEMENT CHARACTER}[2J: is not a field"
    )


def _encodings() -> Iterator[Case]:
    words = "is not UTF-8 text; save it as UTF-8"
    yield _topics("bytes that are no text", b"- slug: a\n  label: \xff\xfe\n", f"2: {words}")
    yield _topics("Windows-1252", "- slug: a\n  label: Caf\u00e9\n".encode("cp1252"), f"2: {words}")
    yield _topics("Latin-1 in a comment", "# \u00e9\n".encode("latin-1") + TOPIC.encode(), f"1: {words}")
    yield _topics("UTF-16", TOPIC.encode("utf-16"), f"1: {words}")
    yield _topics("UTF-32", TOPIC.encode("utf-32"), f"1: {words}")
    yield _topics("an overlong form", b"- slug: a\n  label: \xc0\xaf\n", f"2: {words}")
    yield _topics("half of a pair", b"- slug: a\n  label: \xed\xa0\x80\n", f"2: {words}")
    yield _topics("a cut character", b"- slug: a\n  label: \xe2\x82", f"2: {words}")
    yield _topics("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", f"1: {words}")
    yield _topics("a packed file", b"\x1f\x8b\x08\x00\x00", f"1: {words}")


def _fields() -> Iterator[Case]:
    yield _topics(
        "an unknown key", TOPIC + "  labell: B\n", "3: [0].labell: is not a field here - did you mean 'label'?"
    )
    yield _topics(
        "a key in capitals", "- SLUG: a\n  label: A\n", "1: [0].SLUG: is not a field here - did you mean 'slug'?"
    )
    yield _topics("a key with a space", "- slug: a\n  'label ': A\n", "2: [0].label : is not a field here")
    yield _topics("a number as key", TOPIC + "  1: B\n", "3: [0].1: is not a field here")
    yield _topics("an empty key", TOPIC + "  '': B\n", "3: [0]")
    yield _topics("a field without value", "- slug: a\n  label:\n", "2: [0].label: is missing")
    yield _topics("a field that says null", "- slug: a\n  label: ~\n", "2: [0].label: is missing")
    yield _topics("a field of blanks", '- slug: a\n  label: "  "\n', "2: [0].label: is missing")
    yield _topics("a list for text", "- slug: a\n  label: [A]\n", "2: [0].label: should be text, not a list")
    yield _topics("a mapping for text", "- slug: a\n  label: {A: B}\n", "2: [0].label: should be text, not a mapping")
    for slug in ("A", "a b", "a_b", "../a", "a/b", "-a", "a-", "a--b", "\u00e4", "a.b", "%2e%2e", "a\\b", "con:"):
        yield _topics(
            f"slug {slug}", f"- slug: '{slug}'\n  label: A\n", f"1: [0].slug: '{slug}' does not fit; use lower-case"
        )
    yield _topics(
        "a long slug", "- slug: " + "a" * 121 + "\n  label: A\n", "1: [0].slug: is longer than 120 characters"
    )
    yield _topics(
        "a long label", "- slug: a\n  label: " + "A" * 301 + "\n", "2: [0].label: is longer than 300 characters"
    )
    for date in (
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-04-31",
        "0000-01-01",
    ):
        words = f"[0].published_on: '{date}': there is no such day"
        yield _edit(f"date {date}", "sources.yaml", "2024-08-21", date, 5, words)
    for date in (
        "24-08-21",
        "2024-8-21",
        "2024/08/21",
        "21.08.2024",
        "2024-08-21T00:00",
        "20240821",
        "1_000",
        "yesterday",
        "1709251200",
        "2024-08",
        "+2024-08-21",
        "\u0662\u0660\u0662\u0664-08-21",
        "1e3",
        "0x7e8",
    ):
        yield _edit(f"day {date}", "sources.yaml", "2024-08-21", date, 5, f"[0].published_on: '{date}' does not fit")
    for code in ("in", "IND", "I1", "No", "\u0399\u039d", "I N"):
        yield _edit(
            f"country {code}", "countries.yaml", "code: IN", f"code: {code}", 1, f"[0].code: '{code}' does not fit"
        )
    for number in ("1_000", "+3", "-3", "3.0", "0x3", "1e1", "III", "\u0663", "9999999999", "1.10"):
        yield _edit(
            f"edition {number}", MEETING, "edition: 3", f"edition: {number}", 3, f"edition: '{number}' does not fit"
        )
    for address in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.org",
        "ftp://example.org",
        "http:/example.org",
        "https://",
        " https://exa mple.org",
        "example.org",
        "JAVASCRIPT:x",
    ):
        words = f"[0].url: '{address.strip()}' does not fit; use a web address"
        yield _edit(f"address {address}", "sources.yaml", "https://example.org/report", f"'{address}'", 4, words)
    for public_id in ("ij-2024-01", "IJ 2024", "IJ_1", "IJ-", "IJ/1"):
        words = f"commitments[1].public_id: '{public_id}' does not fit"
        yield _edit(f"id {public_id}", MEETING, "public_id: IJ-2024-02", f"public_id: {public_id}", 67, words)
    yield _edit(
        "kind", MEETING, "kind: principle", "kind: Principle", 68, "commitments[1].kind: 'Principle' is not one of"
    )
    yield _edit(
        "status",
        MEETING,
        "status: met\n",
        "status: mett\n",
        49,
        "commitments[0].milestones[0].status: 'mett' is not one",
    )
    yield _edit(
        "role", MEETING, "role: partner", "role: yes", 39, "commitments[0].parties[1].role: 'yes' is not one of"
    )
    yield _edit("language", "sources.yaml", '"no"', "norsk", 6, "[0].language: 'norsk' does not fit")
    yield _edit("sha", "sources.yaml", '  language: "no"', "  sha256: abc", 6, "[0].sha256: 'abc' does not fit")


def _relations() -> Iterator[Case]:
    topics = FILES["topics.yaml"]
    yield _topics(
        "a slug twice", topics + "- slug: cyber\n  label: More\n", "6: [2].slug: slug 'cyber' was given before"
    )
    composed = '- slug: "caf\\u00e9"\n  label: A\n'
    yield _topics("a slug with an accent", topics + composed, "6: [2].slug: ")
    yield _topics(
        "a parent that is nothing",
        topics.replace("parent: security", "parent: secrity"),
        "5: [1].parent: there is no topic 'secrity' - did you mean 'security'?",
    )
    yield _topics(
        "its own parent",
        topics.replace("parent: security", "parent: cyber"),
        "5: [1].parent: is part of itself: cyber > cyber",
    )
    above = {"security": "c", "cyber": "security", "c": "cyber"}
    circle = "".join(f"- slug: {slug}\n  label: C\n  parent: {parent}\n" for slug, parent in above.items())
    yield _topics("a circle of three", circle, "3: [0].parent: is part of itself: security > c > cyber > security")
    long = "".join(f"- slug: t{n}\n  label: T\n  parent: t{(n + 1) % 2000}\n" for n in range(2000))
    yield _topics("a circle of two thousand", topics + long, "8: [2].parent: is part of itself")
    yield _edit(
        "a parent organisation of itself",
        "organizations.yaml",
        "parent: government",
        "parent: ministry",
        9,
        "[1].parent: is part of itself: ministry > ministry",
    )
    yield _edit(
        "a meeting of itself", MEETING, "parent: first", "parent: third", 8, "parent: is part of itself: third > third"
    )
    yield _edit(
        "a series that is nothing", MEETING, "series: two-plus-two", "series: 2+2", 2, "series: '2+2' does not fit"
    )
    yield _edit(
        "a source that is nothing",
        MEETING,
        "citations:\n      - source: report\n        exact",
        "citations:\n      - source: rapport\n        exact",
        20,
        "statements[0].citations[0].source: there is no source 'rapport' - did you mean 'report'?",
    )
    yield _edit(
        "a minister that is nothing",
        MEETING,
        "  - minister: rajnath-singh\n    country",
        "  - minister: x\n    country",
        10,
        "attendance[0].minister: there is no minister 'x'",
    )
    yield _edit(
        "a country that is nothing",
        "organizations.yaml",
        "classification: government\n  country: IN",
        "classification: government\n  country: ZZ",
        4,
        "[0].country: there is no country 'ZZ'",
    )
    yield _edit(
        "a link to nothing",
        MEETING,
        "to: IJ-2024-02",
        "to: IJ-2024-99",
        43,
        "commitments[0].links[0].to: there is no commitment 'IJ-2024-99' - did you mean",
    )
    yield _edit(
        "a link to itself",
        MEETING,
        "to: IJ-2024-02",
        "to: IJ-2024-01",
        43,
        "commitments[0].links[0].to: links the commitment to itself",
    )
    yield _edit(
        "an id twice",
        MEETING,
        "public_id: IJ-2024-02",
        "public_id: IJ-2024-01",
        67,
        "commitments[1].public_id: public_id 'IJ-2024-01' was given before",
    )
    yield _edit(
        "a correction of itself",
        MEETING,
        "corrects: a",
        "corrects: b",
        63,
        "commitments[0].status_updates[1].corrects: there is no earlier",
    )
    yield _edit(
        "a name twice, but for case",
        "ministers.yaml",
        "name: Kari Nordmann",
        "name: RAJNATH SINGH",
        11,
        "[1].name: 'RAJNATH SINGH' was given before",
    )
    yield _edit(
        "a name twice, but for form",
        "ministers.yaml",
        "name: Kari Nordmann",
        "name: Rajna\u0301th Singh",
        11,
        "[1].name: ",
    )
    yield _edit(
        "an edition twice",
        MEETING,
        "edition: 3",
        "edition: 1",
        3,
        "edition: edition 1 of two-plus-two was given before",
    )
    yield _edit(
        "the future",
        MEETING,
        "effective_on: 2024-10-01",
        "effective_on: 9999-12-31",
        60,
        "commitments[0].status_updates[1].effective_on: 9999-12-31 has not come yet",
    )


def _names() -> Iterator[Case]:
    words = "is not a seed file"
    for name in (
        "topic.yaml",
        "topics.yml",
        "Topics.yaml",
        "topics.yaml.yaml",
        "2024-x.yaml",
        "meetings/2024/x.yaml",
        "meeting/x.yaml",
    ):
        yield Case(f"file {name}", {name: TOPIC}, f"seeds/{name}:1: {words}")
    for name in ("meetings/2024-08-20-x.yaml", "meetings/a b.yaml", "meetings/third.yaml"):
        meeting = (
            FILES[MEETING]
            .partition("attendance")[0]
            .replace("edition: 3", "edition: 9")
            .replace("slug: third", "slug: other")
        )
        yield Case(f"file {name}", {name: meeting}, f"seeds/{name}:1: the file should be named '2024-08-20-other.yaml'")
    odd = "meetings/\x1b[2J.yaml"
    yield Case(
        "a name that moves the cursor", {odd: "slug: x\n"}, "seeds/meetings/\N{REPLACEMENT CHARACTER}[2J.yaml:1: "
    )


def _sizes() -> Iterator[Case]:
    yield _topics("100 MB of a comment", b"#" * (100 * 1024 * 1024), "1: is larger than 16 MB; divide it")
    yield _topics("one byte too many", b"#" * (MAX_BYTES + 1), "1: is larger than 16 MB; divide it")
    yield _topics(
        "too many values", "- slug: a\n  label: [" + "x," * MAX_NODES + "]\n", "2: holds more than 250,000 values"
    )
    yield _topics("100,000 mistakes", "- x\n" * 100_000, "1: [0]: should be a mapping of fields, not 'x'")
    yield _topics(
        "15 MB of one text",
        "- slug: a\n  label: " + "A" * (15 * 1024 * 1024) + "\n",
        "2: [0].label: is longer than 300 characters",
    )
    yield _topics(
        "15 MB of one key", "- slug: a\n  label: A\n  ? " + "k" * (15 * 1024 * 1024) + "\n  : x\n", "3: [0].kkk"
    )
    yield _topics(
        "100,000 unknown keys",
        TOPIC + "".join(f"  k{n}: x\n" for n in range(100_000)),
        "3: [0].k0: is not a field here",
    )
    yield _topics(
        "15 MB of hidden characters",
        "- slug: a\n" + "\u200b" * (5 * 1024 * 1024),
        "2: text holds the hidden character U+200B",
    )
    yield _topics(
        "15 MB of empty lines with hidden characters",
        "\u200b\n" * (3 * 1024 * 1024),
        "1: text holds the hidden character U+200B",
    )
    yield _topics("100,000 anchors", "".join(f"- &a{n} x\n" for n in range(100_000)), "1: [0]: anchor &a0 is not read")
    yield _topics("50,000 slugs alike", "- slug: a\n  label: A\n" * 50_000, "3: [1].slug: slug 'a' was given before")
    yield _topics(
        "50,000 parents that are nothing",
        "".join(f"- slug: t{n}\n  label: T\n  parent: x{n}\n" for n in range(50_000)),
        "3: [0].parent: there is no topic 'x0'",
    )
