"""A disk that is full: a clear error, nothing half done, and work goes on as soon as there is room."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.admin.conftest import add_people
from tests.browser.conftest import free_port
from tests.conftest import TESTER
from tests.keeping_cast import digests, fill, run
from tests.torture.test_editors import COMMITMENT, Serve, serve
from tests.torture.test_kills import many
from tests.visitors import Visitor, cookies
from tracker.config import Config
from tracker.db import Session, create_engine
from tracker.models import Topic

__all__ = ["serve"]
SIZE = 6_000_000


@pytest.fixture
def small(tmp_path: Path, sqlite_template: Path) -> Iterator[Config]:
    """Settings for an instance with records on a disk of a few megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        config = Config.load({"TRACKER_INSTANCE": str(disk / "instance")})
        shutil.copytree(sqlite_template, config.instance)
        yield replace(config, port=free_port())
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill_disk(config: Config) -> Path:
    """Take all the room but a few pages."""
    ballast = config.instance.parent / "ballast"
    with ballast.open("wb") as file:
        free = shutil.disk_usage(config.instance).free
        file.write(bytes(max(free - 100_000, 0)))
    return ballast


def test_commands_on_a_full_disk_say_so_and_change_nothing(small: Config, tmp_path: Path) -> None:
    seeds = many(tmp_path / "seeds")
    before = digests(small)
    ballast = fill_disk(small)
    for words in (["seeds", "load", str(seeds)], ["backup", str(small.instance.parent / "b.zip")]):
        done = run(small, *words)
        assert done.exit_code == 1, done.output
        assert isinstance(done.exception, SystemExit), done.exception
        assert "disk is full" in done.output or "No space left on device" in done.output
        assert digests(small) == before
    assert "make room on this disk" in run(small, "doctor").output
    ballast.unlink()
    assert run(small, "db", "check").exit_code == 0
    assert run(small, "backup", str(small.instance.parent / "b.zip")).exit_code == 0


def test_a_server_on_a_full_disk_says_so_and_goes_on_afterwards(small: Config, serve: Serve) -> None:
    fill(small)
    add_people(small, "no password")
    (cookie,) = cookies(small, "editor", 1)
    serve(small)
    visitor = Visitor(small.port, cookie)
    typed = {"status": "in_progress", "effective_on": "2024-09-01", "reason": "What was typed. " * 100}
    ballast = fill_disk(small)
    answers = [visitor.fill(f"{COMMITMENT}/status", typed) for _ in range(30)]
    refused = [answer for answer in answers if answer.status != 302]
    assert {answer.status for answer in refused} == {507}
    assert all("The disk of the server is full. Nothing was saved." in answer.text for answer in refused)
    assert visitor.get(COMMITMENT).status == 200
    assert run(small, "db", "check").exit_code == 0
    ballast.unlink()
    assert visitor.fill(f"{COMMITMENT}/status", typed).status == 302
    visitor.close()
    engine = create_engine(small.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        session.add(Topic(slug="room", label="There is room again"))
        session.commit()
    engine.dispose()
    assert run(small, "db", "check").exit_code == 0
