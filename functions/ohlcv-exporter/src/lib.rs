//! Writes the candles of a run as artifacts.
