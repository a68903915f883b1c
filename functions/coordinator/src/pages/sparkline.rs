//! The line of closes in a cell of the watchlist.

/// The points of a line, and its end, in a box of 160 by 34.
pub(super) fn line(closes: &[f64]) -> (String, (String, String)) {
    let (low, high) = closes.iter().fold((f64::MAX, f64::MIN), |(low, high), c| (low.min(*c), high.max(*c)));
    if closes.len() < 2 || !low.is_finite() || high <= low {
        return (String::new(), (String::new(), String::new()));
    }
    let step = 154.0 / (closes.len() - 1) as f64;
    let place = |(at, close): (usize, &f64)| {
        (
            format!("{:.1}", 2.0 + at as f64 * step),
            format!("{:.1}", 31.0 - (close - low) / (high - low) * 28.0),
        )
    };
    let places: Vec<_> = closes.iter().enumerate().map(place).collect();
    let line = places.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
    (line, places.last().cloned().unwrap_or_default())
}
