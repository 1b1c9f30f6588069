/*
title = "Silently dropped"
description = """
Which commitments of one edition does the next not mention although nothing closed them? They are absent from the
record of the next edition, no more: this flags where to look and concludes nothing. Newest edition first.
"""
tags = ["commitments", "editions"]

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.scored]
type = "boolean"
label = "Undertakings and tasks only"
default = true

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.kind]
label = "Kind"

[columns.status]
label = "Status"

[columns.meeting]
label = "Meeting"

[columns.held_on]
label = "Held on"

[columns.next_meeting]
label = "Absent from"

[columns.next_held_on]
label = "Held on"

[columns.taken_up_on]
label = "Taken up later on"

[columns.last_news_on]
label = "Last news of"
*/
WITH taken AS NOT MATERIALIZED (
  SELECT l.to_id AS commitment_id, later.meeting_id
    FROM commitment_link l
    JOIN commitment later ON later.id = l.from_id
   WHERE l.relation IN ('continues', 'restates', 'supersedes', 'merges', 'splits')
     AND later.withdrawn_on IS NULL
)
SELECT c.public_id,
       c.title,
       c.kind_label AS kind,
       c.status_label AS status,
       e.name AS meeting,
       e.start_date AS held_on,
       n.name AS next_meeting,
       n.start_date AS next_held_on,
       (SELECT MIN(m.start_date)
          FROM taken t
          JOIN meeting m ON m.id = t.meeting_id
         WHERE t.commitment_id = c.commitment_id) AS taken_up_on,
       (SELECT MAX(u.effective_on) FROM status_update u WHERE u.commitment_id = c.commitment_id) AS last_news_on
  FROM meeting e
  JOIN meeting n
    ON n.id = (SELECT f.id
                 FROM meeting f
                WHERE f.series_id = e.series_id AND f.status = 'held' AND (f.start_date, f.id) > (e.start_date, e.id)
                ORDER BY f.start_date, f.id
                LIMIT 1)
  JOIN commitment_overview c ON c.meeting_id = e.id
 WHERE e.status = 'held'
   AND c.is_open
   AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.commitment_id = c.commitment_id AND t.meeting_id = n.id)
   /*? scored: AND c.is_scored */
   /*? series: AND c.series IN (:series) */
 ORDER BY e.start_date DESC, e.slug, c.public_id;
