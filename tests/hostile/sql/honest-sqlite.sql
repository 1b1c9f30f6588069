SELECT name, sql FROM sqlite_schema WHERE type = 'table'
%%
SELECT j.value FROM audit_event e, json_each(e.changes) j WHERE e.changes ->> 'name' IS NOT NULL
%%
SELECT title FROM commitment WHERE title LIKE 'OPEN%' AND promised_on IS NOT DATE('now')
%%
EXPLAIN QUERY PLAN SELECT * FROM commitment_overview
