"""Loads every hostile folder as a command would, in one process whose memory is measured; prints what came of each.

    python -m tests.hostile.seeds.run FOLDER

The settings in the environment name a migrated database.
"""

import json
import resource
import shutil
import sys
import time
from pathlib import Path

from click.testing import CliRunner

from tests.hostile.seeds.cases import cases
from tests.seed_folder import write
from tracker.cli import main


def run(folder: Path) -> None:
    """Each case: how it ended, what was told, seconds of work; at last the most memory that was held, in MB."""
    for case in cases():
        seeds = write(folder / "seeds", case.files)
        began = time.process_time()
        result = CliRunner().invoke(main, ["seeds", "load", str(seeds)])
        seconds = time.process_time() - began
        error = None if isinstance(result.exception, SystemExit) else repr(result.exception)
        told = [line[:300] for line in result.stderr.splitlines()[:3000]]
        print(json.dumps([case.name, result.exit_code, result.stdout, told, error, seconds]))
        shutil.rmtree(seeds)
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


if __name__ == "__main__":
    run(Path(sys.argv[1]))
