CREATE VIEW commitment_projection AS SELECT c.id AS commitment_id,
       COALESCE((SELECT u.status
                   FROM status_update u
                  WHERE u.commitment_id = c.id
                    AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
                  ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
                  LIMIT 1), 'unreviewed') AS status,
       COALESCE((SELECT u.new_target_on
                   FROM status_update u
                  WHERE u.commitment_id = c.id AND u.new_target_on IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
                  ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
                  LIMIT 1), c.original_target_on) AS target_on,
       COALESCE((SELECT u.new_target_precision
                   FROM status_update u
                  WHERE u.commitment_id = c.id AND u.new_target_on IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
                  ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
                  LIMIT 1), c.original_target_precision) AS target_precision
  FROM commitment c
----
CREATE VIEW commitment_overview AS SELECT c.id AS commitment_id, c.public_id, c.title, c.summary,
       c.kind, k.label AS kind_label, k.is_scored,
       c.strength, g.label AS strength_label, g.position AS strength_position, c.operative_phrase,
       c.status, s.label AS status_label, s.position AS status_position, s.is_open,
       c.promised_on, c.original_target_on, c.target_on, c.target_precision, c.review_due_on, c.owner,
       m.id AS meeting_id, m.slug AS meeting, m.name AS meeting_name, m.edition, m.start_date AS meeting_date,
       r.slug AS series, r.name AS series_name
  FROM commitment c
  JOIN kind k ON k.name = c.kind
  JOIN status s ON s.name = c.status
  JOIN meeting m ON m.id = c.meeting_id
  LEFT JOIN strength g ON g.name = c.strength
  LEFT JOIN meeting_series r ON r.id = m.series_id
 WHERE c.withdrawn_on IS NULL
----
CREATE VIEW statement_overview AS SELECT t.id AS statement_id, t.slug AS statement, COALESCE(p.name, t.attribution) AS speaker,
       p.slug AS minister, t.said_on, t.said_precision, t.summary, t.position,
       m.slug AS meeting, m.name AS meeting_name, m.start_date AS meeting_date, r.slug AS series,
       (SELECT COUNT(*) FROM citation q WHERE q.statement_id = t.id
           AND NOT EXISTS (SELECT 1 FROM citation k WHERE k.corrects_id = q.id)) AS citations
  FROM statement t
  JOIN meeting m ON m.id = t.meeting_id
  LEFT JOIN minister p ON p.id = t.minister_id
  LEFT JOIN meeting_series r ON r.id = m.series_id
 WHERE t.withdrawn_on IS NULL
----
CREATE VIEW status_history AS SELECT u.id AS status_update_id, u.commitment_id, c.public_id, c.title, u.key,
       COALESCE((SELECT p.status
                   FROM status_update p
                  WHERE p.commitment_id = u.commitment_id
                    AND (p.effective_on, p.recorded_at, p.id) < (u.effective_on, u.recorded_at, u.id)
                    AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = p.id)
                  ORDER BY p.effective_on DESC, p.recorded_at DESC, p.id DESC
                  LIMIT 1), 'unreviewed') AS previous_status,
       u.status, u.effective_on, u.recorded_at, u.recorded_by, u.reason, u.new_target_on, u.corrects_id
  FROM status_update u
  JOIN commitment c ON c.id = u.commitment_id
 WHERE c.withdrawn_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
----
CREATE VIEW citation_overview AS SELECT q.id AS citation_id, q.statement_id, q.status_update_id, q.ordinal,
       d.slug AS source, d.title AS source_title, d.publisher, d.published_on, d.url,
       q.exact, q.locator, q.bearing, v.result AS verification, v.checked_at, v.sha256 AS verified_against
  FROM citation q
  JOIN source d ON d.id = q.source_id
  LEFT JOIN verification v ON v.id = (SELECT MAX(w.id) FROM verification w WHERE w.citation_id = q.id)
  LEFT JOIN statement t ON t.id = q.statement_id
  LEFT JOIN status_update u ON u.id = q.status_update_id
  LEFT JOIN commitment c ON c.id = u.commitment_id
 WHERE t.withdrawn_on IS NULL AND c.withdrawn_on IS NULL
   AND NOT EXISTS (SELECT 1 FROM citation k WHERE k.corrects_id = q.id)
----
CREATE FUNCTION days_between(a date, b date) RETURNS integer
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT b - a'
----
CREATE FUNCTION add_days(d date, n bigint) RETURNS date
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT d + n::integer'
----
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: append-only; record a correction instead', TG_TABLE_NAME USING ERRCODE = '23000';
END $$
----
CREATE FUNCTION guard_status_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM commitment WHERE id = NEW.commitment_id FOR NO KEY UPDATE;
  IF NEW.recorded_at > timezone('utc', clock_timestamp()) + interval '5 minutes' THEN
    RAISE EXCEPTION 'status_update: recorded_at lies in the future' USING ERRCODE = '23000';
  END IF;
  IF NEW.effective_on > (NEW.recorded_at + interval '14 hours')::date THEN
    RAISE EXCEPTION 'status_update: effective_on lies in the future' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END $$
