"""The house keeps its plan: who may import whom, no hidden imports, modules that one can read."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.config import PROJECT

PACKAGE = PROJECT / "tracker"
# part -> the parts that it may import
MAY_IMPORT = {
    "config": set(),
    "models": set(),
    "auditing": {"models"},
    "db": {"models", "auditing"},
    "schema": {"config", "db"},
    "documents": {"models"},
    "seeding": {"models", "auditing", "documents"},
    "examining": {"config", "models", "auditing", "db", "schema", "documents"},
    "keeping": {"config", "models", "auditing", "db", "schema", "documents", "examining"},
    "reports": set(),
    "search": {"models"},
    "auth": {"config", "db", "models"},
    "admin": {"auth", "auditing", "db", "models", "documents", "reports", "search"},
    "serving": {"db", "reports"},
    "app": {"serving", "config", "db", "auditing", "schema", "auth", "admin"},
    "cli": {
        "config",
        "models",
        "auditing",
        "db",
        "schema",
        "documents",
        "seeding",
        "examining",
        "keeping",
        "reports",
        "auth",
    },
}
# `serve` alone reaches the web part, so that `tracker --help` stays fast.
SERVE_MAY_IMPORT = MAY_IMPORT["cli"] | {"app", "serving"}
TOP_LEVEL = {
    "pyproject.toml",
    "README.md",
    "seeds",
    "tracker",
    "migrations",
    "tests",
    "instance",
    "Makefile",
    "pins.txt",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Each part of ours that a module imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("tracker.") and name != "tracker.__version__":
                yield name.split(".")[1], node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_part_imports_what_the_plan_allows(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        assert list(imports(path)) == []
        return
    allowed = SERVE_MAY_IMPORT if path == PACKAGE / "cli" / "serve.py" else MAY_IMPORT[part]
    astray = [f"line {line}: {name}" for name, line in imports(path) if name not in allowed | {part}]
    assert astray == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_fits_in_a_readers_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_one_sqlite_library_is_used_in_a_process() -> None:
    """A second one in the same process breaks the locks of the first. The worker is a process of its own."""
    importing = [path for path in modules() if re.search(r"^(import|from) (pysqlite3|sqlite3)", path.read_text(), re.M)]
    found = {str(path.relative_to(PACKAGE)) for path in importing}
    assert found == {"db.py", "reports/worker.py", "examining/installation.py"}
    assert "sqlite3.connect" not in (PACKAGE / "examining" / "installation.py").read_text()


def test_nothing_else_stands_at_the_top() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    found = {name.split("/")[0] for name in listed}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_help_needs_no_web_part() -> None:
    script = "import sys, tracker.cli; print([m for m in ('flask', 'flask_admin', 'sqlalchemy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
