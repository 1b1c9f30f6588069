/*
title = "History of a commitment"
description = """
What became of one commitment, step by step, and on what evidence? Each status with the day from which it holds, its
reason, who recorded it, and how many passages it rests on. Corrected entries are left out.
"""
tags = ["commitments", "history"]

[params.commitment]
label = "Commitment"
help = "Its public id, as IJ-2024-01."

[columns.effective_on]
label = "Since when"

[columns.previous_status]
label = "From"

[columns.status]
label = "To"

[columns.new_target_on]
label = "New target date"

[columns.reason]
label = "Reason"

[columns.citations]
label = "Citations"

[columns.recorded_by]
label = "Recorded by"

[columns.recorded_on]
label = "Recorded on"
*/
SELECT h.effective_on,
       before.label AS previous_status,
       after.label AS status,
       h.new_target_on,
       h.reason,
       (SELECT COUNT(*) FROM citation_overview q WHERE q.status_update_id = h.status_update_id) AS citations,
       h.recorded_by,
       SUBSTR(CAST(h.recorded_at AS TEXT), 1, 10) AS recorded_on
  FROM status_history h
  JOIN status before ON before.name = h.previous_status
  JOIN status after ON after.name = h.status
 WHERE h.public_id = UPPER(:commitment)
 ORDER BY h.effective_on, h.recorded_at, h.status_update_id;
