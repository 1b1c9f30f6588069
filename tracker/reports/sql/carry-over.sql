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
WITH edition AS (
  SELECT m.id, m.slug, m.name, m.edition, m.start_date, m.series_id,
         LEAD(m.id) OVER (PARTITION BY m.series_id ORDER BY m.start_date, m.id) AS next_id
    FROM meeting m
   WHERE m.status = 'held' AND m.series_id IS NOT NULL
),
total AS (
  SELECT c.meeting_id, SUM(CASE WHEN s.is_open THEN 1 ELSE 0 END) AS still_open, COUNT(*) AS number
    FROM commitment c
    JOIN status s ON s.name = c.status
   WHERE c.withdrawn_on IS NULL
     /*? scored: AND c.kind IN (SELECT name FROM kind WHERE is_scored) */
   GROUP BY c.meeting_id
),
pair AS (
  SELECT DISTINCT c.id, c.meeting_id, c.status, later.meeting_id AS next_id
    FROM commitment_link l
    JOIN commitment later ON later.id = l.from_id
    JOIN commitment c ON c.id = l.to_id
   WHERE l.relation IN ('continues', 'restates', 'supersedes', 'merges', 'splits')
     AND later.withdrawn_on IS NULL AND c.withdrawn_on IS NULL
     /*? scored: AND c.kind IN (SELECT name FROM kind WHERE is_scored) */
),
carried AS (
  SELECT p.meeting_id, p.next_id, SUM(CASE WHEN s.is_open THEN 1 ELSE 0 END) AS still_open, COUNT(*) AS number
    FROM pair p
    JOIN status s ON s.name = p.status
   GROUP BY p.meeting_id, p.next_id
)
SELECT e.slug AS meeting,
       e.name,
       e.edition,
       e.start_date AS held_on,
       n.slug AS next_meeting,
       n.start_date AS next_held_on,
       t.number AS commitments,
       COALESCE(c.number, 0) AS carried_over,
       t.number - t.still_open - COALESCE(c.number - c.still_open, 0) AS closed,
       t.still_open - COALESCE(c.still_open, 0) AS still_open
  FROM edition e
  JOIN meeting n ON n.id = e.next_id
  JOIN total t ON t.meeting_id = e.id
  LEFT JOIN carried c ON c.meeting_id = e.id AND c.next_id = e.next_id
 WHERE 1 = 1
   /*? series: AND e.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
 ORDER BY e.start_date DESC, e.slug;
