-- The newest closed bar of a series among those that open from a time on.
SELECT
  timeframe, UNIX_MILLIS(open_time) AS open_ms, UNIX_MILLIS(close_time) AS close_ms, open, high, low, close,
  volume, quote_volume, trades, taker_base, taker_quote, revision, UNIX_MILLIS(observed_at) AS observed_ms
FROM
  topdown_market.ohlcv_raw
WHERE
  open_time >= @oldest
  AND source = @source
  AND symbol = @symbol
  AND timeframe = @timeframe
  AND revision > 0
ORDER BY
  open_time DESC, observed_at DESC, revision DESC
LIMIT 1
