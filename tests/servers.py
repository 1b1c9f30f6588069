"""The PostgreSQL server of the tests: databases made, emptied and dropped on it."""

import uuid
from dataclasses import dataclass
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from sqlalchemy import URL

# What a test must leave as it found it, so that the next one may have the same database: the definitions, the rights,
# and the rows that migrations make.
FINGERPRINT = """
SELECT md5(concat(
  (SELECT string_agg(concat_ws(' ', n.nspname, c.relname, c.relkind, c.relacl, c.relowner, a.names), E'\\n'
                     ORDER BY n.nspname, c.relname)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN LATERAL (SELECT string_agg(attname || attacl::text, ' ' ORDER BY attnum) AS names
                          FROM pg_attribute WHERE attrelid = c.oid) a ON true
    WHERE n.nspname IN ('public', 'accounts')),
  (SELECT string_agg(concat_ws(' ', tgname, tgenabled, tgrelid::regclass), E'\\n' ORDER BY tgrelid, tgname)
     FROM pg_trigger),
  (SELECT string_agg(concat_ws(' ', nspname, nspacl, nspowner), E'\\n' ORDER BY nspname) FROM pg_namespace
    WHERE nspname !~ '^pg_(toast_)?temp_'),
  (SELECT string_agg(concat_ws(' ', proname, proacl), E'\\n' ORDER BY proname) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace),
  (SELECT string_agg(s::text, '' ORDER BY position) FROM status s),
  (SELECT string_agg(k::text, '' ORDER BY position) FROM kind k),
  (SELECT string_agg(g::text, '' ORDER BY position) FROM strength g),
  (SELECT count(*) FROM status_crosswalk),
  (SELECT string_agg(x::text, '' ORDER BY id) FROM lexicon_entry x),
  (SELECT version_num FROM public.alembic_version), (SELECT version_num FROM accounts.alembic_version)))
"""
KEPT = ("alembic_version", "status", "kind", "strength", "status_crosswalk", "lexicon_entry")
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'accounts') AND c.relkind = 'r' AND c.relname <> ALL(%s)
"""
RESTART = """
SELECT setval(c.oid::regclass, 1, false) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'accounts') AND c.relkind = 'S' AND c.relname <> 'lexicon_entry_id_seq'
"""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server on which tests make and drop databases."""

    url: URL

    def connect(self, database: str | None = None) -> psycopg.Connection[Any]:
        url = self.url.set(drivername="postgresql", database=database or self.url.database)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def run(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(cast("LiteralString", statement))

    def create(self, template: str | None = None, name: str | None = None) -> URL:
        name = name or f"tracker_test_{uuid.uuid4().hex[:12]}"
        # Nobody can be connected to template0, as to template1, and so keep it from being copied.
        self.run(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        # No test cuts the power of the server; each commit would wait for the disk.
        self.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        self.run(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")

    def beside(self, url: URL) -> list[str]:
        """The databases that restores of this one have left or kept."""
        with self.connect() as connection:
            found = connection.execute("SELECT datname FROM pg_database").fetchall()
        return [name for (name,) in found if name.startswith((f"{url.database}_before_", f"{url.database}_restore_"))]

    def is_free(self, url: URL) -> bool:
        """Whether no restore of this database is at work, nor the server still busy with one that was killed."""
        with self.connect("postgres") as connection:
            query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
            return bool(connection.execute(query, [url.database]).fetchone() == (True,))

    def fingerprint(self, url: URL) -> str:
        with self.connect(url.database) as connection:
            row = connection.execute(FINGERPRINT).fetchone()
        return str(row[0]) if row else ""

    def empty(self, url: URL) -> None:
        """Take every record and account out, past the triggers that keep history; counters start anew."""
        with self.connect(url.database) as connection, connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for schema, table in connection.execute(TABLES, [list(KEPT)]).fetchall():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, table)))
            connection.execute(RESTART)


class Lender:
    """Lends one migrated database to test after test, emptied in between; replaced where a test has changed more."""

    def __init__(self, server: Server, template: URL) -> None:
        self.server = server
        self.template = template
        self.lent = server.create(template=template.database)
        self.untouched = server.fingerprint(self.lent)

    def take_back(self) -> None:
        self.server.empty(self.lent)
        if self.server.fingerprint(self.lent) != self.untouched:
            self.close()
            self.lent = self.server.create(template=self.template.database)

    def close(self) -> None:
        self.server.drop(self.lent)
