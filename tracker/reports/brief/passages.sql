/*
title = "Passages for a brief"
description = "Every commitment of a series, with each passage that carries it or that its status rests on."

[params.series]

[params.as_of]
type = "date"
default = "today"
*/
WITH passage AS (
  SELECT cs.commitment_id, 'words' AS use, q.citation_id, q.exact, q.source_title, q.publisher, q.published_on, q.url,
         q.locator, q.verification
    FROM commitment_statement cs
    JOIN citation_overview q ON q.statement_id = cs.statement_id
   UNION ALL
  SELECT u.commitment_id, 'evidence', q.citation_id, q.exact, q.source_title, q.publisher, q.published_on, q.url,
         q.locator, q.verification
    FROM status_update u
    JOIN citation_overview q ON q.status_update_id = u.id
   WHERE NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
     AND u.id = (SELECT v.id
                   FROM status_update v
                  WHERE v.commitment_id = u.commitment_id
                    AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = v.id)
                  ORDER BY v.effective_on DESC, v.recorded_at DESC, v.id DESC
                  LIMIT 1)
)
SELECT c.public_id,
       c.title,
       c.summary,
       c.meeting,
       c.meeting_name,
       c.meeting_date,
       c.kind_label AS kind,
       c.strength_label AS strength,
       c.status,
       c.status_label,
       CASE WHEN c.is_open THEN 1 ELSE 0 END AS is_open,
       b.original_target_on,
       b.original_target_precision,
       c.target_on,
       c.target_precision,
       COALESCE((SELECT MIN(t.label)
                   FROM commitment_topic ct
                   JOIN topic t ON t.id = ct.topic_id
                  WHERE ct.commitment_id = c.commitment_id), 'Without a topic') AS topic,
       (SELECT u.effective_on
          FROM status_update u
         WHERE u.commitment_id = c.commitment_id
           AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
         ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
         LIMIT 1) AS since,
       (SELECT u.reason
          FROM status_update u
         WHERE u.commitment_id = c.commitment_id
           AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
         ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
         LIMIT 1) AS reason,
       p.use,
       p.exact,
       p.source_title,
       p.publisher,
       p.published_on,
       p.url,
       p.locator,
       p.verification
  FROM commitment_overview c
  JOIN commitment b ON b.id = c.commitment_id
  LEFT JOIN passage p ON p.commitment_id = c.commitment_id
 WHERE c.series = :series
   AND (c.meeting_date IS NULL OR c.meeting_date <= :as_of)
 ORDER BY topic, c.public_id, p.use DESC NULLS LAST, p.citation_id;
