/*
title = "Carry-over"
description = """
What did each edition of a series take over from the one before? One line for each edition that was followed by
another, newest first: how many of its commitments the next edition carries on (continues, restates, supersedes,
merges or splits), and how many of the others are closed or still open.
"""
tags = ["meetings", "editions"]

[chart]
label = "name"
values = ["commitments", "carried_over"]

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.scored]
type = "boolean"
label = "Undertakings and tasks only"

[columns.meeting]
label = "Meeting"
link = "meeting"

[columns.name]
label = "Name"

[columns.edition]
label = "Edition"

[columns.held_on]
label = "Held on"

[columns.next_meeting]
label = "Next meeting"
link = "meeting"

[columns.next_held_on]
label = "Next held on"

[columns.commitments]
label = "Commitments"

[columns.carried_over]
label = "Carried over"

[columns.closed]
label = "Not carried over, closed"

[columns.still_open]
label = "Not carried over, open"
*/
WITH taken AS NOT MATERIALIZED (
  SELECT l.to_id AS commitment_id, later.meeting_id
    FROM commitment_link l
    JOIN commitment later ON later.id = l.from_id
   WHERE l.relation IN ('continues', 'restates', 'supersedes', 'merges', 'splits')
     AND later.withdrawn_on IS NULL
),
pair AS (
  SELECT e.id, e.slug AS meeting, e.name, e.edition, e.start_date AS held_on, e.series_id,
         n.id AS next_id, n.slug AS next_meeting, n.start_date AS next_held_on
    FROM meeting e
    JOIN meeting n
      ON n.id = (SELECT f.id
                   FROM meeting f
                  WHERE f.series_id = e.series_id AND f.status = 'held' AND (f.start_date, f.id) > (e.start_date, e.id)
                  ORDER BY f.start_date, f.id
                  LIMIT 1)
   WHERE e.status = 'held'
)
SELECT p.meeting,
       p.name,
       p.edition,
       p.held_on,
       p.next_meeting,
       p.next_held_on,
       (SELECT COUNT(*)
          FROM commitment_overview c
         WHERE c.meeting_id = p.id
           /*? scored: AND c.is_scored */) AS commitments,
       (SELECT COUNT(*)
          FROM commitment_overview c
         WHERE c.meeting_id = p.id
           AND EXISTS (SELECT 1 FROM taken t WHERE t.commitment_id = c.commitment_id AND t.meeting_id = p.next_id)
           /*? scored: AND c.is_scored */) AS carried_over,
       (SELECT COUNT(*)
          FROM commitment_overview c
         WHERE c.meeting_id = p.id
           AND NOT c.is_open
           AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.commitment_id = c.commitment_id AND t.meeting_id = p.next_id)
           /*? scored: AND c.is_scored */) AS closed,
       (SELECT COUNT(*)
          FROM commitment_overview c
         WHERE c.meeting_id = p.id
           AND c.is_open
           AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.commitment_id = c.commitment_id AND t.meeting_id = p.next_id)
           /*? scored: AND c.is_scored */) AS still_open
  FROM pair p
 WHERE EXISTS (SELECT 1 FROM commitment_overview c WHERE c.meeting_id = p.id
                /*? scored: AND c.is_scored */)
   /*? series: AND p.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
 ORDER BY p.held_on DESC, p.meeting;
