use domain::Timeframe;

/// How much of a timeframe is shown, and how far it looks ahead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Closed bars shown at most.
    pub(super) bars: usize,
    /// Rows of indicators.
    pub(super) indicator_rows: usize,
    /// Bars over which the change of the close is given.
    pub(super) returns: &'static [u32],
    /// Bars until neither barrier counts.
    pub(super) barrier_bars: u32,
}

/// The settings of a timeframe; `None` for 1h, of which no report is made.
pub(super) fn of(timeframe: Timeframe) -> Option<Settings> {
    let (bars, indicator_rows, returns, barrier_bars): (_, _, &[u32], _) = match timeframe {
        Timeframe::Month => (120, 12, &[1, 3, 12], 6),
        Timeframe::Week => (104, 13, &[1, 4, 13, 26], 8),
        Timeframe::Day => (120, 15, &[1, 7, 30], 10),
        Timeframe::Hour4 => (120, 18, &[1, 6, 18, 42], 12),
        Timeframe::Hour => return None,
    };
    Some(Settings { bars, indicator_rows, returns, barrier_bars })
}
