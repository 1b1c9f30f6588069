/*
title = "Stale and never reviewed"
description = """
Which open commitments has nobody looked at for too long? Those that were never reviewed, those whose review is due,
and those without news for so many days. The oldest meeting comes first.
"""
tags = ["commitments", "review"]

[params.as_of]
type = "date"
label = "As of"
default = "today"

[params.days]
type = "integer"
label = "Days without news"
default = 180

[params.kind]
type = "choices"
label = "Kind"
options_sql = "SELECT name, label FROM kind ORDER BY position"

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

[columns.kind]
label = "Kind"

[columns.status]
label = "Status"

[columns.why]
label = "Why"

[columns.review_due_on]
label = "Review due on"

[columns.last_news_on]
label = "Last news of"

[columns.days_since]
label = "Days since"

[columns.owner]
label = "Followed by"

[columns.meeting]
label = "Meeting"

[columns.meeting_date]
label = "Held on"
*/
WITH looked AS (
  SELECT c.*, (SELECT MAX(u.effective_on) FROM status_update u WHERE u.commitment_id = c.commitment_id) AS last_news_on
    FROM commitment_overview c
   WHERE c.is_open
     /*? kind: AND c.kind IN (:kind) */
     /*? series: AND c.series IN (:series) */
     /*? owner: AND c.owner = :owner */
)
SELECT c.public_id,
       c.title,
       c.kind_label AS kind,
       c.status_label AS status,
       CASE WHEN c.last_news_on IS NULL THEN 'never reviewed'
            WHEN c.review_due_on < :as_of THEN 'review due'
            ELSE 'no news' END AS why,
       c.review_due_on,
       c.last_news_on,
       days_between(c.last_news_on, :as_of) AS days_since,
       c.owner,
       c.meeting_name AS meeting,
       c.meeting_date
  FROM looked c
 WHERE c.last_news_on IS NULL
    OR c.review_due_on < :as_of
    OR c.last_news_on < add_days(:as_of, -:days)
 ORDER BY c.meeting_date NULLS LAST, c.meeting, c.public_id;
