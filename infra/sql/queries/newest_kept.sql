-- The newest kept version of each bar in some ranges of several series: what an append is compared with.
SELECT
  source, symbol, timeframe, UNIX_MILLIS(open_time) AS open_ms, UNIX_MILLIS(close_time) AS close_ms, open, high,
  low, close, volume, quote_volume, trades, taker_base, taker_quote, revision,
  UNIX_MILLIS(observed_at) AS observed_ms
FROM
  topdown_market.ohlcv_raw
WHERE
  open_time BETWEEN @oldest AND @newest
  AND symbol IN UNNEST(@symbols)
  AND EXISTS (
    SELECT 1
    FROM UNNEST(@ranges) AS wanted
    WHERE
      wanted.source = ohlcv_raw.source
      AND wanted.symbol = ohlcv_raw.symbol
      AND wanted.timeframe = ohlcv_raw.timeframe
      AND open_time BETWEEN wanted.first_open AND wanted.last_open
  )
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY source, symbol, timeframe, open_time ORDER BY observed_at DESC, revision DESC
  ) = 1
