-- Each recommendation with the reports it was made from, in its own order; a source whose row is missing is there
-- with its id alone. A join and not a subquery of each row, which BigQuery runs only where it can undo the correlation.
WITH named AS (
  SELECT
    recommendation.recommendation_id,
    ARRAY_AGG(
      STRUCT(
        id AS report_id, report.timeframe, report.as_of, report.outcome, report.bias, report.confidence, report.trust,
        report.llm_prompt_id, report.llm_model, report.gcs_uri
      )
      ORDER BY place
    ) AS sources
  FROM
    topdown_reports.recommendations_once AS recommendation
    CROSS JOIN UNNEST(recommendation.source_report_id) AS id WITH OFFSET AS place
    LEFT JOIN topdown_reports.reports_once AS report ON report.report_id = id
  GROUP BY
    recommendation.recommendation_id
)
SELECT
  recommendation.*, IFNULL(named.sources, []) AS sources
FROM
  topdown_reports.recommendations_once AS recommendation
  LEFT JOIN named ON named.recommendation_id = recommendation.recommendation_id
