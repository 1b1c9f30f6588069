"""Rules between the records of seed files, told without a database."""

from pathlib import Path

import pytest

from tests.seed_folder import FILES, MEETING, RECORDS, edited, good, mistakes, write

FIRST = "meetings/2019-first.yaml"
SHA = "a" * 64

# file, a passage of it, what stands there instead, the one mistake that this makes
CASES = [
    ("countries.yaml", "Norway", "India", "4: [1].name: name 'India' was given before, at seeds/countries.yaml:2"),
    (
        "ministers.yaml",
        "name: Kari Nordmann",
        "name: SINGH  rajnáth",
        "11: [1].name: 'SINGH  rajnáth' was given before, at seeds/ministers.yaml:5",
    ),
    (
        "ministers.yaml",
        "[Singh Rajnath]",
        "[rajnath singh]",
        "5: [0].other_names[0]: 'rajnath singh' was given before, at seeds/ministers.yaml:2",
    ),
    (
        "sources.yaml",
        '  language: "no"\n',
        f"  sha256: {SHA}\n- slug: other\n  title: x\n  classification: other\n  sha256: {SHA}\n",
        f"10: [1].sha256: sha256 '{SHA[:60]}...' was given before, at seeds/sources.yaml:6",
    ),
    (
        "series.yaml",
        "  name: Two plus two\n",
        "  name: Two plus two\n- slug: three\n  code: IJ\n  name: Three\n",
        "5: [1].code: code 'IJ' was given before, at seeds/series.yaml:2",
    ),
    (
        "topics.yaml",
        "  parent: security\n",
        "  parent: security\n- slug: cyber\n  label: More\n",
        "6: [2].slug: slug 'cyber' was given before, at seeds/topics.yaml:3",
    ),
    (
        MEETING,
        "edition: 3",
        "edition: 1",
        "3: edition: edition 1 of two-plus-two was given before, at seeds/meetings/2019-first.yaml:3",
    ),
    (MEETING, "edition: 3", "edition: 0", "3: edition: editions count from 1"),
    (MEETING, "series: two-plus-two\n", "", "2: edition: stands without a series"),
    (
        MEETING,
        "series: two-plus-two",
        "series: two-plus-too",
        "2: series: there is no meeting series 'two-plus-too' - did you mean 'two-plus-two'?",
    ),
    (MEETING, "parent: first", "parent: third", "8: parent: is part of itself: third > third"),
    (
        "topics.yaml",
        "- slug: security\n",
        "- slug: security\n  parent: cyber\n",
        "2: [0].parent: is part of itself: security > cyber > security",
    ),
    (
        MEETING,
        "start_date: 2024-08-20",
        "start_date: 2024-08",
        "1: the file should be named '2024-08-third.yaml', after start_date and slug",
    ),
    (
        MEETING,
        "slug: third",
        "slug: fourth",
        "1: the file should be named '2024-08-20-fourth.yaml', after start_date and slug",
    ),
    (MEETING, "end_date: 2024-08-21", "end_date: 2024-08-19", "7: end_date: the meeting ends before it begins"),
    (
        "ministers.yaml",
        "end_date: 2024",
        "end_date: 2018",
        "9: [0].office_terms[0].end_date: the term ends before it begins",
    ),
    (
        "ministers.yaml",
        "      end_date: 2024\n",
        "      end_date: 2024\n    - office: defence-minister\n      start_date: 2019-05-01\n",
        "10: [0].office_terms[1].office: 'defence-minister 2019-05-01' stands in this list twice",
    ),
    (
        MEETING,
        "[security, cyber]",
        "[security, cyber, security]",
        "18: statements[0].topics[2]: 'security' stands in this list twice",
    ),
    (
        MEETING,
        "[security, cyber]",
        "[security, cybr]",
        "18: statements[0].topics[1]: there is no topic 'cybr' - did you mean 'cyber'?",
    ),
    (
        MEETING,
        "minister: rajnath-singh\n    said",
        "minister: kari-nordmann\n    said",
        "15: statements[0].minister: 'kari-nordmann' is not in the attendance of the meeting",
    ),
    (
        MEETING,
        "    minister: rajnath-singh\n    said",
        "    said",
        "14: statements[0]: give either a minister or, for a joint statement, an attribution",
    ),
    (
        MEETING,
        "    minister: rajnath-singh\n    said",
        "    minister: rajnath-singh\n    attribution: Both\n    said",
        "14: statements[0]: give either a minister or, for a joint statement, an attribution",
    ),
    (
        MEETING,
        "start: 10",
        "start: 11",
        "22: statements[0].citations[0].selector: spans 28 characters, but the quote has 29",
    ),
    (MEETING, "start: 10", "start: 50", "22: statements[0].citations[0].selector: ends before it begins"),
    (
        MEETING,
        "        bearing: context",
        "        selector: {start: 1, end: 2}",
        "24: statements[0].citations[1].selector: stands without the quote that it is for; give exact",
    ),
    (
        MEETING,
        "    strength: agreed\n",
        "",
        "26: commitments[0].strength: is missing; say how firmly this task was put",
    ),
    (
        MEETING,
        "kind: principle",
        "kind: principle\n    strength: agreed\n    operative_phrase: agreed",
        "69: commitments[1].strength: a principle has no strength; leave it out",
    ),
    (
        MEETING,
        "    operative_phrase: agreed to prepare\n",
        "",
        "26: commitments[0].operative_phrase: is missing; give the words that justify the strength",
    ),
    (
        MEETING,
        "phrase: agreed to prepare",
        "phrase: decided to prepare",
        "29: commitments[0].operative_phrase: 'decided to prepare' stands in no quote of its statements",
    ),
    (MEETING, "2025\n", "2023\n", "32: commitments[0].original_target_on: lies before promised_on, 2024-08-20"),
    (
        MEETING,
        "organization: ministry",
        "organization: ministry\n        country: IN",
        "38: commitments[0].parties[1]: give either a country or an organization",
    ),
    (
        MEETING,
        "      - organization: ministry\n        role: partner",
        "      - country: IN\n        role: lead",
        "38: commitments[0].parties[1].country: 'IN lead' stands in this list twice",
    ),
    (
        MEETING,
        "to: IJ-2024-02",
        "to: IJ-2024-03",
        "43: commitments[0].links[0].to: there is no commitment 'IJ-2024-03' - did you mean 'IJ-2024-02'?",
    ),
    (MEETING, "to: IJ-2024-02", "to: IJ-2024-01", "43: commitments[0].links[0].to: links the commitment to itself"),
    (
        MEETING,
        "        note: They belong together.\n",
        "",
        "42: commitments[0].links[0].note: is missing; say why you infer it",
    ),
    (
        MEETING,
        "status: met\n",
        "status: not_met\n",
        "50: commitments[0].milestones[0].met_on: stands with status not_met; only what was met has a day",
    ),
    (
        MEETING,
        "        reason: Work began.\n",
        "",
        "52: commitments[0].status_updates[0].reason: is missing; status in_progress needs one",
    ),
    (
        MEETING,
        "        citations:\n          - source: report\n            locator: page 1\n",
        "",
        "58: commitments[0].status_updates[1].citations: is missing; status fulfilled needs evidence",
    ),
    (
        MEETING,
        "effective_on: 2024-09-01\n        recorded_on: 2024-09-02",
        "effective_on: 2999-01-01",
        "54: commitments[0].status_updates[0].effective_on: 2999-01-01 has not come yet",
    ),
    (
        MEETING,
        "recorded_on: 2024-09-02",
        "recorded_on: 2999-01-01",
        "55: commitments[0].status_updates[0].recorded_on: 2999-01-01 has not come yet (by UTC)",
    ),
    (
        MEETING,
        "recorded_on: 2024-09-02",
        "recorded_on: 2024-08-30",
        "55: commitments[0].status_updates[0].recorded_on: lies before effective_on, 2024-09-01",
    ),
    (
        MEETING,
        "corrects: a",
        "corrects: b",
        "63: commitments[0].status_updates[1].corrects: there is no earlier status update 'b' of this commitment",
    ),
    (
        MEETING,
        "key: b",
        "key: a",
        f"58: commitments[0].status_updates[1].key: key 'a' was given before, at seeds/{MEETING}:52",
    ),
    (
        MEETING,
        '    parties:\n      - country: "NO"\n        role: lead\n',
        "",
        "67: commitments[1].parties: is missing; name at least one country or organisation",
    ),
    (
        MEETING,
        "        role: lead\n    statements: [framework]\n",
        "        role: lead\n",
        "67: commitments[1].statements: is missing; name at least one statement that carries it",
    ),
    (
        MEETING,
        "    title: Peace",
        "    title: Peace\n    withdrawn_on: 2024-09-01",
        "67: commitments[1].withdrawn_reason: is missing; a withdrawal has a day and a reason",
    ),
    (
        MEETING,
        "kind: task",
        "kind: taks",
        "27: commitments[0].kind: 'taks' is not one of undertaking, task, proposal, request, "
        "call, principle, report - did you mean 'task'?",
    ),
    (
        MEETING,
        "said_on: 2024-08-20",
        "said_on: 2024-02-30",
        "16: statements[0].said_on: '2024-02-30': there is no such day",
    ),
    (
        MEETING,
        "said_on: 2024-08-20",
        "said_on: 1709251200",
        "16: statements[0].said_on: '1709251200' does not fit; use YYYY-MM-DD, or YYYY-MM or YYYY if no more is known",
    ),
    (
        "sources.yaml",
        "published_on: 2024-08-21",
        "published_on: 2024-08",
        "5: [0].published_on: '2024-08' does not fit; use a full date, YYYY-MM-DD",
    ),
    (
        MEETING,
        "edition: 3",
        "edition: 1_000",
        "3: edition: '1_000' does not fit; use a whole number, in up to 9 digits",
    ),
    (MEETING, "edition: 3", "edition: +3", "3: edition: '+3' does not fit; use a whole number, in up to 9 digits"),
    (
        MEETING,
        "statements: [framework]\n    links",
        "statements: framework\n    links",
        "40: commitments[0].statements: should be a list, not 'framework'",
    ),
    (
        "sources.yaml",
        "https://example.org/report",
        "javascript:alert(1)",
        "4: [0].url: 'javascript:alert(1)' does not fit; use a web address that begins with https:// or http://",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), CASES)
