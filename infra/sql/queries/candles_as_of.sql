SELECT
  timeframe, UNIX_MILLIS(open_time) AS open_ms, UNIX_MILLIS(close_time) AS close_ms, open, high, low, close,
  volume, quote_volume, trades, taker_base, taker_quote, revision, UNIX_MILLIS(observed_at) AS observed_ms
FROM
  topdown_market.ohlcv_as_of(@source, @symbol, @wants, @oldest, @as_of)
ORDER BY
  timeframe, open_ms
