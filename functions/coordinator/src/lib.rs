//! Chains the timeframes of a run.
