//! Keeps the raw candles of the watched symbols.
