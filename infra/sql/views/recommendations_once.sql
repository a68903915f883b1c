-- Each recommendation once: appends are repeated when their outcome is unknown, and the first row counts.
SELECT
  *
FROM
  topdown_reports.recommendations
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY recommendation_id ORDER BY created_at) = 1
