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
  SELECT c.meeting_id,
         c.kind,
         COUNT(*) AS commitments,
         COUNT(*) FILTER (WHERE c.strength = 'exploratory') AS exploratory,
         COUNT(*) FILTER (WHERE c.strength = 'intended') AS intended,
         COUNT(*) FILTER (WHERE c.strength = 'agreed') AS agreed,
         COUNT(*) FILTER (WHERE c.strength = 'decided') AS decided,
         COUNT(*) FILTER (WHERE c.strength = 'binding') AS binding,
         COUNT(*) FILTER (WHERE c.strength IS NULL) AS none_given
    FROM commitment c
   WHERE c.withdrawn_on IS NULL
     /*? kind: AND c.kind IN (:kind) */
   GROUP BY c.meeting_id, c.kind
)
SELECT m.slug AS meeting,
       m.name,
       m.start_date AS held_on,
       k.label AS kind,
       n.commitments,
       n.exploratory,
       n.intended,
       n.agreed,
       n.decided,
       n.binding,
       n.none_given
  FROM counted n
  JOIN kind k ON k.name = n.kind
  JOIN meeting m ON m.id = n.meeting_id
 WHERE 1 = 1
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
 ORDER BY m.start_date DESC NULLS LAST, m.slug, k.position;
