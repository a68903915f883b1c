-- The latest report of each source, symbol and timeframe: the newest by the market's time, then by its own.
SELECT
  *
FROM
  topdown_reports.reports_once
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY source, symbol, timeframe ORDER BY as_of DESC, decided_at DESC, created_at DESC, report_id
  ) = 1
