-- What was spent on each day (UTC) with each model: calls, tokens and USD.
SELECT
  day, llm_model_id, llm_model, COUNTIF(kind = 'report') AS reports, COUNTIF(kind = 'recommendation') AS recommendations,
  SUM(model_calls) AS model_calls, SUM(prompt_tokens) AS prompt_tokens, SUM(completion_tokens) AS completion_tokens,
  SUM(cost_usd) AS cost_usd
FROM (
  SELECT
    'report' AS kind, DATE(created_at) AS day, llm_model_id, llm_model, model_calls, prompt_tokens,
    completion_tokens, PARSE_BIGNUMERIC(cost_usd) AS cost_usd
  FROM topdown_reports.reports_once
  UNION ALL
  SELECT
    'recommendation', DATE(created_at), llm_model_id, llm_model, model_calls, prompt_tokens,
    completion_tokens, PARSE_BIGNUMERIC(cost_usd)
  FROM topdown_reports.recommendations_once
)
GROUP BY
  day, llm_model_id, llm_model
