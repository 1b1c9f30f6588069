"""The roles on PostgreSQL: the SQL that makes them, and what keeps a role from being let into the console."""

from collections.abc import Sequence

import psycopg
from sqlalchemy import URL

ROLES = """
-- Roles for the Commitment Tracker. Run it as a superuser, connected to the database {database}; again after each
-- upgrade. Then give each role a password, with \\password NAME in psql, and set:
--   TRACKER_DATABASE_URL          the owner for 'tracker db upgrade', the application for everything else
--   TRACKER_REPORTS_DATABASE_URL  the report role
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['{owner}', '{app}', '{report}'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', name);
    END IF;
    EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name);
  END LOOP;
END $$;
REVOKE ALL ON DATABASE "{database}" FROM PUBLIC;
GRANT CONNECT ON DATABASE "{database}" TO {owner}, {app}, {report};
GRANT CREATE ON DATABASE "{database}" TO {owner};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO {owner};
GRANT USAGE ON SCHEMA public TO {app}, {report};

-- The owner: makes and changes tables, at upgrades.
"""
APPLICATION = """
-- The application: reads and writes rows; triggers and keys hold it to the rules.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'accounts') THEN
    GRANT USAGE ON SCHEMA accounts TO {app};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA accounts TO {app};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA accounts TO {app};
    REVOKE UPDATE, DELETE ON accounts.account_event FROM {app};
  END IF;
END $$;
-- History, evidence and audit are added to and never changed: beside the triggers, the right to do so is missing.
REVOKE UPDATE, DELETE ON {append_only} FROM {app};

-- The report role: reads the records listed here and nothing else.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {report};
"""
REPORT = """
-- Nor may it call what leaves something behind although a transaction only reads.
DO $$
DECLARE found regprocedure;
BEGIN
  FOR found IN SELECT oid::regprocedure FROM pg_proc
                WHERE pronamespace = 'pg_catalog'::regnamespace
                  AND proname ~ '^(pg_(try_)?advisory_|pg_notify|pg_logical_emit|pg_cancel_|pg_terminate_|lo_)' LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', found);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {owner}, {app}', found);
  END LOOP;
END $$;
ALTER ROLE {report} CONNECTION LIMIT 20;
ALTER ROLE {report} SET default_transaction_read_only = on;
ALTER ROLE {report} SET statement_timeout = '5min';
ALTER ROLE {report} SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE {report} SET lock_timeout = '5s';
ALTER ROLE {report} SET work_mem = '32MB';
ALTER ROLE {report} SET temp_file_limit = '2GB';
ALTER ROLE {report} SET search_path = public;
"""
NO_ROLE = (
    "on PostgreSQL it needs a role that can only read: have somebody run what 'tracker db init-roles' prints, then set "
    "TRACKER_REPORTS_DATABASE_URL"
)
# What a role must not be, own or be able to do, each with how it is told.
OBJECTIONS = """
SELECT 'is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
UNION ALL
SELECT 'may make roles or databases, replicate or pass by row security' FROM pg_roles
 WHERE rolname = current_user AND (rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
UNION ALL
SELECT 'owns ' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND pg_has_role(current_user, c.relowner, 'MEMBER')
UNION ALL
SELECT 'may write to ' || relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
   AND has_table_privilege(current_user, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
UNION ALL
SELECT 'may read the accounts' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'accounts' AND c.relkind = 'r' AND has_schema_privilege(current_user, n.oid, 'USAGE')
   AND has_table_privilege(current_user, c.oid, 'SELECT')
UNION ALL
SELECT 'is a member of ' || r.rolname FROM pg_roles r
 WHERE r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                     'pg_execute_server_program', 'pg_signal_backend', 'pg_monitor', 'pg_checkpoint')
   AND pg_has_role(current_user, r.oid, 'MEMBER')
UNION ALL
SELECT 'may make tables in the schema ' || nspname FROM pg_namespace
 WHERE nspname IN ('public', 'accounts') AND has_schema_privilege(current_user, oid, 'CREATE')
 LIMIT 1
"""


def script(
    database: str, tables: Sequence[str], views: Sequence[str], append_only: Sequence[str], prefix: str = "tracker"
) -> str:
    """The SQL that makes the owner, the application and the report role where they are missing, and gives them rights.

    `tables` and `views` are what the report role may read; the application can only add to those of `append_only`.
    """
    names = {"owner": f"{prefix}_owner", "app": f"{prefix}_app", "report": f"{prefix}_report", "database": database}
    names["append_only"] = ", ".join(f"public.{name}" for name in append_only)
    owned = [
        *(f"ALTER TABLE IF EXISTS public.{name} OWNER TO {names['owner']};" for name in tables),
        *(f"ALTER VIEW IF EXISTS public.{name} OWNER TO {names['owner']};" for name in views),
    ]
    readable = [f"GRANT SELECT ON public.{name} TO {names['report']};" for name in (*tables, *views)]
    parts = (ROLES.format(**names), *owned, APPLICATION.format(**names), *readable, REPORT.format(**names))
    return "\n".join(part.strip("\n") for part in parts) + "\n"


def why_refused(reports: URL, records: URL) -> str | None:
    """Why SQL that people type must not run through the address for reports; None where it may.

    On SQLite it always may; on PostgreSQL, through a role that can only read the records.
    """
    if reports.get_backend_name() != "postgresql":
        return None
    if reports == records:
        return NO_ROLE
    found = objection(reports)
    return f"the role of TRACKER_REPORTS_DATABASE_URL {found}" if found else None


def objection(url: URL) -> str | None:
    """Why the role of this address must not be let near SQL that people type; None for one that can only read."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            row = connection.execute(OBJECTIONS).fetchone()
    except psycopg.Error as error:
        return f"cannot be tried: {str(error).strip().splitlines()[0]}"
    return str(row[0]) if row else None
