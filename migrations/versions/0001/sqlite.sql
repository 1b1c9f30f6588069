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
CREATE TRIGGER status_update_no_update BEFORE UPDATE ON status_update BEGIN SELECT RAISE(ABORT, 'status_update: append-only; record a correction instead'); END
----
CREATE TRIGGER status_update_no_delete BEFORE DELETE ON status_update BEGIN SELECT RAISE(ABORT, 'status_update: append-only; record a correction instead'); END
----
CREATE TRIGGER status_update_no_replace BEFORE INSERT ON status_update BEGIN SELECT RAISE(ABORT, 'status_update: append-only; record a correction instead') WHERE EXISTS (SELECT 1 FROM status_update o WHERE o.commitment_id = NEW.commitment_id AND o.id = NEW.id) OR EXISTS (SELECT 1 FROM status_update o WHERE o.commitment_id = NEW.commitment_id AND o.key = NEW.key) OR EXISTS (SELECT 1 FROM status_update o WHERE o.corrects_id = NEW.corrects_id) OR EXISTS (SELECT 1 FROM status_update o WHERE o.id = NEW.id); END
----
CREATE TRIGGER citation_no_update BEFORE UPDATE ON citation BEGIN SELECT RAISE(ABORT, 'citation: append-only; record a correction instead'); END
----
CREATE TRIGGER citation_no_delete BEFORE DELETE ON citation BEGIN SELECT RAISE(ABORT, 'citation: append-only; record a correction instead'); END
----
CREATE TRIGGER citation_no_replace BEFORE INSERT ON citation BEGIN SELECT RAISE(ABORT, 'citation: append-only; record a correction instead') WHERE EXISTS (SELECT 1 FROM citation o WHERE o.corrects_id = NEW.corrects_id) OR EXISTS (SELECT 1 FROM citation o WHERE o.id = NEW.id) OR EXISTS (SELECT 1 FROM citation o WHERE o.statement_id = NEW.statement_id AND o.ordinal = NEW.ordinal) OR EXISTS (SELECT 1 FROM citation o WHERE o.status_update_id = NEW.status_update_id AND o.ordinal = NEW.ordinal); END
----
CREATE TRIGGER verification_no_update BEFORE UPDATE ON verification BEGIN SELECT RAISE(ABORT, 'verification: append-only; record a correction instead'); END
----
CREATE TRIGGER verification_no_delete BEFORE DELETE ON verification BEGIN SELECT RAISE(ABORT, 'verification: append-only; record a correction instead'); END
----
CREATE TRIGGER verification_no_replace BEFORE INSERT ON verification BEGIN SELECT RAISE(ABORT, 'verification: append-only; record a correction instead') WHERE EXISTS (SELECT 1 FROM verification o WHERE o.id = NEW.id); END
----
CREATE TRIGGER audit_batch_no_update BEFORE UPDATE ON audit_batch BEGIN SELECT RAISE(ABORT, 'audit_batch: append-only; record a correction instead'); END
----
CREATE TRIGGER audit_batch_no_delete BEFORE DELETE ON audit_batch BEGIN SELECT RAISE(ABORT, 'audit_batch: append-only; record a correction instead'); END
----
CREATE TRIGGER audit_batch_no_replace BEFORE INSERT ON audit_batch BEGIN SELECT RAISE(ABORT, 'audit_batch: append-only; record a correction instead') WHERE EXISTS (SELECT 1 FROM audit_batch o WHERE o.hash = NEW.hash) OR EXISTS (SELECT 1 FROM audit_batch o WHERE o.position = NEW.position); END
----
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event: append-only; record a correction instead'); END
----
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event: append-only; record a correction instead'); END
----
CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event: append-only; record a correction instead') WHERE EXISTS (SELECT 1 FROM audit_event o WHERE o.batch_position = NEW.batch_position AND o.ordinal = NEW.ordinal) OR EXISTS (SELECT 1 FROM audit_event o WHERE o.id = NEW.id); END
----
CREATE TRIGGER status_update_guard BEFORE INSERT ON status_update BEGIN
  SELECT RAISE(ABORT, 'status_update: effective_on is not a date (YYYY-MM-DD)') WHERE date(NEW.effective_on, '+0 days') IS NOT NEW.effective_on;
  SELECT RAISE(ABORT, 'status_update: no such commitment or status, or corrects_id is of another commitment') WHERE
    NOT EXISTS (SELECT 1 FROM commitment c WHERE c.id = NEW.commitment_id)
    OR NOT EXISTS (SELECT 1 FROM status s WHERE s.name = NEW.status)
    OR NEW.corrects_id IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM status_update u WHERE u.id = NEW.corrects_id AND u.commitment_id = NEW.commitment_id);
  SELECT RAISE(ABORT, 'status_update: recorded_at lies in the future') WHERE julianday(NEW.recorded_at) > julianday('now', '+5 minutes');
  SELECT RAISE(ABORT, 'status_update: effective_on lies in the future') WHERE NEW.effective_on > date(NEW.recorded_at, '+14 hours');
