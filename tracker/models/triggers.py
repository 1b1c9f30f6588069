"""The invariants that CHECKs and keys cannot express, as triggers on both engines.

- History, evidence and audit rows are append-only: no UPDATE, DELETE or TRUNCATE, nor SQLite's REPLACE.
- The status and the target date of a commitment are what `commitment_projection` makes of its history.
- A public id is never changed or given twice; the original target date never changes once it is set.
- A status update says nothing about days to come, and is not recorded before it is true.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Table, UniqueConstraint, event, text

from tracker.models.base import Base
from tracker.models.lookups import lookup_rows
from tracker.models.searching import search_statements
from tracker.models.views import POSTGRESQL_SHIMS, VIEWS, create_view

APPEND_ONLY = ("status_update", "citation", "verification", "document", "audit_batch", "audit_event")

NOT_A_REAL_DATE = "status_update: effective_on is not a date (YYYY-MM-DD)"
# Said again by a trigger on SQLite, where most clients leave the foreign keys off.
UNKNOWN_REFERENCE = "status_update: no such commitment or status, or corrects_id is of another commitment"
RECORDED_LATER = "status_update: recorded_at lies in the future"
TRUE_LATER = "status_update: effective_on lies in the future"
NEW_IS_UNREVIEWED = "commitment: a new one is unreviewed; record a status update"
NEW_TARGET = "commitment: target_on follows from original_target_on; leave it out"
ID_STANDS = "commitment: its ids never change"
ID_GIVEN = "commitment: this public_id was given before and is never reused"
TARGET_STANDS = "commitment: original_target_on never changes; record a status update with new_target_on"
PROJECTED = "commitment: status and target follow from its history; record a status update"
HAS_HISTORY = "commitment: it has a history; withdraw it instead"


def append_only_message(table: str) -> str:
    """What a refused change of history, evidence or audit answers."""
    return f"{table}: append-only; record a correction instead"


def sqlite_triggers() -> dict[str, str]:
    """Name and statement of each trigger on SQLite."""
    triggers = dict(_sqlite_append_only())
    triggers["status_update_guard"] = f"""
CREATE TRIGGER status_update_guard BEFORE INSERT ON status_update BEGIN
  SELECT RAISE(ABORT, '{NOT_A_REAL_DATE}') WHERE date(NEW.effective_on, '+0 days') IS NOT NEW.effective_on;
  SELECT RAISE(ABORT, '{UNKNOWN_REFERENCE}') WHERE
    NOT EXISTS (SELECT 1 FROM commitment c WHERE c.id = NEW.commitment_id)
    OR NOT EXISTS (SELECT 1 FROM status s WHERE s.name = NEW.status)
    OR NEW.corrects_id IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM status_update u WHERE u.id = NEW.corrects_id AND u.commitment_id = NEW.commitment_id);
  SELECT RAISE(ABORT, '{RECORDED_LATER}') WHERE julianday(NEW.recorded_at) > julianday('now', '+5 minutes');
  SELECT RAISE(ABORT, '{TRUE_LATER}') WHERE NEW.effective_on > date(NEW.recorded_at, '+14 hours');
END"""
    triggers["status_update_project"] = """
CREATE TRIGGER status_update_project AFTER INSERT ON status_update BEGIN
  UPDATE commitment SET (status, target_on, target_precision) =
    (SELECT p.status, p.target_on, p.target_precision
       FROM commitment_projection p WHERE p.commitment_id = NEW.commitment_id)
   WHERE id = NEW.commitment_id;
END"""
    triggers["commitment_insert_guard"] = f"""
CREATE TRIGGER commitment_insert_guard BEFORE INSERT ON commitment BEGIN
  SELECT RAISE(ABORT, '{ID_GIVEN}') WHERE
    EXISTS (SELECT 1 FROM commitment c WHERE c.id = NEW.id OR c.public_id = NEW.public_id)
    OR EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = NEW.id)
    OR EXISTS (SELECT 1 FROM audit_event e
                WHERE e.record = 'commitment' AND e.record_key = NEW.public_id AND e.action = 'deleted');
  SELECT RAISE(ABORT, '{NEW_IS_UNREVIEWED}') WHERE NEW.status <> 'unreviewed';
  SELECT RAISE(ABORT, '{NEW_TARGET}') WHERE NEW.target_on IS NOT NULL;
END"""
    triggers["commitment_target_insert"] = _sqlite_target("insert", "AFTER INSERT ON commitment")
    triggers["commitment_target_update"] = _sqlite_target("update", "AFTER UPDATE OF original_target_on ON commitment")
    triggers["commitment_update_guard"] = f"""
