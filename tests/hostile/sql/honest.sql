SELECT 1
%%
 
 SELECT 1 ; -- why not

%%
VALUES (1), (2)
%%
WITH x AS (SELECT 1 AS a) SELECT COUNT(*) FROM x
%%
WITH x (a, b) AS (SELECT slug, name FROM meeting) SELECT a FROM x WHERE b IS NOT NULL
%%
SELECT y.a FROM (SELECT title AS a FROM commitment) y ORDER BY 1
%%
SELECT title, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY public_id) FROM commitment
%%
SELECT 'DELETE FROM x; COMMIT', 'PRAGMA'
%%
SELECT COUNT(*) FROM commitment NATURAL JOIN commitment_topic
%%
SELECT a.title FROM commitment a JOIN commitment b USING (public_id)
%%
SELECT COALESCE(MAX(title), ''), LENGTH(MIN(title)), UPPER('a') || LOWER('B') FROM commitment
%%
SELECT CASE WHEN is_open THEN 'yes' ELSE 'no' END FROM status GROUP BY 1 HAVING COUNT(*) > 0
%%
SELECT title FROM commitment UNION SELECT summary FROM statement EXCEPT SELECT name FROM meeting
%%
SELECT days_between(original_target_on, target_on) FROM commitment
%%
SELECT * FROM status_history
%%
SELECT * FROM commitment_overview LIMIT 1 OFFSET 1
%%
SELECT changes FROM audit_event
%%
SELECT ';' AS semicolon, '--' AS dashes, '/* */' AS comment
%%
SELECT 1 -- DELETE FROM milestone; COMMIT
%%
/* DROP TABLE milestone; */ SELECT 1
%%
SELECT 'it''s'
%%
SELECT "title" FROM "commitment"
%%
SELECT title AS "DELETE", kind AS "update" FROM commitment
%%
WITH "insert" AS (SELECT 1 AS "drop") SELECT "drop" FROM "insert"
%%
SELECT x.* FROM (SELECT * FROM (SELECT 1 AS a UNION ALL SELECT 2) y) x WHERE a IN (SELECT 1)
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT SUM(i) FROM n
%%
SELECT COUNT(*) FILTER (WHERE is_open) FROM status
%%
SELECT name, LAG(name) OVER (ORDER BY position), SUM(position) OVER (ORDER BY position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM status
%%
SELECT a.name FROM status a LEFT JOIN status b ON b.position = a.position + 1 WHERE b.name IS NULL
%%
SELECT name FROM status EXCEPT SELECT 'fulfilled' INTERSECT SELECT name FROM status ORDER BY 1
%%
SELECT CASE (SELECT COUNT(*) FROM commitment) WHEN 0 THEN 'none' ELSE 'some' END
%%
SELECT COUNT(*) FROM commitment c WHERE EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = c.id)
%%
SELECT status, COUNT(*) FROM commitment_overview GROUP BY status HAVING COUNT(*) >= 1 ORDER BY 2 DESC, 1
%%
SELECT add_days('2024-02-28', 2), days_between('2024-01-01', '2024-12-31')
%%
SELECT name FROM country ORDER BY name LIMIT 1 OFFSET 0
%%
SELECT SUBSTR(title, 1, 10) || '...' FROM commitment
%%
SELECT record, COUNT(*) FROM audit_event GROUP BY record
%%
SELECT NULLIF('a', 'b'), REPLACE('abc', 'b', 'x'), TRIM('  a '), ROUND(2.345, 2), ABS(-3)
