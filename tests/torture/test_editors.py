"""Many editors at several servers on one database: nobody's save is lost, and nobody sees an error of the server."""

import fcntl
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import func, select, text

from tests.admin.conftest import add_people
from tests.browser.conftest import free_port
from tests.cast import meeting_of_2024
from tests.conftest import TESTER
from tests.keeping_cast import run
from tests.torture.processes import Running, start, wait
from tests.visitors import Visitor, cookies
from tracker.config import Config
from tracker.db import QUEUE, Session, create_engine
from tracker.models import AuditBatch, Commitment, StatusUpdate

COMMITMENT = "/commitments/IJ-2024-02"
Serve = Callable[[Config], Running]


@pytest.fixture
def people(config: Config) -> Config:
    """Settings for an instance with the shared cast and an account for each role, on a free port."""
    add_people(config, "no password")
    engine = create_engine(config.database_url)
    with Session(engine, info={"origin": TESTER}) as session:
        meeting_of_2024(session)
    engine.dispose()
    return replace(config, port=free_port())


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server and waits until it is ready; whatever still runs is told to stop at the end."""
    servers: list[Running] = []

    def begin(config: Config) -> Running:
        servers.append(start(config, "serve"))
        wait(lambda: ready(config, servers[-1]))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.is_alive():
            os.kill(server.process.pid or 0, signal.SIGTERM)
            server.end()


def ready(config: Config, server: Running) -> bool:
    assert server.process.is_alive(), server.said.read_text()
    try:
        with urlopen(f"{config.address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def edit(visitor: Visitor, number: int, saves: int) -> Counter[str]:
    """Record a status and change the title in turn; a conflict is tried again, as people do."""
    seen: Counter[str] = Counter()
    for n in range(saves):
        if n % 2:
            day = date(2024, 9, 1) + timedelta(days=n)
            typed = {"status": "in_progress", "effective_on": day.isoformat(), "reason": f"Seen by {number}."}
            answer = visitor.fill(f"{COMMITMENT}/status", typed)
        else:
            while (answer := visitor.fill(f"{COMMITMENT}/edit", {"title": f"Title {number} {n}"})).status == 409:
                seen["409"] += 1
        seen[f"{answer.status} {'status' if n % 2 else 'edit'}"] += 1
    visitor.close()
    return seen


@pytest.mark.parametrize(("editors", "saves"), [(3, 4), pytest.param(16, 50, marks=pytest.mark.long)])
def test_editors_at_two_servers_lose_nothing(people: Config, serve: Serve, editors: int, saves: int) -> None:
    others = replace(people, port=free_port())
    given = cookies(people, "editor", editors)
    for config in (people, others):
        serve(config)
    visitors = [Visitor((people, others)[n % 2].port, cookie) for n, cookie in enumerate(given)]
    before = state(people)
    with ThreadPoolExecutor(editors) as pool:
        seen = sum(pool.map(edit, visitors, range(editors), [saves] * editors), Counter[str]())
    print(f"figures: {editors} editors x {saves} saves: {dict(seen)}")
    half = editors * saves // 2
    assert seen["302 status"] == seen["302 edit"] == half, seen
    assert set(seen) <= {"302 status", "302 edit", "409"}
    after = state(people)
    assert [new - old for new, old in zip(after, before, strict=True)] == [half, half, editors * saves]
    assert run(people, "db", "check").exit_code == 0


def state(config: Config) -> list[int]:
    """The number of status updates, of edits, and of audit batches."""
    engine = create_engine(config.database_url)
    with Session(engine) as session:
        found = [
            session.scalar(select(func.count()).select_from(StatusUpdate)) or 0,
            session.scalar(select(Commitment.version).where(Commitment.public_id == "IJ-2024-02")) or 0,
            session.scalar(select(func.count()).select_from(AuditBatch)) or 0,
        ]
    engine.dispose()
    return found


def somebody_waits(config: Config) -> bool:
    """Whether a save has come as far as the lock that keeps it waiting."""
    if config.database_url.get_backend_name() == "sqlite":
        with Path(f"{config.database_url.database}{QUEUE}").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        waiting = text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'topic'::regclass)")
        found = bool(connection.scalar(waiting))
    engine.dispose()
    return found


def lets_nobody_in(config: Config) -> bool:
    try:
        urlopen(f"{config.address}/healthz", timeout=5).close()
    except OSError:
        return True
    return False


def test_a_server_told_to_stop_finishes_what_it_has_begun(people: Config, serve: Serve) -> None:
    (cookie,) = cookies(people, "editor", 1)
    server = serve(people)
    visitor = Visitor(people.port, cookie)
    engine = create_engine(people.database_url)
    answers = []
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE topic IN SHARE MODE"))
        typed = {"label": "Saved at the last moment", "slug": "last"}
        saving = threading.Thread(target=lambda: answers.append(visitor.fill("/topics/new", typed)))
        saving.start()
        wait(lambda: somebody_waits(people))
        os.kill(server.process.pid or 0, signal.SIGTERM)
        wait(lambda: lets_nobody_in(people))
        assert not answers
    saving.join()
    visitor.close()
    engine.dispose()
    assert answers[0].status == 302
    assert "Stopped." in server.end()