----
CREATE FUNCTION project_status_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE commitment SET (status, target_on, target_precision) =
    (SELECT p.status, p.target_on, p.target_precision
       FROM commitment_projection p WHERE p.commitment_id = NEW.commitment_id)
   WHERE id = NEW.commitment_id;
  RETURN NULL;
END $$
----
CREATE FUNCTION guard_commitment_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM commitment c WHERE c.id = NEW.id OR c.public_id = NEW.public_id)
    OR EXISTS (SELECT 1 FROM audit_event e
                WHERE e.record = 'commitment' AND e.record_key = NEW.public_id AND e.action = 'deleted') THEN
    RAISE EXCEPTION 'commitment: this public_id was given before and is never reused' USING ERRCODE = '23000';
  END IF;
  IF NEW.status <> 'unreviewed' THEN
    RAISE EXCEPTION 'commitment: a new one is unreviewed; record a status update' USING ERRCODE = '23000';
  END IF;
  IF NEW.target_on IS NOT NULL THEN
    RAISE EXCEPTION 'commitment: target_on follows from original_target_on; leave it out' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END $$
----
CREATE FUNCTION project_commitment_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE commitment SET (target_on, target_precision) =
    (SELECT p.target_on, p.target_precision FROM commitment_projection p WHERE p.commitment_id = NEW.id)
   WHERE id = NEW.id;
  RETURN NULL;
END $$
----
CREATE FUNCTION guard_commitment_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.public_id <> OLD.public_id THEN
    RAISE EXCEPTION 'commitment: its ids never change' USING ERRCODE = '23000';
  END IF;
  IF OLD.original_target_on IS NOT NULL
    AND (NEW.original_target_on IS DISTINCT FROM OLD.original_target_on
      OR NEW.original_target_precision IS DISTINCT FROM OLD.original_target_precision) THEN
    RAISE EXCEPTION 'commitment: original_target_on never changes; record a status update with new_target_on' USING ERRCODE = '23000';
  END IF;
  IF (NEW.status, NEW.target_on, NEW.target_precision)
      IS DISTINCT FROM (OLD.status, OLD.target_on, OLD.target_precision)
    AND NOT EXISTS (SELECT 1 FROM commitment_projection p
                     WHERE p.commitment_id = OLD.id AND p.status = NEW.status
                       AND COALESCE(p.target_on, NEW.original_target_on) IS NOT DISTINCT FROM NEW.target_on
                       AND COALESCE(p.target_precision, NEW.original_target_precision)
                           IS NOT DISTINCT FROM NEW.target_precision) THEN
    RAISE EXCEPTION 'commitment: status and target follow from its history; record a status update' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END $$
----
CREATE FUNCTION guard_commitment_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = OLD.id) THEN
    RAISE EXCEPTION 'commitment: it has a history; withdraw it instead' USING ERRCODE = '23000';
  END IF;
  RETURN OLD;
END $$
----
CREATE TRIGGER status_update_guard BEFORE INSERT ON status_update FOR EACH ROW EXECUTE FUNCTION guard_status_update()
----
CREATE TRIGGER status_update_project AFTER INSERT ON status_update FOR EACH ROW EXECUTE FUNCTION project_status_update()
----
CREATE TRIGGER commitment_insert_guard BEFORE INSERT ON commitment FOR EACH ROW EXECUTE FUNCTION guard_commitment_insert()
----
CREATE TRIGGER commitment_target_insert AFTER INSERT ON commitment FOR EACH ROW EXECUTE FUNCTION project_commitment_target()
----
CREATE TRIGGER commitment_target_update AFTER UPDATE OF original_target_on ON commitment FOR EACH ROW EXECUTE FUNCTION project_commitment_target()
----
CREATE TRIGGER commitment_update_guard BEFORE UPDATE ON commitment FOR EACH ROW EXECUTE FUNCTION guard_commitment_update()
----
CREATE TRIGGER commitment_delete_guard BEFORE DELETE ON commitment FOR EACH ROW EXECUTE FUNCTION guard_commitment_delete()
----
CREATE TRIGGER status_update_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON status_update FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
----
CREATE TRIGGER citation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON citation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
----
CREATE TRIGGER verification_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON verification FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
----
CREATE TRIGGER audit_batch_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_batch FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
----
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
