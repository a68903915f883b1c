-- Each report once: appends are repeated when their outcome is unknown, and the first row counts.
SELECT
  *
FROM
  topdown_reports.reports
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY report_id ORDER BY created_at) = 1