CREATE TRIGGER commitment_update_guard BEFORE UPDATE ON commitment BEGIN
  SELECT RAISE(ABORT, '{ID_STANDS}') WHERE NEW.id <> OLD.id OR NEW.public_id <> OLD.public_id;
  SELECT RAISE(ABORT, '{TARGET_STANDS}') WHERE OLD.original_target_on IS NOT NULL
    AND (NEW.original_target_on IS NOT OLD.original_target_on
      OR NEW.original_target_precision IS NOT OLD.original_target_precision);
  SELECT RAISE(ABORT, '{PROJECTED}') WHERE
    (NEW.status IS NOT OLD.status OR NEW.target_on IS NOT OLD.target_on
      OR NEW.target_precision IS NOT OLD.target_precision)
    AND NOT EXISTS (SELECT 1 FROM commitment_projection p
                     WHERE p.commitment_id = OLD.id AND p.status IS NEW.status
                       AND COALESCE(p.target_on, NEW.original_target_on) IS NEW.target_on
                       AND COALESCE(p.target_precision, NEW.original_target_precision) IS NEW.target_precision);
END"""
    triggers["commitment_delete_guard"] = f"""
CREATE TRIGGER commitment_delete_guard BEFORE DELETE ON commitment BEGIN
  SELECT RAISE(ABORT, '{HAS_HISTORY}') WHERE EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = OLD.id);
END"""
    return {name: statement.strip() for name, statement in triggers.items()}


def _sqlite_target(name: str, moment: str) -> str:
    return f"""
CREATE TRIGGER commitment_target_{name} {moment} WHEN NEW.original_target_on IS NOT NULL BEGIN
  UPDATE commitment SET (target_on, target_precision) =
    (SELECT p.target_on, p.target_precision FROM commitment_projection p WHERE p.commitment_id = NEW.id)
   WHERE id = NEW.id;