def test_a_broken_rule_is_told_with_its_line_and_place(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    assert mistakes(write(tmp_path / "seeds", edited(file, old, new))) == [f"seeds/{file}:{expected}"]


def test_a_folder_that_keeps_every_rule_has_no_mistakes(tmp_path: Path) -> None:
    assert len(good(write(tmp_path / "seeds")).records) == RECORDS


def test_no_evidence_is_not_found_after_something_was_known(tmp_path: Path) -> None:
    later = (
        "      - key: c\n        status: no_evidence_found\n        effective_on: 2024-11-01\n        reason: None.\n"
    )
    content = FILES[MEETING].replace("  - public_id: IJ-2024-02", later + "  - public_id: IJ-2024-02")
    (found,) = mistakes(write(tmp_path / "seeds", {MEETING: content}))
    expected = "something was known before no_evidence_found; repeat the status that stands, fulfilled"
    assert found.endswith(f"status_updates[2].status: {expected}")


def test_a_planned_meeting_needs_no_date(tmp_path: Path) -> None:
    folder = write(tmp_path / "seeds", {"meetings/next.yaml": FILES[FIRST].replace("first", "next")})
    planned = (folder / "meetings/next.yaml").read_text().replace("start_date: 2019", "status: planned")
    (folder / "meetings/next.yaml").write_text(planned.replace("edition: 1", "edition: 4"))

    good(folder)


def test_a_meeting_that_was_held_needs_a_date(tmp_path: Path) -> None:
    assert mistakes(write(tmp_path / "seeds", edited(FIRST, "start_date: 2019\n", ""))) == [
        f"seeds/{FIRST}:1: start_date: is missing; a meeting that was held has a date",
        f"seeds/{FIRST}:1: the file should be named 'first.yaml', after start_date and slug",
    ]


def test_a_reference_to_a_record_with_a_mistake_of_its_own_stands(tmp_path: Path) -> None:
    assert mistakes(write(tmp_path / "seeds", edited("topics.yaml", "  label: Cyber\n", ""))) == [
        "seeds/topics.yaml:3: [1].label: is missing"
    ]


def test_a_mistake_in_one_commitment_hides_none_in_another(tmp_path: Path) -> None:
    content = FILES[MEETING].replace("kind: principle", "kind: principal").replace("    strength: agreed\n", "")
    assert mistakes(write(tmp_path / "seeds", {MEETING: content})) == [
        f"seeds/{MEETING}:26: commitments[0].strength: is missing; say how firmly this task was put",
        f"seeds/{MEETING}:67: commitments[1].kind: 'principal' is not one of undertaking, task, proposal, request, "
        "call, principle, report - did you mean 'principle'?",
    ]
