/*
title = "Strength by meeting and kind"
description = """
How firmly did each meeting put what it promised? One line for each meeting and kind, newest meeting first, with the
number of commitments in each strength. Requests, calls, principles and reports have none.
"""
tags = ["commitments", "meetings", "words"]

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.kind]
type = "choices"
label = "Kind"
options_sql = "SELECT name, label FROM kind ORDER BY position"

[columns.meeting]
label = "Meeting"
link = "meeting"

[columns.name]
label = "Name"

[columns.held_on]
label = "Held on"

[columns.kind]
label = "Kind"

[columns.commitments]
label = "Commitments"

[columns.exploratory]
label = "Exploratory"

[columns.intended]
label = "Intended"

[columns.agreed]
label = "Agreed"

[columns.decided]
label = "Decided"

[columns.binding]
label = "Binding"

[columns.none_given]
label = "Without"
*/
WITH counted AS (
  SELECT c.meeting_id, c.kind, c.strength, COUNT(*) AS number
    FROM commitment c
   WHERE c.withdrawn_on IS NULL
     /*? kind: AND c.kind IN (:kind) */
   GROUP BY c.meeting_id, c.kind, c.strength
)
SELECT m.slug AS meeting,
       m.name,
       m.start_date AS held_on,
       k.label AS kind,
       SUM(n.number) AS commitments,
       SUM(CASE n.strength WHEN 'exploratory' THEN n.number ELSE 0 END) AS exploratory,
       SUM(CASE n.strength WHEN 'intended' THEN n.number ELSE 0 END) AS intended,
       SUM(CASE n.strength WHEN 'agreed' THEN n.number ELSE 0 END) AS agreed,
       SUM(CASE n.strength WHEN 'decided' THEN n.number ELSE 0 END) AS decided,
       SUM(CASE n.strength WHEN 'binding' THEN n.number ELSE 0 END) AS binding,
       SUM(CASE WHEN n.strength IS NULL THEN n.number ELSE 0 END) AS none_given
  FROM counted n
  JOIN kind k ON k.name = n.kind
  JOIN meeting m ON m.id = n.meeting_id
 WHERE 1 = 1
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
 GROUP BY m.slug, m.name, m.start_date, k.label, k.position
 ORDER BY m.start_date DESC NULLS LAST, m.slug, k.position;
