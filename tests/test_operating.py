"""What operating.md offers to copy works as it stands there, as far as this machine can tell."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import free_port
from tests.torture.processes import wait
from tracker.config import PROJECT

TEXT = (PROJECT / "tracker" / "docs" / "operating.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    here = shlex.quote(str(Path(sys.executable).with_name("tracker")))
    for unit in blocks("ini"):
        name = Path(unit.splitlines()[0].removeprefix("# ")).name
        (tmp_path / name).write_text(unit.replace("/srv/tracker/.venv/bin/tracker", here))
    files = sorted(map(str, tmp_path.iterdir()))
    assert len(files) == 3
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def steps() -> dict[str, list[str]]:
    """The instructions of the container file, by their word."""
    [file] = blocks("dockerfile")
    found: dict[str, list[str]] = {}
    for line in file.splitlines():
        word, _, rest = line.partition(" ")
        found.setdefault(word, []).append(rest)
    return found


@pytest.mark.long
def test_the_steps_of_the_container_lead_to_a_server_that_is_ready(tmp_path: Path) -> None:
    """Without a container: in a folder and an environment of their own, under this Python."""
    copy, port = tmp_path / "copy", free_port()
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{PROJECT}", str(copy)], check=True)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    given = steps()
    [settings] = given["ENV"]
    environment = os.environ | dict(pair.split("=") for pair in settings.split())
    assert environment["TRACKER_HOST"] == "0.0.0.0"
    environment["PATH"] = f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}"
    environment |= {"TRACKER_INSTANCE": str(tmp_path / "volume"), "TRACKER_PORT": str(port)}
    environment["TRACKER_PUBLIC_URL"] = "https://tracker.example.org"
    for step in given["RUN"]:
        if not step.startswith("useradd"):
            subprocess.run(step, shell=True, cwd=copy, env=environment, check=True)
    [start] = given["CMD"]
    [check] = [line.removeprefix("CMD ") for line in given["HEALTHCHECK"]]
    with subprocess.Popen(json.loads(start), cwd=copy, env=environment) as server:
        check = check.replace(":8000/", f":{port}/")
        wait(lambda: subprocess.run(check, shell=True, env=environment, stderr=subprocess.DEVNULL).returncode == 0)
        server.terminate()
    assert server.returncode == 0
