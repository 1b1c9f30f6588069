/*
title = "Status changes"
description = """
What changed between two dates, and why? Counted by the day on which it became so, not the day on which it was
recorded. A new look that found the status as it was is left out, unless it set a new target date.
"""
tags = ["commitments", "history"]

[params.since]
type = "date"
label = "Since"
default = "today-90d"

[params.until]
type = "date"
label = "Until"
default = "today"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.status]
type = "choices"
label = "New status"
options_sql = "SELECT name, label FROM status ORDER BY position"

[columns.effective_on]
label = "Since when"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.previous_status]
label = "From"

[columns.status]
label = "To"

[columns.new_target_on]
label = "New target date"

[columns.reason]
label = "Reason"

[columns.recorded_by]
label = "Recorded by"

[columns.recorded_on]
label = "Recorded on"
*/
SELECT h.effective_on,
       h.public_id,
       h.title,
       before.label AS previous_status,
       after.label AS status,
       h.new_target_on,
       h.reason,
       h.recorded_by,
       SUBSTR(CAST(h.recorded_at AS TEXT), 1, 10) AS recorded_on
  FROM status_history h
  JOIN status before ON before.name = h.previous_status
  JOIN status after ON after.name = h.status
  JOIN commitment_overview c ON c.commitment_id = h.commitment_id
 WHERE h.effective_on BETWEEN :since AND :until
   AND (h.status <> h.previous_status OR h.new_target_on IS NOT NULL)
   /*? series: AND c.series IN (:series) */
   /*? status: AND h.status IN (:status) */
 ORDER BY h.effective_on, h.public_id, h.recorded_at, h.status_update_id;
