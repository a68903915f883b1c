SELECT
  recommendation_id, run_id, step_id, source, symbol, UNIX_MICROS(as_of) AS as_of_us,
  UNIX_MICROS(decided_at) AS decided_us, direction, signal_strength, summary, reasoning, source_report_id, trust,
  analyst, llm_prompt_id, llm_model_id, llm_model, model_calls, prompt_tokens, completion_tokens, cost_usd, gcs_uri,
  sha256, probability, plan_state
FROM
  topdown_reports.recommendations
WHERE
  recommendation_id = @recommendation_id
ORDER BY
  created_at
LIMIT 1
