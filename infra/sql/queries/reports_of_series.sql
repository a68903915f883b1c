SELECT
  report_id, run_id, step_id, source, symbol, timeframe, UNIX_MICROS(as_of) AS as_of_us,
  UNIX_MICROS(decided_at) AS decided_us, outcome, bias, p_up, p_neither, p_down, confidence, checked, verified,
  repaired, unverified, trust, analyst, llm_prompt_id, llm_model_id, llm_model, model_calls, prompt_tokens,
  completion_tokens, cost_usd, parent_report_id, gcs_uri, sha256
FROM
  topdown_reports.reports
WHERE
  source = @source
  AND symbol = @symbol
  AND timeframe = @timeframe
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY report_id ORDER BY created_at) = 1
ORDER BY
  as_of DESC, report_id
LIMIT @most
