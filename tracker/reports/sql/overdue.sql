/*
title = "Overdue"
description = """
Which commitments are still open although the date first set for them has passed, and by how many days? A later
target date does not stop the count; it is shown beside the first. As of another day, today's status is judged by
that day's date.
"""
tags = ["commitments", "dates"]

[params.as_of]
type = "date"
label = "As of"
default = "today"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.owner]
label = "Followed by"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.status]
label = "Status"

[columns.first_target]
label = "First target date"

[columns.days_late]
label = "Days late"

[columns.target_on]
label = "Target date now"

[columns.postponed]
label = "Postponed"

[columns.owner]
label = "Followed by"

[columns.meeting]
label = "Meeting"
*/
SELECT c.public_id,
       c.title,
       c.status_label AS status,
       COALESCE(c.original_target_on, c.target_on) AS first_target,
       days_between(COALESCE(c.original_target_on, c.target_on), :as_of) AS days_late,
       c.target_on,
       CASE WHEN c.target_on > c.original_target_on THEN 'yes' ELSE 'no' END AS postponed,
       c.owner,
       c.meeting_name AS meeting
  FROM commitment_overview c
 WHERE c.is_open
   AND COALESCE(c.original_target_on, c.target_on) < :as_of
   /*? series: AND c.series IN (:series) */
   /*? owner: AND c.owner = :owner */
 -- What never had a first date of its own comes after what had one.
 ORDER BY c.original_target_on NULLS LAST, c.target_on, c.public_id;
