"""Lets many people read and some write at a real server for a while, and a bare Flask view beside it in the same run.

    python -m tests.benchmarks.load --seconds 120

Each of them asks for the next page as soon as the last one is there. Everything stands in a folder that is removed.
"""

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.request import urlopen

import click
from flask import Flask

from tests.admin.conftest import add_people
from tests.benchmarks import generate
from tests.browser.conftest import free_port
from tests.visitors import Visitor, cookies
from tracker.config import PROJECT, Config
from tracker.schema import trees
from tracker.serving.health import Health
from tracker.serving.http import Server

WORDS = ("matter", "list", "go")
STATUSES = ("in_progress", "stalled", "not_started")


@dataclass
class Seen:
    """How long the answers took, by what was asked for, and those that were none."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[int] = field(default_factory=list)

    def ask(self, what: str, act: Callable[[], int]) -> None:
        begun = time.perf_counter()
        status = act()
        self.seconds[what].append(time.perf_counter() - begun)
        if status >= 400:
            self.failed.append(status)


def public_id(chance: random.Random, count: int) -> str:
    """One of the generated commitments."""
    n = chance.randrange(count)
    meeting = n // generate.PER_MEETING
    return f"S{meeting % generate.SERIES}-{meeting // generate.SERIES + 1}-{n % generate.PER_MEETING + 1}"


def read(visitor: Visitor, chance: random.Random, count: int, seen: Seen) -> None:
    """One page as somebody who looks around would ask for it."""
    pages = {
        "home": "/",
        "list": f"/commitments/?page={chance.randrange(20) + 1}",
        "search": f"/commitments/?q={chance.choice(WORDS)}+{chance.randrange(count)}",
        "open only": "/commitments/?show=open",
        "commitment": f"/commitments/{public_id(chance, count)}",
        "meeting": f"/meetings/meeting-{chance.randrange(-(-count // generate.PER_MEETING))}",
    }
    what = chance.choices(list(pages), (1, 3, 2, 2, 6, 1))[0]
    seen.ask(what, lambda: visitor.get(pages[what]).status)


def write(visitor: Visitor, chance: random.Random, count: int, seen: Seen) -> None:
    """A status update: the form, and what was typed into it."""
    address = f"/commitments/{public_id(chance, count)}/status"
    day = date(2026, 1, 1) + timedelta(days=chance.randrange(100))
    typed = {"status": chance.choice(STATUSES), "effective_on": day.isoformat(), "reason": "It was so reported."}
    seen.ask("status form and save", lambda: visitor.fill(address, typed).status)


Act = Callable[[Visitor, random.Random, int, Seen], None]


def crowd(ports: list[int], given: list[str], acts: list[Act], count: int, seconds: float) -> Seen:
    """Everybody at once until the time is over, spread over the servers."""
    seen, until = Seen(), time.monotonic() + seconds

    def stay(number: int) -> None:
        chance, visitor = random.Random(number), Visitor(ports[number % len(ports)], given[number])
        while time.monotonic() < until:
            acts[number](visitor, chance, count, seen)
        visitor.close()

    with ThreadPoolExecutor(len(given)) as pool:
        list(pool.map(stay, range(len(given))))
    return seen


def bare(port: int) -> None:
    """A server of one view that says hello, on the same terms."""
    app = Flask(__name__)
    app.add_url_rule("/readyz", "ready", lambda: "ready")
    app.add_url_rule("/", "hello", lambda: "<!doctype html><title>Hello</title><p>Hello.</p>")
    app.extensions |= {"health": Health({}, {}), "security_headers": {}}
    Server(app, "127.0.0.1", port, Config.threads, 1_000_000).run()


@contextmanager
def served(command: list[str], port: int, settings: dict[str, str]) -> Iterator[int]:
    """A server in a process of its own, by its number."""
    environment = os.environ | settings | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/readyz").close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.1)
        try:
            yield process.pid
        finally:
            process.terminate()


def memory(pid: int) -> float:
    """Megabytes that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def worked(pid: int) -> float:
    """Seconds for which a process has had a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def line(what: str, taken: list[float], seconds: float) -> str:
    """A row of the table."""
    ordered = sorted(taken)
    p95 = ordered[int(len(ordered) * 0.95)] * 1000
    return f"| {what} | {len(taken) / seconds:,.1f} | {statistics.median(ordered) * 1000:,.0f} | {p95:,.0f} |"


@dataclass(frozen=True)
class Run:
    """What a crowd saw within some seconds, and what it cost the servers."""

    seen: Seen
    seconds: float
    worked: float
    # Megabytes of all servers: before, after, and after each round more.
    memory: list[float]

    @property
    def taken(self) -> list[float]:
        return [taken for each in self.seen.seconds.values() for taken in each]

    @property
    def rate(self) -> float:
        return len(self.taken) / self.seconds

    @property
    def cost(self) -> float:
        return self.worked / len(self.taken) * 1000


Command = Callable[[int], tuple[list[str], dict[str, str]]]


def run(
    command: Command, servers: int, given: list[str], acts: list[Act], count: int, seconds: float, more: int = 0
) -> Run:
    """Start the servers, let the crowd in to warm them up, and measure; `more` rounds show whether memory grows."""
    with ExitStack() as stack:
        ports = [free_port() for _ in range(servers)]
        pids = [stack.enter_context(served(command(port)[0], port, command(port)[1])) for port in ports]
        crowd(ports, given, acts, count, max(seconds / 6, 2))
        held, begun = [sum(map(memory, pids))], sum(map(worked, pids))
        seen = crowd(ports, given, acts, count, seconds)
        spent = sum(map(worked, pids)) - begun
        held.append(sum(map(memory, pids)))
        for _ in range(more):
            crowd(ports, given, acts, count, seconds / 2)
            held.append(sum(map(memory, pids)))
    return Run(seen, seconds, spent, held)


def lines(config: Config, count: int, readers: int, writers: int, seconds: float) -> Iterator[str]:
    """The tables, in Markdown."""
    given = cookies(config, "editor", readers + writers)
    acts: list[Act] = [read] * readers + [write] * writers

    def tracker(port: int) -> tuple[list[str], dict[str, str]]:
        settings = {"TRACKER_INSTANCE": str(config.instance), "TRACKER_PORT": str(port)}
        return [sys.executable, "-c", "from tracker.cli import main; main()", "serve"], settings

    def hello(port: int) -> tuple[list[str], dict[str, str]]:
        return [sys.executable, "-m", "tests.benchmarks.load", "bare", str(port)], {}

    greet: list[Act] = [lambda visitor, chance, count, seen: seen.ask("hello", lambda: visitor.get("/").status)]
    one = run(tracker, 1, given, acts, count, seconds, more=2)
    two = run(tracker, 2, given, acts, count, seconds)
    least = run(hello, 1, given, greet * len(given), count, max(seconds / 6, 2))
    yield f"\n#### {readers} readers, {writers} writers, {seconds:g} s, {count:,} commitments, {os.cpu_count()} cores\n"
    yield "| asked for | a second | median ms | 95 % within ms |"
    yield "| --- | ---: | ---: | ---: |"
    for what in sorted(one.seen.seconds):
        yield line(what, one.seen.seconds[what], seconds)
    yield line("**all, one server**", one.taken, seconds)
    yield line("**all, two servers**", two.taken, seconds)
    yield line("bare Flask view", least.taken, least.seconds)
    failed = len(one.seen.failed) + len(two.seen.failed)
    yield f"\nTwo servers answer {two.rate / one.rate:.2f} times as often as one,"
    yield f"a bare view {least.rate / one.rate:.0f} times. An answer takes {one.cost:.1f} ms of a processor,"
    yield f"that of a bare view {least.cost:.2f} ms. Answers of 400 and more: {failed}."
    yield f"Memory of one server before, after, and after two rounds more: {_listed(one.memory)} MB."


def _listed(numbers: list[float]) -> str:
    *most, last = (f"{number:.0f}" for number in numbers)
    return f"{', '.join(most)} and {last}"


@click.group(invoke_without_command=True)
@click.option("--seconds", default=120.0, show_default=True)
@click.option("--count", default=10_000, show_default=True, help="How many commitments to read in.")
@click.option("--readers", default=50, show_default=True)
@click.option("--writers", default=10, show_default=True)
@click.pass_context
def command(context: click.Context, seconds: float, count: int, readers: int, writers: int) -> None:
    """Measure a server of its own on SQLite."""
    if context.invoked_subcommand:
        return
    with tempfile.TemporaryDirectory() as folder:
        config = Config.load({"TRACKER_INSTANCE": folder})
        for tree in trees(config):
            tree.upgrade()
        generate.fill(config.database_url, count)
        add_people(config, "no password")
        for each in lines(config, count, readers, writers, seconds):
            click.echo(each)


@command.command("bare", hidden=True)
@click.argument("port", type=int)
def bare_command(port: int) -> None:
    """Be the bare server."""
    bare(port)


if __name__ == "__main__":
    command()
