-- Each recommendation with the reports it was made from, in its own order; a source whose row is missing is there
-- with its id alone.
SELECT
  recommendation.*,
  ARRAY(
    SELECT AS STRUCT
      id AS report_id, report.timeframe, report.as_of, report.outcome, report.bias, report.confidence, report.trust,
      report.llm_prompt_id, report.llm_model, report.gcs_uri
    FROM UNNEST(recommendation.source_report_id) AS id WITH OFFSET AS place
    LEFT JOIN topdown_reports.reports_once AS report ON report.report_id = id
    ORDER BY place
  ) AS sources
FROM
  topdown_reports.recommendations_once AS recommendation
