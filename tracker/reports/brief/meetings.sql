/*
title = "Meetings for a brief"
description = "The meetings of a series, the latest first."

[params.series]
*/
SELECT r.name AS series,
       m.slug,
       m.name,
       m.status,
       m.start_date,
       m.date_precision,
       m.city
  FROM meeting_series r
  LEFT JOIN meeting m ON m.series_id = r.id
 WHERE r.slug = :series
 ORDER BY m.start_date DESC NULLS FIRST, m.slug;
