/*
title = "Succession in office"
description = """
Who inherits a commitment? Each open commitment with the office that answers for a party, who held it at the meeting
and who holds it on the day given, as far as the records know. Newest meeting first.
"""
tags = ["ministers", "offices"]

[params.as_of]
type = "date"
label = "As of"
default = "today"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.changed]
type = "boolean"
label = "Only where the holder has changed"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.status]
label = "Status"

[columns.held_on]
label = "Meeting held on"

[columns.party]
label = "Party"

[columns.office]
label = "Office"

[columns.holder_then]
label = "Held then by"

[columns.holder_now]
label = "Held now by"

[columns.changed]
label = "Changed"
*/
WITH answering AS (
  SELECT c.public_id, c.title, c.status_label AS status, m.start_date AS held_on, m.slug AS meeting,
         COALESCE(n.name, g.name) AS party, o.label AS office, o.slug AS office_slug, cp.role,
       (SELECT p.name
          FROM office_term t
          JOIN minister p ON p.id = t.minister_id
         WHERE t.office_id = o.id
           AND (t.start_date IS NULL OR t.start_date <= m.start_date)
           AND (t.end_date IS NULL OR t.end_date >= m.start_date)
         ORDER BY t.start_date DESC NULLS LAST, p.sort_name, p.slug
         LIMIT 1) AS holder_then,
       (SELECT p.name
          FROM office_term t
          JOIN minister p ON p.id = t.minister_id
         WHERE t.office_id = o.id
           AND (t.start_date IS NULL OR t.start_date <= :as_of)
           AND (t.end_date IS NULL OR t.end_date >= :as_of)
         ORDER BY t.start_date DESC NULLS LAST, p.sort_name, p.slug
         LIMIT 1) AS holder_now
    FROM meeting m
    JOIN commitment_overview c ON c.meeting_id = m.id
    JOIN commitment_party cp ON cp.commitment_id = c.commitment_id
    JOIN office o ON o.id = cp.office_id
    LEFT JOIN country n ON n.code = cp.country_code
    LEFT JOIN organization g ON g.id = cp.organization_id
   WHERE c.is_open
     /*? series: AND c.series IN (:series) */
)
SELECT a.public_id,
       a.title,
       a.status,
       a.held_on,
       a.party,
       a.office,
       a.holder_then,
       a.holder_now,
       CASE WHEN a.holder_then IS NULL OR a.holder_now IS NULL THEN 'not known'
            WHEN a.holder_then <> a.holder_now THEN 'yes'
            ELSE 'no' END AS changed
  FROM answering a
 WHERE 1 = 1
   /*? changed: AND a.holder_then <> a.holder_now */
 ORDER BY a.held_on DESC NULLS LAST, a.meeting, a.public_id, a.party, a.role, a.office_slug;