END
----
CREATE TRIGGER status_update_project AFTER INSERT ON status_update BEGIN
  UPDATE commitment SET (status, target_on, target_precision) =
    (SELECT p.status, p.target_on, p.target_precision
       FROM commitment_projection p WHERE p.commitment_id = NEW.commitment_id)
   WHERE id = NEW.commitment_id;
END
----
CREATE TRIGGER commitment_insert_guard BEFORE INSERT ON commitment BEGIN
  SELECT RAISE(ABORT, 'commitment: this public_id was given before and is never reused') WHERE
    EXISTS (SELECT 1 FROM commitment c WHERE c.id = NEW.id OR c.public_id = NEW.public_id)
    OR EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = NEW.id)
    OR EXISTS (SELECT 1 FROM audit_event e
                WHERE e.record = 'commitment' AND e.record_key = NEW.public_id AND e.action = 'deleted');
  SELECT RAISE(ABORT, 'commitment: a new one is unreviewed; record a status update') WHERE NEW.status <> 'unreviewed';
  SELECT RAISE(ABORT, 'commitment: target_on follows from original_target_on; leave it out') WHERE NEW.target_on IS NOT NULL;
END
----
CREATE TRIGGER commitment_target_insert AFTER INSERT ON commitment WHEN NEW.original_target_on IS NOT NULL BEGIN
  UPDATE commitment SET (target_on, target_precision) =
    (SELECT p.target_on, p.target_precision FROM commitment_projection p WHERE p.commitment_id = NEW.id)
   WHERE id = NEW.id;
END
----
CREATE TRIGGER commitment_target_update AFTER UPDATE OF original_target_on ON commitment WHEN NEW.original_target_on IS NOT NULL BEGIN
  UPDATE commitment SET (target_on, target_precision) =
    (SELECT p.target_on, p.target_precision FROM commitment_projection p WHERE p.commitment_id = NEW.id)
   WHERE id = NEW.id;
END
----
CREATE TRIGGER commitment_update_guard BEFORE UPDATE ON commitment BEGIN
  SELECT RAISE(ABORT, 'commitment: its ids never change') WHERE NEW.id <> OLD.id OR NEW.public_id <> OLD.public_id;
  SELECT RAISE(ABORT, 'commitment: original_target_on never changes; record a status update with new_target_on') WHERE OLD.original_target_on IS NOT NULL
    AND (NEW.original_target_on IS NOT OLD.original_target_on
      OR NEW.original_target_precision IS NOT OLD.original_target_precision);
  SELECT RAISE(ABORT, 'commitment: status and target follow from its history; record a status update') WHERE
    (NEW.status IS NOT OLD.status OR NEW.target_on IS NOT OLD.target_on
      OR NEW.target_precision IS NOT OLD.target_precision)
    AND NOT EXISTS (SELECT 1 FROM commitment_projection p
                     WHERE p.commitment_id = OLD.id AND p.status IS NEW.status
                       AND COALESCE(p.target_on, NEW.original_target_on) IS NEW.target_on
                       AND COALESCE(p.target_precision, NEW.original_target_precision) IS NEW.target_precision);
END
----
CREATE TRIGGER commitment_delete_guard BEFORE DELETE ON commitment BEGIN
  SELECT RAISE(ABORT, 'commitment: it has a history; withdraw it instead') WHERE EXISTS (SELECT 1 FROM status_update u WHERE u.commitment_id = OLD.id);
END
