/*
title = "Record as of a date"
description = """
How did the record stand on a day of the past? Each commitment of a meeting held by then and not withdrawn by then,
with its status and target date twice: as was true then, with all that is known today, and as it was known then, by
what had been recorded. Titles and words are those of today.
"""
tags = ["commitments", "history"]

[params.as_of]
type = "date"
label = "As of"
default = "today"

[params.series]
type = "choices"
label = "Meeting series"
options_sql = "SELECT slug, name FROM meeting_series ORDER BY name, slug"

[params.status]
type = "choices"
label = "Status"
options_sql = "SELECT name, label FROM status ORDER BY position"

[columns.public_id]
label = "Commitment"
link = "commitment"

[columns.title]
label = "Title"

[columns.meeting]
label = "Meeting"

[columns.status_then]
label = "Status then"

[columns.target_then]
label = "Target date then"

[columns.status_known]
label = "Status as known then"

[columns.target_known]
label = "Target date as known then"

[columns.status_now]
label = "Status today"
*/
WITH standing AS (
  SELECT c.id, c.public_id, c.title, c.meeting_id, c.original_target_on, c.status,
       (SELECT u.status
          FROM status_update u
         WHERE u.commitment_id = c.id
           AND u.effective_on <= :as_of
           AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
         ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
         LIMIT 1) AS true_status,
       (SELECT u.new_target_on
          FROM status_update u
         WHERE u.commitment_id = c.id
           AND u.effective_on <= :as_of
           AND u.new_target_on IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
         ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
         LIMIT 1) AS true_target,
       (SELECT u.status
          FROM status_update u
         WHERE u.commitment_id = c.id
           AND u.effective_on <= :as_of
           AND u.recorded_at < add_days(:as_of, 1)
           AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id
                              AND k.recorded_at < add_days(:as_of, 1))
         ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
         LIMIT 1) AS known_status,
       (SELECT u.new_target_on
          FROM status_update u
         WHERE u.commitment_id = c.id
           AND u.effective_on <= :as_of
           AND u.new_target_on IS NOT NULL
           AND u.recorded_at < add_days(:as_of, 1)
           AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id
                              AND k.recorded_at < add_days(:as_of, 1))
         ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
         LIMIT 1) AS known_target
    FROM commitment c
   WHERE c.withdrawn_on IS NULL OR c.withdrawn_on > :as_of
)
SELECT c.public_id,
       c.title,
       m.name AS meeting,
       (SELECT label FROM status WHERE name = COALESCE(c.true_status, 'unreviewed')) AS status_then,
       COALESCE(c.true_target, c.original_target_on) AS target_then,
       (SELECT label FROM status WHERE name = COALESCE(c.known_status, 'unreviewed')) AS status_known,
       COALESCE(c.known_target, c.original_target_on) AS target_known,
       (SELECT label FROM status WHERE name = c.status) AS status_now
  FROM standing c
 CROSS JOIN meeting m
 WHERE m.id = c.meeting_id
   AND (m.start_date IS NULL OR m.start_date <= :as_of)
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
   /*? status: AND COALESCE(c.true_status, 'unreviewed') IN (:status) */
 ORDER BY c.public_id;