END"""


def _sqlite_append_only() -> Iterator[tuple[str, str]]:
    for name in APPEND_ONLY:
        refuse = f"SELECT RAISE(ABORT, '{append_only_message(name)}')"
        yield f"{name}_no_update", f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} BEGIN {refuse}; END"
        yield f"{name}_no_delete", f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} BEGIN {refuse}; END"
        # REPLACE deletes without firing delete triggers where recursive_triggers is off, as in most clients.
        taken = " OR ".join(
            f"EXISTS (SELECT 1 FROM {name} o WHERE {' AND '.join(f'o.{c} = NEW.{c}' for c in key)})"
            for key in _unique_keys(Base.metadata.tables[name])
        )
        yield (
            f"{name}_no_replace",
            f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} BEGIN {refuse} WHERE {taken}; END",
        )


def _unique_keys(table: Table) -> list[tuple[str, ...]]:
    keys = {tuple(column.name for column in table.primary_key)}
    keys |= {
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    }
    return sorted(keys)


def postgresql_functions() -> dict[str, str]:
    """Name and statement of each trigger function on PostgreSQL."""
    functions = {
        "refuse_change": (
            "RAISE EXCEPTION '%: append-only; record a correction instead', TG_TABLE_NAME USING ERRCODE = '23000';"
        ),
        # The lock makes updates of one commitment queue up, so that each sees those before it;
        # NO KEY, since the foreign key check of the same INSERT holds the key.
        "guard_status_update": f"""
  PERFORM 1 FROM commitment WHERE id = NEW.commitment_id FOR NO KEY UPDATE;
  IF NEW.recorded_at > timezone('utc', clock_timestamp()) + interval '5 minutes' THEN
    RAISE EXCEPTION '{RECORDED_LATER}' USING ERRCODE = '23000';
  END IF;
  IF NEW.effective_on > (NEW.recorded_at + interval '14 hours')::date THEN
    RAISE EXCEPTION '{TRUE_LATER}' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;""",
        "project_status_update": """
  UPDATE commitment SET (status, target_on, target_precision) =
    (SELECT p.status, p.target_on, p.target_precision
       FROM commitment_projection p WHERE p.commitment_id = NEW.commitment_id)
   WHERE id = NEW.commitment_id;
  RETURN NULL;""",
        "guard_commitment_insert": f"""
  IF EXISTS (SELECT 1 FROM commitment c WHERE c.id = NEW.id OR c.public_id = NEW.public_id)
    OR EXISTS (SELECT 1 FROM audit_event e
                WHERE e.record = 'commitment' AND e.record_key = NEW.public_id AND e.action = 'deleted') THEN
    RAISE EXCEPTION '{ID_GIVEN}' USING ERRCODE = '23000';
  END IF;
  IF NEW.status <> 'unreviewed' THEN
    RAISE EXCEPTION '{NEW_IS_UNREVIEWED}' USING ERRCODE = '23000';
  END IF;
  IF NEW.target_on IS NOT NULL THEN
    RAISE EXCEPTION '{NEW_TARGET}' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;""",
        "project_commitment_target": """
  UPDATE commitment SET (target_on, target_precision) =
    (SELECT p.target_on, p.target_precision FROM commitment_projection p WHERE p.commitment_id = NEW.id)
   WHERE id = NEW.id;
  RETURN NULL;""",
        "guard_commitment_update": f"""
  IF NEW.id <> OLD.id OR NEW.public_id <> OLD.public_id THEN
    RAISE EXCEPTION '{ID_STANDS}' USING ERRCODE = '23000';
  END IF;
  IF OLD.original_target_on IS NOT NULL
    AND (NEW.original_target_on IS DISTINCT FROM OLD.original_target_on
      OR NEW.original_target_precision IS DISTINCT FROM OLD.original_target_precision) THEN
    RAISE EXCEPTION '{TARGET_STANDS}' USING ERRCODE = '23000';
  END IF;
  IF (NEW.status, NEW.target_on, NEW.target_precision)
      IS DISTINCT FROM (OLD.status, OLD.target_on, OLD.target_precision)
    AND NOT EXISTS (SELECT 1 FROM commitment_projection p
                     WHERE p.commitment_id = OLD.id AND p.status = NEW.status
                       AND COALESCE(p.target_on, NEW.original_target_on) IS NOT DISTINCT FROM NEW.target_on
                       AND COALESCE(p.target_precision, NEW.original_target_precision)
                           IS NOT DISTINCT FROM NEW.target_precision) THEN
    RAISE EXCEPTION '{PROJECTED}' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;""",
        "guard_commitment_delete": f"""
  IF EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = OLD.id) THEN
    RAISE EXCEPTION '{HAS_HISTORY}' USING ERRCODE = '23000';
  END IF;
  RETURN OLD;""",
    }
    return {name: _postgresql_function(name, body.strip()) for name, body in functions.items()}


def _postgresql_function(name: str, body: str) -> str:
    # A transaction keeps the plans that it made while a table was empty, and would read the whole of it for each row.
    indexed = "" if name == "refuse_change" else " SET enable_seqscan = off"
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql{indexed} AS $$\nBEGIN\n  {body}\nEND $$"


def postgresql_triggers() -> dict[str, tuple[str, str]]:
    """Name of each trigger on PostgreSQL, with its table and its statement."""
    placed = {
        "status_update_guard": ("status_update", "BEFORE INSERT", "guard_status_update"),
        "status_update_project": ("status_update", "AFTER INSERT", "project_status_update"),
        "commitment_insert_guard": ("commitment", "BEFORE INSERT", "guard_commitment_insert"),
        "commitment_target_insert": ("commitment", "AFTER INSERT", "project_commitment_target"),
        "commitment_target_update": (
            "commitment",
            "AFTER UPDATE OF original_target_on",
            "project_commitment_target",
        ),
        "commitment_update_guard": ("commitment", "BEFORE UPDATE", "guard_commitment_update"),
        "commitment_delete_guard": ("commitment", "BEFORE DELETE", "guard_commitment_delete"),
    }
    triggers = {
        name: (table, f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
        for name, (table, moment, function) in placed.items()
    }
    for table in APPEND_ONLY:
        triggers[f"{table}_append_only"] = (
            table,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    return triggers


def create_statements(dialect: str) -> list[str]:
    """Every statement that makes the views, functions, triggers and search indexes of one engine, in order."""
    views = [create_view(name) for name in VIEWS]
    if dialect == "sqlite":
        return [*views, *sqlite_triggers().values(), *search_statements(dialect)]
    shims = [statement.strip() for statement in POSTGRESQL_SHIMS.values()]
    triggers = [statement for _, statement in postgresql_triggers().values()]
    return [*views, *shims, *postgresql_functions().values(), *triggers, *search_statements(dialect)]


@event.listens_for(Base.metadata, "after_create")
def _complete(metadata: object, connection: Connection, **kw: object) -> None:
    for table, rows in lookup_rows().items():
        connection.execute(Base.metadata.tables[table].insert(), rows)
    for statement in create_statements(connection.dialect.name):
        connection.execute(text(statement.replace(":", "\\:")))
