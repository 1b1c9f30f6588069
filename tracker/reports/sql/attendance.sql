/*
title = "Attendance"
description = """
Who met whom, when and where, on behalf of which country and in which office? Newest meeting first.
"""
tags = ["meetings", "ministers"]

[params.minister]
type = "choices"
label = "Minister"
options_sql = "SELECT slug, name FROM minister ORDER BY sort_name, slug"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.since]
type = "date"
label = "Meetings since"

[params.until]
type = "date"
label = "Meetings until"

[columns.held_on]
label = "Held on"

[columns.meeting]
label = "Meeting"

[columns.minister]
label = "Minister"

[columns.office]
label = "Office"

[columns.country]
label = "For"

[columns.city]
label = "City"

[columns.key]
label = "Key"
link = "meeting"
*/
SELECT m.start_date AS held_on,
       m.name AS meeting,
       p.name AS minister,
       o.label AS office,
       n.name AS country,
       m.city,
       m.slug AS key
  FROM meeting m
  JOIN attendance a ON a.meeting_id = m.id
  JOIN minister p ON p.id = a.minister_id
  JOIN country n ON n.code = a.country_code
  LEFT JOIN office o ON o.id = a.office_id
 WHERE 1 = 1
   /*? minister: AND p.slug IN (:minister) */
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
   /*? since: AND m.start_date >= :since */
   /*? until: AND m.start_date <= :until */
 ORDER BY m.start_date DESC NULLS LAST, m.slug, n.name, p.sort_name, p.slug;
