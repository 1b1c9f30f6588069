"""Loads hostile folders as a command would, each in a process of its own; prints what came of it.

    python -m tests.hostile.seeds.run FOLDER STEP

STEP is 1 for all cases, or else how many to go on at a time. The settings in the environment name a migrated
database.
"""

import json
import os
import shutil
import sys
from itertools import islice
from pathlib import Path

from click.testing import CliRunner

from tests.hostile.seeds.cases import cases
from tests.seed_folder import write
from tracker.cli import main


def run(folder: Path, step: int) -> None:
    """Two lines for each case: how it ended and what was told; its seconds of work and the most MB that it held."""
    # What every command has in memory before it reads a file: a fork has it, too.
    CliRunner().invoke(main, ["seeds", "check", str(write(folder / "good"))])
    for case in islice(cases(), 0, None, step):
        seeds = write(folder / "seeds", case.files)
        # The child is to hold what the command holds, not the large text of the case as well.
        del case
        if (child := os.fork()) == 0:
            answer(seeds)
            os._exit(0)
        _, _, used = os.wait4(child, 0)
        print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]), flush=True)
        shutil.rmtree(seeds)


def answer(seeds: Path) -> None:
    """Load a folder and print how that ended."""
    result = CliRunner().invoke(main, ["seeds", "load", str(seeds)])
    error = None if isinstance(result.exception, SystemExit) else repr(result.exception)
    told = [line[:300] for line in result.stderr.splitlines()[:3000]]
    print(json.dumps([result.exit_code, result.stdout, told, error]), flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
