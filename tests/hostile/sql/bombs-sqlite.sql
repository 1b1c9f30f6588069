WITH RECURSIVE n (i, x) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT i + 1, x || x FROM n) SELECT MAX(LENGTH(x)) FROM n
%%
WITH RECURSIVE n (i, x) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT i + 1, hex(x) FROM n) SELECT MAX(x) FROM n
%%
WITH RECURSIVE n (i, x) AS (SELECT 1, 'a' UNION ALL SELECT i + 1, replace(x, 'a', 'aaaaaaaaaa') FROM n) SELECT MAX(x) FROM n
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT group_concat(i) FROM n
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT json_group_array(i) FROM n
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT i FROM n ORDER BY i DESC
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(DISTINCT i) FROM n
%%
SELECT COUNT(*) FROM json_tree('[' || substr(replace(hex(title), '0', '1,1,'), 1, 100) || '1]'), status a, status b, status c, status d, status e, status f, status g FROM commitment
