-- Everything that was made, by the version of its prompt: WHERE llm_prompt_id = 'weekly-report@3f9a12cc'.
SELECT
  llm_prompt_id, 'report' AS kind, report_id AS id, source, symbol, timeframe, as_of, decided_at, created_at,
  outcome, bias AS direction, confidence, CAST(NULL AS INT64) AS signal_strength, trust, llm_model_id, llm_model,
  PARSE_BIGNUMERIC(cost_usd) AS cost_usd, run_id, step_id, gcs_uri
FROM
  topdown_reports.reports_once
UNION ALL
SELECT
  llm_prompt_id, 'recommendation', recommendation_id, source, symbol, timeframe, as_of, decided_at, created_at,
  CAST(NULL AS STRING), direction, CAST(NULL AS INT64), signal_strength, trust, llm_model_id, llm_model,
  PARSE_BIGNUMERIC(cost_usd), run_id, step_id, gcs_uri
FROM
  topdown_reports.recommendations_once
