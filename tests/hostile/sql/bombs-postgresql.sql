SELECT COUNT(*) FROM generate_series(1, 100000000000)
%%
SELECT pg_sleep(30)
%%
SELECT pg_sleep_for('30 seconds'), pg_sleep_until('2999-01-01')
%%
SELECT REPEAT('x', 1000000000) || REPEAT('x', 1000000000)
%%
SELECT LENGTH(REPEAT(REPEAT('x', 1000000), 1000000))
%%
SELECT LPAD('x', 2147483647)
%%
SELECT string_agg(i::text, ',') FROM generate_series(1, 1000000000) i
%%
SELECT array_agg(i) FROM generate_series(1, 10000000000) i
%%
SELECT i FROM generate_series(1, 1000000000) i ORDER BY md5(i::text)
%%
SELECT ('a' || REPEAT('a', 40)) ~ '^(a|aa|aaa|aaaa)*(a|aa)*(a|aa)*b$', COUNT(*) FROM generate_series(1, 100000000000)
%%
SELECT regexp_replace(REPEAT('ab', 10000000), '(a|b|ab)*c', 'x', 'g'), pg_sleep(30)
%%
SELECT 10::numeric ^ 100000 ^ 10
%%
SELECT factorial(200000)
%%
SELECT COUNT(*) FROM pg_class a, pg_class b, pg_class c, pg_class d
%%
SELECT pg_advisory_lock(1), pg_sleep(30)
