"""How plans, mistakes and results of loading are told on a terminal or in a pipe."""

import json
from collections import Counter
from typing import Any

import click
from sqlalchemy.orm import Session

from tracker.seeding.lookup import last_edit
from tracker.seeding.merge import Change, flat
from tracker.seeding.plan import Action, Plan, Step
from tracker.seeding.problems import Problem
from tracker.seeding.records import kind_of
from tracker.seeding.schema import RECORDS

SHOWN_PROBLEMS = 1000
SHOWN_LEFT = 20
# action -> how it is marked, its colour, what is said of it
MARKS: dict[Action, tuple[str, str, str]] = {
    "create": ("+", "green", ""),
    "change": ("~", "yellow", ""),
    "keep": ("=", "cyan", "edited in the database, kept"),
    "conflict": ("!", "red", ""),
    "refuse": ("!", "red", ""),
    "deleted": ("!", "red", "deleted in the database, left deleted"),
    "blocked": ("!", "red", ""),
    "removed": ("-", "cyan", "in no file any more, left; --prune deletes it"),
    "prune": ("-", "red", "in no file any more, to be deleted"),
}
WORDS: dict[Action, str] = {
    "create": "to create",
    "change": "to change",
    "keep": "edited in the database and kept",
    "conflict": "in conflict",
    "refuse": "refused",
    "deleted": "left deleted",
    "blocked": "left out",
    "removed": "in no file any more",
    "prune": "to delete",
    "same": "the same",
}


def tell(problems: list[Problem]) -> None:
    """Tell mistakes by file and line."""
    click.echo("\n".join(str(problem) for problem in problems[:SHOWN_PROBLEMS]), err=True)
    if len(problems) > SHOWN_PROBLEMS:
        click.echo(f"... and {len(problems) - SHOWN_PROBLEMS} more", err=True)


def complain(problems: list[Problem]) -> None:
    """Tell all mistakes and end the command."""
    tell(problems)
    raise click.ClickException(
        f"{len(problems)} {'mistake' if len(problems) == 1 else 'mistakes'}; nothing was changed"
    )


def show(session: Session, step: Step, err: bool = False) -> None:
    """One step of a plan, a field a line."""
    if step.action == "same":
        return
    mark, colour, words = MARKS[step.action]
    notes = "; ".join(note for note in (step.reason or words, "" if step.action == "create" else step.where) if note)
    lines = [f"{mark} {' '.join(step.name)}{f'  ({notes})' if notes else ''}"]
    if step.action == "create":
        values = flat(step.found.content, type(step.found.model))
        lines += [f"    {path}: {_value(value)}" for path, value in values.items()]
    lines += [f"    {_change(change)}" for change in step.changes]
    if step.action == "conflict":
        lines.append(f"    database: {last_edit(session, *step.name)}; file: {step.where}")
    for line in lines:
        click.secho(line, fg=colour, err=err)


def summary(plan: Plan) -> str:
    """How many records there are of each sort, on one line."""
    numbers = {action: len(plan.of(action)) for action in WORDS}
    always = ("create", "change", "same")
    told = [f"{numbers[action]} {words}" for action, words in WORDS.items() if numbers[action] or action in always]
    return f"Plan: {', '.join(told)}."


def report(plan: Plan) -> None:
    """What a load did, by kind, and what it left."""
    done = told(plan.counts())
    changed = plan.of("create", "change", "prune")
    if changed:
        click.echo("\n".join(done))
    for step in plan.of("change", "keep"):
        for change in step.changes:
            if change.verdict == "keep":
                click.echo(f"kept: {' '.join(step.name)}: {_change(change)} ({step.where})")
    left = plan.of("deleted", "blocked", "removed")
    for step in left[:SHOWN_LEFT]:
        click.echo(f"left: {' '.join(step.name)}: {step.reason or MARKS[step.action][2]} ({step.where})")
    if len(left) > SHOWN_LEFT:
        click.echo(f"left: {len(left) - SHOWN_LEFT:,} more; 'tracker seeds plan' shows them")
    if not changed:
        click.echo("\n".join(done))


def told(counts: Counter[tuple[str, Action]], planned: bool = False) -> list[str]:
    """How many records of each kind were created, changed and deleted, or would be."""
    done: dict[Action, str] = {"create": "created", "change": "changed", "prune": "deleted"}
    lines = []
    for kind in (kind_of(model) for model in RECORDS):
        numbers = [
            f"{counts[kind, action]:,} {WORDS[action] if planned else word}"
            for action, word in done.items()
            if counts[kind, action]
        ]
        if numbers:
            lines.append(f"{kind}: {', '.join(numbers)}")
    return lines or ["nothing to change"]


def _change(change: Change) -> str:
    old, new = _value(change.old), _value(change.new)
    if change.verdict == "take":
        return f"{change.path}: {old} -> {new}"
    if change.verdict == "keep":
        return f"{change.path}: {old}, where the file says {new}"
    return f"{change.path}: {old} in the database, {new} in the file, {_value(change.base)} when last loaded"


def _value(value: Any) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)
