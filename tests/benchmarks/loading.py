"""Measures importing a table and reading seed files, each beside its lower bound, in one run.

    TRACKER_INSTANCE=/tmp/big python -m tests.benchmarks.loading 100000 10000 >> tests/benchmarks/README.md

TRACKER_DATABASE_URL names an empty database on PostgreSQL instead; another one is made there for the time being.

The lower bound of an import is bare executemany of the very rows that it wrote, into the same tables of a second
database with the same triggers; that of reading is PyYAML's C loader on the same file, which checks nothing.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import yaml
from sqlalchemy import JSON, Connection, Table

from tests.benchmarks import tables
from tests.seed_folder import FILES, MEETING, write
from tracker.config import Config
from tracker.db import PROJECTED, Session, create_engine
from tracker.models import Base
from tracker.models.lookups import lookup_rows
from tracker.schema import trees
from tracker.seeding.check import read_seeds
from tracker.seeding.load import hold

BATCH = 10_000
IMPORT = "from tracker.cli import main; main()"


def clock(config: Config) -> float:
    """Seconds: of work on SQLite, where it is all done here, whatever else the machine does; else by the clock."""
    if config.database_url.get_backend_name() != "sqlite":
        return time.perf_counter()
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + child.ru_utime + child.ru_stime


def imported(config: Config, count: int, folder: Path) -> tuple[float, float]:
    """Seconds that a command takes to import so many rows, and the most memory that it held, in MB."""
    table, mapping = tables.write(count, folder)
    words = ["seeds", "import", str(table), "--map", str(mapping)]
    environment = {
        "TRACKER_INSTANCE": str(config.instance),
        "TRACKER_DATABASE_URL": config.database_url.render_as_string(hide_password=False),
    }
    began = clock(config)
    subprocess.run([sys.executable, "-c", IMPORT, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    seconds = clock(config) - began
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def bare(source: Config, target: Config) -> tuple[float, int]:
    """Seconds of executemany alone for all rows of one database into another, and how many they are."""
    seconds, count = 0.0, 0
    engines = create_engine(source.database_url), create_engine(target.database_url)
    with engines[0].connect() as reader, Session(engines[1]) as session:
        # Whatever a load prepares is no work of its own.
        hold(session)
        writer = session.connection()
        for table in Base.metadata.sorted_tables:
            if table.name in lookup_rows() or table.name == "lexicon":
                continue
            for rows in batches(reader, table):
                statement = insert(writer, table)
                began = clock(target)
                writer.exec_driver_sql(statement, rows)
                seconds += clock(target) - began
                count += len(rows)
        began = clock(target)
        session.commit()
        seconds += clock(target) - began
    for engine in engines:
        engine.dispose()
    return seconds, count


def columns(table: Table) -> list[Any]:
    """The columns of a table that no trigger fills."""
    return [column for column in table.columns if table.name != "commitment" or column.name not in PROJECTED]


def batches(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table as the driver gives them."""
    text = "::text" if connection.dialect.name == "postgresql" else ""
    names = ", ".join(f'"{c.name}"{text if isinstance(c.type, JSON) else ""}' for c in columns(table))
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    found = connection.exec_driver_sql(f'SELECT {names} FROM "{table.name}" ORDER BY {key}')
    while rows := found.fetchmany(BATCH):
        yield [tuple(row) for row in rows]


def insert(connection: Connection, table: Table) -> str:
    """The statement that puts one row into a table."""
    names = ", ".join(f'"{column.name}"' for column in columns(table))
    if connection.dialect.name == "postgresql":
        marks = ", ".join("%s::json" if isinstance(column.type, JSON) else "%s" for column in columns(table))
    else:
        marks = ", ".join("?" for _ in columns(table))
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'


def read(count: int, folder: Path) -> tuple[float, float]:
    """Seconds of reading and checking so many commitments in one file, and of loading that file as plain YAML."""
    second = FILES[MEETING][FILES[MEETING].index("  - public_id: IJ-2024-02") :]
    more = "".join(second.replace("IJ-2024-02", f"IJ-2025-{n}") for n in range(count - 2))
    seeds = write(folder / "seeds", {MEETING: FILES[MEETING] + more})
    began = time.process_time()
    found, problems = read_seeds(seeds)
    middle = time.process_time()
    yaml.load((seeds / MEETING).read_bytes(), yaml.CSafeLoader)
    end = time.process_time()
    assert problems == []
    assert len(found.records) >= count
    return middle - began, end - middle


def lines(config: Config, target: Config, count: int, commitments: int) -> Iterator[str]:
    """What was measured, in Markdown; both databases are migrated and empty."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        seconds, memory = imported(config, count, folder)
        lowest, rows = bare(config, target)
        yield f"\n### {config.database_url.get_backend_name()}: {count:,} rows of a CSV, three updates each\n"
        yield "| what | seconds | rows of the database a second |"
        yield "| --- | --- | --- |"
        yield f"| import, with every check | {seconds:.1f} | {rows / seconds:,.0f} |"
        yield f"| executemany alone | {lowest:.1f} | {rows / lowest:,.0f} |"
        yield f"\nThe import is at {lowest / seconds:.2f} of bare executemany and held {memory:.0f} MB at most."
        checked, plain = read(commitments, folder)
        yield (
            f"\n{commitments:,} commitments of YAML: {checked:.1f} s read and checked, {plain:.1f} s by "
            f"`yaml.CSafeLoader` alone, {plain / checked:.1f} times as long."
        )


@click.command()
@click.argument("count", type=int)
@click.argument("commitments", type=int)
def main(count: int, commitments: int) -> None:
    """Import COUNT rows and read COMMITMENTS; the settings name where, and what holds no records yet."""
    config = Config.load()
    config.instance.mkdir(parents=True, exist_ok=True)
    with second(config) as other:
        for made in (config, other):
            trees(made)[0].upgrade()
        for line in lines(config, other, count, commitments):
            click.echo(line)


@contextmanager
def second(config: Config) -> Iterator[Config]:
    """Settings for another database of the same engine, which is gone afterwards."""
    url = config.database_url
    if url.get_backend_name() == "sqlite":
        with TemporaryDirectory(dir=config.instance) as name:
            yield replace(config, instance=Path(name), database_url=url.set(database=f"{name}/tracker.db"))
        return
    beside = url.set(database=f"{url.database}_bare")
    server = create_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {beside.database}")
        try:
            yield replace(config, database_url=beside)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {beside.database}")
    server.dispose()


if __name__ == "__main__":
    main()
