"""Long work: on a terminal a bar with how much is done, how fast, how long it will take; and less of the collector."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

# With a million records at ten thousand a second a line still fits into eighty columns.
WIDTH = 24
# Told how many more are done, and of a table also how many more of its lines.
Advance = Callable[..., object]


class Done(ProgressColumn):
    """How many have been done, how many a second, and how long the others will take."""

    def get_table_column(self) -> Column:
        return Column(no_wrap=True)

    def render(self, task: Task) -> Text:
        done = task.fields["done"]
        words = [f"{done:,} {task.fields['noun']}"]
        if task.speed:
            words.append(f"{task.speed * done / task.completed:,.0f}/s")
        if task.time_remaining is not None:
            minutes, seconds = divmod(int(task.time_remaining), 60)
            words.append(f"{minutes // 60}:{minutes % 60:02}:{seconds:02} left")
        return Text(", ".join(words))


@contextmanager
def progress(label: str, noun: str, total: int, hidden: bool = False) -> Iterator[Advance]:
    """A bar on stderr while the block runs, nothing in a pipe; it moves to and fro where there is no `total`."""
    columns = (TextColumn(label), BarColumn(WIDTH), Done())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=hidden or not console.is_terminal) as bar:
        task = bar.add_task(label, total=total or None, noun=noun, done=0)

        def advance(more: int, lines: int | None = None) -> None:
            done = bar.tasks[0].fields["done"] + more
            bar.update(task, advance=more if lines is None else lines, done=done)

        yield advance


@contextmanager
def working(label: str) -> Iterator[None]:
    """Tell on stderr what the block is about while it runs, and nothing in a pipe."""
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield
        return
    with console.status(label):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """For a block that ends before its transaction does: tell whoever interrupts it that all of it is undone."""
    try:
        yield
    except KeyboardInterrupt:
        raise click.ClickException("interrupted; nothing was changed") from None


@contextmanager
def committing() -> Iterator[None]:
    """For the commit alone: whoever interrupts it cannot be told what came of it."""
    try:
        with working("Committing"):
            yield
    except KeyboardInterrupt:
        raise click.ClickException(
            "interrupted at the very end; run the command again: it changes nothing that is there already"
        ) from None


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cyclic garbage seldom: a load makes records by the million that are in no cycle, and each look costs."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
