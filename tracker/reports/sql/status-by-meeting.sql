/*
title = "Status by meeting"
description = """
How do the commitments of each meeting stand? One line a meeting or edition, oldest first, with the number of its
commitments in each status.
"""
tags = ["commitments", "meetings"]

[chart]
label = "name"
values = ["commitments", "still_open", "fulfilled"]

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

[columns.commitments]
label = "Commitments"

[columns.still_open]
label = "Open"

[columns.unreviewed]
label = "Unreviewed"

[columns.no_evidence_found]
label = "No evidence found"

[columns.not_started]
label = "Not started"

[columns.in_progress]
label = "In progress"

[columns.stalled]
label = "Stalled"

[columns.partly_fulfilled]
label = "Partly fulfilled"

[columns.fulfilled]
label = "Fulfilled"

[columns.not_fulfilled]
label = "Not fulfilled"

[columns.abandoned]
label = "Abandoned"

[columns.superseded]
label = "Superseded"

[columns.uncheckable]
label = "Uncheckable"
*/
WITH counted AS (
  SELECT c.meeting_id, c.status, COUNT(*) AS number
    FROM commitment c
   WHERE c.withdrawn_on IS NULL
     /*? scored: AND c.kind IN (SELECT name FROM kind WHERE is_scored) */
   GROUP BY c.meeting_id, c.status
)
SELECT m.slug AS meeting,
       m.name,
       m.edition,
       m.start_date AS held_on,
       SUM(n.number) AS commitments,
       SUM(CASE WHEN s.is_open THEN n.number ELSE 0 END) AS still_open,
       SUM(CASE n.status WHEN 'unreviewed' THEN n.number ELSE 0 END) AS unreviewed,
       SUM(CASE n.status WHEN 'no_evidence_found' THEN n.number ELSE 0 END) AS no_evidence_found,
       SUM(CASE n.status WHEN 'not_started' THEN n.number ELSE 0 END) AS not_started,
       SUM(CASE n.status WHEN 'in_progress' THEN n.number ELSE 0 END) AS in_progress,
       SUM(CASE n.status WHEN 'stalled' THEN n.number ELSE 0 END) AS stalled,
       SUM(CASE n.status WHEN 'partly_fulfilled' THEN n.number ELSE 0 END) AS partly_fulfilled,
       SUM(CASE n.status WHEN 'fulfilled' THEN n.number ELSE 0 END) AS fulfilled,
       SUM(CASE n.status WHEN 'not_fulfilled' THEN n.number ELSE 0 END) AS not_fulfilled,
       SUM(CASE n.status WHEN 'abandoned' THEN n.number ELSE 0 END) AS abandoned,
       SUM(CASE n.status WHEN 'superseded' THEN n.number ELSE 0 END) AS superseded,
       SUM(CASE n.status WHEN 'uncheckable' THEN n.number ELSE 0 END) AS uncheckable
  FROM counted n
  JOIN status s ON s.name = n.status
  JOIN meeting m ON m.id = n.meeting_id
 WHERE 1 = 1
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
 GROUP BY m.slug, m.name, m.edition, m.start_date
 ORDER BY m.start_date NULLS LAST, m.slug;
