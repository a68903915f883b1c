-- The newest recommendations that a filter lets through; a parameter that is NULL lets all through.
SELECT
  recommendation_id, run_id, step_id, source, symbol, UNIX_MICROS(as_of) AS as_of_us,
  UNIX_MICROS(decided_at) AS decided_us, direction, signal_strength, summary, reasoning, source_report_id, trust,
  analyst, llm_prompt_id, llm_model_id, llm_model, model_calls, prompt_tokens, completion_tokens, cost_usd, gcs_uri,
  sha256, probability, plan_state
FROM
  topdown_reports.recommendations
WHERE
  (@symbol IS NULL OR symbol = @symbol)
  AND (@source IS NULL OR source = @source)
  AND (@direction IS NULL OR direction = @direction)
  AND (@min_strength IS NULL OR signal_strength >= @min_strength)
  AND (@since IS NULL OR as_of >= @since)
  AND (@until IS NULL OR as_of < @until)
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY recommendation_id ORDER BY created_at) = 1
ORDER BY
  as_of DESC, recommendation_id
LIMIT @most
