REPLACE INTO country (code, name) VALUES ('IN', 'X')
%%
PRAGMA query_only = OFF
%%
PRAGMA journal_mode = WAL
%%
PRAGMA writable_schema = ON
%%
PRAGMA user_version = 7
%%
PRAGMA table_info(commitment)
%%
SELECT * FROM pragma_table_info('commitment')
%%
SELECT * FROM pragma_database_list
%%
SELECT * FROM pragma_user_version
%%
ATTACH DATABASE 'file:stolen.db' AS x
%%
ATTACH DATABASE '{accounts}' AS x
%%
ATTACH ':memory:' AS x
%%
DETACH main
%%
VACUUM INTO '{folder}/copy.db'
%%
BEGIN IMMEDIATE
%%
SELECT load_extension('x')
%%
SELECT readfile('/etc/passwd')
%%
SELECT writefile('{folder}/x', 'y')
%%
SELECT fts3_tokenizer('simple')
%%
SELECT zeroblob(1000000000)
%%
SELECT randomblob(1000000000)
%%
SELECT printf('%1000000000d', 1)
%%
SELECT format('%1000000000d', 1)
%%
SELECT sqlite_version()
%%
SELECT sqlite_compileoption_get(1)
%%
SELECT last_insert_rowid()
%%
SELECT * FROM sqlite_dbpage
%%
SELECT * FROM dbstat
%%
CREATE VIRTUAL TABLE temp.x USING fts5(y)
%%
CREATE TEMP TRIGGER x AFTER INSERT ON country BEGIN SELECT 1; END
%%
SELECT * FROM user
%%
SELECT password FROM main.user
%%
SELECT * FROM accounts.user
%%
INSERT OR REPLACE INTO status_update (id, commitment_id, key, status, effective_on, recorded_by) VALUES (1, 1, 'x', 'fulfilled', '2024-01-01', 'x')
%%
INSERT OR IGNORE INTO country (code, name) VALUES ('XX', 'X')
%%
UPDATE OR REPLACE country SET code = 'IN'
%%
INSERT INTO country (code, name) VALUES ('IN', 'X') ON CONFLICT (code) DO UPDATE SET name = 'X'
%%
UPDATE sqlite_schema SET sql = 'x'
%%
DELETE FROM sqlite_schema
%%
INSERT INTO sqlite_sequence VALUES ('x', 1)
%%
UPDATE sqlite_master SET rootpage = 2 WHERE name = 'country'
%%
CREATE TRIGGER x INSTEAD OF INSERT ON commitment_overview BEGIN DELETE FROM milestone; END
%%
CREATE TEMP TRIGGER x AFTER UPDATE ON main.country BEGIN DELETE FROM milestone; END
%%
CREATE VIRTUAL TABLE x USING fts5(y)
%%
CREATE VIRTUAL TABLE x USING rtree(a, b, c)
%%
CREATE VIRTUAL TABLE temp.x USING dbstat(main)
%%
CREATE TABLE temp.x AS SELECT * FROM country
%%
CREATE TABLE x (y) WITHOUT ROWID
%%
CREATE TABLE x (y INTEGER) STRICT
%%
DROP VIEW IF EXISTS commitment_overview
%%
REINDEX ix_commitment_status
%%
ANALYZE main
%%
VACUUM main
%%
VACUUM INTO ':memory:'
%%
PRAGMA trusted_schema = ON
%%
PRAGMA foreign_keys = OFF
%%
PRAGMA recursive_triggers = OFF
%%
PRAGMA ignore_check_constraints = ON
%%
PRAGMA wal_checkpoint(TRUNCATE)
%%
PRAGMA locking_mode = EXCLUSIVE
%%
PRAGMA journal_size_limit = 1
%%
PRAGMA hard_heap_limit = 0
%%
PRAGMA temp_store_directory = '{folder}'
%%
PRAGMA data_store_directory = '{folder}'
%%
PRAGMA cell_size_check
%%
PRAGMA integrity_check
%%
PRAGMA optimize
%%
PRAGMA application_id = 1
%%
PRAGMA schema_version = 99
%%
PRAGMA main.query_only = 0
%%
PRAGMA busy_timeout = 0
%%
PRAGMA function_list
%%
PRAGMA table_list
%%
PRAGMA shrink_memory
%%
PRAGMA secure_delete = ON
%%
SELECT * FROM pragma_table_list
%%
SELECT * FROM pragma_function_list
%%
SELECT * FROM pragma_index_list('country')
%%
SELECT * FROM pragma_query_only
%%
SELECT * FROM main.pragma_user_version
%%
SELECT c.code FROM country c, pragma_database_list d
%%
SELECT * FROM country c WHERE EXISTS (SELECT 1 FROM pragma_module_list)
%%
ATTACH 'file:{accounts}?mode=ro' AS x
%%
ATTACH '{folder}/tracker.db' AS again
%%
ATTACH DATABASE '' AS x
%%
ATTACH DATABASE :x AS x
%%
DETACH DATABASE temp
%%
SELECT load_extension('mod_spatialite')
%%
SELECT load_extension('{folder}/x.so', 'entry')
%%
SELECT edit('x')
%%
SELECT fts5(1)
%%
SELECT fts5_source_id()
%%
SELECT match('a', 'b')
%%
SELECT highlight(1, 2, 3, 4)
%%
SELECT sqlite_source_id()
%%
SELECT sqlite_compileoption_used('x')
%%
SELECT sqlite_log(1, 'x')
%%
SELECT sqlite_rename_table(1, 2, 3, 4, 5, 6, 7)
%%
SELECT changes()
%%
SELECT total_changes()
%%
SELECT zeroblob(2147483647)
%%
SELECT hex(zeroblob(100000000))
%%
SELECT randomblob(100000000)
%%
SELECT soundex('x')
%%
SELECT likelihood(1, 0.5)
%%
SELECT unlikely(1)
%%
SELECT printf('%.*c', 1000000000, 'x')
%%
SELECT format('%*d', 100000000, 1)
%%
SELECT char(0) || printf('%s', 'x')
%%
SELECT REGEXP('a', 'b')
%%
SELECT 'a' REGEXP 'b'
%%
SELECT title MATCH 'x' FROM commitment
%%
SELECT * FROM generate_series(1, 10)
%%
SELECT * FROM sqlite_stmt
%%
SELECT * FROM bytecode('SELECT 1')
%%
SELECT * FROM tables_used('SELECT 1')
%%
SELECT * FROM fsdir('/etc')
%%
SELECT * FROM csv('/etc/passwd')
%%
SELECT * FROM zipfile('{folder}/x.zip')
%%
SELECT * FROM sqlite_temp_schema
%%
SELECT u.password FROM country NATURAL JOIN user u
%%
SELECT password FROM country JOIN user USING (id)
%%
SELECT rowid, * FROM accounts
%%
SELECT * FROM temp.sqlite_master, accounts.user
%%
SELECT ?
%%
SELECT ?1
%%
SELECT @x
%%
SELECT $x
