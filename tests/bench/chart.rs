//! The chart that a model is sent: price with averages and bands, and three panes below.

use charts::Template;
use domain::series::SeriesDocument;

use crate::rounds;

/// Draws the series of a file; the last picture is left in `out`.
pub(crate) fn repeat(series: &str, out: &str) {
    let text = std::fs::read(series).unwrap_or_else(|error| panic!("{series}: {error}"));
    let series: SeriesDocument = serde_json::from_slice(&text).unwrap();
    let (name, text) = charts::defaults()[0];
    let template = Template::parse(name, text).unwrap();
    let settings = template.resolve(series.timeframe);
    assert_eq!((settings.width, settings.height, settings.panes.len()), (1280, 720, 3));
    let mut png = Vec::new();
    rounds::repeat(|| png = charts::render_png(&series, &template, None, None).unwrap());
    std::fs::write(out, png).unwrap_or_else(|error| panic!("{out}: {error}"));
}
