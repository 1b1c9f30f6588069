CREATE FUNCTION search_words(content text) RETURNS tsvector
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
  SELECT to_tsvector('pg_catalog.simple'::regconfig, translate(
    CASE WHEN octet_length(content) = char_length(content) THEN content
         ELSE regexp_replace(normalize(content, NFKD), '[\u0300-\u036f]', '', 'g') END,
    '-/+.@<>&_~:=?%#', '               '))
$$
----
CREATE INDEX search_commitment ON commitment USING gin (search_words(COALESCE(public_id, '') || ' ' || COALESCE(title, '') || ' ' || COALESCE(summary, '') || ' ' || COALESCE(operative_phrase, '')))
----
CREATE INDEX search_statement ON statement USING gin (search_words(COALESCE(summary, '') || ' ' || COALESCE(attribution, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_citation ON citation USING gin (search_words(COALESCE(exact, '')))
----
CREATE INDEX search_status_update ON status_update USING gin (search_words(COALESCE(reason, '')))
----
CREATE INDEX search_milestone ON milestone USING gin (search_words(COALESCE(criterion, '')))
----
CREATE INDEX search_meeting ON meeting USING gin (search_words(COALESCE(name, '') || ' ' || COALESCE(city, '') || ' ' || COALESCE(note, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_meeting_series ON meeting_series USING gin (search_words(COALESCE(name, '') || ' ' || COALESCE(code, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_source ON source USING gin (search_words(COALESCE(title, '') || ' ' || COALESCE(publisher, '') || ' ' || COALESCE(document_number, '') || ' ' || COALESCE(url, '') || ' ' || COALESCE(note, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_minister ON minister USING gin (search_words(COALESCE(name, '') || ' ' || COALESCE(sort_name, '') || ' ' || COALESCE(native_name, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_minister_name ON minister_name USING gin (search_words(COALESCE(name, '')))
----
CREATE INDEX search_organization ON organization USING gin (search_words(COALESCE(name, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_office ON office USING gin (search_words(COALESCE(label, '') || ' ' || COALESCE(slug, '')))
----
CREATE INDEX search_topic ON topic USING gin (search_words(COALESCE(label, '') || ' ' || COALESCE(slug, '')))
