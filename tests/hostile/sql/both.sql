DELETE FROM commitment_topic
%%
UPDATE commitment SET title = 'x'
%%
INSERT INTO country (code, name) VALUES ('XX', 'X')
%%
INSERT INTO country (code, name) VALUES ('XX', 'X') RETURNING code
%%
UPDATE country SET name = 'X' RETURNING name
%%
WITH x AS (SELECT 1) DELETE FROM milestone
%%
DROP TABLE milestone
%%
DROP VIEW status_history
%%
ALTER TABLE country ADD COLUMN x TEXT
%%
CREATE TABLE x (y INTEGER)
%%
CREATE TABLE x AS SELECT * FROM country
%%
CREATE TEMP TABLE x (y INTEGER)
%%
CREATE INDEX x ON country (name)
%%
CREATE VIEW x AS SELECT 1
%%
VACUUM
%%
ANALYZE
%%
REINDEX
%%
SELECT 1; DELETE FROM milestone
%%
SELECT 1; COMMIT; UPDATE country SET name = 'X'
%%
COMMIT
%%
ROLLBACK
%%
BEGIN
%%
END
%%
SAVEPOINT x
%%
RELEASE x
%%
COMMIT; BEGIN; DELETE FROM milestone; COMMIT
%%
SELECT 1;;SELECT 2
%%
-- nothing
%%

%%
 ; 
%%
SELECT 1 WHERE 1 = :x
%%
SELECT 'a
%%
EXPLAIN DELETE FROM milestone
%%
EXPLAIN ANALYZE DELETE FROM milestone
%%
UPDATE commitment SET status = 'fulfilled' WHERE public_id = 'IJ-2024-01'
%%
DELETE FROM status_update
%%
DELETE FROM audit_event WHERE 1 = 1
%%
INSERT INTO audit_event (batch_position, ordinal, action, record, record_key, changes) VALUES (1, 9, 'created', 'x', 'x', '{}')
%%
INSERT INTO country SELECT 'XX', 'X'
%%
WITH x AS (SELECT 'XX' AS code) INSERT INTO country (code, name) SELECT code, code FROM x
%%
WITH RECURSIVE x (i) AS (SELECT 1) UPDATE country SET name = 'X'
%%
DELETE FROM milestone RETURNING slug
%%
DROP INDEX ix_commitment_status
%%
DROP TRIGGER status_update_guard
%%
ALTER TABLE commitment RENAME TO x
%%
ALTER TABLE commitment DROP COLUMN title
%%
CREATE TABLE IF NOT EXISTS country (code TEXT)
%%
CREATE UNIQUE INDEX x ON commitment (title)
%%
CREATE TEMP VIEW x AS SELECT 1
%%
SELECT 1; BEGIN; DELETE FROM milestone; COMMIT
%%
SELECT 1 ; SELECT 1
%%
SELECT 1;
-- and then
DROP TABLE milestone
%%
/* nothing */
%%
/* nothing */ ; /* nothing */
%%
COMMIT; DELETE FROM milestone
%%
ROLLBACK; DELETE FROM milestone
%%
ROLLBACK TO x
%%
SELECT * FROM accounts
%%
SELECT password FROM "user"
%%
SELECT token_hash FROM session
%%
SELECT token_hash FROM link
%%
SELECT text FROM working_note
%%
SELECT c.name FROM country c JOIN accounts.session s ON s.address = c.code
%%
SELECT * FROM country WHERE code IN (SELECT username FROM accounts.user)
%%
SELECT EXISTS (SELECT 1 FROM accounts.link)
%%
EXPLAIN UPDATE country SET name = 'X'
%%
SELECT '
%%
SELECT "
%%
SELECT /* never closed
%%
SELECT (
%%
SELECT nothing_of_the_kind()
%%
SELECT * FROM nothing_of_the_kind
%%
SELECT 1 UNION SELECT 1, 2
%%
SELECT LENGTH(1, 2, 3)
