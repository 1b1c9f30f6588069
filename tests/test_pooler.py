"""Behind a pooler that lends a connection for one transaction, everything works as it does without."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from tests.admin.conftest import PASSWORD, Browser, add_people, close
from tests.browser.conftest import free_port
from tests.keeping_cast import digests, fill, run
from tests.servers import Server
from tests.torture.processes import pool, wait
from tests.torture.test_writers import prepare, record
from tracker.app import create_app
from tracker.config import Config
from tracker.db import create_engine

SETTINGS = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
"""


@pytest.fixture
def pooled(postgres: Server, tmp_path: Path) -> Iterator[Config]:
    """Settings for an empty database behind a pooler with three connections."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    url, listen = postgres.create(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(host=url.host, port=url.port or 5432, user=url.username or "postgres", listen=listen)
        )
        # It refuses to run as root.
        account = ["-u", "nobody"] if os.geteuid() == 0 else []
        with subprocess.Popen([program, "-q", *account, str(settings)], stderr=subprocess.DEVNULL) as process:
            config = Config(instance=tmp_path, database_url=url.set(host="127.0.0.1", port=listen))
            wait(lambda: answers(config))
            yield config
            process.terminate()
    postgres.drop(url)


def answers(config: Config) -> bool:
    engine = create_engine(config.database_url)
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT 1")))
    except Exception:
        return False
    finally:
        engine.dispose()


def test_everything_works_behind_a_pooler(pooled: Config) -> None:
    assert run(pooled, "db", "upgrade").exit_code == 0
    fill(pooled)
    before = digests(pooled)
    add_people(pooled, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    app = create_app(pooled)
    browser = Browser(app.test_client())
    browser.sign_in("editor")
    saved = browser.fill(
        "/commitments/IJ-2024-02/status", status="in_progress", effective_on="2024-09-01", reason="So."
    )
    assert saved.status_code == 302
    assert [browser.get(page).status_code for page in ("/", "/readyz", "/commitments/")] == [200] * 3
    close(app)
    assert digests(pooled)["records"] != before["records"]
    assert run(pooled, "db", "check").exit_code == 0


def test_more_writers_than_connections_lose_nothing(pooled: Config) -> None:
    assert run(pooled, "db", "upgrade").exit_code == 0
    prepare(pooled.database_url)
    address = pooled.database_url.render_as_string(hide_password=False)
    with pool(6) as processes:
        assert sum(processes.map(record, [address] * 6, range(6), [5] * 6)) == 30
    assert run(pooled, "db", "check").exit_code == 0


def test_a_limit_holds_behind_it(pooled: Config) -> None:
    options = pooled.database_url.update_query_dict({"options": "-cstatement_timeout=50"})
    engine = create_engine(options)
    with engine.connect() as connection, pytest.raises(Exception, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()
