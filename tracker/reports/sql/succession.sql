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
WITH sign AS (
  -- When somebody is known to have been in an office: a term without dates tells nothing of a day.
  SELECT office_id, minister_id, start_date AS day
    FROM office_term
   WHERE start_date <= :as_of
   UNION ALL
  SELECT office_id, minister_id, NULL
    FROM office_term
   WHERE start_date IS NULL AND end_date >= :as_of
   UNION ALL
  SELECT a.office_id, a.minister_id, MAX(m.start_date)
    FROM attendance a
    JOIN meeting m ON m.id = a.meeting_id
   WHERE a.office_id IS NOT NULL AND m.start_date <= :as_of
   GROUP BY a.office_id, a.minister_id
),
latest AS (
  SELECT s.office_id, s.minister_id, s.day,
         ROW_NUMBER() OVER (PARTITION BY s.office_id ORDER BY s.day DESC NULLS LAST, p.sort_name, p.slug) AS place
    FROM sign s
    JOIN minister p ON p.id = s.minister_id
),
holding AS MATERIALIZED (
  -- Who holds each office on the day given; who held it at a meeting is asked below, for each meeting.
  SELECT l.office_id, l.minister_id
    FROM latest l
   WHERE l.place = 1
     AND NOT EXISTS (SELECT 1
                       FROM office_term e
                      WHERE e.office_id = l.office_id AND e.minister_id = l.minister_id
                        AND e.end_date >= l.day AND e.end_date < :as_of)
)
SELECT c.public_id,
       c.title,
       c.status_label AS status,
       m.start_date AS held_on,
       COALESCE(n.name, g.name) AS party,
       o.label AS office,
       before.name AS holder_then,
       after.name AS holder_now,
       CASE WHEN before.name IS NULL OR after.name IS NULL THEN 'not known'
            WHEN before.name <> after.name THEN 'yes'
            ELSE 'no' END AS changed
  FROM meeting m
  JOIN commitment_overview c ON c.meeting_id = m.id
  JOIN commitment_party cp ON cp.commitment_id = c.commitment_id
  JOIN office o ON o.id = cp.office_id
  LEFT JOIN country n ON n.code = cp.country_code
  LEFT JOIN organization g ON g.id = cp.organization_id
  LEFT JOIN minister before
         ON before.id = COALESCE((SELECT MIN(a.minister_id)
                                    FROM attendance a
                                   WHERE a.meeting_id = m.id AND a.office_id = o.id),
                                 (SELECT t.minister_id
                                    FROM office_term t
                                    JOIN minister p ON p.id = t.minister_id
                                   WHERE t.office_id = o.id
                                     AND COALESCE(t.start_date, t.end_date) IS NOT NULL
                                     AND (t.start_date IS NULL OR t.start_date <= m.start_date)
                                     AND (t.end_date IS NULL OR t.end_date >= m.start_date)
                                   ORDER BY t.start_date DESC NULLS LAST, p.sort_name, p.slug
                                   LIMIT 1))
  LEFT JOIN holding h ON h.office_id = o.id
  LEFT JOIN minister after ON after.id = h.minister_id
 WHERE c.is_open
   /*? series: AND c.series IN (:series) */
   /*? changed: AND before.name <> after.name */
 ORDER BY m.start_date DESC NULLS LAST, m.slug, c.public_id, party, cp.role, o.slug;
