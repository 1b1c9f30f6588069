WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n
%%
SELECT COUNT(*) FROM status a, status b, status c, status d, status e, status f, status g, status h, status i
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT n.i + 1 FROM n, status) SELECT COUNT(*) FROM n
%%
WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT COUNT(*) FROM n
%%
SELECT COUNT(*) FROM status a, status b, status c, status d, status e, status f, status g, status h, status i WHERE a.label || b.label LIKE '%' || c.label || '%'
%%
SELECT SUM(a.position * b.position) OVER (ORDER BY c.position) FROM status a, status b, status c, status d, status e, status f, status g, status h ORDER BY 1 DESC
