"""A small folder of seed files that has no mistakes, for tests to change."""

from pathlib import Path

from tracker.db import Session
from tracker.seeding.check import read_seeds
from tracker.seeding.load import hold, load
from tracker.seeding.merge import Prefer
from tracker.seeding.plan import Plan, make_plan
from tracker.seeding.records import Seeds
from tracker.seeding.removed import add_removed

MEETING = "meetings/2024-08-20-third.yaml"
FILES = {
    "countries.yaml": """\
- code: IN
  name: India
- code: NO
  name: Norway
""",
    "organizations.yaml": """\
- slug: government
  name: Government of India
  classification: government
  country: IN
- slug: ministry
  name: Ministry of Defence
  classification: ministry
  country: IN
  parent: government
""",
    "offices.yaml": """\
- slug: defence-minister
  label: Defence Minister
  organization: ministry
""",
    "ministers.yaml": """\
- slug: rajnath-singh
  name: Rajnath Singh
  sort_name: Singh, Rajnath
  country: IN
  other_names: [Singh Rajnath]
  office_terms:
    - office: defence-minister
      start_date: 2019-05
      end_date: 2024
- slug: kari-nordmann
  name: Kari Nordmann
  sort_name: Nordmann, Kari
  country: "NO"
""",
    "topics.yaml": """\
- slug: security
  label: Security
- slug: cyber
  label: Cyber
  parent: security
""",
    "sources.yaml": """\
- slug: report
  title: "1.10"
  classification: press_report
  url: https://example.org/report
  published_on: 2024-08-21
  language: "no"
""",
    "series.yaml": """\
- slug: two-plus-two
  code: IJ
  name: Two plus two
""",
    "meetings/2019-first.yaml": """\
slug: first
series: two-plus-two
edition: 1
name: First meeting
classification: ministerial
start_date: 2019
""",
    MEETING: """\
slug: third
series: two-plus-two
edition: 3
name: Third meeting
classification: ministerial
start_date: 2024-08-20
end_date: 2024-08-21
parent: first
attendance:
  - minister: rajnath-singh
    country: IN
    office: defence-minister
statements:
  - slug: framework
    minister: rajnath-singh
    said_on: 2024-08-20
    summary: He spoke of a framework.
    topics: [security, cyber]
    citations:
      - source: report
        exact: agreed to prepare a framework
        selector: {start: 10, end: 39}
      - source: report
        bearing: context
commitments:
  - public_id: IJ-2024-01
    kind: task
    strength: agreed
    operative_phrase: agreed to prepare
    title: A framework
    promised_on: 2024-08-20
    original_target_on: 2025
    topics: [security]
    parties:
      - country: IN
        role: lead
        office: defence-minister
      - organization: ministry
        role: partner
    statements: [framework]
    links:
      - relation: continues
        to: IJ-2024-02
        note: They belong together.
    milestones:
      - slug: drafted
        criterion: It is drafted.
        due_on: 2024-12
        status: met
        met_on: 2024-11-30
    status_updates:
      - key: a
        status: in_progress
        effective_on: 2024-09-01
        recorded_on: 2024-09-02
        reason: Work began.
        new_target_on: 2026-03
      - key: b
        status: fulfilled
        effective_on: 2024-10-01
        recorded_by: asha
        reason: It was done.
        corrects: a
        citations:
          - source: report
            locator: page 1
  - public_id: IJ-2024-02
    kind: principle
    title: Peace
    parties:
      - country: "NO"
        role: lead
    statements: [framework]
""",
}
RECORDS = 18


def write(folder: Path, changes: dict[str, str | bytes] | None = None) -> Path:
    """Write the files, those in `changes` with other content."""
    for name, content in {**FILES, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def edited(name: str, old: str, new: str) -> dict[str, str | bytes]:
    """One file with one passage replaced."""
    assert FILES[name].count(old) == 1, f"{old!r} should stand in {name} once"
    return {name: FILES[name].replace(old, new)}


def good(folder: Path) -> Seeds:
    """The records of a folder without mistakes."""
    seeds, problems = read_seeds(folder)
    assert [str(problem) for problem in problems] == []
    return seeds


def mistakes(folder: Path) -> list[str]:
    """What is wrong in a folder."""
    return [str(problem) for problem in read_seeds(folder)[1]]


def plan_of(session: Session, seeds: Seeds, prefer: Prefer = None, prune: bool = False) -> Plan:
    """What a load would do, with nothing kept in the session from before."""
    session.rollback()
    hold(session)
    plan = make_plan(session, seeds, prefer)
    add_removed(session, plan, prune, prefer)
    return plan


def loaded(session: Session, seeds: Seeds, prefer: Prefer = None, prune: bool = False) -> Plan:
    """Load and commit, as the command does."""
    plan = plan_of(session, seeds, prefer, prune)
    load(session, plan, "asha")
    session.commit()
    return plan


def planned(
    session: Session, seeds: Seeds, prefer: Prefer = None, prune: bool = False
) -> dict[tuple[str, str], list[str]]:
    """The records that are not the same, each with its action and what differs."""
    return differences(plan_of(session, seeds, prefer, prune))


def differences(plan: Plan) -> dict[tuple[str, str], list[str]]:
    """The steps of a plan that find a difference, each with its action and what differs."""
    return {
        step.name: [step.action, *(f"{c.verdict} {c.path}: {c.old} -> {c.new}" for c in step.changes)]
        for step in plan.steps
        if step.action != "same"
    }
