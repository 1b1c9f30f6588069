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
  SELECT c.public_id, c.title, c.meeting_id, c.status,
         -- What has no history after that day stood then as it stands now; the rest is worked out anew.
         CASE WHEN l.id IS NULL THEN c.status ELSE COALESCE(
           (SELECT u.status
              FROM status_update u
             WHERE u.commitment_id = c.id
               AND u.effective_on <= :as_of
               AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
             ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
             LIMIT 1), 'unreviewed') END AS status_then,
         CASE WHEN l.id IS NULL THEN c.target_on ELSE COALESCE(
           (SELECT u.new_target_on
              FROM status_update u
             WHERE u.commitment_id = c.id
               AND u.effective_on <= :as_of
               AND u.new_target_on IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id)
             ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
             LIMIT 1), c.original_target_on) END AS target_then,
         CASE WHEN l.id IS NULL THEN c.status ELSE COALESCE(
           (SELECT u.status
              FROM status_update u
             WHERE u.commitment_id = c.id
               AND u.effective_on <= :as_of
               AND u.recorded_at < add_days(:as_of, 1)
               AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id
                                  AND k.recorded_at < add_days(:as_of, 1))
             ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
             LIMIT 1), 'unreviewed') END AS status_known,
         CASE WHEN l.id IS NULL THEN c.target_on ELSE COALESCE(
           (SELECT u.new_target_on
              FROM status_update u
             WHERE u.commitment_id = c.id
               AND u.effective_on <= :as_of
               AND u.new_target_on IS NOT NULL
               AND u.recorded_at < add_days(:as_of, 1)
               AND NOT EXISTS (SELECT 1 FROM status_update k WHERE k.corrects_id = u.id
                                  AND k.recorded_at < add_days(:as_of, 1))
             ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
             LIMIT 1), c.original_target_on) END AS target_known
    FROM commitment c
    LEFT JOIN commitment l
           ON l.id = (SELECT u.commitment_id
                        FROM status_update u
                       WHERE u.commitment_id = c.id
                         AND (u.effective_on > :as_of OR u.recorded_at >= add_days(:as_of, 1))
                       ORDER BY u.effective_on DESC, u.recorded_at DESC, u.id DESC
                       LIMIT 1)
   WHERE c.withdrawn_on IS NULL OR c.withdrawn_on > :as_of
)
SELECT c.public_id,
       c.title,
       m.name AS meeting,
       t.label AS status_then,
       c.target_then,
       k.label AS status_known,
       c.target_known,
       n.label AS status_now
  FROM standing c
 CROSS JOIN meeting m
  LEFT JOIN status t ON t.name = c.status_then
  LEFT JOIN status k ON k.name = c.status_known
  LEFT JOIN status n ON n.name = c.status
 WHERE m.id = c.meeting_id
   AND (m.start_date IS NULL OR m.start_date <= :as_of)
   /*? series: AND m.series_id IN (SELECT id FROM meeting_series WHERE slug IN (:series)) */
   /*? status: AND c.status_then IN (:status) */
 ORDER BY c.public_id;
