"""The command `tracker` in processes that can be killed, forked from one that has imported everything already.

A process of its own takes half a second to begin, and two hundred of them the better part of the time of a test.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text

from tracker.cli import NOUNS, main
from tracker.config import Config
from tracker.db import create_engine

# The modules of all commands, so that a fork has them.
for noun in NOUNS:
    import_module(f"tracker.cli.{noun}")
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.torture.processes"])
PATIENCE = 120
MEASURED = 3
# A few kills each time, and as many as convince where there is time.
AMOUNTS = ["few", pytest.param("many", marks=pytest.mark.long)]
KILLS = {"few": {"sqlite": 1, "postgresql": 1}, "many": {"sqlite": 200, "postgresql": 50}}
OTHERS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass
class Running:
    """A process, and the file with all that it says."""

    process: BaseProcess
    said: Path

    def end(self) -> str:
        """Wait for its end and return what it said; the test fails where it failed."""
        self.process.join(PATIENCE)
        told = self.told()
        assert self.process.exitcode == 0, told
        return told

    def told(self) -> str:
        """What it has said so far; nothing where it has not come to open its mouth."""
        return self.said.read_text(encoding="utf-8") if self.said.exists() else ""

    def kill(self) -> bool:
        """End it as a power cut would; whether it was still at work."""
        alive = self.process.is_alive()
        self.process.kill()
        self.process.join()
        return alive


def start(config: Config, *words: str) -> Running:
    """The command `tracker` on these settings."""
    said = config.instance.with_name(f"said-{time.monotonic_ns()}.txt")
    process = FORKS.Process(target=_command, args=(environment(config), words, said))
    process.start()
    return Running(process, said)


def environment(config: Config) -> dict[str, str]:
    """The settings as environment variables."""
    return {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
        "TRACKER_PORT": str(config.port),
    }


def _command(settings: dict[str, str], words: tuple[str, ...], said: Path) -> None:
    os.environ.update(settings)
    # Whoever runs the tests in the background has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    main(words)


def pool(processes: int) -> ProcessPoolExecutor:
    """Processes to work side by side."""
    return ProcessPoolExecutor(processes, mp_context=FORKS)


@dataclass
class Killing:
    """Kills processes at moments spread over the time that the first of them took."""

    begin: Callable[[], Running]
    after_end: Callable[[], object] = lambda: None
    seconds: float = 0.0
    midway: int = 0
    kills: int = 0
    random: Random = field(default_factory=lambda: Random(20240820))

    def measure(self, ends: int) -> None:
        """Let so many come to their end; the first is slow for reasons of its own."""
        taken = []
        for _ in range(ends):
            begun = time.monotonic()
            self.begin().end()
            taken.append(time.monotonic() - begun)
            self.after_end()
        self.seconds = min(taken)

    def once(self) -> Running:
        """Begin one and kill it."""
        running = self.begin()
        time.sleep(self.random.uniform(0, self.seconds))
        self.midway += running.kill()
        self.kills += 1
        return running

    def many(self, times: int) -> Iterator[Running]:
        """That many, each killed at some moment; the caller looks after each."""
        self.measure(MEASURED if times > MEASURED else 1)
        for _ in range(times):
            yield self.once()
        print(f"{self.kills} kills, {self.midway} of them midway, over {self.seconds:.2f} s")


def times(config: Config, amount: str) -> int:
    """How many kills that amount is on the engine of these settings."""
    return KILLS[amount][config.database_url.get_backend_name()]


def connected(engine: Engine) -> bool:
    """Whether the server still serves another process, which may be dead already."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return bool(connection.scalar(text(f"SELECT EXISTS ({OTHERS})")))


def gone(config: Config) -> None:
    """Wait until the server has noticed that nobody is there any more."""
    engine = create_engine(config.database_url)
    wait(lambda: not connected(engine))
    engine.dispose()


def wait(ready: Callable[[], bool]) -> None:
    """Until it is so; the test fails where it never comes."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
