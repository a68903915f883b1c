-- The newest revision of each wanted bar as of a time: bars closed by then, and snapshots of forming bars taken by
-- then. `wants` names the timeframes, each from an open time on; `oldest` is the earliest of these.
SELECT
  source, symbol, timeframe, open_time, close_time, open, high, low, close, volume, quote_volume, trades,
  taker_base, taker_quote, revision, observed_at
FROM
  topdown_market.ohlcv_raw
WHERE
  -- the partition column stands bare beside the scan: whatever is said of it outside the window comes too late
  open_time >= oldest
  AND open_time < as_of
  AND source = wanted_source
  AND symbol = wanted_symbol
  AND EXISTS (
    SELECT 1 FROM UNNEST(wants) AS want WHERE want.timeframe = ohlcv_raw.timeframe AND open_time >= want.since
  )
  AND ((revision > 0 AND close_time < as_of) OR (revision = 0 AND observed_at <= as_of))
QUALIFY
  ROW_NUMBER() OVER (PARTITION BY timeframe, open_time ORDER BY observed_at DESC, revision DESC) = 1
