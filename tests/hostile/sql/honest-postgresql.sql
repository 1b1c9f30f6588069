SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
%%
SELECT relname FROM pg_class
%%
SELECT STRING_AGG(title, '; ' ORDER BY title) FROM commitment WHERE title ILIKE 'open%' AND target_on::text <> ''
%%
SELECT d, ARRAY[1, 2], INTERVAL '1 day' FROM generate_series(CURRENT_DATE, CURRENT_DATE + 1, '1 day') d
%%
TABLE status
