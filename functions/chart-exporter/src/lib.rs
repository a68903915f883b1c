//! Draws the charts of a timeframe.
