SELECT * INTO x FROM country
%%
WITH x AS (DELETE FROM milestone RETURNING *) SELECT * FROM x
%%
WITH x AS (INSERT INTO country (code, name) VALUES ('XX', 'X') RETURNING *) SELECT * FROM x
%%
SELECT * FROM country FOR UPDATE
%%
SELECT nextval('commitment_id_seq')
%%
SELECT setval('commitment_id_seq', 1000)
%%
SELECT set_config('transaction_read_only', 'off', false)
%%
SET transaction_read_only = off
%%
SET ROLE postgres
%%
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
%%
RESET ALL
%%
COPY country TO '{folder}/x'
%%
COPY country TO STDOUT
%%
COPY country FROM PROGRAM 'true'
%%
DO $$ BEGIN DELETE FROM milestone; END $$
%%
CALL x()
%%
LOCK TABLE country
%%
LISTEN x
%%
NOTIFY x
%%
PREPARE x AS DELETE FROM milestone
%%
EXECUTE x
%%
DECLARE x CURSOR FOR SELECT 1
%%
FETCH ALL FROM report
%%
CLOSE report
%%
COMMIT AND CHAIN
%%
PREPARE TRANSACTION 'x'
%%
TRUNCATE milestone
%%
GRANT ALL ON country TO PUBLIC
%%
CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'
%%
CREATE EXTENSION dblink
%%
ALTER SYSTEM SET log_statement = 'all'
%%
ALTER ROLE postgres PASSWORD 'x'
%%
SELECT * FROM accounts."user"
%%
SELECT c.name FROM country c NATURAL JOIN accounts."user" u
%%
SELECT * FROM country JOIN accounts.session USING (user_agent)
%%
SELECT (SELECT MAX(password) FROM accounts."user")
%%
SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts."user" WHERE password IS NULL)
%%
WITH x AS (TABLE accounts.link) SELECT COUNT(*) FROM x
%%
TABLE accounts.link
%%
SELECT * FROM pg_authid
%%
SELECT * FROM pg_shadow
%%
SELECT * FROM pg_stats
%%
SELECT * FROM pg_statistic
%%
SELECT * FROM pg_largeobject
%%
SELECT title INTO TEMP x FROM commitment
%%
CREATE TEMP TABLE x ON COMMIT DROP AS SELECT 1
%%
WITH x AS (UPDATE country SET name = 'X' RETURNING name) SELECT name FROM x
%%
WITH x AS (SELECT 1), y AS (DELETE FROM milestone RETURNING 1) SELECT * FROM x
%%
MERGE INTO country c USING (SELECT 'IN' AS code) x ON c.code = x.code WHEN MATCHED THEN DELETE
%%
INSERT INTO country (code, name) VALUES ('IN', 'X') ON CONFLICT (code) DO UPDATE SET name = 'X'
%%
SELECT * FROM commitment FOR SHARE
%%
SELECT * FROM commitment FOR NO KEY UPDATE NOWAIT
%%
SELECT * FROM commitment FOR KEY SHARE SKIP LOCKED
%%
LOCK TABLE commitment IN ACCESS EXCLUSIVE MODE
%%
SELECT nextval('status_update_id_seq'::regclass)
%%
SELECT setval('status_update_id_seq', 1, false) FROM country
%%
SET default_transaction_read_only = off
%%
SET LOCAL statement_timeout = 0
%%
SET statement_timeout TO DEFAULT
%%
SET SESSION AUTHORIZATION postgres
%%
SET TRANSACTION READ WRITE
%%
SET search_path = accounts
%%
RESET ROLE
%%
DISCARD ALL
%%
START TRANSACTION
%%
ABORT
%%
ROLLBACK AND CHAIN
%%
COMMIT PREPARED 'x'
%%
ROLLBACK PREPARED 'x'
%%
RELEASE SAVEPOINT x
%%
SELECT set_config('default_transaction_read_only', 'off', false), set_config('transaction_read_only', 'off', true)
%%
COPY (SELECT 1) TO PROGRAM 'touch {folder}/x'
%%
COPY (SELECT 1) TO '{folder}/x'
%%
COPY country FROM '/etc/passwd'
%%
COPY (SELECT 1) TO STDOUT
%%
SELECT pg_read_file('/etc/passwd')
%%
SELECT pg_read_binary_file('/etc/passwd')
%%
SELECT pg_ls_dir('/')
%%
SELECT pg_stat_file('/etc/passwd')
%%
SELECT lo_import('/etc/passwd')
%%
SELECT lo_export(1, '{folder}/x')
%%
SELECT * FROM pg_ls_logdir()
%%
SELECT pg_reload_conf()
%%
SELECT pg_rotate_logfile()
%%
SELECT pg_switch_wal()
%%
SELECT pg_create_restore_point('x')
%%
SELECT pg_logical_emit_message(true, 'x', 'y')
%%
SELECT pg_file_write('{folder}/x', 'y', false)
%%
SELECT dblink('dbname=postgres', 'SELECT 1')
%%
SELECT * FROM dblink_connect('x')
%%
LOAD 'x'
%%
CREATE EXTENSION file_fdw
%%
CREATE SERVER x FOREIGN DATA WRAPPER y
%%
IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z
%%
CREATE LANGUAGE plpython3u
%%
CREATE OR REPLACE FUNCTION days_between(a date, b date) RETURNS integer LANGUAGE sql AS 'SELECT 1'
%%
CREATE PROCEDURE x() LANGUAGE sql AS 'DELETE FROM milestone'
%%
CREATE RULE x AS ON SELECT TO country DO INSTEAD SELECT 1
%%
CREATE SEQUENCE x
%%
CREATE TYPE x AS ENUM ('a')
%%
CREATE DOMAIN x AS int
%%
CREATE CAST (int AS text) WITH INOUT
%%
CREATE SCHEMA x
%%
CREATE DATABASE x
%%
CREATE ROLE x SUPERUSER
%%
DROP ROLE postgres
%%
DROP SCHEMA accounts CASCADE
%%
DROP OWNED BY CURRENT_USER
%%
REASSIGN OWNED BY CURRENT_USER TO postgres
%%
ALTER DATABASE postgres SET search_path = x
%%
ALTER TABLE country DISABLE TRIGGER ALL
%%
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC
%%
REVOKE ALL ON country FROM PUBLIC
%%
COMMENT ON TABLE country IS 'x'
%%
SECURITY LABEL ON TABLE country IS 'x'
%%
CLUSTER country
%%
CHECKPOINT
%%
REFRESH MATERIALIZED VIEW x
%%
UNLISTEN *
%%
DEALLOCATE ALL
%%
MOVE ALL FROM report
%%
SHOW ALL
%%
EXPLAIN SELECT 1
%%
EXPLAIN (ANALYZE) SELECT 1
%%
DO 'BEGIN PERFORM 1; END'
%%
SELECT * FROM accounts.working_note
%%
SELECT * FROM accounts.login_attempt
%%
SELECT (SELECT string_agg(username, ',') FROM accounts."user")
%%
SELECT * FROM country, LATERAL (SELECT password FROM accounts."user") x
%%
SELECT COUNT(*) FROM accounts."user" TABLESAMPLE SYSTEM (100)
%%
SELECT CASE WHEN EXISTS (SELECT 1 FROM accounts.session) THEN 1 ELSE 0 END FROM country
%%
SELECT * FROM (VALUES (1)) v (x) WHERE x IN (SELECT id FROM accounts."user")
%%
SELECT * FROM query_to_xml('SELECT * FROM accounts.link', true, false, '') x
%%
SELECT table_to_xml('accounts.session', true, false, '')
%%
SELECT schema_to_xml('accounts', true, false, '')
%%
SELECT cursor_to_xml('report', 1, true, false, '') FROM accounts.link
%%
SELECT rolpassword FROM pg_authid
%%
SELECT passwd FROM pg_shadow
%%
SELECT * FROM pg_user_mapping
%%
SELECT * FROM pg_subscription
%%
SELECT most_common_vals FROM pg_stats WHERE schemaname = 'accounts'
%%
SELECT * FROM pg_hba_file_rules
%%
SELECT * FROM pg_file_settings
%%
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user
%%
SELECT pg_cancel_backend(pg_backend_pid())
%%
SELECT pg_try_advisory_lock(1)
%%
SELECT pg_advisory_xact_lock_shared(1)
%%
SELECT pg_notify('x', 'y')
%%
SELECT lo_from_bytea(0, 'x')
%%
SELECT $1
%%
SELECT $$never closed
%%
SELECT E'\\'; DELETE FROM milestone; --'
%%
SELECT 1\;DELETE FROM milestone
