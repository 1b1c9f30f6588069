"""Long work: a bar on a terminal with how much is done, how fast, how long it will take; and less of the collector."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class Rate(ProgressColumn):
    """How many have been done, and how many a second."""

    def render(self, task: Task) -> Text:
        speed = f"{task.speed:,.0f}/s" if task.speed else "-/s"
        return Text(f"{task.fields.get('done', task.completed):,.0f}, {speed}")


@contextmanager
def progress(label: str, total: float, hidden: bool = False) -> Iterator[Callable[[int], object]]:
    """A bar on stderr while the block runs, nothing in a pipe; it is told how many more are done."""
    columns = (TextColumn(label), BarColumn(), Rate(), TimeRemainingColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=hidden or not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda more: bar.advance(task, more)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for cyclic garbage seldom: a load makes records by the million that are in no cycle, and each look costs."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
