//! Candles of exchanges: clients, checks, aggregation, indicators, the OHLCV artifact.
