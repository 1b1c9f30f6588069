"""Everything that a database holds besides rows, in a form that two databases can be compared by."""

import re
from typing import Any

from sqlalchemy import URL, Connection, inspect, text

from tracker.db import create_engine


def inventory(url: URL) -> dict[str, Any]:
    """Tables with columns, types, defaults, keys, CHECKs and indexes; views, triggers and functions with their text."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            inspector = inspect(connection)
            tables = sorted(set(inspector.get_table_names()) - {"alembic_version"})
            found: dict[str, Any] = {f"table {name}": _table(inspector, name) for name in tables}
            read = _sqlite_objects if connection.dialect.name == "sqlite" else _postgresql_objects
            return found | read(connection)
    finally:
        engine.dispose()


def _table(inspector: Any, name: str) -> dict[str, Any]:
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"], _plain(column["default"]))
            for column in inspector.get_columns(name)
        },
        "primary key": inspector.get_pk_constraint(name),
        "foreign keys": sorted(map(str, inspector.get_foreign_keys(name))),
        "unique": sorted(map(str, inspector.get_unique_constraints(name))),
        "checks": sorted(
            (str(check["name"]), _plain(check["sqltext"])) for check in inspector.get_check_constraints(name)
        ),
    }


def _sqlite_objects(connection: Connection) -> dict[str, Any]:
    rows = connection.execute(
        text("SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL")
    )
    return {f"{kind} {name}": _plain(sql) for kind, name, sql in rows}


def _postgresql_objects(connection: Connection) -> dict[str, Any]:
    queries = {
        "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "view": "SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema()",
        "trigger": "SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace",
        "function": "SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = current_schema()",
    }
    return {
        f"{kind} {name}": _plain(definition)
        for kind, query in queries.items()
        for name, definition in connection.execute(text(query))
    }


def _plain(sql: Any) -> str | None:
    return None if sql is None else re.sub(r"\s+", " ", str(sql)).strip()
